"""Send several invoices at once: the screen shows what each would do, then sends all that can be sent."""

import time
from dataclasses import replace
from datetime import datetime

import pytest
from textual.pilot import Pilot

from facturier.mail.sending import batch
from facturier.mail.sending.prepare import Prepared
from facturier.mail.sending.queue import queue
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice, InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import SortKey, View
from facturier.models.outbox.deliveries import deliveries_of, unfinished
from facturier.models.outbox.delivery import Delivery
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.outbox.batch_screen import BatchScreen
from facturier.tui.screens.outbox.screen import OutboxScreen
from tests.models.making import next_number
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys

SIZES = [(80, 24), (120, 36)]


def without_address(shop: Shop, draft: Invoice) -> Invoice:
    return save_draft(shop.store, replace(draft, customer=replace(draft.customer, email="")), keep_customer=False)


def worth_nothing(shop: Shop, draft: Invoice) -> Invoice:
    return save_draft(shop.store, replace(draft, lines=(replace(draft.lines[0], rate="0"),)))


async def opened(pilot: Pilot[None], shop: Shop, **domains: str) -> list[frozenset[int] | None]:
    """Open a batch of all invoices and wait until they are checked. Return a list that will have the result."""
    listing = Listing(shop.ws.store, View(sort=SortKey.DATE, descending=False), shop.today)
    answers: list[frozenset[int] | None] = []
    rows: list[InvoiceRow] = listing.first(100)
    screen = BatchScreen(shop.ws, rows, check_domain=lambda address: domains.get(address.partition("@")[0]))
    await pilot.app.push_screen(screen, answers.append)
    await until(pilot, lambda: "Checking " not in text_of(pilot.app) and "Result" in text_of(pilot.app))
    return answers


@pytest.mark.parametrize("size", SIZES)
async def test_each_row_shows_recipient_sender_and_problem(shop: Shop, size: tuple[int, int]) -> None:
    shop.draft("Acme [EU] [/x]")
    without_address(shop, shop.draft("Nobody Ltd"))
    worth_nothing(shop, shop.draft("Nothing Ltd"))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await opened(pilot, shop)
        shown = text_of(app)
        assert "Send 3 invoices" in shown
        assert "From hello@acme.example" in shown
        assert "✓ 1 will be sent   ⚠ 1 excluded   ✗ 1 blocked" in shown
        [row] = [line for line in shown.split("\n") if "Acme [EU] [/x]" in line]
        assert "compta@" in row
        assert "CAD 105.00" in row
        assert "✓ Ready" in row
        await pilot.press("down")
        await sees(pilot, "“To” is empty")
        await pilot.press("down")
        await sees(pilot, "The total is zero")
    assert unfinished(shop.store) == []  # checking assigns no number
    assert next_number(shop.store) == "1001"


async def test_invoices_without_problems_are_sent_and_the_outbox_opens(shop: Shop, asking_no_dns: Shop) -> None:
    first, second = shop.draft("First"), shop.draft("Second")
    without_address(shop, shop.draft("Nobody Ltd"))
    app = FacturierApp(asking_no_dns.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 3")
        await pilot.press("space", "space", "space", "s")
        await sees(pilot, "✓ 2 will be sent   ✗ 1 blocked")
        await pilot.press("f9")
        await sees(pilot, "Send 2 invoices?")
        await sees(pilot, "1 is not included")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, OutboxScreen))
        await sees(pilot, "2 ✓ Sent")
        await pilot.press("escape")
        await sees(pilot, "✓ Sent")
        [row] = [line for line in text_of(app).split("\n") if "Nobody Ltd" in line]
        assert "◆" in row  # only the invoice that was not sent is still marked
        await until(pilot, lambda: [line for line in text_of(app).split("\n")[1:] if "◆" in line] == [row])
    assert [shop.invoice(draft.id).delivery for draft in (first, second)] == [State.SENT, State.SENT]
    assert [shop.invoice(draft.id).number for draft in (first, second)] == ["1001", "1002"]
    assert len(list(shop.mail.glob("*.eml"))) == 2


async def test_warnings_are_overruled_for_all_at_once(shop: Shop) -> None:
    for name in ("One", "Two"):
        worth_nothing(shop, shop.draft(name))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop)
        await pilot.press("f9")
        await sees(pilot, "2 excluded")
        await pilot.press("asterisk")
        await sees(pilot, "✓ 2 will be sent")
        await pilot.press("f9", "y")
        await until(pilot, lambda: answers)
    assert answers == [frozenset({1, 2})]


async def test_a_domain_without_mail_is_a_warning_in_its_row(shop: Shop) -> None:
    shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop, compta="tremblay.example takes no mail")
        await sees(pilot, "⚠ Excluded")
        await sees(pilot, "⚠ tremblay.example takes no mail")


async def test_an_invoice_changed_since_it_was_shown_is_not_sent(shop: Shop) -> None:
    changed, good = shop.draft("Changed"), shop.draft("Good")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop)
        save_draft(shop.store, replace(changed, lines=(replace(changed.lines[0], rate="999"),)))
        await pilot.press("f9", "y")
        await sees(pilot, "1 invoice could not be queued")
        await pilot.press("escape")
        await until(pilot, lambda: "has changed since it was checked" in " ".join(text_of(app).split()))
        await pilot.press("escape")
        await until(pilot, lambda: answers)
    assert answers == [frozenset({good.id})]
    assert changed.id is not None
    assert deliveries_of(shop.store, changed.id) == []


async def test_one_is_removed_and_another_fixed_in_the_preview(shop: Shop) -> None:
    without_address(shop, shop.draft("Nobody Ltd"))
    shop.draft("Excluded")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        answers = await opened(pilot, shop)
        await pilot.press("down", "d")
        await until(pilot, lambda: "Excluded" not in text_of(app))
        await pilot.press("enter")
        await sees(pilot, "“To” is empty")
        await keys(pilot, "=a@b.example")
        await sees(pilot, "a@b.example")
        await pilot.press("escape")
        await sees(pilot, "✓ 1 will be sent")
        await pilot.press("f9", "y")
        await until(pilot, lambda: answers)
    assert answers == [frozenset({1})]
    [delivery] = deliveries_of(shop.store, 1)
    assert delivery.envelope.to == ("a@b.example",)


async def test_the_list_sends_all_that_it_shows_except_void_and_unfinished_ones(shop: Shop) -> None:
    shop.draft("Plain")
    waiting, doubtful, void = shop.queued("Waiting"), shop.doubtful("Doubtful"), shop.issued("Void")
    assert void.id is not None
    void_invoice(shop.store, void.id, "a mistake")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 4")
        await pilot.press("colon")
        await keys(pilot, "=send everything")
        await pilot.press("enter")
        await sees(pilot, "Send 1 invoice")
        await sees(pilot, "Plain")
    assert {waiting.state, doubtful.state} == {State.QUEUED, State.IN_DOUBT}


async def test_without_a_sender_nothing_can_be_sent(shop: Shop) -> None:
    shop.draft()
    save_company(shop.store, replace(read_company(shop.store), sender=DefaultSender()))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await sees(pilot, "✗ 1 blocked")
        await pilot.press("f9")
        assert "Send 1 invoice?" not in text_of(app)
    assert get_invoice(shop.store, 1).number is None


def slow_queue(ws: Workspace, prepared: Prepared, *, not_before: datetime | None = None) -> Delivery:
    """Queue an invoice slowly, like a slow disk."""
    time.sleep(0.5)
    return queue(ws, prepared, not_before=not_before)


async def test_quitting_during_a_batch_stops_after_the_current_invoice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "queue", slow_queue)
    save_company(shop.store, replace(read_company(shop.store), undo=60))
    drafts = [shop.draft(f"Customer {number}") for number in range(6)]
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot, shop)
        await pilot.press("f9", "y")
        await until(pilot, lambda: unfinished(shop.store))
        await app.action_quit()
    queued = unfinished(shop.store)
    assert 0 < len(queued) < len(drafts)
    numbered = [draft for draft in drafts if shop.invoice(draft.id).number]
    assert {delivery.invoice_id for delivery in queued} == {draft.id for draft in numbered}

"""The outbox on the screen: waiting and finished deliveries, pause and resume, and undo."""

from dataclasses import replace

import pytest

from facturier.mail.sending.queue import cancel_all
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.issuing.deleting import delete_draft
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.pauses import paused_by
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.words.formatting import long_day
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until

SIZES = [(80, 24), (120, 36)]


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_waiting_and_finished_deliveries(shop: Shop, size: tuple[int, int]) -> None:
    shop.sent("Sent Co")
    shop.failed("Failing [Co]")
    shop.doubtful("Doubtful Co")
    shop.queued("Waiting Co")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("O")
        await sees(pilot, "1 ↻ Queued   1 ? In doubt   1 ✗ Failed   1 ✓ Sent")
        lines = text_of(app).split("\n")
        places = [
            next(y for y, line in enumerate(lines) if name in line) for name in ("Waiting", "Doubtful", "Failing")
        ]
        assert places == sorted(places)
        await pilot.press("end")
        await sees(pilot, "Accepted by the mail server (id-1)")
        cancel_delivery(shop.store, 4)  # in another window
        await sees(pilot, "1 ← Cancelled")


@pytest.mark.parametrize("size", SIZES)
async def test_a_day_of_another_year_has_its_year(shop: Shop, size: tuple[int, int]) -> None:
    delivery = shop.queued("Later Co", seconds=400 * 86_400)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.press("O")
        await sees(pilot, "Later Co")
        [row] = [line for line in text_of(app).split("\n") if "Later Co" in line]
        assert f" {long_day(delivery.not_before.astimezone().date())} " in row


async def test_a_pause_holds_until_resumed_even_after_a_restart(shop: Shop) -> None:
    deliveries = [shop.queued(name, seconds=3) for name in ("One", "Two")]
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("O", "z")
        await sees(pilot, "Paused by")
        await sees(pilot, "waiting: the outbox is paused")
        await pilot.press("escape")
        await sees(pilot, "Outbox paused: O")
    assert paused_by(shop.store)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.pause(3)
        assert {shop.invoice(delivery.invoice_id).delivery for delivery in deliveries} == {State.QUEUED}
        await pilot.press("O")
        await sees(pilot, "2 ↻ Queued")
        await pilot.press("z")
        await until(pilot, lambda: "2 ✓ Sent" in text_of(app) or "2 ✗ Failed" in text_of(app))
    assert paused_by(shop.store) is None


async def test_one_delivery_is_cancelled_at_once_and_all_after_a_confirmation(shop: Shop) -> None:
    deliveries = [shop.queued(name) for name in ("One", "Two", "Three")]
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("O")
        await sees(pilot, "3 ↻ Queued")
        await pilot.press("u")
        await sees(pilot, "2 ↻ Queued   1 ← Cancelled")
        await pilot.press("U")
        await sees(pilot, "Cancel sending 2 invoices?")
        await pilot.press("y")
        await sees(pilot, "3 ← Cancelled")
    assert {shop.invoice(delivery.invoice_id).delivery for delivery in deliveries} == {State.CANCELLED}


def test_sends_are_undone_although_someone_deleted_the_draft_of_one(shop: Shop) -> None:
    first, second, third = (shop.queued(name) for name in ("One", "Two", "Three"))
    assert cancel_delivery(shop.store, third.id)
    delete_draft(shop.store, third.invoice_id)
    assert cancel_delivery(shop.store, first.id)
    other = shop.queued("Other")
    assert other.id == third.id  # SQLite gives the id again: the send of another invoice is not undone
    assert cancel_all(shop.ws, [third, first, second]) == 0
    assert shop.invoice(second.invoice_id).delivery is State.CANCELLED
    assert shop.invoice(other.invoice_id).delivery is State.QUEUED


async def test_after_sending_the_list_counts_down_and_a_key_cancels(shop: Shop, asking_no_dns: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), undo=30))
    draft = shop.draft()
    app = FacturierApp(asking_no_dns.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 1")
        await pilot.press("s")
        await sees(pilot, "Attached")
        await pilot.press("f9")
        await sees(pilot, "Invoice 1001 will be sent in")
        first = text_of(app)
        await until(pilot, lambda: "Invoice 1001 will be sent in" in text_of(app) and text_of(app) != first)
        await pilot.press("u")
        await sees(pilot, "Sending undone. Invoice 1001 is a draft again")
        await until(pilot, lambda: "will be sent in" not in text_of(app))
    assert shop.invoice(draft.id).delivery is State.CANCELLED
    assert list(shop.mail.glob("*.eml")) == []


async def test_without_an_undo_window_nothing_counts_down(shop: Shop, asking_no_dns: Shop) -> None:
    shop.draft()
    app = FacturierApp(asking_no_dns.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 1")
        await pilot.press("s")
        await sees(pilot, "Attached")
        await pilot.press("f9")
        await sees(pilot, "✓ Sent")
        assert "will be sent in" not in text_of(app)


async def test_one_of_several_queued_invoices_is_chosen_to_be_cancelled(shop: Shop) -> None:
    for name in ("One", "Two"):
        shop.queued(name, seconds=60)
    shop.draft("Chosen")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "2 emails will be sent, the first in")
        await sees(pilot, "u to review them.")
        await pilot.press("home", "d")
        await sees(pilot, "Delete the draft")
        await pilot.press("y")
        await sees(pilot, "deleted. u to undo.")
        await sees(pilot, "2 emails will be sent")
        assert "u to review them." not in text_of(app)  # only the newest line names the key
        await pilot.press("u")
        await sees(pilot, "u to review them.")
        await pilot.resize_terminal(40, 15)
        await until(pilot, lambda: "u to review them." in text_of(app).replace("\n ", ""))
        await pilot.resize_terminal(80, 24)
        await pilot.press("home", "u")
        await sees(pilot, "2 ↻ Queued")

"""Issuing without sending, marking as sent and checking the numbers, with the keys."""

from dataclasses import replace

from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus
from facturier.models.drafts.drafts import save_draft
from facturier.models.outbox.deliveries import deliveries_of
from facturier.tui.app import FacturierApp
from facturier.tui.screens.invoice.issuing import ByHandScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.invoice_list.act.numbers import NumbersScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


async def test_a_draft_without_an_address_is_issued_on_paper_paid_and_undone(shop: Shop) -> None:
    draft = shop.draft("Chez Léa")
    draft = save_draft(shop.store, replace(draft, customer=replace(draft.customer, email="")))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await sees(pilot, "All 1")
        await keys(pilot, "number_sign")
        await sees(pilot, "Issue invoice 1001 for Chez Léa without sending it?")
        await pilot.press("down", "down", "enter")  # another way needs a reason
        await sees(pilot, "Enter a reason")
        assert isinstance(app.screen, ByHandScreen)
        await pilot.press("shift+tab", "up", "up", "enter")
        await sees(pilot, "✓ On paper")
        await sees(pilot, "Invoice 1001 issued without sending it. u to undo.")
        assert "✓ Sent" not in text_of(app)
        assert deliveries_of(shop.store, draft.id or 0) == []
        await pilot.pause(0.8)
        await keys(pilot, "u")
        await sees(pilot, "Invoice 1001 is a draft again and keeps its number.")
        assert shop.invoice(draft.id).book_status is BookStatus.DRAFT
        await keys(pilot, "number_sign")
        await until(pilot, lambda: isinstance(app.screen, ByHandScreen))
        await pilot.press("down", "enter")
        await sees(pilot, "✓ By portal")
        await keys(pilot, "number_sign")
        await sees(pilot, "Invoice 1001 has been sent already.")
        await keys(pilot, "p")
        await until(pilot, lambda: "Payment" in text_of(app) and not isinstance(app.screen, InvoicesScreen))
        await keys(pilot, "f9")
        await until(pilot, lambda: shop.invoice(draft.id).balance.minor == 0)
    assert (shop.invoice(draft.id).number, shop.invoice(draft.id).handed_over) == ("1001", "portal")


async def test_an_issued_invoice_is_marked_as_sent_on_its_screen_and_the_numbers_are_checked(shop: Shop) -> None:
    issued = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "All 1")
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen) and "Not sent yet" in text_of(app))
        await keys(pilot, "number_sign")
        await sees(pilot, "Mark invoice 1001 as sent?")
        await keys(pilot, "tab", "=Given to Marie", "enter")
        await sees(pilot, "Invoice 1001 marked as sent. u to undo.")
        await until(pilot, lambda: "✓ On paper" in text_of(app).splitlines()[0])
        entry = read_journal(shop.store, issued.id)[-1]
        assert (entry.kind, entry.detail) == ("marked_sent", {"how": "paper", "reason": "Given to Marie"})
        await keys(pilot, "h")
        await sees(pilot, "Marked as sent on paper: Given to Marie")
        await pilot.pause(0.8)
        await keys(pilot, "u")
        await sees(pilot, "Invoice 1001 is no longer marked as sent.")
        assert shop.invoice(issued.id).handed_over == ""
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await keys(pilot, "colon", "=check numbers", "enter")
        await until(pilot, lambda: isinstance(app.screen, NumbersScreen))
        await sees(pilot, "1 number checked: no gaps, no duplicates.")

"""Credit notes on the screens: from a paid invoice to a credit that is applied."""

from dataclasses import replace

import pytest

from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.creditable import credit_notes_of
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.applying import apply_credit
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice.credit import CreditScreen, PartScreen
from facturier.tui.screens.invoice.issuing import credit_words
from facturier.tui.screens.invoice.payments.apply_credit import ApplyScreen
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")


def lines_of(app: FacturierApp) -> str:
    return "\n".join(" ".join(line.split()) for line in text_of(app).split("\n"))


async def test_a_paid_invoice_is_credited_sent_and_applied(shop: Shop) -> None:
    store = shop.store
    save_company(store, replace(shop.ws.company(), undo=600))
    paid_id = shop.sent().invoice_id
    record_payment(store, paid_id, shop.today, get_invoice(store, paid_id).total.minor)
    other_id = shop.issued(rate="40").id or 0
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 30)) as pilot:
        await app.push_screen(InvoiceScreen(shop.ws, paid_id))
        await sees(pilot, "History")
        await pilot.press("E")
        await until(pilot, lambda: isinstance(app.screen, CreditScreen))
        await until(pilot, lambda: "◆ Consulting CAD 100.00" in lines_of(app))
        await until(pilot, lambda: "Credit with taxes: CAD 105.00" in lines_of(app))
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, PartScreen))
        await pilot.press("tab", *"60", "enter")
        await until(pilot, lambda: "Credit with taxes: CAD 63.00" in lines_of(app))
        await pilot.press("space")  # nothing is chosen
        await until(pilot, lambda: "Choose what to credit." in lines_of(app))
        await pilot.press("space", "enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await until(pilot, lambda: "Draft credit note for invoice 1001" in lines_of(app))
        await sees(pilot, "Message on the credit note")
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen) and "Send credit note CN-1" in text_of(app))
        await sees(pilot, "Ready")
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await sees(pilot, "Credit note CN-1 is in the outbox. u to undo.")
        [note] = credit_notes_of(store, paid_id)
        assert (note.number, note.total.minor, note.book_status) == ("CN-1", -10500, BookStatus.ISSUED)
        # From the invoice that is still owed.
        app.pop_screen()
        await app.push_screen(InvoiceScreen(shop.ws, other_id))
        await sees(pilot, "History")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ApplyScreen))
        await sees(pilot, "CN-1")
        await pilot.press("enter")
        await until(pilot, lambda: "Credit of CAD 42.00 applied to 1002. u to undo." in lines_of(app))
        await until(pilot, lambda: "CAD 42.00 credit CN-1" in lines_of(app))
        await pilot.pause(0.8)  # the key that led here is not the one that undoes it
        await pilot.press("u")
        await until(pilot, lambda: not payments_of(store, other_id))
        assert get_invoice(store, note.id or 0).balance.minor == -10500


async def test_a_credit_note_is_shown_as_printed_and_paid_back(shop: Shop) -> None:
    store = shop.store
    invoice = shop.issued(rate="100")
    owed = shop.issued(rate="20")
    record_payment(store, invoice.id or 0, shop.today, 10500)
    note = issue_invoice(store, credit_invoice(store, invoice.id or 0, shop.today))
    note_id = note.id or 0
    assert credit_words(note) == "CAD 105.00 remains: refund it, or apply it."
    apply_credit(store, note_id, owed.id or 0, shop.today)
    with_rest = issue_invoice(store, credit_invoice(store, shop.issued(rate="10").id or 0, shop.today))
    assert credit_words(with_rest) == "CAD 10.50 applied to invoice 1003."
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "CN-1")
        await sees(pilot, "⊖ credit")
        await app.push_screen(InvoiceScreen(shop.ws, note_id))
        await sees(pilot, "History")
        shown = lines_of(app)
        for words in (
            "Credit note CN-1 for Boulangerie Tremblay",
            "Credit CAD 84.00",
            "Credit for 1001, ",
            "Consulting 1 100.00 GST 100.00",
            "Total CAD 105.00",
            "Applied to invoices -21.00",
            "Remaining credit CAD 84.00",
            "CAD -21.00 applied to 1002",
        ):
            assert words in shown
        assert not any(word in shown for word in ("Correct", "Overpaid", "Terms"))
        await pilot.press("p")
        await until(
            pilot, lambda: isinstance(app.screen, PaymentScreen) and "Refund of credit note CN-1" in text_of(app)
        )
        await sees(pilot, "Paid from")
        await pilot.press("enter")
        await until(pilot, lambda: "Refund of CAD 84.00 recorded for credit note CN-1. u to undo." in lines_of(app))
        await sees(pilot, "⊖ settled")
        shown = lines_of(app)
        for words in ("Applied and refunded", "Applied to invoices -21.00", "Refunded to the customer -84.00"):
            assert words in shown
        on_note, _refund = payments_of(store, note_id)
        assert [payment.amount for payment in payments_of(store, note_id)] == [-2100, -8400]
        remove_payment(store, on_note.id)
        record_payment(store, note_id, shop.today, -2100)
        await sees(pilot, "⊖ refunded")
        shown = lines_of(app)
        assert "Refunded in full" in shown
        assert "Refunded to the customer -105.00" in shown
        assert "Applied" not in shown
        # What a credit note is applied to its own invoice does not prevent voiding it.
        await app.push_screen(InvoiceScreen(shop.ws, with_rest.id or 0))
        await sees(pilot, "applied to 1003")
        await keys(pilot, "v")
        await sees(pilot, "Void credit note CN-2?")
        await keys(pilot, "=by mistake", "enter", "y")
        await sees(pilot, "Credit note CN-2 is void.")
    assert get_invoice(store, with_rest.source_id or 0).balance.minor == 1050


async def test_credit_is_applied_in_the_list(shop: Shop) -> None:
    shop.draft("Zoo")
    credited, owed = shop.issued(), shop.issued()
    record_payment(shop.store, credited.id or 0, shop.today, credited.total.minor)
    issue_invoice(shop.store, credit_invoice(shop.store, credited.id or 0, shop.today))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "CN-1")
        await keys(pilot, "apostrophe", "=zoo", "enter", "P")
        await sees(pilot, "A draft cannot be paid.")
        await keys(pilot, "apostrophe", f"={owed.number}", "enter", "P")
        await until(pilot, lambda: isinstance(app.screen, ApplyScreen))
        await keys(pilot, "enter")
        await until(pilot, lambda: f"applied to {owed.number}" in text_of(app) and "u to undo" in text_of(app))
    assert get_invoice(shop.store, owed.id or 0).balance.minor == 0


async def test_correcting_a_sent_invoice_makes_a_credit_note_and_a_draft(shop: Shop) -> None:
    store = shop.store
    sent_id = shop.sent().invoice_id
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 30)) as pilot:
        await app.push_screen(InvoiceScreen(shop.ws, sent_id))
        await sees(pilot, "History")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        asked = " ".join(lines_of(app).replace("│", " ").split())
        assert "creates a draft credit note" in asked
        assert "The credit note is then applied to invoice 1001." in asked
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        [note] = credit_notes_of(store, sent_id)
        await pilot.press("escape")
        await until(pilot, lambda: "Draft credit note for invoice 1001 created" in lines_of(app))
        assert (note.kind, note.book_status) == (InvoiceKind.CREDIT_NOTE, BookStatus.DRAFT)
        await pilot.pause(0.8)
        await pilot.press("u")
        await until(pilot, lambda: not credit_notes_of(store, sent_id))
        assert get_invoice(store, sent_id).book_status is BookStatus.ISSUED

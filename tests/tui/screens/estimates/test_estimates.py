"""Estimates on the screen: write one, send it, record the answer, and bill it in parts, by keys alone."""

from dataclasses import replace
from datetime import timedelta

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.status import Answer, BookStatus, InvoiceKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.estimates.billing import invoices_from
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.estimates.screen import EstimatesScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def issued(shop: Shop, *lines: Line, name: str = "Acme") -> Invoice:
    draft = new_draft(shop.store, shop.today, Customer(name=name, email="a@acme.example"), InvoiceKind.ESTIMATE)
    lines = lines or (Line("Kitchen", rate="200", tax="GST"), Line("Windows", rate="100"))
    return issue_invoice(shop.store, save_draft(shop.store, replace(draft, lines=lines)))


async def test_an_estimate_is_written_sent_accepted_and_billed_by_keys(shop: Shop) -> None:
    save_customer(shop.store, Customer(name="Acme", email="a@acme.example", terms=10))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q")
        await sees(pilot, "No estimates yet. Press n to create one.")
        await pilot.press("n")
        await sees(pilot, "New estimate")
        await sees(pilot, "E-1 when issued")
        await pilot.press("ctrl+l")
        await sees(pilot, "Details of the estimate")
        assert "Deposit" not in text_of(app)
        await pilot.press("escape")
        await pilot.press(*"Acme", "enter")
        await sees(pilot, "Draft estimate for Acme")
        await sees(pilot, "Valid for  30 days")  # not the customer's terms of payment
        await pilot.press(*"Kitchen", "tab", "tab", "tab", *"200", "f9")
        await until(pilot, lambda: "Send estimate E-1 to Acme" in text_of(app) and "Ready" in text_of(app))
        await sees(pilot, "Estimate E-1 from Acme")
        await sees(pilot, "Here is estimate E-1 for")
        await pilot.pause(1)
        await pilot.press("f9")
        await sees(pilot, "Estimate E-1 is in the outbox.")
        await until(pilot, lambda: get_invoice(shop.store, 1).delivery is State.SENT)
        await sees(pilot, "✓ Sent")
        await pilot.press("plus")
        await sees(pilot, "Estimate E-1 is accepted. u to undo.")
        await pilot.pause(1)
        await pilot.press("u")
        await sees(pilot, "The answer to estimate E-1 was restored.")
        await pilot.press("plus")
        await sees(pilot, "✓ Accepted")
        await pilot.press("T")
        await sees(pilot, "Invoice from estimate E-1")
        await sees(pilot, "Nothing billed yet.")
        await pilot.press(*"30")
        await sees(pilot, "Invoice with taxes: CAD 63")
        await pilot.press("enter")
        await until(pilot, lambda: "Draft for Acme" in text_of(app) and "30% of estimate E-1" in text_of(app))
        await pilot.press("escape")
        await sees(pilot, "created from estimate E-1. u to undo.")
        await sees(pilot, "◑ Billed 30%")
        await pilot.press("enter")
        await sees(pilot, "Estimate E-1 for Acme")
        shown = text_of(app)
        assert "Valid until" in shown
        assert "Accepted on" in shown
        assert "Billed CAD 63" in shown
        assert "Balance" not in shown
        assert "Payment" not in shown
    assert find_invoice(shop.store, "E-1").answer is Answer.ACCEPTED
    [part] = invoices_from(shop.store, 1)
    assert (part.book_status, part.terms, part.kind) == (BookStatus.DRAFT, 10, InvoiceKind.INVOICE)


async def test_undo_after_a_bill_was_sent_is_for_the_send(shop: Shop) -> None:
    save_company(shop.store, replace(read_company(shop.store), undo=30))
    estimate = issued(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q", "s")
        await sees(pilot, "Ready")
        await pilot.pause(1)
        await pilot.press("f9")
        await sees(pilot, "Estimate E-1 is in the outbox. u to undo.")
        await pilot.press("plus")
        await sees(pilot, "Estimate E-1 is accepted. u to undo.")
        await pilot.press("enter")
        await sees(pilot, "Estimate E-1 for Acme")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EstimatesScreen))
        await pilot.pause()
        assert "Estimate E-1 is accepted. u to undo." in text_of(app)  # it was not sent again
        await pilot.press("T")
        await sees(pilot, "Invoice from estimate E-1")
        await pilot.press(*"30", "enter")
        await sees(pilot, "Draft for Acme")
        await pilot.press("f9")
        await sees(pilot, "Ready")
        await pilot.pause(1)
        await pilot.press("f9")
        [bill] = invoices_from(shop.store, estimate.id or 0)
        await sees(pilot, "is in the outbox. u to undo.")
        await pilot.pause(1)
        await pilot.press("u")
        await sees(pilot, "Sending undone.")
    assert get_invoice(shop.store, bill.id or 0).book_status is BookStatus.DRAFT
    assert find_invoice(shop.store, "E-1").answer is Answer.ACCEPTED


async def test_more_than_the_estimate_and_a_declined_one_are_asked_about(shop: Shop) -> None:
    estimate = issued(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q", "T")
        await sees(pilot, "Invoice from estimate E-1")
        await pilot.press("tab", "space")  # not the kitchen
        await sees(pilot, "Invoice with taxes: CAD 100")
        await pilot.press("f9")
        await sees(pilot, "Draft for Acme")
        await pilot.press("escape")
        await sees(pilot, "created from estimate E-1")
        await pilot.press("T")
        await sees(pilot, "Windows  billed")
        await pilot.press(*"90", "enter")
        await sees(pilot, "Create the invoice anyway?")
        await pilot.press("n")
        await until(pilot, lambda: "Create the invoice anyway?" not in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Invoice from estimate E-1" not in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await sees(pilot, "The draft invoice was deleted.")
        assert invoices_from(shop.store, estimate.id or 0) == []
        await pilot.press("minus")
        await sees(pilot, "✗ Declined")
        await pilot.press("T")
        await sees(pilot, "The customer declined estimate E-1.")
        await pilot.press("y")
        await sees(pilot, "Invoice from estimate E-1")
        await pilot.press("enter")
        await sees(pilot, "Draft for Acme")
        await pilot.press("escape")
        await sees(pilot, "✓ Billed 100%")


async def test_the_list_searches_sorts_duplicates_deletes_and_voids(shop: Shop) -> None:
    for name in ("Acme", "Zebra"):
        issued(shop, name=name)
    draft = new_draft(shop.store, shop.today - timedelta(60), Customer(name="Old"), InvoiceKind.ESTIMATE)
    issue_invoice(shop.store, save_draft(shop.store, replace(draft, lines=(Line("x", rate="1"),))))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q")
        await sees(pilot, "3 estimates")
        await sees(pilot, "◷ Expired")
        await pilot.press("slash", *"zeb", "enter")
        await until(pilot, lambda: "Zebra" in text_of(app) and "Old" not in text_of(app))
        await pilot.press("c")
        await sees(pilot, "Draft estimate for Zebra")
        await pilot.press("escape")
        await sees(pilot, "2 estimates")
        await pilot.press("number_sign")
        await sees(pilot, "Issue estimate E-4 for Zebra without sending it?")
        await pilot.press("enter")
        await sees(pilot, "Estimate E-4 issued without sending it. u to undo.")
        await pilot.pause(1)
        await pilot.press("u")
        await sees(pilot, "Estimate E-4 is a draft again and keeps its number.")
        await pilot.press("d")
        await sees(pilot, "Delete the draft for Zebra?")
        await pilot.press("y")
        await sees(pilot, "Draft for Zebra deleted. u to undo.")
        await pilot.pause(1)
        await pilot.press("u")
        await sees(pilot, "1 draft restored.")
        assert get_invoice(shop.store, 5).kind is InvoiceKind.ESTIMATE
        await pilot.press("escape", "greater_than_sign", "less_than_sign")
        await sees(pilot, "4 estimates")
        await pilot.press("end", "v")
        await sees(pilot, "Void estimate E-3?")
        await pilot.press(*"typo", "enter")
        await sees(pilot, "Reason: “typo”")
        await pilot.press("y")
        await sees(pilot, "Estimate E-3 is void.")
        await pilot.press("escape")
        await sees(pilot, "No invoices yet")

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
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import text_of, until


def issued(shop: Shop, *lines: Line, name: str = "Acme") -> Invoice:
    draft = new_draft(shop.store, shop.today, Customer(name=name, email="a@acme.example"), InvoiceKind.ESTIMATE)
    lines = lines or (Line("Kitchen", rate="200", tax="GST"), Line("Windows", rate="100"))
    return issue_invoice(shop.store, save_draft(shop.store, replace(draft, lines=lines)))


async def test_an_estimate_is_written_sent_accepted_and_billed_by_keys(shop: Shop) -> None:
    save_customer(shop.store, Customer(name="Acme", email="a@acme.example", terms=10))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q")
        await until(pilot, lambda: "No estimates yet. Press n to create one." in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: "New estimate" in text_of(app))
        assert "E-1 when issued" in text_of(app)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: "Details of the estimate" in text_of(app))
        assert "Deposit" not in text_of(app)
        await pilot.press("escape")
        await pilot.press(*"Acme", "enter")
        await until(pilot, lambda: "Draft estimate for Acme" in text_of(app))
        assert "Valid for  30 days" in text_of(app)  # not the customer's terms of payment
        await pilot.press(*"Kitchen", "tab", "tab", "tab", *"200", "f9")
        await until(pilot, lambda: "Send estimate E-1 to Acme" in text_of(app) and "Ready" in text_of(app))
        assert "Estimate E-1 from Acme" in text_of(app)
        await until(pilot, lambda: "Here is estimate E-1 for" in text_of(app))
        await pilot.pause(1)
        await pilot.press("f9")
        await until(pilot, lambda: "Queued" in text_of(app) or "Sent" in text_of(app))
        await until(pilot, lambda: get_invoice(shop.store, 1).delivery is State.SENT)
        await until(pilot, lambda: "✓ Sent" in text_of(app))
        await pilot.press("plus")
        await until(pilot, lambda: "Estimate E-1 is accepted. u to undo." in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await until(pilot, lambda: "The answer to estimate E-1 was restored." in text_of(app))
        await pilot.press("plus")
        await until(pilot, lambda: "✓ Accepted" in text_of(app))
        await pilot.press("T")
        await until(pilot, lambda: "Invoice from estimate E-1" in text_of(app))
        assert "Nothing billed yet." in text_of(app)
        await pilot.press(*"30")
        await until(pilot, lambda: "Invoice with taxes: CAD 63" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Draft for Acme" in text_of(app) and "30% of estimate E-1" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "created from estimate E-1. u to undo." in text_of(app))
        assert "◑ Billed 30%" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Estimate E-1 for Acme" in text_of(app))
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
        await pilot.press("Q", "plus")
        await until(pilot, lambda: "Estimate E-1 is accepted. u to undo." in text_of(app))
        await pilot.press("T")
        await until(pilot, lambda: "Invoice from estimate E-1" in text_of(app))
        await pilot.press(*"30", "enter")
        await until(pilot, lambda: "Draft for Acme" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "Ready" in text_of(app))
        await pilot.pause(1)
        await pilot.press("f9")
        [bill] = invoices_from(shop.store, estimate.id or 0)
        await until(pilot, lambda: "is in the outbox. u to undo." in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await until(pilot, lambda: "Sending undone." in text_of(app))
    assert get_invoice(shop.store, bill.id or 0).book_status is BookStatus.DRAFT
    assert find_invoice(shop.store, "E-1").answer is Answer.ACCEPTED


async def test_more_than_the_estimate_and_a_declined_one_are_asked_about(shop: Shop) -> None:
    estimate = issued(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q", "T")
        await until(pilot, lambda: "Invoice from estimate E-1" in text_of(app))
        await pilot.press("tab", "space")  # not the kitchen
        await until(pilot, lambda: "Invoice with taxes: CAD 100" in text_of(app))
        await pilot.press("f9")
        await until(pilot, lambda: "Draft for Acme" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "created from estimate E-1" in text_of(app))
        await pilot.press("T")
        await until(pilot, lambda: "Windows  billed" in text_of(app))
        await pilot.press(*"90", "enter")
        await until(pilot, lambda: "Create the invoice anyway?" in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: "Create the invoice anyway?" not in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Invoice from estimate E-1" not in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await until(pilot, lambda: "The draft invoice was deleted." in text_of(app))
        assert invoices_from(shop.store, estimate.id or 0) == []
        await pilot.press("minus")
        await until(pilot, lambda: "✗ Declined" in text_of(app))
        await pilot.press("T")
        await until(pilot, lambda: "The customer declined estimate E-1." in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: "Invoice from estimate E-1" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Draft for Acme" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "✓ Billed 100%" in text_of(app))


async def test_the_list_searches_sorts_duplicates_deletes_and_voids(shop: Shop) -> None:
    for name in ("Acme", "Zebra"):
        issued(shop, name=name)
    draft = new_draft(shop.store, shop.today - timedelta(60), Customer(name="Old"), InvoiceKind.ESTIMATE)
    issue_invoice(shop.store, save_draft(shop.store, replace(draft, lines=(Line("x", rate="1"),))))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("Q")
        await until(pilot, lambda: "3 estimates" in text_of(app))
        assert "◷ Expired" in text_of(app)
        await pilot.press("slash", *"zeb", "enter")
        await until(pilot, lambda: "Zebra" in text_of(app) and "Old" not in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: "Draft estimate for Zebra" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "2 estimates" in text_of(app))
        await pilot.press("number_sign")
        await until(pilot, lambda: "Issue estimate E-4 for Zebra without sending it?" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Estimate E-4 issued without sending it. u to undo." in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await until(pilot, lambda: "Estimate E-4 is a draft again and keeps its number." in text_of(app))
        await pilot.press("d")
        await until(pilot, lambda: "Delete the draft for Zebra?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: "Draft for Zebra deleted. u to undo." in text_of(app))
        await pilot.pause(1)
        await pilot.press("u")
        await until(pilot, lambda: "1 draft restored." in text_of(app))
        assert get_invoice(shop.store, 5).kind is InvoiceKind.ESTIMATE
        await pilot.press("escape", "greater_than_sign", "less_than_sign")
        await until(pilot, lambda: "4 estimates" in text_of(app))
        await pilot.press("end", "v")
        await until(pilot, lambda: "Void estimate E-3?" in text_of(app))
        await pilot.press(*"typo", "enter")
        await until(pilot, lambda: "Reason: “typo”" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: "Estimate E-3 is void." in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "No invoices yet" in text_of(app))

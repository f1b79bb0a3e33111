"""Payments of several invoices, credit, write-offs, and the payments of a customer."""

from textual.pilot import Pilot

from facturier.models.books.customers import customer_named
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, PaymentKind
from facturier.models.customers.figures import read_balance
from facturier.models.outbox.deliveries import notices_of
from facturier.models.payments.payments import payments_of
from facturier.models.receivables.customer_payments import all_payments
from facturier.tui.app import FacturierApp
from facturier.tui.screens.customers.page import CustomerPage
from facturier.tui.screens.invoice.payments.payment import PaymentScreen
from facturier.tui.screens.invoice.payments.several import SeveralScreen
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.inputs.fields import Choice, Field
from facturier.tui.widgets.rows.row_list import RowList
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


def balances(shop: Shop) -> list[int]:
    return [get_invoice(shop.store, number).balance.minor for number in (1, 2, 3)]


def typed(pilot: Pilot[None], part: str) -> str:
    return pilot.app.screen.query_one(part, Field).text


async def test_the_account_of_the_last_payment_is_proposed(shop: Shop) -> None:
    """The payments of a bank statement follow each other."""
    for _one in range(2):
        shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "apostrophe", "=1001", "enter", "p")
        await until(pilot, lambda: app.screen.query("#account"))
        app.screen.query_one("#account", Field).input.focus()
        await keys(pilot, "=Main", "enter")
        await sees(pilot, "recorded for invoice 1001")
        await keys(pilot, "apostrophe", "=1002", "enter", "p")
        await until(pilot, lambda: app.screen.query("#account"))
        assert typed(pilot, "#account") == "Main"
        await keys(pilot, "enter")
        await sees(pilot, "recorded for invoice 1002")
    assert [payment.account for number in (1, 2) for payment in payments_of(shop.store, number)] == ["Main", "Main"]


async def test_one_payment_of_marked_invoices_is_allocated_changed_and_undone(shop: Shop) -> None:
    for rate in ("100", "200", "300"):
        shop.issued(rate=rate)
    shop.issued("Clinique du Parc")
    customer = customer_named(shop.store, "Boulangerie Tremblay")
    assert customer is not None
    owes = customer.id or 0
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30)) as pilot:
        await keys(pilot, "asterisk", "p")
        await until(pilot, lambda: "invoices of one customer" in text_of(app) or app._notifications)
        assert isinstance(app.screen, InvoicesScreen)
        await pilot.press("escape")
        for number in ("1001", "1002", "1003"):
            await keys(pilot, "apostrophe", f"={number}", "enter", "space")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, SeveralScreen))
        await sees(pilot, "To invoices: CAD 630.00")
        await keys(pilot, "=330")  # the oldest first
        await sees(pilot, "To invoices: CAD 330.00")
        assert [typed(pilot, f"#part-{one}") for one in (1, 2, 3)] == ["105.00", "210.00", "15.00"]
        app.screen.query_one("#part-1", Field).input.focus()
        await keys(pilot, "=5")  # stays, the others follow the amount
        app.screen.query_one("#amount", Field).input.focus()
        await keys(pilot, "=400")
        await sees(pilot, "To invoices: CAD 400.00")
        assert [typed(pilot, f"#part-{one}") for one in (1, 2, 3)] == ["5", "210.00", "185.00"]
        app.screen.query_one("#receipt", Choice).text = "yes"
        app.screen.query_one("#amount", Field).text = "400.005"
        await pilot.press("enter")
        await sees(pilot, "Amounts in CAD have at most 2 decimals")
        app.screen.query_one("#amount", Field).text = "400"
        await pilot.pause()
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                "Payment of CAD 400.00 recorded for 3 invoices. The receipt is in the outbox."
                in " ".join(text_of(app).split())
            ),
        )
        assert balances(shop) == [10000, 0, 13000]
        assert [one.kind for one in notices_of(shop.store, 1)] == [DeliveryKind.RECEIPT]
        await pilot.pause(0.8)
        await pilot.press("u")
        await until(pilot, lambda: "removed from 3 invoices. u to undo." in " ".join(text_of(app).split()))
        assert balances(shop) == [10500, 21000, 31500]
        await pilot.pause(0.8)
        await pilot.press("u")
        await until(pilot, lambda: balances(shop) == [10000, 0, 13000])
    assert read_balance(shop.store, owes, "CAD").owed == 23000


async def test_the_credit_of_a_customer_is_recorded_applied_changed_and_paid_back(shop: Shop) -> None:
    shop.issued(rate="100")
    customer = customer_named(shop.store, "Boulangerie Tremblay")
    assert customer is not None
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30)) as pilot:
        await keys(pilot, "C", "enter")
        await until(pilot, lambda: isinstance(app.screen, CustomerPage) and "105.00" in text_of(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, SeveralScreen))
        await keys(pilot, "=25")
        app.screen.query_one("#part-1", Field).input.focus()
        await pilot.press("delete", "enter")
        await sees(pilot, "Keep CAD 25.00 as credit?")
        await pilot.press("y")
        await sees(pilot, "recorded as credit for Boulangerie Tremblay. u to undo.")
        await until(pilot, lambda: "Owed CAD 80.00" in text_of(app) and "Credit CAD 25.00" in text_of(app))
        # Among the payments, e changes it.
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.screen.query_one("#payments-list", RowList).chosen is not None)
        await pilot.press("e")
        await sees(pilot, "Change a payment from Boulangerie Tremblay")
        await keys(pilot, "=30", "enter")
        await sees(pilot, "Payment of CAD 30.00 changed. u to undo.")
        [payment] = all_payments(shop.store)
        assert (payment.amount, payment.rest) == (3000, 3000)
        # The dialog of an invoice takes credit, and proposes the rest as the amount.
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PaymentScreen))
        app.screen.query_one("#credit", Field).input.focus()
        await keys(pilot, "=30")
        await until(pilot, lambda: typed(pilot, "#amount") == "75.00")
        await pilot.press("enter")
        await until(pilot, lambda: "Credit of CAD 30.00 applied to 1001." in " ".join(text_of(app).split()))
        assert read_balance(shop.store, customer.id or 0, "CAD").owed == balance(shop) == 0
        for left in (10500, 0):
            await pilot.pause(0.8)
            await pilot.press("u")
            await until(pilot, lambda: balance(shop) == left)  # noqa: B023
        # The receipt of a payment is sent by hand, too.
        await keys(pilot, "C", "enter", "ctrl+t")
        await until(pilot, lambda: app.screen.query_one("#payments-list", RowList).chosen is not None)
        await keys(pilot, "s")
        await sees(pilot, "Send the receipt?")
        await pilot.press("y")
        await sees(pilot, "The receipt is in the outbox.")
        assert [one.kind for one in notices_of(shop.store, 1)] == [DeliveryKind.RECEIPT]


def balance(shop: Shop) -> int:
    return get_invoice(shop.store, 1).balance.minor


async def test_a_rest_is_written_off_with_a_reason_and_undone(shop: Shop) -> None:
    shop.issued(rate="100")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("B")
        await sees(pilot, "Write off CAD 105.00 of invoice 1001?")
        await keys(pilot, "=bankrupt", "enter", "y")
        await sees(pilot, "CAD 105.00 of invoice 1001 written off. u to undo.")
        assert [one.kind for one in payments_of(shop.store, 1)] == [PaymentKind.WRITE_OFF]
        await pilot.pause(0.8)
        await pilot.press("u")
        await until(pilot, lambda: payments_of(shop.store, 1) == [])

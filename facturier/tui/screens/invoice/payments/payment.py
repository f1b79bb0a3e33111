"""Record a payment or a refund."""

import asyncio
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.errors import FacturierError, InputError
from facturier.models.payments.payments import record_payment
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money, to_minor
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.payment_line import Booking, booked
from facturier.tui.words.formatting import long_day, with_currency


class PaymentScreen(Dialog[Booking | None]):
    """The dialog's result is what was recorded, or None if nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9,ctrl+s", "record", N_("Record"), id="payment.record", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="payment.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._invoice = invoice

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        title = _("Refund of credit note {number}") if invoice.is_credit else _("Payment for invoice {number}")
        with Vertical(classes="dialog-box"):
            yield Label(title.format(number=invoice.number), markup=False, classes="dialog-title")
            left = -invoice.balance if invoice.is_credit else invoice.balance
            owed = left.text(spoken()) if left.minor > 0 else ""
            yield Label(self._owed(owed), markup=False, id="owed")
            yield Field(_("Amount"), owed, check=self._amount, whole=True, id="amount")
            yield Field(_("Date"), long_day(self._ws.today()), check=self._day, whole=True, id="date")
            yield Field(_("Method"), placeholder=_("transfer, cheque, card…"), whole=True, id="method")
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    def _owed(self, typed: str) -> Text:
        """Return the customer, the balance, and the balance after the entered amount."""
        invoice, balance = self._invoice, self._invoice.balance
        if invoice.is_credit:
            words = _("Credit: {more}")
        elif balance.minor > 0:
            words = _("Balance: {balance}")
        elif balance.minor < 0:
            words = _("Paid, and overpaid by {more}")
        else:
            words = _("Paid: {total}")
        more = with_currency(Money(-balance.minor, invoice.currency))
        now = words.format(balance=with_currency(balance), total=with_currency(invoice.total), more=more)
        try:
            minor = balance.minor - self._amount(typed)
            after = with_currency(Money(-minor if invoice.is_credit else minor, invoice.currency))
        except InputError:
            after = "–"
        then = (_("After this refund: {balance}") if invoice.is_credit else _("After this payment: {balance}")).format(
            balance=after
        )
        return Text("\n").join([Text(clean(invoice.customer.name)), Text(now, "bold"), Text(then)])

    @on(Field.Changed, "#amount")
    def _show_owed(self) -> None:
        # As many lines as before: no other widget moves, so nothing is laid out at a key.
        self.query_one("#owed", Label).update(self._owed(self.query_one("#amount", Field).text), layout=False)

    @work(group="record")
    @once
    async def action_record(self) -> None:
        amount, day, method = (self.query_one(f"#{name}", Field) for name in ("amount", "date", "method"))
        for field in (amount, day):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        money = self._amount(amount.text)
        if (question := self._question(money)) and not await self.app.push_screen_wait(question):
            amount.input.focus()
            return
        try:
            payment = await asyncio.to_thread(
                record_payment,
                self._ws.store,
                self._invoice.id or 0,
                self._day(day.text),
                money,
                method.text,
                seen=self._invoice.balance.minor,
            )
        except FacturierError as error:
            show_problem(self, error)
            self._look_again()
            return
        self.dismiss(booked(self._invoice, payment))

    def _look_again(self) -> None:
        """Read the balance again: someone else may have recorded the payment."""
        self._invoice = get_invoice(self._ws.store, self._invoice.id or 0)
        self._show_owed()

    def _question(self, minor: int) -> ConfirmScreen | None:
        """Return a question for an amount above the balance or for a refund, or None."""
        invoice, balance = self._invoice, self._invoice.balance.minor
        if invoice.is_credit:  # only what is left of it can be paid back
            return None
        if minor > max(balance, 0):
            question = _("Record a payment of {amount}?")
            detail = (
                _("This is more than the balance of {balance}. The customer will have overpaid by {more}.")
                if balance > 0
                else _("The invoice is already paid. The customer will have overpaid by {more}.")
            )
        elif minor < 0:
            question = _("Record a refund of {amount}?")
            detail = (
                _("This is more than the {paid} that was paid. The balance will be {after}.")
                if -minor > max(invoice.paid, 0)
                else _("You pay {amount} back to the customer. The balance will be {after}.")
            )
        else:
            return None
        figures = {
            "amount": abs(minor),
            "balance": balance,
            "more": minor - balance,
            "paid": max(invoice.paid, 0),
            "after": balance - minor,
        }
        said = {name: with_currency(Money(figure, invoice.currency)) for name, figure in figures.items()}
        return ConfirmScreen(question.format(**said), detail.format(**said), grave=True)

    def _amount(self, text: str) -> int:
        minor = to_minor(parse_decimal(text, self._invoice.currency), self._invoice.currency)
        if minor == 0:
            raise InputError(_("A payment cannot be zero."))
        return -minor if self._invoice.is_credit else minor

    def _day(self, text: str) -> date:
        return parse_day(text, self._ws.today())

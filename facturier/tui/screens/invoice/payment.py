"""Money came in for an invoice."""

import asyncio
from datetime import date
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.payments import record_payment
from facturier.models.errors import FacturierError, InputError
from facturier.models.text.clean import clean
from facturier.models.text.dates import parse_day
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money, to_minor
from facturier.tui.formatting import long_day, with_currency
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.payment_line import Booking, booked


class PaymentScreen(Dialog[Booking | None]):
    """Answers what was recorded, None where nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,ctrl+s", "record", N_("Record"), id="payment.record", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="payment.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._invoice = invoice

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        title = _("Payment for invoice {number}").format(number=invoice.number)
        with Vertical(classes="dialog-box"):
            yield Label(title, markup=False, classes="dialog-title")
            yield Label(self._owed(), markup=False, id="owed")
            owed = invoice.balance.text(spoken()) if invoice.balance.minor > 0 else ""
            yield Field(_("Amount"), owed, check=self._amount, whole=True, id="amount")
            yield Field(_("Date"), long_day(self._ws.today()), check=self._day, whole=True, id="date")
            yield Field(_("Method"), placeholder=_("transfer, cheque, card…"), whole=True, id="method")
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    def _owed(self) -> str:
        invoice = self._invoice
        if invoice.balance.minor > 0:
            words = _("{customer} owes {balance} of {total}.")
        elif invoice.balance.minor < 0:
            words = _("Fully paid: {customer} has overpaid by {more}.")
        else:
            words = _("Fully paid: {customer} has paid {total}.")
        return words.format(
            customer=clean(invoice.customer.name),
            balance=with_currency(invoice.balance),
            total=with_currency(invoice.total),
            more=with_currency(Money(-invoice.balance.minor, invoice.currency)),
        )

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
        if doubt := self._doubt(money):
            sure = await self.app.push_screen_wait(ConfirmScreen(_("Record it anyway?"), doubt, grave=True))
            if not sure:
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
        """Somebody else may have taken the payment, or changed something else of what is owed."""
        self._invoice = get_invoice(self._ws.store, self._invoice.id or 0)
        self.query_one("#owed", Label).update(self._owed())

    def _doubt(self, minor: int) -> str:
        """What speaks against this amount: it is more than is owed, or money that goes back. All of it happens."""
        invoice = self._invoice
        if minor > max(invoice.balance.minor, 0):
            words = _("{amount} is more than the balance: {balance}.")
        elif -minor > max(invoice.paid, 0):
            words = _("{amount} is more than was paid: {paid}.")
        elif minor < 0:
            words = _("A minus sign means a refund: {amount} is paid back to the customer.")
        else:
            return ""
        amount, paid = Money(abs(minor), invoice.currency), Money(invoice.paid, invoice.currency)
        return words.format(
            amount=with_currency(amount), balance=with_currency(invoice.balance), paid=with_currency(paid)
        )

    def _amount(self, text: str) -> int:
        minor = to_minor(parse_decimal(text, self._invoice.currency), self._invoice.currency)
        if minor == 0:
            raise InputError(_("A payment cannot be zero."))
        return minor

    def _day(self, text: str) -> date:
        return parse_day(text, self._ws.today())

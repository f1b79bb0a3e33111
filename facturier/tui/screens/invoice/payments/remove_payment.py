"""Choose a payment to remove."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.status import PaymentKind
from facturier.models.errors import FacturierError
from facturier.models.payments.payments import payments_of, remove_payment
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.payment_line import Booking, booked
from facturier.tui.words.formatting import long_day, with_currency


class RemovePaymentScreen(Dialog[Booking | None]):
    """The dialog's result is what was removed, or None if nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "remove", N_("Remove"), id="remove_payment.remove", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="remove_payment.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice) -> None:
        super().__init__(classes="dialog")
        assert invoice.id is not None
        self._ws = ws
        self._invoice = invoice
        self._payments = payments_of(ws.store, invoice.id)[::-1]  # latest first, because it is most likely the mistake

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Remove which payment?"), markup=False, classes="dialog-title")
            options = (Option(Text(self._words(one))) for one in self._payments)
            yield Options(*options, markup=False, compact=True, id="payments")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    def _words(self, payment: Payment) -> str:
        amount = with_currency(Money(payment.amount, self._invoice.currency))
        about = _("credit") if payment.kind is PaymentKind.CREDIT else clean(payment.method)
        return f"{long_day(payment.date)}  {amount}  {about}".rstrip()

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_remove()

    @work(group="remove")
    @once
    async def action_remove(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is None:
            return
        payment = self._payments[chosen]
        assert payment.id is not None
        detail = _("{payment}. Both the payment and its removal stay in the history.").format(
            payment=self._words(payment)
        )
        if not await self.app.push_screen_wait(ConfirmScreen(_("Remove this payment?"), detail, grave=True)):
            return
        try:
            await asyncio.to_thread(remove_payment, self._ws.store, payment.id)
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(booked(self._invoice, payment, removed=True))

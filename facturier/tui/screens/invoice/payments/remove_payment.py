"""Choose a payment to remove."""

import asyncio
from typing import ClassVar, NamedTuple

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
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.payments import payments_of
from facturier.models.receivables.credit import take_off
from facturier.models.receivables.customer_payments import whole_payment_of
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.models.text.money import Money
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice.payments.bookings import remove_one, taken_off
from facturier.tui.widgets.done_line import Booking
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import counted, long_day, with_currency


class _Choice(NamedTuple):
    """What can be removed: a payment, or (`only_here`) the part of a larger one on this invoice."""

    part: Payment
    whole: CustomerPayment | None
    only_here: bool = False


class RemovePaymentScreen(Dialog[Booking | None]):
    """The dialog's result is what was removed, or None if nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "remove", N_("Remove"), id="remove_payment.remove", priority=True),
        keys.CANCEL.on("remove_payment.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice) -> None:
        super().__init__(classes="dialog")
        assert invoice.id is not None
        self._ws = ws
        self._invoice = invoice
        self._choices: list[_Choice] = []
        for part in payments_of(ws.store, invoice.id)[::-1]:  # latest first, because it is most likely the mistake
            whole = whole_payment_of(ws.store, part)
            self._choices.append(_Choice(part, whole))
            if whole is not None and part.amount > 0 and part.amount != whole.amount and whole.customer_id is not None:
                self._choices.append(_Choice(part, whole, only_here=True))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Remove which payment?"), markup=False, classes="dialog-title")
            options = (Option(Text(self._words(one))) for one in self._choices)
            yield Options(*options, markup=False, compact=True, id="payments")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    def _words(self, choice: _Choice) -> str:
        part, whole = choice.part, choice.whole
        if choice.only_here:
            words = _("only from this invoice: {amount} becomes credit")
            return "  " + words.format(amount=self._amount(part.amount))
        about = clean(part.method)
        if part.kind is PaymentKind.CREDIT:
            about = _("credit")
        elif part.kind is PaymentKind.WRITE_OFF:
            about = _("written off: {reason}").format(reason=clean(part.reference))
        elif whole is not None and len(whole.allocation) > 1:
            count = len(whole.allocation)
            words = ngettext("{method}, for {count} invoice", "{method}, for {count} invoices", count)
            about = words.format(method=about, count=counted(count)).removeprefix(", ")
        amount = part.amount if whole is None else whole.amount
        return f"{long_day(part.date)}  {self._amount(amount)}  {about}".rstrip()

    def _amount(self, minor: int) -> str:
        return with_currency(Money(minor, self._invoice.currency))

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_remove()

    @work(group="remove")
    @once
    async def action_remove(self) -> None:
        at = self.query_one(OptionList).highlighted
        if at is None:
            return
        chosen, store = self._choices[at], self._ws.store
        try:
            if chosen.only_here:
                amount = await asyncio.to_thread(take_off, store, [chosen.part])
                self.dismiss(taken_off(store, [chosen.part], amount))
                return
            detail = _("{payment}. Both the payment and its removal stay in the history.")
            question = _("Remove this payment?")
            told = detail.format(payment=self._words(chosen))
            if await self.app.push_screen_wait(ConfirmScreen(question, told, grave=True)):
                self.dismiss(await asyncio.to_thread(remove_one, store, chosen.part))
        except FacturierError as error:
            show_problem(self, error)

"""Apply a credit note to an invoice, from either of them, or what the customer paid before to an invoice."""

import asyncio
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.errors import FacturierError, InputError
from facturier.models.payments.applying import Open, apply_credit, open_documents
from facturier.models.payments.receiving import credit_left
from facturier.models.receivables.credit import apply_paid
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money, parse_amount
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice.payments.bookings import applied, applied_credit
from facturier.tui.widgets.done_line import Booking
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import long_day, with_currency


class ApplyScreen(Dialog[Booking | None]):
    """The dialog's result is what was applied. `documents` are the invoices for a credit note, or for an invoice the
    credit notes and, with id 0, what was paid before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9", "apply", N_("Apply"), id="apply_credit.apply", priority=True),
        keys.CANCEL.on("apply_credit.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice, documents: list[Open]) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._invoice = invoice
        self._documents = documents

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        title = _("Apply credit note {number}") if invoice.is_credit else _("Apply a credit to invoice {number}")
        with Vertical(classes="dialog-box"):
            yield Label(title.format(number=invoice.number), markup=False, classes="dialog-title")
            words = _("Credit: {amount}") if invoice.is_credit else _("Balance: {amount}")
            yield Label(words.format(amount=self._money(abs(invoice.balance.minor))), markup=False)
            options = (Option(self._words(one)) for one in self._documents)
            yield Options(*options, markup=False, compact=True, classes="dialog-list")
            yield Field(_("Amount"), self._most(0), check=self._amount, whole=True)
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    def half_typed(self) -> str:
        return typed_in(self)

    def _words(self, one: Open) -> Text:
        amount = self._money(abs(one.balance))
        return Text(f"{one.number}  {long_day(one.date)}  {amount}" if one.id else f"{one.number}  {amount}")

    def _money(self, minor: int) -> str:
        return with_currency(Money(minor, self._invoice.currency))

    def _most(self, chosen: int) -> str:
        most = min(abs(self._documents[chosen].balance), abs(self._invoice.balance.minor))
        return Money(most, self._invoice.currency).text(spoken())

    @on(OptionList.OptionHighlighted)
    def _propose(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one(Field).text = self._most(event.option_index)

    def _amount(self, text: str) -> int:
        minor = parse_amount(text, self._invoice.currency)
        if minor <= 0:
            raise InputError(_("Enter an amount above zero."))
        return minor

    @work(group="apply")
    @once
    async def action_apply(self) -> None:
        field, invoice = self.query_one(Field), self._invoice
        if field.problem:
            field.show_problem(field.problem)
            field.input.focus()
            return
        other = self._documents[self.query_one(OptionList).highlighted or 0]
        amount, store, today = self._amount(field.text), self._ws.store, self._ws.today()
        note_id, invoice_id = (invoice.id, other.id) if invoice.is_credit else (other.id, invoice.id)
        try:
            if not other.id:
                parts = await asyncio.to_thread(apply_paid, store, invoice_id or 0, today, amount)
                self.dismiss(applied_credit(store, parts))
                return
            _on_invoice, on_note = await asyncio.to_thread(
                apply_credit, store, note_id or 0, invoice_id or 0, today, amount
            )
        except FacturierError as error:
            show_problem(self, error)
            return
        # Seen from the credit note: its other document is the invoice.
        self.dismiss(applied(store, on_note))


async def choose_and_apply(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> Booking | None:
    """Let the user choose what to apply. Return what was applied, or None, and say if there is nothing to choose."""
    documents = open_documents(ws.store, invoice)
    if not invoice.is_credit and invoice.customer.id is not None:
        credit = credit_left(ws.store, invoice.customer.id, invoice.currency)
        if credit > 0:
            documents.insert(0, Open(0, _("Paid before"), ws.today(), -credit))
    if not documents or not invoice.balance.minor:
        if not invoice.balance.minor:
            words = (
                _("This credit note has already been used in full.")
                if invoice.is_credit
                else _("This invoice has no balance.")
            )
        elif invoice.is_credit:
            words = _("This customer has no other invoice with a balance. To pay the credit back, press p.")
        else:
            words = _("This customer has no credit to apply.")
        screen.notify(words, markup=False)
        return None
    return await screen.app.push_screen_wait(ApplyScreen(ws, invoice, documents))

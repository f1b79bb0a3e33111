"""Enter the exchange rate of an issued invoice in another currency that has none."""

import asyncio
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.document.formatting import exchange
from facturier.mail.workspace import Workspace
from facturier.models.books.exchange_rates import remove_rate, set_rate
from facturier.models.books.invoice import Invoice
from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_rate, plain
from facturier.models.text.i18n import _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.keybar import KeyBar


class ExchangeRateScreen(Dialog[str | None]):
    """The dialog's result is the rate as decimal text, or None if the person cancelled."""

    enter_acts = True
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.RECORD.on("exchange_rate.record"),
        keys.CANCEL.on("exchange_rate.cancel"),
    ]

    def __init__(self, invoice: Invoice, home: str) -> None:
        super().__init__(classes="dialog")
        self._invoice = invoice
        self._home = home

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        title = _("Exchange rate of {document}").format(document=invoice.called)
        per = _("{home} for 1 {currency}").format(home=self._home, currency=invoice.currency)
        with Vertical(classes="dialog-box"):
            yield Label(title, markup=False, classes="dialog-title")
            yield Label(_("The tax reports need it. The customer’s copy does not change."), markup=False)
            yield Field(_("Exchange rate"), placeholder=per, whole=True)
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    def action_record(self) -> None:
        field = self.query_one(Field)
        try:
            rate = parse_rate(field.text)
        except InputError as error:
            field.show_problem(str(error))
            return
        self.dismiss(plain(rate))


async def ask_rate(screen: Screen[Any], ws: Workspace, invoice: Invoice, say: Say) -> None:
    """Ask for the rate of an invoice, record it, and say so with its undo."""
    home = ws.company().currency
    rate = await screen.app.push_screen_wait(ExchangeRateScreen(invoice, home))
    if rate is None:
        return
    with problems_shown(screen):
        noted = await asyncio.to_thread(set_rate, ws.store, invoice.id or 0, rate)

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(remove_rate, ws.store, noted)
                say(_("Undone."), None)

        said = exchange(noted.exchange_rate, noted.currency, home, spoken())
        say(_("{document}: {rate}.").format(document=noted.called_first, rate=said), undo)

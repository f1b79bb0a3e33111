"""Copy something of an invoice to the clipboard."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.sending.batch import these
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext, spoken
from facturier.models.text.money import Money
from facturier.tui.formatting import counted
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.terminal.clipboard import copy_text
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class CopyScreen(Dialog[str | None]):
    """Returns the text to copy. `texts` are labels and texts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "copy", N_("Copy"), id="copy.copy", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="copy.cancel"),
    ]

    def __init__(self, texts: list[tuple[str, str]]) -> None:
        super().__init__(classes="dialog")
        self._texts = texts

    def compose(self) -> ComposeResult:
        room = max(len(label) for label, _text in self._texts) + 2
        with Vertical(classes="dialog-box"):
            yield Label(_("Copy to the clipboard"), markup=False, classes="dialog-title")
            options = (Option(Text(f"{label:{room}}{text}")) for label, text in self._texts)
            yield Options(*options, markup=False, compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = 0

    @on(OptionList.OptionSelected)
    def action_copy(self) -> None:
        if (chosen := self.query_one(OptionList).highlighted) is not None:
            self.dismiss(self._texts[chosen][1])


async def copy_one(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Ask what to copy: the number, an amount, the email address or the customer."""
    with problems_shown(screen):
        texts = _texts(get_invoice(ws.store, row.id))
        if texts and (text := await screen.app.push_screen_wait(CopyScreen(texts))) is not None:
            await copy_text(screen.app, text)
            screen.notify(_("Copied: {text}").format(text=text), markup=False)


async def copy_numbers(screen: Screen[Any], ws: Workspace, ids: set[int]) -> None:
    """Copy the numbers of the marked invoices, one a line, the oldest first."""
    with problems_shown(screen):
        numbers = [row.number for row in these(ws.store, ids, ws.today()) if row.number]
        if not numbers:
            screen.notify(_("Drafts have no number to copy."), severity="warning", markup=False)
            return
        await copy_text(screen.app, "\n".join(numbers))
        words = ngettext("{count} number copied.", "{count} numbers copied.", len(numbers))
        screen.notify(words.format(count=counted(len(numbers))), markup=False)


def _texts(invoice: Invoice) -> list[tuple[str, str]]:
    customer = invoice.customer
    texts = [
        (_("Number"), invoice.number or ""),
        (_("Total"), _amount(invoice.total)),
        (_("Balance"), _amount(invoice.balance)),
        (_("Email"), clean(customer.email)),
        (_("Customer"), clean(customer.name)),
    ]
    return [(label, text) for label, text in texts if text]


def _amount(money: Money) -> str:
    """As the screen shows it, without the code of the currency: so that a spreadsheet takes it as a number."""
    return money.text(spoken())

"""Choose what to copy to the clipboard."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.models.books.invoice import Invoice
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.terminal.clipboard import copy_text
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class CopyScreen(Dialog[str | None]):
    """The dialog's result is the chosen text, or None. `choices` are pairs of label and text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "copy", N_("Copy"), id="copy.copy", priority=True),
        keys.CANCEL_CHOICE.on("copy.cancel"),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(classes="dialog")
        self._choices = choices

    def compose(self) -> ComposeResult:
        width = max(len(label) for label, _text in self._choices)
        with Vertical(classes="dialog-box"):
            yield Label(_("Copy to the clipboard"), markup=False, classes="dialog-title")
            yield Options(
                *(
                    Option(Text(f"{label:{width}}  {text.partition(chr(10))[0]}", no_wrap=True, overflow="ellipsis"))
                    for label, text in self._choices
                ),
                markup=False,
                compact=True,
                classes="dialog-list",
            )
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    @on(OptionList.OptionSelected)
    def action_copy(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(self._choices[chosen][1])


async def copy_of_invoice(screen: Screen[Any], invoice: Invoice) -> None:
    """Let the person choose what to copy from an invoice, the number first. Notify them of what was copied."""
    customer = invoice.customer
    choices = [
        (_("Number"), clean(invoice.known_number)),
        (_("Balance"), invoice.balance.text(spoken())),
        (_("Total"), invoice.total.text(spoken())),
        (_("Customer"), clean(customer.name)),
        (_("Email"), clean(customer.email)),
        (_("Address"), clean_lines(customer.address).strip()),
    ]
    chosen = await screen.app.push_screen_wait(CopyScreen([choice for choice in choices if choice[1]]))
    if chosen is not None:
        await copy_text(screen.app, chosen)
        screen.notify(_("Copied: {text}").format(text=" ".join(chosen.split())), markup=False)

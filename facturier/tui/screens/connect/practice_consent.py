"""The demo company's replacement for Google's consent page."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.models.text.i18n import _
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


@dataclass(frozen=True, slots=True)
class Answer:
    """The choice on the page: the account, and whether it denies access (`deny`) or only sending (not `send`)."""

    account: str
    deny: bool = False
    send: bool = True


class ConsentScreen(Dialog[Answer | None]):
    """Replaces the page in the browser. In the demo company, the link works too."""

    BINDINGS: ClassVar[list[BindingType]] = [keys.BACK_FROM_FORM.on("allow.back", action="dismiss(None)")]

    def __init__(self, accounts: tuple[str, ...]) -> None:
        super().__init__(classes="dialog")
        self._answers = [
            *((_("Allow as {account}").format(account=account), Answer(account)) for account in accounts),
            (
                _("Allow as {account}, without permission to send").format(account=accounts[0]),
                Answer(accounts[0], send=False),
            ),
            (_("Do not allow"), Answer(accounts[0], deny=True)),
        ]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("What would you choose on Google’s page?"), markup=False, classes="dialog-title")
            yield Options(*(Option(Text(words)) for words, _answer in self._answers), compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._answers[event.option_index][1])

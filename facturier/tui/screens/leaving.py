"""The program has been asked to end while an invoice is on its way out."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from facturier.models.language import N_, _
from facturier.tui.widgets.keybar import KeyBar


class LeavingScreen(ModalScreen[bool]):
    """Stands until the program ends. Answers False when the person stays after all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", N_("Stay"), id="leaving.stay"),
    ]

    def __init__(self) -> None:
        super().__init__(classes="dialog")

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("An invoice is on its way out."), markup=False, classes="dialog-title")
            yield Label(
                _(
                    "Facturier ends by itself as soon as the server has answered."
                    " What still waits in the outbox goes next time."
                ),
                markup=False,
            )
            yield KeyBar()

"""An error as a dialog: what happened, what was kept, what to do next."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.errors import FacturierError
from facturier.models.language import N_
from facturier.tui.answering import Dialog
from facturier.tui.widgets.keybar import KeyBar


class ProblemScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space", "dismiss", N_("Close"), id="problem.close"),
    ]

    def __init__(self, error: FacturierError) -> None:
        super().__init__(classes="dialog")
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._error.happened, markup=False, classes="dialog-title")
            for part in (self._error.kept, self._error.todo):
                if part:
                    yield Label(part, markup=False)
            yield KeyBar()

"""Ask what to do when the person quits and something that was entered cannot be saved."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.keybar import KeyBar


class UnsavedScreen(Dialog[str]):
    """The dialog's result is `copy`, `quit`, or None if the person stays.

    `why` says why it cannot be saved, and `copy` where a copy is, if there is one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "dismiss('copy')", N_("Save a copy elsewhere"), id="unsaved.copy"),
        Binding("y,o", "dismiss('quit')", N_("Quit without saving"), id="unsaved.quit", key_display=N_("y")),
        keys.STAY.on("unsaved.stay", action="dismiss(None)"),
    ]

    def __init__(self, why: str, copy: str = "") -> None:
        super().__init__(classes="dialog")
        self._why = why
        self._copy = copy

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Your changes cannot be saved."), markup=False, classes="dialog-title")
            for part in (self._why, self._copy):
                if part:
                    yield Label(part, markup=False)
            yield KeyBar()

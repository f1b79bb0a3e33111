"""Ask for the time at which a message is sent."""

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label

from facturier.models.errors import InputError
from facturier.models.store.store import Clock
from facturier.models.text.dates.times import parse_moment
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import moment


class SendAtScreen(Dialog[datetime | None]):
    """The dialog's result is the entered time, or None if the person went back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", N_("Schedule"), id="send_at.accept", priority=True),
        keys.BACK_FROM_FORM.on("send_at.back", action="dismiss(None)"),
    ]

    def __init__(self, clock: Clock) -> None:
        super().__init__(classes="dialog")
        self._clock = clock

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("When should it be sent?"), markup=False, classes="dialog-title")
            yield Field(_("Time"), placeholder="16:30", check=self._read, whole=True)
            yield Label(_("Enter 16:30, 9am, +2h, tomorrow 9:00 or Monday."), markup=False, id="send-at-read")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def _read(self, text: str) -> datetime | None:
        return parse_moment(text, self._clock().astimezone()) if text else None

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        """Show how the time is interpreted."""
        try:
            at = self._read(event.text)
        except InputError:
            at = None
        self.query_one("#send-at-read", Label).update(f"→ {moment(at)}" if at else "")

    def action_accept(self) -> None:
        field = self.query_one(Field)
        try:
            at = self._read(field.text)
        except InputError as error:
            field.show_problem(str(error))
            return
        if at is None:
            field.show_problem(_("Enter a time, or go back."))
            return
        self.dismiss(at)

"""Screens with a line that says what was just done, and how to undo it."""

from facturier.models.text.i18n import _
from facturier.tui.screen import AnswerT, KeyRepeatGuard, ResultScreen, Undo
from facturier.tui.widgets.payment_line import PaymentLine


class UndoableScreen(ResultScreen[AnswerT]):
    """A screen with a `PaymentLine`."""

    _undo: Undo | None = None  # undoes what the line says
    _held: KeyRepeatGuard  # since the line says it

    def _say(self, words: str, undo: Undo | None = None) -> None:
        """Show what was just done. `undo` reverses it."""
        self._undo = undo
        hint = _("u to undo.")
        self.query_one(PaymentLine).say(words if undo is None else f"{words} {hint}")
        self._held = KeyRepeatGuard()
        self.refresh_bindings()

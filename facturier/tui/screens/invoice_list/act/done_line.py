"""One line about what was done last in the list, with the key to undo it."""

from collections.abc import Awaitable, Callable

from facturier.models.text.i18n import _
from facturier.tui.screen import KeyRepeatGuard
from facturier.tui.widgets.payment_line import PaymentLine

Undo = Callable[[], Awaitable[None]]


class DoneLine(PaymentLine):
    """Shows payments, as in an invoice, and everything else that the list does. The next action replaces the line."""

    undo: Undo | None = None

    @property
    def can_undo(self) -> bool:
        return self.booking is not None or self.undo is not None

    def say(self, words: str, undo: Undo | None = None) -> None:
        """Show what was done. `undo` reverses it; without `undo`, the line offers none."""
        hint = _("u to undo.")
        super().say(f"{words} {hint}" if undo is not None else words)
        self.undo = undo
        self.held = KeyRepeatGuard()

    def forget(self) -> None:
        self.undo = None
        super().forget()

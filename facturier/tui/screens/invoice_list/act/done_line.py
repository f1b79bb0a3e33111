"""One line about what was done last in the list, with the key to undo it."""

from collections.abc import Awaitable, Callable

from facturier.models.text.i18n import _
from facturier.tui.screen import KeyRepeatGuard
from facturier.tui.widgets.payment_line import Booking, PaymentLine

Undo = Callable[[], Awaitable[None]]


class DoneLine(PaymentLine):
    """Shows payments, as in an invoice, and everything else that the list does. The next action replaces the line."""

    undo: Undo | None = None

    def tell(self, booking: Booking) -> None:
        self.undo = None
        super().tell(booking)

    def say(self, words: str, undo: Undo | None = None) -> None:
        """Show what was done. `undo` reverses it; without `undo`, the line offers none."""
        self.booking, self.undo = None, undo
        self.held = KeyRepeatGuard()
        self.app.clear_notifications()  # an older notification would cover this line
        self.update(f"{words} {_('Press u to undo.')}" if undo is not None else words)
        self.display = True

    def forget(self) -> None:
        self.undo = None
        super().forget()

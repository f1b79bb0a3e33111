"""One line that says what was just done, with the key that undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.widgets import Static

from facturier.models.text.i18n import _
from facturier.tui.screen import KeyRepeatGuard


@dataclass(frozen=True, slots=True)
class Booking:
    """Something that was just booked, such as a payment, in a sentence. `undo` undoes it and returns the booking of
    that. It writes the company file, so call it in a thread. It raises StoreError."""

    words: str
    undo: "Callable[[], Booking]"


class PaymentLine(Static, can_focus=False):
    """Hidden until something was done. What is done next replaces it."""

    DEFAULT_CLASSES = "undo-line"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.booking: Booking | None = None
        self.held = KeyRepeatGuard()  # a key held down would undo the undo
        self.display = False
        self.styles.height = "auto"  # the undo key is at the end and must not be cut off in a narrow window

    def tell(self, booking: Booking) -> None:
        """Say what was booked. `u` undoes it until something else is said here."""
        undo = _("u to undo.")
        self.say(f"{booking.words} {undo}")
        self.booking = booking
        self.held = KeyRepeatGuard()

    def say(self, words: str) -> None:
        """Say something that this line cannot undo."""
        self.booking = None
        self.app.clear_notifications()  # an older notification would cover this line
        self.update(words)
        self.display = True

    def forget(self) -> None:
        """Hide the line, because there is nothing to undo."""
        self.booking = None
        self.display = False

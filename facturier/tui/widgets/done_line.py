"""One line that says what was just done, with the key that undoes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from textual.widgets import Static

from facturier.models.text.i18n import _
from facturier.tui.screen import KeyRepeatGuard

Undo = Callable[[], Awaitable[None]]
Possible = Callable[[], bool]


class Say(Protocol):
    """Shows what was done. `undo` reverses it, as long as `possible` is true."""

    def __call__(self, words: str, undo: Undo | None = None, possible: Possible | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Booking:
    """Something that was just booked, such as a payment, in a sentence. `undo` undoes it and returns the booking of
    that. It writes the company file, so call it in a thread. It raises StoreError."""

    words: str
    undo: "Callable[[], Booking]"


class DoneLine(Static, can_focus=False):
    """Hidden until something was done. What is done next replaces it."""

    DEFAULT_CLASSES = "undo-line"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.booking: Booking | None = None
        self.undo: Undo | None = None
        self._held: KeyRepeatGuard | None = None  # since the last undo
        self._words = ""
        self._possible: Possible | None = None
        self.display = False
        self.styles.height = "auto"  # the undo key is at the end and must not be cut off in a narrow window

    @property
    def can_undo(self) -> bool:
        return self.booking is not None or self.undo is not None

    def tell(self, booking: Booking) -> None:
        """Say what was booked. `u` undoes it until something else is said here."""
        self._show(booking.words, can_undo=True)
        self.booking = booking

    def say(self, words: str, undo: Undo | None = None, possible: Possible | None = None) -> None:
        """Show what was done. `undo` reverses it; without `undo`, the line offers none. Once `possible` is false, the
        line no longer offers it: a send can only be undone while it is waiting."""
        self._show(words, can_undo=undo is not None)
        self._words, self.undo, self._possible = words, undo, possible
        self.look()

    def _show(self, words: str, *, can_undo: bool) -> None:
        self.forget()
        self.app.clear_notifications()  # an older notification would cover this line
        hint = _("u to undo.")
        self.update(f"{words} {hint}" if can_undo else words)
        self.display = True

    def look(self) -> None:
        """Offer no undo if it is no longer possible. Call it when the company has changed."""
        if self._possible is not None and not self._possible():
            self.undo = self._possible = None
            self.update(self._words)

    def may_undo(self) -> bool:
        """Return whether the key counts now. A key that is held down would undo the undo."""
        if self._held is not None and self._held.may_be():
            return False
        self._held = KeyRepeatGuard()
        return True

    async def undo_once(self) -> None:
        """Undo what `say` showed, unless the key is still held. A second key does not undo it twice."""
        if self.undo is not None and self.may_undo():
            undo = self.undo
            self.undo = self._possible = None
            await undo()

    def forget(self) -> None:
        """Hide the line, because there is nothing to undo."""
        self.booking = self.undo = self._possible = None
        self.display = False

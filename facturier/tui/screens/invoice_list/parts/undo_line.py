"""What is about to be sent, with the seconds that are left to undo it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.outbox.pauses import paused_by
from facturier.models.text.i18n import _, ngettext

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

SOON = 120  # seconds; what is sent later has a time, and no countdown


class UndoLine(Static, can_focus=False):
    """A line that counts down while something is about to be sent. Hidden otherwise.

    `undoes_more` tells whether another line, about something newer, is what `u` undoes now.
    """

    DEFAULT_CLASSES: ClassVar[str] = "undo-line"

    def __init__(self, ws: Workspace, undoes_more: Callable[[], bool]) -> None:
        super().__init__(markup=False)
        self._ws = ws
        self._undoes_more = undoes_more
        self._leaving: list[Delivery] = []
        self._timer: Timer | None = None
        self.display = False
        self.styles.height = "auto"  # the key is at the end and must not be cut off in a narrow window

    def on_mount(self) -> None:
        self.look()

    def look(self) -> None:
        """Read again what is about to be sent."""
        from facturier.models.outbox.deliveries import leaving_soon

        store = self._ws.store
        self._leaving = leaving_soon(store, SOON) if paused_by(store) is None else []
        if self._leaving and self._timer is None:
            self._timer = self.set_interval(1, self._tick)
        self._tick()

    def _tick(self) -> None:
        from facturier.tui.words.formatting import seconds_left

        now = self._ws.clock()
        left = [(seconds, one.id, one) for one in self._leaving if (seconds := seconds_left(one, now))]
        self.display = bool(left)
        if not left:
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
            return
        # A credit note, a reminder or a statement may be among them.
        words = ngettext(
            "{document} will be sent in {seconds} s.",
            "{count} emails will be sent, the first in {seconds} s.",
            len(left),
        )
        seconds, _id, first = min(left)
        name = first.called_first
        if first.key:  # a reminder, receipt or statement
            from facturier.tui.words.notices import notice_word

            name = _("{what} for invoice {number}").format(what=notice_word(first), number=first.number)
        words = words.format(document=name, count=len(left), seconds=seconds)
        if not self._undoes_more():
            key = _("u to undo.") if len(left) == 1 else _("u to review them.")
            words = f"{words} {key}"
        self.update(words)

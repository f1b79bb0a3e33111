"""What is about to leave, with the seconds that are left to take it back."""

from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.outbox.pauses import paused_by
from facturier.models.text.i18n import ngettext

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

SOON = 120  # seconds; what leaves later has a time, not an undo window


class UndoLine(Static, can_focus=False):
    """One line while something counts down, none otherwise; only then does it draw, once a second."""

    DEFAULT_CLASSES: ClassVar[str] = "undo-line"

    def __init__(self, ws: Workspace) -> None:
        super().__init__(markup=False)
        self._ws = ws
        self._leaving: list[Delivery] = []
        self._timer: Timer | None = None
        self.display = False

    def on_mount(self) -> None:
        self.look()

    def look(self) -> None:
        """Read again what is about to leave."""
        from facturier.models.outbox.deliveries import leaving_soon

        store = self._ws.store
        self._leaving = leaving_soon(store, SOON) if paused_by(store) is None else []
        if self._leaving and self._timer is None:
            self._timer = self.set_interval(1, self._tick)
        self._tick()

    def _tick(self) -> None:
        from facturier.tui.words.formatting import seconds_left

        now = self._ws.clock()
        left = {delivery.number: seconds for delivery in self._leaving if (seconds := seconds_left(delivery, now))}
        self.display = bool(left)
        if not left:
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
            return
        words = ngettext(
            "Invoice {number} will be sent in {seconds} s. u to undo.",
            "{count} invoices will be sent, the first in {seconds} s. u to review them.",
            len(left),
        )
        self.update(words.format(number=next(iter(left)), count=len(left), seconds=min(left.values())))

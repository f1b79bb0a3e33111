"""What will be sent in a moment, with the seconds until then, so that it can be undone."""

from typing import TYPE_CHECKING, ClassVar

from textual.timer import Timer
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.outbox.pauses import paused_by
from facturier.models.text.i18n import ngettext

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

SOON = 120  # seconds; what is sent later has a time, not an undo window


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
        """Read again what will be sent in a moment."""
        from facturier.models.outbox.deliveries import leaving_soon

        store = self._ws.store
        self._leaving = leaving_soon(store, SOON) if paused_by(store) is None else []
        if self._leaving and self._timer is None:
            self._timer = self.set_interval(1, self._tick)
        self._tick()

    def _tick(self) -> None:
        from facturier.models.books.status import DeliveryKind
        from facturier.tui.words.formatting import seconds_left

        now = self._ws.clock()
        waiting = [delivery for delivery in self._leaving if seconds_left(delivery, now)]
        self.display = bool(waiting)
        if not waiting:
            if self._timer is not None:
                self._timer.stop()
                self._timer = None
            return
        count, number = len(waiting), waiting[0].number
        if all(delivery.kind is DeliveryKind.INVOICE for delivery in waiting):
            words = ngettext(
                "Invoice {number} will be sent in {seconds} s. u to undo.",
                "{count} invoices will be sent, the first in {seconds} s. u to review them.",
                count,
            )
        else:  # a reminder, receipt or statement among them
            words = ngettext(
                "{count} email will be sent in {seconds} s. u to undo.",
                "{count} emails will be sent, the first in {seconds} s. u to review them.",
                count,
            )
        seconds = min(seconds_left(delivery, now) for delivery in waiting)
        self.update(words.format(number=number, count=count, seconds=seconds))

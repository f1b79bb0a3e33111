"""Screens whose line of what was done may be about a payment."""

from textual import work

from facturier.mail.workspace import Workspace
from facturier.tui.done_screen import DoneScreen
from facturier.tui.screen import once
from facturier.tui.screens.invoice.payments.paying import undo_booking
from facturier.tui.widgets.done_line import Booking, DoneLine


class BookingScreen(DoneScreen):
    """A screen on which payments are recorded, changed and removed."""

    _ws: Workspace

    def _renew(self) -> None:
        """Read again what is shown."""
        raise NotImplementedError

    def _booked(self, booking: Booking | None) -> None:
        """Say what was booked, if anything was."""
        if booking is not None:
            self.query_one(DoneLine).tell(booking)
        self._renew()

    @work
    @once
    async def action_undo(self) -> None:
        line = self.query_one(DoneLine)
        if line.booking is not None:
            self._booked(await undo_booking(self, line))
        else:
            await line.undo_once()
            self._renew()

"""Payments in the invoice list, the line that says what was done last, and undo."""

from datetime import datetime
from typing import TYPE_CHECKING

from textual import work

from facturier.models.books.status import State
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.base import InvoiceListBase
from facturier.tui.themes.theme import read_all_styles

if TYPE_CHECKING:
    from facturier.tui.widgets.done_line import Booking, DoneLine, Possible, Undo


class DoneActions(InvoiceListBase):
    """The actions that say in a line below the rows what was done, and undo."""

    _done_line: "DoneLine | None" = None
    _done_at: datetime  # when what the line says was done

    @work
    async def action_pay(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import take_payments

        if meant := self._meant():
            self._hold()
            booking = await take_payments(self, self._ws, meant)
            if booking is not None and self.rows.marked:
                self.rows.unmark()
                self._renew_title()
            self._booked(booking)

    @work
    async def action_write_off(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import write_off_rest

        if (
            self._one_at_a_time(_("Only one invoice can be written off at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await write_off_rest(self, self._ws, row.id))

    @work
    async def action_apply_credit(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import pay_from_credit

        if (
            self._one_at_a_time(_("Credit is applied to one invoice at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await pay_from_credit(self, self._ws, row.id))

    @work
    async def action_remove_payment(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import choose_payment_to_remove

        if (
            self._one_at_a_time(_("Payments are removed one invoice at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await choose_payment_to_remove(self, self._ws, row.id))

    # Undo

    @work
    async def action_undo(self) -> None:
        """Undo what the line below the list says, or else a send: of the marked invoices, of the selected one, or of
        those that are about to be sent."""
        self._forget_before_sending()
        line = self._done_line
        if line is not None and line.can_undo:
            await self._undo_done(line)
            return
        if line is not None:
            line.forget()  # it may say that the invoice is in the outbox
        from facturier.tui.screens.invoice_list.act.sending import undo_marked, undo_send

        if self.rows.marked:
            await undo_marked(self, self._ws, {*self.rows.marked})
        else:
            await undo_send(self, self._ws, self.rows.chosen)
        self._renew()

    async def _undo_done(self, line: "DoneLine") -> None:
        from facturier.models.outbox.deliveries import leaving_soon
        from facturier.tui.screens.invoice.payments.paying import undo_booking
        from facturier.tui.screens.invoice_list.parts.undo_line import SOON

        self._hold()
        if line.undo is not None:
            await line.undo_once()
            self._renew()
            return
        booking = await undo_booking(self, line)
        self._booked(booking)
        if booking is not None and leaving_soon(self._ws.store, SOON):
            line.say(booking.words)  # the next u is for what is about to be sent

    def _can_undo(self) -> bool:
        """Return whether `action_undo` has something to do: for Ctrl+Z, which suspends otherwise."""
        if self._done_line is not None and self._done_line.can_undo:
            return True
        row = self.rows.chosen
        return bool(self.rows.marked or (row is not None and row.delivery is State.QUEUED) or self._counts_down)

    @property
    def _counts_down(self) -> bool:
        """Whether a delivery is about to be sent."""
        raise NotImplementedError

    # The line

    def _booked(self, booking: "Booking | None") -> None:
        if booking is not None:
            self._line().tell(booking)
            self._done_at = self._ws.clock()
        self._renew()

    def _say(self, words: str, undo: "Undo | None" = None, possible: "Possible | None" = None) -> None:
        self._line().say(words, undo, possible)
        self._done_at = self._ws.clock()
        self._show_what_leaves()

    def _show_what_leaves(self) -> None:
        """Show what is about to be sent."""
        raise NotImplementedError

    def _forget_done(self) -> None:
        """Something else was done: the line below the list is out of date."""
        if self._done_line is not None:
            self._done_line.forget()

    def _forget_before_sending(self) -> None:
        """Forget what was done last if an invoice was queued after it, here or from another screen. That one is undone
        first: it is about to be sent."""
        if self._done_line is not None and self._done_line.can_undo:
            from facturier.models.outbox.deliveries import leaving_soon
            from facturier.tui.screens.invoice_list.parts.undo_line import SOON

            if any(delivery.queued > self._done_at for delivery in leaving_soon(self._ws.store, SOON)):
                self._done_line.forget()

    def _line(self) -> "DoneLine":
        """The line about what was done last. Mounted when it is first needed, because mounting draws the whole screen
        again."""
        if self._done_line is None:
            from facturier.tui.widgets.done_line import DoneLine

            read_all_styles(self.app)
            self._done_line = DoneLine()
            self._show_below(self._done_line)
        return self._done_line

"""The other actions on an issued invoice. Screens are imported when they open."""

from textual import work

from facturier.models.books.status import Answer, State
from facturier.tui.screen import once
from facturier.tui.screens.invoice.booking_actions import BookingActions


class InvoiceActions(BookingActions):
    """Undo, copy, estimates, recurring invoices, the PDF."""

    @work
    @once
    async def action_undo(self) -> None:
        """Undo what the line says, or else cancel the waiting delivery."""
        if self._line.booking is not None:
            from facturier.tui.screens.invoice.payments.paying import undo_booking

            self._booked(await undo_booking(self, self._line))
        elif self._line.undo is not None:
            await self._line.undo_once()
            if not self.answered:
                self._renew()
        elif (delivery := self._latest(State.QUEUED)) is not None:
            await self._cancel(delivery)

    @work
    async def action_copy(self) -> None:
        from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

        await copy_to_draft(self, self._ws, self._invoice_id)
        self._renew()

    @work
    @once
    async def action_answer(self, answer: str) -> None:
        from facturier.tui.screens.invoice.estimate.answering import answer_estimate

        await answer_estimate(self, self._ws, self._invoice_id, Answer(answer), self._say)
        self._renew()

    @work
    async def action_turn_into_invoice(self) -> None:
        from facturier.tui.screens.invoice.estimate.turning import turn_into_invoice

        await turn_into_invoice(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    async def action_make_recurring(self) -> None:
        from facturier.tui.screens.schedule.make_recurring import make_recurring

        await make_recurring(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    async def action_save_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import save_pdf

        assert self._invoice is not None
        await save_pdf(self, self._ws, self._invoice)

    @work
    @once
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import open_pdf

        assert self._invoice is not None
        await open_pdf(self, self._ws, self._invoice)

    @work
    async def action_clipboard(self) -> None:
        from facturier.tui.screens.dialogs.copy_text import copy_of_invoice

        assert self._invoice is not None
        await copy_of_invoice(self, self._invoice)

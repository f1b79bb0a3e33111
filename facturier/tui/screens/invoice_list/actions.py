"""The actions of the invoice list. Screens and rarely used code are imported when a key needs them."""

from textual import work

from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.places import PlaceActions
from facturier.tui.screens.invoice_list.selected import SelectedActions


class InvoiceActions(SelectedActions, PlaceActions):
    """All actions of the list. InvoicesScreen shows what they are done with."""

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.editor.screen import EditorScreen

        self._go_on_with(await self.app.push_screen_wait(EditorScreen(self._ws)))

    # The selected invoice, or all marked ones

    @work
    async def action_copy(self) -> None:
        if self.rows.marked:
            from facturier.tui.screens.editor.drafts import duplicate

            if await duplicate(self, self._ws, {*self.rows.marked}, self._say):
                self.rows.unmark()
            self._renew()
        elif (row := self.rows.chosen) is not None:
            from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

            self._go_on_with(await copy_to_draft(self, self._ws, row.id))

    @work
    async def action_delete(self) -> None:
        from facturier.mail.sending.batch import these
        from facturier.tui.screens.dialogs.problems import problems_shown
        from facturier.tui.screens.editor.drafts import delete

        with problems_shown(self):
            if rows := these(self._ws.store, self._meant(), self._ws.today()):
                self.rows.marked -= await delete(self, self._ws, rows, self._say)
                self._renew()

    @work
    async def action_clipboard(self) -> None:
        if self.rows.marked:
            from facturier.tui.screens.invoice_list.act.copy_numbers import copy_numbers

            await copy_numbers(self, self._ws, {*self.rows.marked})
        elif (row := self.rows.chosen) is not None:
            from facturier.tui.screens.invoice_list.act.one_invoice import copy_something

            await copy_something(self, self._ws, row)

    # Sending

    @work
    async def action_send(self) -> None:
        from facturier.tui.screens.invoice_list.act.sending import send

        self._queued(await send(self, self._ws, self.rows, self._view, self._renew))

    action_send_marked = action_send

    @work
    async def action_send_all(self) -> None:
        from facturier.tui.screens.invoice_list.act.sending import send_all

        self._queued(await send_all(self, self._ws, self.rows, self._view, self._renew))

    def _queued(self, ids: set[int]) -> None:
        """Say what was queued, unless another line counts down or the outbox showed it."""
        from facturier.models.outbox.deliveries import deliveries_of
        from facturier.tui.screens.dialogs.cancelling import say_queued
        from facturier.tui.screens.dialogs.problems import problems_shown

        if ids:
            self._forget_done()
        if len(ids) == 1 and not self._counts_down:
            with problems_shown(self):
                delivery = deliveries_of(self._ws.store, *ids)[-1]
                words = _("{document} is in the outbox.").format(document=delivery.called_first)
                say_queued(self, self._ws, self._say, words, [delivery])

    # Marks and matches

    def action_mark(self) -> None:
        self.rows.mark()
        self._renew_title()

    @work(group="mark", exclusive=True)
    async def action_mark_range(self) -> None:
        from facturier.tui.screens.invoice_list.act.marking import mark_range

        await mark_range(self, self.rows, self._listing())
        self._renew_title()

    @work(group="mark", exclusive=True)
    async def action_mark_all(self) -> None:
        from facturier.tui.screens.invoice_list.act.marking import mark_all

        await mark_all(self, self.rows, self._listing())
        self._renew_title()

    def action_next_match(self) -> None:
        """The list shows only matches. After the last one comes the first."""
        before = self.rows.chosen
        self.rows.action_down()
        if self.rows.chosen == before:
            self.rows.action_home()

    def action_previous_match(self) -> None:
        before = self.rows.chosen
        self.rows.action_up()
        if self.rows.chosen == before:
            self.rows.action_end()

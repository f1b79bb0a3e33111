"""The actions of the invoice list. Screens and rarely used code are imported when a key needs them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.screen import Screen
from textual.widget import Widget

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import State
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.text.i18n import _, ngettext
from facturier.tui.formatting import counted
from facturier.tui.messages import CompanyChosen
from facturier.tui.theme import read_all_styles
from facturier.tui.widgets.rows.row_list import RowList

if TYPE_CHECKING:
    from facturier.tui.screens.invoice_list.act.done_line import DoneLine, Undo
    from facturier.tui.widgets.payment_line import Booking

OnRow = Callable[[Screen[Any], Workspace, InvoiceRow], Awaitable[None]]


class InvoiceActions(Screen[None]):
    """The actions of the list. InvoicesScreen shows what they are done with.

    A mark counts for every action: it is done with all marked invoices, or refused with a reason. It is never done with
    the row under the cursor while other rows are marked.
    """

    _ws: Workspace
    _view: View
    _done_line: "DoneLine | None" = None
    _done_at: datetime  # when what the line says was done

    @property
    def rows(self) -> RowList[InvoiceRow]:
        return self.query_one(RowList)

    def _renew(self) -> None:
        """Read again what is on the screen."""
        raise NotImplementedError

    def _renew_title(self) -> None:
        """Say how many are marked."""
        raise NotImplementedError

    def _listing(self) -> Listing:
        """All that the list shows, in its order."""
        raise NotImplementedError

    def _show_below(self, line: Widget) -> None:
        """Mount a line below the rows."""
        raise NotImplementedError

    # The selected invoice

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.editor.screen import EditorScreen

        self._go_on_with(await self.app.push_screen_wait(EditorScreen(self._ws)))

    def _go_on_with(self, invoice_id: int | None) -> None:
        """Back from the editor: the next key is for that invoice."""
        self._renew()
        if invoice_id is not None:
            self.rows.go_to(invoice_id)

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.invoice.open_invoice import open_invoice

        if (row := self.rows.chosen) is not None:
            self._hold()
            await open_invoice(self, self._ws, row.id)
            self._renew()

    @work
    async def action_edit(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import edit

        await self._with_one(_("Invoices are edited one at a time."), partial(edit, say=self._say))

    @work
    async def action_void(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import void

        await self._with_one(_("Invoices are voided one at a time."), partial(void, say=self._say))

    @work
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import open_document

        await self._with_one(_("PDFs are opened one at a time."), open_document)

    @work
    async def action_save_pdf(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import save_document

        await self._with_one(_("PDFs are saved one at a time."), save_document)

    @work
    async def action_save_email(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import save_email

        await self._with_one(_("Emails are saved one at a time."), save_email)

    @work
    async def action_message(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import show_message

        await self._with_one(_("Messages are shown one at a time."), show_message)

    @work
    async def action_try_again(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import try_again

        await self._with_one(_("This is done one invoice at a time."), try_again)

    @work
    async def action_in_doubt(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import settle_doubt

        await self._with_one(_("This is done one invoice at a time."), settle_doubt)

    @work
    async def action_bounce(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import report_bounce

        await self._with_one(_("Bounces are recorded one invoice at a time."), partial(report_bounce, say=self._say))

    @work
    async def action_issue(self) -> None:
        from facturier.tui.screens.invoice_list.act.one_invoice import issue

        await self._with_one(_("Invoices are issued one at a time."), partial(issue, say=self._say))

    @work
    async def action_check_numbers(self) -> None:
        from facturier.tui.screens.invoice_list.act.numbers import show_number_check

        await show_number_check(self, self._ws)

    async def _with_one(self, why: str, act: OnRow) -> None:
        """Act on the selected invoice. `why` says why this is refused while several are marked."""
        if self._one_at_a_time(why) and (row := self.rows.chosen) is not None:
            self._hold()
            await act(self, self._ws, row)
            self._renew()

    def _hold(self) -> None:
        """Keep the selected invoice under the cursor even if the filter no longer shows it: the next key must not be
        for the one that follows it."""
        self.rows.hold(Listing(self._ws.store, View(), self._ws.today()))

    def _one_at_a_time(self, why: str) -> bool:
        """Return whether nothing is marked. Otherwise say `why` an action for one invoice is refused."""
        marked = len(self.rows.marked)
        if marked:
            words = ngettext(
                "{count} marked. {why} Press Esc to unmark it.",
                "{count} marked. {why} Press Esc to unmark.",
                marked,
            )
            self.notify(words.format(count=counted(marked), why=why), severity="warning", markup=False)
        return not marked

    # The selected invoice, or all marked ones

    @work
    async def action_copy(self) -> None:
        if self.rows.marked:
            from facturier.tui.screens.invoice_list.act.drafts import duplicate

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
        from facturier.tui.screens.invoice_list.act.drafts import delete

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

    def _meant(self) -> set[int]:
        """The marked invoices or, if none is marked, the selected one."""
        if self.rows.marked:
            return {*self.rows.marked}
        return set() if self.rows.chosen is None else {self.rows.chosen.id}

    # Payments, and undo

    @work
    async def action_pay(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import take_payment

        if (
            self._one_at_a_time(_("Payments are recorded one invoice at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await take_payment(self, self._ws, row.id))

    @work
    async def action_remove_payment(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import choose_payment_to_remove

        if (
            self._one_at_a_time(_("Payments are removed one invoice at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await choose_payment_to_remove(self, self._ws, row.id))

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
            if not line.held.may_be():
                undo, line.undo = line.undo, None  # a second key does not undo it twice
                await undo()
                self._renew()
            return
        booking = await undo_booking(self, self._ws, line)
        self._booked(booking)
        if booking is not None and leaving_soon(self._ws.store, SOON):
            line.say(booking.words)  # the next u is for what is about to be sent

    def _booked(self, booking: "Booking | None") -> None:
        if booking is not None:
            self._line().tell(booking)
            self._done_at = self._ws.clock()
        self._renew()

    def _say(self, words: str, undo: "Undo | None" = None) -> None:
        self._line().say(words, undo)
        self._done_at = self._ws.clock()

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
            from facturier.tui.screens.invoice_list.act.done_line import DoneLine

            read_all_styles(self.app)
            self._done_line = DoneLine()
            self._show_below(self._done_line)
        return self._done_line

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
        from facturier.models.books.invoices import get_invoice
        from facturier.tui.screens.dialogs.problems import problems_shown

        if ids:
            self._forget_done()
        if len(ids) == 1 and not self._counts_down:
            with problems_shown(self):
                number = get_invoice(self._ws.store, *ids).number
                self._say(_("Invoice {number} is in the outbox.").format(number=number))

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

    # Other screens

    @work
    async def action_outbox(self) -> None:
        from facturier.tui.screens.outbox.screen import OutboxScreen

        await self.app.push_screen_wait(OutboxScreen(self._ws))
        self._renew()

    @work
    async def action_items(self) -> None:
        from facturier.tui.screens.items.screen import ItemsScreen

        await self.app.push_screen_wait(ItemsScreen(self._ws))

    @work
    async def action_export(self) -> None:
        """Export the marked invoices or, if none is marked, all that the list shows."""
        from facturier.tui.screens.export.screen import export_list

        marked = {*self.rows.marked}
        if marked:
            words = ngettext("{count} marked invoice.", "{count} marked invoices.", len(marked))
            note = words.format(count=counted(len(marked)))
            await export_list(self, self._ws, "invoices", among=marked, note=note)
        else:
            note = _("All invoices that the list shows, in its order.")
            await export_list(self, self._ws, "invoices", view=self._view, note=note)

    @work
    async def action_customers(self) -> None:
        from facturier.tui.screens.customers.screen import CustomersScreen

        await self.app.push_screen_wait(CustomersScreen(self._ws))
        self._renew()

    @work
    async def action_alerts(self) -> None:
        from facturier.tui.screens.alerts.screen import AlertsScreen

        await self.app.push_screen_wait(AlertsScreen(self._ws))
        self._renew()

    @work
    async def action_companies(self) -> None:
        from facturier.tui.screens.companies.screen import CompaniesScreen

        ws = await self.app.push_screen_wait(CompaniesScreen(self._ws))
        if ws is not None:
            self.post_message(CompanyChosen(ws))

    @work
    async def action_settings(self, section: str = "company") -> None:
        from facturier.tui.screens.settings.screen import SettingsScreen

        await self.app.push_screen_wait(SettingsScreen(self._ws, section))
        self._renew()

"""What is done with the invoices of the list, and where it leads: every screen is imported when it opens."""

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import BookStatus
from facturier.models.errors import NumberReserved
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.formatting import counted
from facturier.tui.messages import CompanyChosen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.theme import read_all_styles
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList

if TYPE_CHECKING:
    from facturier.tui.widgets.payment_line import Booking, PaymentLine


class InvoiceActions(Screen[None]):
    """The actions of the list. InvoicesScreen shows what they are done with."""

    _ws: Workspace
    _view: View
    _payment_line: "PaymentLine | None" = None

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

    # The chosen invoice

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.editor.screen import EditorScreen

        self._go_on_with(await self.app.push_screen_wait(EditorScreen(self._ws)))

    def _go_on_with(self, invoice_id: int | None) -> None:
        """Back from the editor: what is done next is done with that invoice."""
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
    async def action_copy(self) -> None:
        from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

        if (row := self.rows.chosen) is not None:
            self._go_on_with(await copy_to_draft(self, self._ws, row.id))

    @work
    async def action_delete(self) -> None:
        row = self.rows.chosen
        if row is None or not self._one_at_a_time(_("Drafts are deleted one at a time.")):
            return
        if row.book_status is not BookStatus.DRAFT:
            self.notify(_("Only a draft can be deleted. To void an issued invoice, open it."), markup=False)
            return

        from facturier.models.books.drafts import delete_draft
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

        question = _("Delete the draft for {customer}?").format(
            customer=clean(row.customer) or _("an unnamed customer")
        )
        if await self.app.push_screen_wait(ConfirmScreen(question, _("This cannot be undone."), grave=True)):
            self.rows.marked.discard(row.id)
            with problems_shown(self):
                try:
                    await asyncio.to_thread(delete_draft, self._ws.store, row.id)
                except NumberReserved as error:
                    from facturier.tui.screens.dialogs.void_instead import void_instead

                    await void_instead(self, self._ws, row.id, error)
            self._renew()

    def _hold(self) -> None:
        """Keep the chosen invoice under the cursor, though it may not be what the filter shows any longer: the next key
        must not be for the one that follows it."""
        self.rows.hold(Listing(self._ws.store, View(), self._ws.today()))

    def _one_at_a_time(self, why: str) -> bool:
        """Whether nothing is marked. What is done to one invoice is not done to another while several are marked."""
        marked = len(self.rows.marked)
        if marked:
            words = ngettext(
                "{count} marked. {why} Press u to unmark it.",
                "{count} marked. {why} Press u to unmark.",
                marked,
            )
            self.notify(words.format(count=counted(marked), why=why), severity="warning", markup=False)
        return not marked

    # Payments

    @work
    async def action_pay(self) -> None:
        from facturier.tui.screens.invoice.paying import take_payment

        if (
            self._one_at_a_time(_("Payments are recorded one invoice at a time."))
            and (row := self.rows.chosen) is not None
        ):
            self._hold()
            self._booked(await take_payment(self, self._ws, row.id))

    @work
    async def action_undo_payment(self) -> None:
        from facturier.tui.screens.invoice.paying import choose_payment_to_remove, undo_booking

        line = self._line()
        if line.booking is not None:
            self._hold()
            self._booked(await undo_booking(self, self._ws, line))
        elif self._one_at_a_time(_("Payments are recorded one invoice at a time.")) and self.rows.chosen:
            self._hold()
            self._booked(await choose_payment_to_remove(self, self._ws, self.rows.chosen.id))

    def _booked(self, booking: "Booking | None") -> None:
        if booking is not None:
            self._line().tell(booking)
        self._renew()

    def _line(self) -> "PaymentLine":
        """Where bookings are told. Not there before it is needed: every line that comes in has the whole screen drawn
        again."""
        if self._payment_line is None:
            from facturier.tui.widgets.payment_line import PaymentLine

            read_all_styles(self.app)
            self._payment_line = PaymentLine()
            self.mount(self._payment_line, before=self.query_one(KeyBar))
        return self._payment_line

    # Sending

    @work
    async def action_send(self) -> None:
        from facturier.tui.screens.invoice_list.sending import send

        await send(self, self._ws, self.rows, self._view, self._renew)

    action_send_marked = action_send

    @work
    async def action_send_all(self) -> None:
        from facturier.tui.screens.invoice_list.sending import send_all

        await send_all(self, self._ws, self.rows, self._view, self._renew)

    @work
    async def action_undo_send(self) -> None:
        from facturier.tui.screens.invoice_list.sending import undo_send

        await undo_send(self, self._ws, self.rows.chosen)
        self._renew()

    # Marks

    def action_mark(self) -> None:
        self.rows.mark()
        self._renew_title()

    @work(group="mark", exclusive=True)
    async def action_mark_range(self) -> None:
        from facturier.tui.screens.invoice_list.marking import mark_range

        await mark_range(self, self.rows, self._listing())
        self._renew_title()

    @work(group="mark", exclusive=True)
    async def action_mark_all(self) -> None:
        from facturier.tui.screens.invoice_list.marking import mark_all

        await mark_all(self, self.rows, self._listing())
        self._renew_title()

    def action_unmark(self) -> None:
        self.rows.unmark()
        self._renew_title()

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

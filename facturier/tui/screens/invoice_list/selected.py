"""Actions on the selected invoice. They are refused while several are marked."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual import on, work
from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.done import DoneActions
from facturier.tui.widgets.rows.row_list import RowList

OnRow = Callable[[Screen[Any], Workspace, InvoiceRow], Awaitable[None]]


class SelectedActions(DoneActions):
    """The actions on one invoice."""

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

    async def _with_one(self, why: str, act: OnRow) -> None:
        """Act on the selected invoice. `why` says why this is refused while several are marked."""
        if self._one_at_a_time(why) and (row := self.rows.chosen) is not None:
            self._hold()
            await act(self, self._ws, row)
            self._renew()

"""The actions of the editor on lines, details, files and message."""

from textual import work

from facturier.models.books.invoice import Invoice
from facturier.models.books.status import InvoiceKind
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.editor.customer_actions import CustomerActions
from facturier.tui.screens.editor.keys import LINE_ACTIONS
from facturier.tui.screens.editor.saving import details_of


class DraftActions(CustomerActions):
    """The part of the editor that changes the draft on request, and undoes changes."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "undo":
            return self._can_undo
        if action in LINE_ACTIONS:
            return self._grid.active
        if action == "save_as_new":
            return self._drafts.conflict and not self._is_template
        if action == "send":
            return not self._is_template
        return True

    @property
    def _is_template(self) -> bool:
        """Whether this is the template of recurring invoices, which is never sent itself."""
        return self._drafts.kept.kind is InvoiceKind.RECURRING

    # Undo

    def _place(self) -> object:
        """Return the place where the person is typing. All typing in one place is undone in one step."""
        if self._grid.active:
            return self._grid.at if self._grid.typing else None
        return self.focused

    def action_undo(self) -> None:
        if self._head.write_kept() or not self._history.can_undo:
            return
        now, before = self._snapshot(self._drafts.kept), self._history.undo()
        self._head.bring_back(before)
        if before.currency != now.currency:
            self._grid.price_in(before.currency)
        self._grid.bring_back(before.lines, self._stored(before.customer).tax)
        self._details = details_of(before)
        if before.message != now.message:
            self._message.text = before.message
            self._message.input.move_cursor(self._message.input.document.end)
        self._changed()

    # Details and files

    @work
    async def action_details(self) -> None:
        if self._grid.active:
            await self._edit_line()
        else:
            await self._edit_details()

    async def _edit_details(self) -> None:
        from facturier.tui.screens.editor.details.details_screen import DetailsScreen

        invoice = self._snapshot(self._drafts.kept)
        screen = DetailsScreen(invoice, self._ws.company(), self._ws.today(), self._take_details)
        found = await self.app.push_screen_wait(screen)
        if found is not None:
            self._take_details(found)

    def _take_details(self, found: Invoice) -> None:
        self._details = details_of(found)
        self._history.leave()
        self._changed()

    async def _edit_line(self) -> None:
        from facturier.tui.screens.editor.details.line_screen import LineScreen

        grid, (at, _cell) = self._grid, self._grid.at
        currency = self._snapshot(self._drafts.kept).currency
        screen = LineScreen(grid.line, at + 1, currency, self._ws.today(), grid.put_line)
        line = await self.app.push_screen_wait(screen)
        if line is not None and line != grid.line:
            grid.put_line(line)
        if screen.onward:
            await self._edit_details()

    @work
    async def action_files(self) -> None:
        """Show the files that are sent with the invoice. They are saved at once, so the draft must be saved before."""
        from facturier.tui.screens.attachments.screen import AttachmentsScreen

        if not await self.save_now():
            return
        invoice_id = self._drafts.kept.id
        if invoice_id is None:
            self.notify(_("Choose the customer first, then add files."), severity="warning", markup=False)
            return
        with problems_shown(self):
            await self.app.push_screen_wait(AttachmentsScreen(self._ws, invoice_id))
        self._count_files()
        await self.on_company_changed()  # for the version of the draft

    # Lines

    def action_duplicate(self) -> None:
        self._grid.duplicate_line()

    def action_remove(self) -> None:
        self._grid.remove_line()

    def action_move(self, step: int) -> None:
        self._grid.move_line(step)

    # Message

    async def action_external_editor(self) -> None:
        from facturier.tui.terminal.external_editor import edited

        self._message.input.focus()
        self._history.leave()
        try:
            text = edited(self.app, self._message.text, "message.txt")
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if text.rstrip() != self._message.text:
            self._message.text = text
            self._message.input.move_cursor(self._message.input.document.end)

"""Actions of the preview on files: edit the message in an editor, open or save the PDF, and attach other files."""

import asyncio

from textual import work

from facturier.mail.sending.prepare import Prepared
from facturier.models.errors import InputError
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.screens.preview.parts.body import PreviewBody
from facturier.tui.screens.preview.sender.sender_actions import SenderActions


class OutsideActions(SenderActions):
    """The part of the preview that works with files and other programs."""

    _invoice_id: int
    _prepared: Prepared | None

    def action_write(self) -> None:
        """Edit the message in $EDITOR."""
        from facturier.tui.terminal.external_editor import edited

        body = self.query_one(PreviewBody)
        try:
            text = edited(self.app, body.message, "message.md")
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            body.show_message(clean_lines(text).rstrip("\n"))

    @work(group="pdf")
    async def action_open_pdf(self) -> None:
        """Open the PDF in a viewer. If there is none, offer to save it."""
        from facturier.tui.terminal.viewer import show_document

        if pdf := self._pdf():
            name, content = pdf
            if await asyncio.to_thread(show_document, name, content):
                self.notify(_("Opened {name}").format(name=name), markup=False)
            else:
                await save_as(self, self._ws, _("No PDF viewer here. Save the PDF instead"), name, lambda: content)

    @work(group="pdf")
    async def action_save_pdf(self) -> None:
        if pdf := self._pdf():
            name, content = pdf
            await save_as(self, self._ws, _("Save the PDF"), name, lambda: content)

    @work(group="files")
    async def action_files(self) -> None:
        """Show the files that are sent with the invoice, and create the message again."""
        from facturier.tui.screens.attachments.screen import AttachmentsScreen

        with problems_shown(self):
            await self.app.push_screen_wait(AttachmentsScreen(self._ws, self._invoice_id))
        self._prepare()

    def _pdf(self) -> tuple[str, bytes] | None:
        """Return the name and content of the PDF that is shown. If there is none, show a notice and return None."""
        if self._prepared is None or not self._prepared.document:
            self.notify(_("There is no PDF yet."), markup=False)
            return None
        return self._prepared.attachment, self._prepared.document

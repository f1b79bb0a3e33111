"""List, add and remove the files that are sent with an invoice."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import Attachment, attach_file, attachments_of, remove_attachment
from facturier.models.errors import InputError
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import size_text

_FOLDER = "~/"


class AttachmentsScreen(Dialog[None]):
    """Every change is saved at once, and increases the version of the invoice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "add",
            N_("Add"),
            tooltip=N_("Add the file whose path you typed."),
            id="files.add",
            priority=True,  # an input has an Enter of its own, without a name for the key bar
        ),
        keys.REMOVE.on("files.remove", N_("Remove the selected file.")),
        Binding("escape", "dismiss(None)", N_("Close"), id="files.close"),
    ]

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._invoice_id = invoice_id
        self._files = attachments_of(ws.store, invoice_id)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Files sent with the invoice"), markup=False, classes="dialog-title")
            yield Label("", markup=False, id="files-note")
            yield Options(markup=False, compact=True, id="files", classes="dialog-list")
            yield Field(_("Add a file"), _FOLDER, path=True, id="file")
            yield KeyBar()

    def on_mount(self) -> None:
        self._list()
        self.query_one(Field).input.focus()

    def _list(self) -> None:
        listed, at = self.query_one(Options), self.query_one(Options).highlighted or 0
        listed.set_options(ValueOption(_line(one), one) for one in self._files)
        listed.display = bool(self._files)
        if self._files:
            listed.highlighted = min(at, len(self._files) - 1)
            total = size_text(sum(one.size for one in self._files))
            words = _("They are attached after the PDF: {size} in all. To remove one, select it with Shift+Tab.")
            note = words.format(size=total)
        else:
            note = _("None yet. They are attached to the email after the PDF, and are not part of the invoice.")
        self.query_one("#files-note", Label).update(note)

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        listed = self.is_mounted and self.query_one(Options).has_focus
        if action == "remove":
            return listed
        return not listed if action == "add" else True

    @work(group="files")
    @once
    async def action_add(self) -> None:
        field = self.query_one(Field)
        path, private = typed_path(field.text), self._ws.locations.data
        with problems_shown(self):
            try:
                await asyncio.to_thread(self._keep, partial(attach_file, path=path, private=private))
            except InputError as error:
                field.show_problem(str(error))
                return
            await self._read()
            field.text = _FOLDER
            field.input.cursor_position = len(_FOLDER)

    @work(group="files")
    @once
    async def action_remove(self) -> None:
        option = self.query_one(Options).highlighted_option
        if not isinstance(option, ValueOption):
            return
        file: Attachment = option.value
        detail = _line(file).plain + "\n" + _("The original file is not deleted.")
        if not await self.app.push_screen_wait(ConfirmScreen(_("Remove this file from the email?"), detail)):
            return
        with problems_shown(self):
            await asyncio.to_thread(self._keep, partial(remove_attachment, attachment=file))
        await self._read()

    def _keep(self, change: Callable[[Store, int], object]) -> None:
        from facturier.mail.vault.schedule_approval import keeping_approval

        with keeping_approval(self._ws):  # these may be the files of recurring invoices
            change(self._ws.store, self._invoice_id)

    async def _read(self) -> None:
        with problems_shown(self):
            self._files = await asyncio.to_thread(attachments_of, self._ws.store, self._invoice_id)
        self._list()
        if not self._files:
            self.query_one(Field).input.focus()


def _line(file: Attachment) -> Text:
    return Text.assemble(clean(file.name), (f"  {size_text(file.size)}", "dim"))

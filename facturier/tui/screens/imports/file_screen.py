"""The file to import."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.errors import FacturierError
from facturier.models.imports.fields import Kind
from facturier.models.imports.reading import Source, read_source
from facturier.models.imports.text_file import read_import
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar

TITLES = {Kind.CUSTOMERS: N_("Import customers"), Kind.ITEMS: N_("Import items")}
_FROM = {
    Kind.CUSTOMERS: N_(
        "vCard, or CSV from Google Contacts, Outlook, QuickBooks Online, Invoice Ninja or a spreadsheet."
    ),
    Kind.ITEMS: N_("CSV from QuickBooks Online, Invoice Ninja or a spreadsheet."),
}


class ImportFileScreen(Dialog[Source | None]):
    """Answers what is in the file, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", N_("Continue"), id="import_file.read", priority=True),
        keys.CANCEL.on("import_file.cancel"),
    ]

    def __init__(self, kind: Kind) -> None:
        super().__init__(classes="dialog")
        self._kind = kind

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_(TITLES[self._kind]), markup=False, classes="dialog-title")
            yield Label(_(_FROM[self._kind]), markup=False)
            yield Field(_("File"), f"{Path.home()}/", path=True, id="path")
            yield Label(_("Nothing is written before you have seen what the file would change."), markup=False)
            yield KeyBar()

    @work(group="read")
    @once
    async def action_read(self) -> None:
        field = self.query_one(Field)
        path = typed_path(field.text)

        def read() -> Source:
            return read_source(read_import(path), path.name, self._kind)

        try:
            self.dismiss(await asyncio.to_thread(read))
        except FacturierError as error:
            field.show_problem(" ".join(filter(None, (error.happened, error.todo))))

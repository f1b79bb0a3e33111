"""Open a company by the path of its file."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.open_workspace import Companies
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import typed_path
from facturier.tui.screen import Dialog, once
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar


class OpenCompanyScreen(Dialog[Workspace | None]):
    """The dialog's result is the workspace of the opened company, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Open"), id="open_company.open", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="open_company.cancel"),
    ]

    def __init__(self, companies: Companies, folder: Path) -> None:
        """`folder` is the folder that the path starts with."""
        super().__init__(classes="dialog")
        self._companies = companies
        self._folder = folder

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Open a company"), markup=False, classes="dialog-title")
            # one machine: a company is opened by the path of its file.
            yield Field(_("File"), f"{self._folder}/", path=True, id="path")
            yield KeyBar()

    @work(group="open")
    @once
    async def action_open(self) -> None:
        field = self.query_one(Field)
        path = typed_path(field.text)
        try:
            ws = await asyncio.to_thread(self._companies.open, path)
        except FacturierError as error:
            field.show_problem(error.happened)
        else:
            self.dismiss(ws)

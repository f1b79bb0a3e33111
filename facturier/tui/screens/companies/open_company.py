"""Open a company by the path of its file, or create one from the file that a company was exported to."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.open_workspace import Companies
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file, typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.companies.new_company import SUFFIX
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar


class OpenCompanyScreen(Dialog[Workspace | None]):
    """The dialog's result is the workspace of the opened company, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("open_company.open", priority=True),
        keys.CANCEL.on("open_company.cancel"),
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
        make: Callable[[], Workspace] = partial(self._companies.open, path)
        if path.suffix.casefold() == ".json" and is_file(path):
            # one machine: the new company is a file in a folder here.
            target = self._free_path(path.stem)
            words = _(
                "It is created as {path}. An export has no Gmail connection, passwords and members: set them up in "
                "Settings."
            )
            question = ConfirmScreen(_("Create a company from this export?"), words.format(path=target))
            if not await self.app.push_screen_wait(question):
                return
            make = partial(self._imported, path, target)
        try:
            ws = await asyncio.to_thread(make)
        except FacturierError as error:
            field.show_problem(error.happened)
        else:
            self.dismiss(ws)

    def _free_path(self, stem: str) -> Path:
        names = chain([stem], (f"{stem} {number}" for number in count(2)))
        return next(path for name in names if not (path := self._folder / f"{name}{SUFFIX}").exists())

    def _imported(self, export: Path, target: Path) -> Workspace:
        from facturier.models.exports.company_file import import_company_file

        import_company_file(export, target, clock=self._companies.clock)
        return self._companies.open(target)

"""The companies that this person works for: go to another one, open a file, make a new one."""

import asyncio
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList

from facturier.mail.open_workspace import open_another
from facturier.mail.workspace import Workspace
from facturier.models.company.recent import CompanySummary, company_summary, recent_companies
from facturier.models.text.i18n import N_, _
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import shorten_path

_ROOM = 64  # cells for a path


class CompaniesScreen(Dialog[Workspace | None]):
    """Answers this person's workspace at the company that was chosen, None to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", N_("Open a file…"), tooltip=N_("Open a company by its path."), id="companies.open"),
        Binding("n", "new", N_("New company…"), tooltip=N_("Create a company file."), id="companies.new"),
        Binding("escape,q", "dismiss(None)", N_("Back"), id="companies.back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        # one machine: a company is known by the path of its file.
        self._here = ws.store.path.resolve()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box companies-box"):
            yield Label(_("Companies"), markup=False, classes="dialog-title")
            yield Options(markup=False, compact=True)
            yield KeyBar()

    @work(group="companies")
    async def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        known = recent_companies(self._ws.locations.data)
        if self._here not in known:
            known.insert(0, self._here)
        found = await asyncio.to_thread(lambda: [company_summary(path) for path in known])
        listed = self.query_one(OptionList)
        listed.add_options([ValueOption(self._line(company), company.path) for company in found])
        # The one used before this one is most likely wanted.
        listed.highlighted = next((place for place, one in enumerate(found) if one.path != self._here), 0)

    def _line(self, company: CompanySummary) -> Text:
        mark = "●" if company.path == self._here else " "
        text = Text.assemble(f"{mark} ", (company.name or company.path.name, "bold"))
        if company.gmail:
            text.append(f"  {company.gmail}")
        return text.append(f"\n  {company.trouble or shorten_path(str(company.path), _ROOM)}", "dim")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        assert isinstance(event.option, ValueOption)
        path: Path = event.option.value
        if path == self._here:
            self.dismiss(None)
        else:
            self._go(path)

    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.companies.open_company import OpenCompanyScreen

        await self._answer(OpenCompanyScreen(self._ws))

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.companies.new_company import NewCompanyScreen

        await self._answer(NewCompanyScreen(self._ws))

    async def _answer(self, dialog: Screen[Workspace | None]) -> None:
        """Answer what the dialog answers."""
        if (ws := await self.app.push_screen_wait(dialog)) is not None:
            self.dismiss(ws)

    @work(group="companies")
    @once
    async def _go(self, path: Path) -> None:
        with problems_shown(self):
            self.dismiss(await asyncio.to_thread(open_another, self._ws, path))


class MovingScreen(Dialog[None]):
    """Stands while the company is left, which may take a while: a copy of it is made."""

    def __init__(self, company: str) -> None:
        super().__init__(classes="dialog")
        self._company = company

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Switching to {company}…").format(company=self._company), markup=False)

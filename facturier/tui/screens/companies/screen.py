"""The companies of this person: switch to another one, open a file, create a company, or try the demo."""

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

from facturier.mail.open_workspace import Companies, companies_of
from facturier.mail.workspace import Workspace
from facturier.models.company.recent import CompanySummary, company_summary, recent_companies
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog, ResultScreen, once
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import shorten_path

_ROOM = 64  # columns for a path


def books_folder() -> Path:
    """Return the proposed folder for the first company, in the form that people enter."""
    # one machine: a company is a file of the person here.
    return Path("~/Facturier")


def proposed(ws: Workspace) -> tuple[Path, str]:
    """Return the proposed folder and currency for another company: those of this company, unless it is the demo."""
    if ws.practice is not None:
        return books_folder(), "CAD"
    return ws.store.path.resolve().parent, ws.company().currency


def company_line(company: CompanySummary, *, here: bool = False) -> Text:
    """Return two lines about a company: its name and Gmail address, and its file or why it cannot be opened."""
    text = Text.assemble("● " if here else "  ", (company.name or company.path.name, "bold"))
    if company.gmail:
        text.append(f"  {company.gmail}")
    return text.append(f"\n  {company.trouble or shorten_path(str(company.path), _ROOM)}", "dim")


class ChoosingCompany(ResultScreen[Workspace | None]):
    """The base of the companies dialog and the welcome screen: opens, creates or chooses a company.

    The result is the workspace of the company, or None.
    """

    companies: Companies
    folder: Path  # the proposed folder for a new company
    currency = "CAD"
    here: Path | None = None  # the company that is open

    def summaries(self) -> list[CompanySummary]:
        """Return the recent companies, most recent first. This reads every file, so call it in a thread."""
        return [company_summary(path) for path in recent_companies(self.companies.locations.data)]

    @on(OptionList.OptionSelected)
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        assert isinstance(event.option, ValueOption)
        value: Path | str = event.option.value
        if isinstance(value, str):
            await self.run_action(value)
        elif value == self.here:
            self.dismiss(None)
        else:
            self._go(value)

    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.companies.open_company import OpenCompanyScreen

        await self._answer(OpenCompanyScreen(self.companies, self.folder))

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.companies.new_company import NewCompanyScreen

        await self._answer(NewCompanyScreen(self.companies, self.folder, self.currency))

    @work
    async def action_demo(self) -> None:
        from facturier.tui.screens.companies.demo import DemoScreen

        await self._answer(DemoScreen(self.companies))

    async def _answer(self, dialog: Screen[Workspace | None]) -> None:
        """Open a dialog, and dismiss this screen with its result unless that is None."""
        if (ws := await self.app.push_screen_wait(dialog)) is not None:
            self.dismiss(ws)

    @work(group="companies")
    @once
    async def _go(self, path: Path) -> None:
        with problems_shown(self):
            self.dismiss(await asyncio.to_thread(self.companies.open, path))


class CompaniesScreen(Dialog[Workspace | None], ChoosingCompany):
    """The dialog's result is the workspace of the chosen company, or None to stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", N_("Open a file…"), tooltip=N_("Open a company by its path."), id="companies.open"),
        Binding("n", "new", N_("New company…"), tooltip=N_("Create a company file."), id="companies.new"),
        keys.BACK.on("companies.back", action="dismiss(None)"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self.companies = companies_of(ws)
        # one machine: a company is known by the path of its file.
        self.here = ws.store.path.resolve()
        self.folder, self.currency = proposed(ws)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box companies-box"):
            yield Label(_("Companies"), markup=False, classes="dialog-title")
            yield Options(markup=False, compact=True)
            yield KeyBar()

    @work(group="companies")
    async def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        found = await asyncio.to_thread(self._found)
        listed = self.query_one(OptionList)
        listed.add_options([ValueOption(company_line(one, here=one.path == self.here), one.path) for one in found])
        if self._ws.practice is None:
            listed.add_option(ValueOption(Text("  ").append(_("Try the demo company…")), "demo"))
        else:
            listed.add_option(ValueOption(Text("  ").append(_("Create my own company…")), "new"))
        # Highlight the company that was used before this one. In the demo without others, highlight “Create”.
        other = next((place for place, one in enumerate(found) if one.path != self.here), None)
        listed.highlighted = other if other is not None else 0 if self._ws.practice is None else len(found)

    def _found(self) -> list[CompanySummary]:
        found = self.summaries()
        if all(one.path != self.here for one in found):
            assert self.here is not None
            found.insert(0, company_summary(self.here))
        return found


class MovingScreen(Dialog[None]):
    """Shown while the program closes a company and makes a backup of it, which may take a while."""

    def __init__(self, company: str) -> None:
        super().__init__(classes="dialog")
        self._company = company

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Switching to {company}…").format(company=self._company), markup=False)

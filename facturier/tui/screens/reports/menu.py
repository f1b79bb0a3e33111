"""The menu of the reports."""

from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import ResultScreen
from facturier.tui.themes.theme import QUIET
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.reports import REPORTS


class MenuRow(NamedTuple):
    id: int
    name: str
    by: str
    title: str
    about: str


class ReportsScreen(ResultScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("reports.open", N_("Open the selected report.")),
        keys.BACK.on("reports.back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="reports")
        self._ws = ws

    def compose(self) -> ComposeResult:
        rows = [
            MenuRow(place, name, by, _(title), _(about))
            for place, ((name, by), (title, about)) in enumerate(REPORTS.items())
        ]
        columns = (
            Column[MenuRow](_("Report"), lambda row: Text(row.title), 24),
            Column[MenuRow]("", lambda row: Text(row.about, QUIET), 30, rank=1, flex=True),
        )
        yield Title(_("Reports"))
        yield Banner(self._ws)
        yield RowList(columns, FewRows(rows))
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(RowList).focus()

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.reports.screen import ReportScreen

        rows: RowList[MenuRow] = self.query_one(RowList)
        if (row := rows.chosen) is not None:
            await self.app.push_screen_wait(ReportScreen(self._ws, row.name, row.by))

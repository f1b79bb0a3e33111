"""What would become of each row of a file, and the import."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.imports.importing import Import, Imported, plan_import, write_import
from facturier.models.imports.plan import Status
from facturier.models.imports.reading import Source
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.screen import ResultScreen, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.imports.columns_screen import ColumnsScreen
from facturier.tui.screens.imports.file_screen import TITLES
from facturier.tui.screens.imports.rows import ImportRow, import_columns, import_detail, import_sum, ordered
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title


class ImportScreen(ResultScreen[Imported | None]):
    """Answers what was written, None if nothing was. Nothing is written before F9."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "write", N_("Import"), tooltip=N_("Import the rows with a check mark."), id="import.write"),
        keys.MARK.on("import.include", N_("Include or exclude the row."), action="include"),
        keys.INCLUDE_ALL.on("import.include_doubtful", N_("Include or exclude all doubtful rows.")),
        Binding("e", "columns", N_("Columns"), tooltip=N_("Choose the column of each field."), id="import.columns"),
        keys.BACK.on("import.back", N_("Go back without importing.")),
    ]

    def __init__(self, ws: Workspace, source: Source) -> None:
        super().__init__(classes="imports")
        self._ws = ws
        self._source = source
        self._plan: Import | None = None
        self._excluded: set[int] = set()  # lines
        self._doubtful: set[int] = set()  # lines of doubtful rows to import
        self._rows: FewRows[ImportRow] = FewRows()
        self._all: list[ImportRow] = []

    def compose(self) -> ComposeResult:
        right = f"{clean(self._source.name)} · {_(self._source.layout)}"
        yield Title(_(TITLES[self._source.kind]), Text(right, "not bold"))
        yield Banner(self._ws)
        yield Static(_("Reading…"), classes="import-sum", markup=False)
        yield RowList(import_columns(), self._rows, empty=_("The file has no rows."))
        detail = Static(classes="import-detail region", markup=False)
        detail.border_title = _("Selected row")
        yield detail
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        if self._source.ready:
            self._look()
        else:
            self.action_columns()

    def on_company_changed(self) -> None:
        if self._plan is not None and not self.busy:
            self._look()

    @property
    def rows(self) -> RowList[ImportRow]:
        return self.query_one(RowList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "write":
                return any(row.included for row in self._all)
            case "include":
                rows = self.query_one_optional(RowList)
                return rows is not None and rows.chosen is not None and rows.chosen.can_change
            case "include_doubtful":
                return any(row.planned.status is Status.DOUBTFUL and row.can_change for row in self._all)
            case "columns":
                return self._source.table is not None
        return True

    # What is shown

    @work(group="look", exclusive=True)
    async def _look(self) -> None:
        try:
            self._plan = await asyncio.to_thread(plan_import, self._ws.store, self._source)
        except FacturierError as error:
            show_problem(self, error)
            return
        self._show()

    def _show(self) -> None:
        if self._plan is None:
            self.query_one(".import-sum", Static).update(_("Choose the columns first: e"))
            return
        wanted = {row.line for row in self._plan.wanted(self._doubtful, self._excluded)}
        self._all = ordered([ImportRow(row, row.line in wanted) for row in self._plan.rows])
        self._rows.put(self._all)
        self.rows.reload()
        self.query_one(".import-sum", Static).update(import_sum(self._all))
        self._show_detail()
        self.refresh_bindings()

    @on(RowList.Chosen)
    def _show_detail(self) -> None:
        chosen = self.rows.chosen
        self.query_one(".import-detail", Static).update(import_detail(chosen) if chosen else "")
        self.refresh_bindings()

    # What the person does about it

    def action_include(self) -> None:
        if (row := self.rows.chosen) is None:
            return
        changed = self._doubtful if row.planned.status is Status.DOUBTFUL else self._excluded
        changed ^= {row.id}
        self._show()

    def action_include_doubtful(self) -> None:
        doubtful = {row.id for row in self._all if row.planned.status is Status.DOUBTFUL and row.can_change}
        self._doubtful = set() if doubtful <= self._doubtful else doubtful
        self._show()

    @work
    async def action_columns(self) -> None:
        mapped = await self.app.push_screen_wait(ColumnsScreen(self._source))
        if mapped is not None:
            self._source = await asyncio.to_thread(self._source.with_fields, mapped)
            self._excluded, self._doubtful = set(), set()
            self._look()
        elif self._plan is None:
            self._show()

    @work
    async def action_write(self) -> None:
        plan = self._plan
        count = sum(row.included for row in self._all)
        if plan is None or not count:
            return
        if faulty := len(plan.faulty()):
            words = ngettext("{count} row has a fault.", "{count} rows have faults.", faulty).format(count=faulty)
            question = ngettext("Import the other row?", "Import the other {count} rows?", count).format(count=count)
            if not await self.app.push_screen_wait(ConfirmScreen(question, words)):
                return
        await self._write(plan)

    @once
    async def _write(self, plan: Import) -> None:
        def write() -> Imported:
            return write_import(
                self._ws.store, plan, doubtful=self._doubtful, left_out=self._excluded, skip_faulty=True
            )

        self.query_one(".import-sum", Static).update(_("Importing…"))
        try:
            imported = await asyncio.to_thread(write)
        except FacturierError as error:
            show_problem(self, error)
            self._look()
            return
        self.dismiss(imported)

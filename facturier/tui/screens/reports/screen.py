"""One report: a table with a bar for each amount, for any period, currency and basis."""

import asyncio
import threading
from dataclasses import replace
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.reports.period import ALL_DATES, Period, PeriodName, named_period, shifted
from facturier.models.reports.reading import question, read_report, report_currencies
from facturier.models.reports.report import Basis, Report, without_empty
from facturier.models.text.dates.dates import FIRST
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.screens.reports.columns import ShownRow, report_columns, shown_rows, total_line
from facturier.tui.themes.theme import QUIET
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.report_files import file_name, no_rows, report_csv, report_pdf
from facturier.tui.words.reports import cell_text, converted_text, left_out_text, report_title, subtitle, told_every

_SECONDS = 0.25  # after which it is shown again how many invoices are prepared


class ReportScreen(ResultScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("report.open", N_("List the invoices that make up the figure.")),
        keys.PERIOD.on("report.period", N_("Choose a month, a quarter, a year, or two dates.")),
        keys.EXPORT.on("report.export", N_("Save the report as a CSV file.")),
        keys.SAVE_PDF.on("report.save_pdf", N_("Save the report as a PDF.")),
        keys.EARLIER.on("report.earlier", action="shift(-1)"),
        keys.LATER.on("report.later", action="shift(1)"),
        Binding(
            "t",
            "basis",
            N_("Cash or accrual"),
            tooltip=N_("Count taxes by payment date or by invoice date."),
            id="report.basis",
        ),
        keys.NEXT_CURRENCY.on("report.currency", N_("Show the report in another currency of your invoices.")),
        keys.BACK.on("report.back"),
    ]

    def __init__(self, ws: Workspace, name: str, by: str) -> None:
        super().__init__(classes="report")
        self._ws = ws
        self._asked = question(ws.store, name, by, ws.today())
        self._report: Report | None = None
        self._shown: Report | None = None  # without empty columns
        self._rows: FewRows[ShownRow] = FewRows()
        self._currencies: list[str] = []
        self._stop = threading.Event()
        self._reading = self._stale = False

    def compose(self) -> ComposeResult:
        yield Title(report_title(self._asked.name, self._asked.by))
        yield Banner(self._ws)
        yield Static(_("Reading…"), classes="report-sum", markup=False)
        yield RowList[ShownRow]((), self._rows)
        yield Static(classes="report-note", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(".report-note").display = False
        self.rows.focus()
        self._read()

    def on_unmount(self) -> None:
        self._stop.set()

    def on_company_changed(self) -> None:
        """Read the report again, after the reading that is under way: while many invoices are sent, it would never end
        otherwise."""
        if self._reading:
            self._stale = True
        else:
            self._read()

    def on_language_changed(self) -> None:
        if self._report is not None:
            self._show(self._report)

    @property
    def rows(self) -> RowList[ShownRow]:
        return self.query_one(RowList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "open":
                rows = self.query_one_optional(RowList)
                return rows is not None and rows.chosen is not None and rows.chosen.row.behind is not None
            case "export" | "save_pdf":
                return self._report is not None
            case "basis":
                return self._asked.name == "tax"
            case "shift" | "period":
                return self._asked.name != "numbers"
            case "currency":
                return self._asked.name != "numbers" and len(self._currencies) > 1
        return True

    # What is shown

    @work(exclusive=True, group="report")
    async def _read(self) -> None:
        self._stop.set()  # the thread of the last one ends early
        stop = self._stop = threading.Event()
        self._reading, self._stale = True, False
        asked, ws = self._asked, self._ws

        def tell(words: str) -> None:
            if not stop.is_set():
                self.app.call_from_thread(self._tell, words)

        def read() -> tuple[Report, list[str]]:
            told = told_every(_SECONDS, tell)
            return read_report(ws.store, asked, ws.today(), told, stop.is_set), report_currencies(ws.store)

        with problems_shown(self):
            report, self._currencies = await asyncio.to_thread(read)
            if not stop.is_set() and self.is_mounted:
                self._show(report)
        self._reading = False
        if self._stale:
            self._read()

    def _tell(self, words: str) -> None:
        for line in self.query(".report-sum").results(Static):  # none once the screen is closed
            line.update(words)

    def _show(self, report: Report) -> None:
        self._report = report
        report = self._shown = without_empty(report)
        title = self.query_one(Title)
        title.left, title.right = report_title(report.name, report.by), subtitle(report)
        lines = [total_line(report), Text(converted_text(report), QUIET)]
        self.query_one(".report-sum", Static).update(Text("\n").join(filter(None, lines)))
        note = self.query_one(".report-note", Static)
        left_out = left_out_text(report)
        note.update(left_out)
        note.display = bool(left_out)
        self._rows.put(shown_rows(report))
        self.rows.set_columns(report_columns(report, self.size.width))
        self.rows.show(self._rows, empty=no_rows(report), keep=True)
        self.refresh_bindings()

    def on_resize(self, event: Resize) -> None:
        if self._shown is not None:
            self.rows.set_columns(report_columns(self._shown, event.size.width))

    @on(RowList.Chosen)
    def _moved(self) -> None:
        self.refresh_bindings()

    # What is asked

    def action_shift(self, steps: int) -> None:
        aging = self._asked.name == "aging"
        period = self._month_end(steps) if aging else shifted(self._asked.period, steps)
        self._asked = replace(self._asked, period=period)
        self._read()

    def _month_end(self, steps: int) -> Period:
        """Return the dates up to today or, in steps back, up to the end of a month before."""
        today = self._ws.today()
        month = named_period(PeriodName.THIS_MONTH, min(self._asked.period.until, today))
        if steps > 0:
            later = shifted(month, 1 if self._asked.period.until == month.until else 0)
            return Period(FIRST, later.until) if later.until < today else ALL_DATES
        return Period(FIRST, shifted(month, -1).until)

    @work
    async def action_period(self) -> None:
        from facturier.tui.screens.reports.period_screen import PeriodScreen

        period = await self.app.push_screen_wait(PeriodScreen(self._ws, self._asked.period))
        if period is not None:
            self._asked = replace(self._asked, period=period)
            self._read()

    def action_basis(self) -> None:
        basis = Basis.ACCRUAL if self._asked.basis is Basis.CASH else Basis.CASH
        self._asked = replace(self._asked, basis=basis)
        self._read()

    def action_currency(self) -> None:
        place = self._currencies.index(self._asked.currency) if self._asked.currency in self._currencies else -1
        self._asked = replace(self._asked, currency=self._currencies[(place + 1) % len(self._currencies)])
        self._read()

    # What is done

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.reports.documents import DocumentsScreen

        report, shown = self._shown, self.rows.chosen
        if report is None or shown is None or shown.row.behind is None:
            return
        words = [
            cell_text(column, value, report.currency)
            for column, value in zip(report.columns[:3], shown.row.cells, strict=False)
        ]
        what = shown.label or next((word for word in words if word and not word.isdigit()), "")
        title = _("{field}: {value}").format(field=report_title(report.name, report.by), value=what)
        await self.app.push_screen_wait(DocumentsScreen(self._ws, shown.row.behind, title))

    @work
    async def action_export(self) -> None:
        if (report := self._report) is not None:
            name = file_name(report, "csv")
            await save_as(self, self._ws, _("Export the report"), name, partial(report_csv, report))

    @work
    async def action_save_pdf(self) -> None:
        if (report := self._report) is not None:
            make = partial(report_pdf, report, self._ws.company(), self._ws.today())
            await save_as(self, self._ws, _("Save the report as PDF"), file_name(report, "pdf"), make)

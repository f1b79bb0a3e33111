"""Choose the period of a report: by name, or by its first and last day."""

from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList

from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.reports.period import ALL_DATES, Period, check_period, named_period
from facturier.models.text.dates.dates import FIRST, LAST, day_text, parse_day
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.reports import PERIODS, period_text


class PeriodScreen(Dialog[Period | None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Choose"), id="period.choose", priority=True),
        keys.CANCEL.on("period.cancel"),
    ]

    def __init__(self, ws: Workspace, period: Period) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._period = period

    def compose(self) -> ComposeResult:
        today = self._ws.today()
        since = "" if self._period.since == FIRST else day_text(self._period.since, spoken())
        until = "" if self._period.until == LAST else day_text(self._period.until, spoken())
        with Vertical(classes="dialog-box", id="period-box"):
            yield Label(_("Period"), markup=False, classes="dialog-title")
            named = {name: named_period(name, today) for name in PERIODS}
            width = max(len(_(words)) for words in PERIODS.values())
            options = [
                ValueOption(
                    _(PERIODS[name]) if period == ALL_DATES else f"{_(PERIODS[name]):{width}}  {period_text(period)}",
                    period,
                )
                for name, period in named.items()
            ]
            yield Options(*options, markup=False, compact=True)
            yield Field(_("From date"), since, check=self._day, placeholder=_("no limit"), id="since")
            yield Field(_("To date"), until, check=self._day, placeholder=_("no limit"), id="until")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(Options)
        values = [option.value for option in listed.options if isinstance(option, ValueOption)]
        listed.highlighted = values.index(self._period) if self._period in values else 0
        listed.focus()

    def _day(self, text: str) -> date | None:
        return parse_day(text, self._ws.today()) if text else None

    @on(OptionList.OptionSelected)
    def _selected(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        listed = self.query_one(Options)
        if listed.has_focus and listed.highlighted is not None:
            option = listed.get_option_at_index(listed.highlighted)
            if isinstance(option, ValueOption):
                self.dismiss(option.value)
            return
        fields = {field.id: field for field in self.query(Field)}
        since, until = fields["since"], fields["until"]
        for field in (since, until):
            if field.problem:
                field.show_problem(field.problem)
                return
        try:
            self.dismiss(check_period(self._day(since.text) or FIRST, self._day(until.text) or LAST))
        except InputError as error:
            until.show_problem(str(error))

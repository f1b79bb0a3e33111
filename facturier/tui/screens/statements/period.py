"""The choice between the open items and the activity of a period."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.reports.period import Period, PeriodName, check_period, named_period, shifted
from facturier.models.text.dates.dates import day_text, parse_day
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.answers import AnswersScreen
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import long_day

_OPEN, _OTHER = "open", "other"
_NAMED = {
    PeriodName.THIS_MONTH: N_("This month"),
    PeriodName.LAST_MONTH: N_("Last month"),
    PeriodName.THIS_QUARTER: N_("This quarter"),
    PeriodName.LAST_QUARTER: N_("Last quarter"),
    PeriodName.THIS_YEAR: N_("This year"),
    PeriodName.LAST_YEAR: N_("Last year"),
}


def period_words(period: Period | None) -> str:
    """Return what a statement shows: `Open items`, or `1 Oct 2026 – 31 Oct 2026`."""
    return _("Open items") if period is None else " – ".join(dict.fromkeys(map(long_day, period)))


def other_period(ws: Workspace, period: Period | None, steps: int) -> Period:
    """Return the period before or after this one. From open items, that is this month or the month before."""
    if period is not None:
        return shifted(period, steps)
    return named_period(PeriodName.LAST_MONTH if steps < 0 else PeriodName.THIS_MONTH, ws.today())


async def choose_period(screen: Screen[Any], ws: Workspace, period: Period | None) -> tuple[Period | None] | None:
    """Let the person choose what statements show. Return None if the person cancelled."""
    today = ws.today()
    named = {str(name): named_period(name, today) for name in _NAMED}
    answers = {_OPEN: _("Open items")}
    width = max(len(_(words)) for words in _NAMED.values())
    answers |= {str(name): f"{_(words):{width}}  {period_words(named[str(name)])}" for name, words in _NAMED.items()}
    answers[_OTHER] = _("Other dates…")
    now = _OPEN if period is None else next((name for name, one in named.items() if one == period), _OTHER)
    chosen = await screen.app.push_screen_wait(AnswersScreen(_("What the statement shows"), answers, now))
    if chosen is None:
        return None
    if chosen == _OTHER:
        typed = await screen.app.push_screen_wait(DatesScreen(ws, period or named[str(PeriodName.THIS_MONTH)]))
        return (typed,) if typed is not None else None
    return (named.get(chosen),)


class DatesScreen(Dialog[Period | None]):
    """Asks for the first and the last day of a period."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Show"), id="dates.choose", priority=True),
        keys.CANCEL.on("dates.cancel"),
    ]

    def __init__(self, ws: Workspace, period: Period) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._period = period

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Period"), markup=False, classes="dialog-title")
            for name, label, day in zip(("since", "until"), (_("From date"), _("To date")), self._period, strict=True):
                yield Field(label, day_text(day, spoken()), check=self._day, whole=True, id=name)
            yield KeyBar()

    def _day(self, text: str) -> object:
        return parse_day(text, self._ws.today())

    def action_choose(self) -> None:
        first, last = (self.query_one(f"#{name}", Field) for name in ("since", "until"))
        for field in (first, last):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        today = self._ws.today()
        try:
            period = check_period(parse_day(first.text, today), parse_day(last.text, today))
        except InputError as error:
            last.show_problem(str(error))
            return
        self.dismiss(period)

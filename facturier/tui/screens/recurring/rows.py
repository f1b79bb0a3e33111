"""The columns of the list of recurring invoices, and the details of one schedule."""

from collections.abc import Callable, Sequence
from datetime import date

from rich.text import Text

from facturier.models.recurring.schedule import Run, Schedule
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.themes.theme import BOLD, WARNING
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.formatting import day_width, long_day, with_currency
from facturier.tui.words.recurring import (
    action_words,
    days_text,
    end_words,
    prices_words,
    rhythm_words,
    run_words,
    schedule_status,
)

_RUNS = 8  # how many of the latest periods are shown


def recurring_columns(today: Callable[[], date]) -> tuple[Column[Schedule], ...]:
    def following(schedule: Schedule) -> Text:
        if schedule.next is None:
            return Text("–")
        late = schedule.next < today() and not schedule.paused
        return Text(long_day(schedule.next), WARNING if late else "")

    def name(one: Schedule) -> Text:
        return Text(clean(one.customer) or "–", _style(one))

    def customer(width: int, rank: int, short: Column[Schedule] | None = None) -> Column[Schedule]:
        return Column(_("Customer"), name, width, rank, flex=True, short=short)

    return (
        customer(16, 1, customer(10, 0)),
        Column(_("Amount"), lambda one: Text(with_currency(one.amount), BOLD), 13, rank=2, right=True),
        Column(_("Frequency"), lambda one: Text(rhythm_words(one.rhythm)), 18, rank=3, flex=True),
        Column(_("Next"), following, day_width(long_day, today())),
        Column(_("State"), lambda one: Text(schedule_status(one), _style(one)), 8),
    )


def _style(schedule: Schedule) -> str:
    return "" if schedule.status == "active" else "dim"


def schedule_details(schedule: Schedule, runs: Sequence[Run], today: date, *, unapproved: bool = False) -> Text:
    """Return the rhythm with its end, the next dates, and what became of the earlier ones."""
    ends = end_words(schedule.rhythm)
    parts = [clean(schedule.customer), rhythm_words(schedule.rhythm) + (f", {ends}" if ends else "")]
    lines = [
        Text(" · ".join(filter(None, parts)), BOLD),
        Text(f"{action_words(schedule.action)} · {prices_words(schedule.prices)}"),
    ]
    if unapproved:
        lines.append(Text(_("Not sent: no member has approved it as it is now. A shows it and approves it."), WARNING))
    due = schedule.due(today)
    if len(due) > 1 and not schedule.paused:
        lines.append(
            Text(
                _("Missed: {dates}. F9 creates the invoices, Z skips the first.").format(dates=days_text(due[:5])),
                WARNING,
            )
        )
    upcoming = days_text(schedule.upcoming()) or _("no date")
    lines.append(Text(_("Next: {dates}").format(dates=upcoming)))
    if runs:
        told = "   ".join(f"{long_day(run.period)} {run_words(run)}" for run in runs[:_RUNS])
        lines.append(Text(_("Earlier: {runs}").format(runs=told)))
    else:
        lines.append(Text(_("No invoice was created yet.")))
    return Text("\n").join(lines)

"""Recurring invoices in the reader's words: `every month on the 31st`."""

from collections.abc import Sequence
from datetime import date

from facturier.mail.sending.recurring import Ran
from facturier.models.books.status import PeriodUnit, Prices, RecurringAction
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Run, Schedule
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext, spoken
from facturier.tui.words.formatting import long_day

_STATUS = {"active": N_("Active"), "paused": N_("Paused"), "ended": N_("Ended")}
_ACTIONS = {
    RecurringAction.DRAFT: N_("Create a draft to review"),
    RecurringAction.SEND: N_("Send automatically"),
}
_PRICES = {Prices.FIXED: N_("Rates of the template"), Prices.CURRENT: N_("Current rates of the items")}


def rhythm_words(rhythm: Rhythm) -> str:
    """Return how often, without the end: `every 2 weeks on Monday`, `every year on 29 February`."""
    from babel.dates import format_date

    n, first = rhythm.every, rhythm.first
    match rhythm.unit:
        case PeriodUnit.DAY:
            return ngettext("every day", "every {n} days", n).format(n=n)
        case PeriodUnit.WEEK:
            words = ngettext("every week on {day}", "every {n} weeks on {day}", n)
            return words.format(n=n, day=format_date(first, "EEEE", locale=spoken()))
        case PeriodUnit.MONTH:
            words = ngettext("every month on the {day}", "every {n} months on the {day}", n)
            return words.format(n=n, day=ordinal(first.day))
    words = ngettext("every year on {day}", "every {n} years on {day}", n)
    number = ordinal(first.day) if spoken() == "fr" else first.day
    return words.format(n=n, day=f"{number} {format_date(first, 'MMMM', locale=spoken())}")


def every_text(rhythm: Rhythm) -> str:
    """Return how often as a person types it, and as `parse_every` reads it back: `2 weeks`."""
    n = rhythm.every
    match rhythm.unit:
        case PeriodUnit.DAY:
            return ngettext("{n} day", "{n} days", n).format(n=n)
        case PeriodUnit.WEEK:
            return ngettext("{n} week", "{n} weeks", n).format(n=n)
        case PeriodUnit.MONTH:
            return ngettext("{n} month", "{n} months", n).format(n=n)
    return ngettext("{n} year", "{n} years", n).format(n=n)


def end_words(rhythm: Rhythm) -> str:
    """Return when it ends: `until 31 Dec 2027, 12 times at most`. Empty without an end."""
    parts = []
    if rhythm.until is not None:
        parts.append(_("until {day}").format(day=long_day(rhythm.until)))
    if rhythm.most is not None:
        parts.append(ngettext("{n} time", "{n} times", rhythm.most).format(n=rhythm.most))
    return ", ".join(parts)


def ordinal(day: int) -> str:
    """Return the day of a month: `31st`, or `31` and `1er` in French."""
    if spoken() == "fr":
        return "1er" if day == 1 else str(day)
    endings = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
    return f"{day}{endings.get(day, 'th')}"


def schedule_status(schedule: Schedule) -> str:
    return _(_STATUS[schedule.status])


def action_words(action: RecurringAction) -> str:
    return _(_ACTIONS[action])


def prices_words(prices: Prices) -> str:
    return _(_PRICES[prices])


def days_text(days: list[date]) -> str:
    """Return dates in a row, each on one line: `30 Nov 2026 · 31 Dec 2026`."""
    return " · ".join(long_day(day).replace(" ", "\u00a0") for day in days)


def run_words(run: Run) -> str:
    """Return what became of a period: a number, `draft`, `deleted` or `skipped`."""
    if run.skipped:
        return _("skipped")
    if run.invoice_id is None:
        return _("deleted")
    return run.number or _("draft")


def created_words(ran: Ran) -> list[str]:
    """Return what was done, in one sentence for drafts and one for sends."""
    queued = {delivery.invoice_id for delivery in ran.queued}
    drafts = [one for one in ran.created if one.id not in queued]
    words = []
    if drafts:
        said = ngettext(
            "Recurring invoice created: a draft for {customer}.", "{count} recurring invoices created as drafts.",
            len(drafts),
        )  # fmt: skip
        words.append(said.format(count=len(drafts), customer=clean(drafts[0].customer.name) or "–"))
    if queued:
        said = ngettext(
            "Recurring invoice {number} is in the outbox.",
            "{count} recurring invoices are in the outbox.",
            len(queued),
        )
        words.append(said.format(count=len(queued), number=ran.queued[0].number))
    return words


def unapproved_words(schedules: Sequence[Schedule]) -> str:
    """Return that these schedules make drafts until a member approves them, or an empty text."""
    if not schedules:
        return ""
    words = ngettext(
        "The recurring invoices for {customer} are not sent automatically: no member has approved them.",
        "{count} recurring invoices are not sent automatically: no member has approved them.",
        len(schedules),
    )
    return words.format(count=len(schedules), customer=clean(schedules[0].customer) or _("an unnamed customer"))


def command_lines(ran: Ran, today: date) -> tuple[list[str], list[str]]:
    """Return what a command prints, and what it tells a person beside that."""
    numbers = {delivery.invoice_id: delivery.number for delivery in ran.queued}
    said, told = [], []
    for one in ran.created:
        number = numbers.get(one.id or 0)
        words = _("{customer}: invoice {number} is in the outbox.") if number else _("{customer}: draft @{id} created.")
        said.append(words.format(customer=one.customer.name, number=number, id=one.id))
    for invoice_id, reason in ran.unsent.items():
        told.append(_("Draft @{id} was not sent: {reason}").format(id=invoice_id, reason=reason))
    for schedule in ran.waiting:
        due = schedule.due(today)
        words = ngettext(
            "{customer}: {count} date has passed ({dates}). To invoice it: facturier recurring run --all {id}",
            "{customer}: {count} dates have passed ({dates}). To invoice them: facturier recurring run --all {id}",
            len(due),
        )
        dates = ", ".join(map(long_day, due[:10]))
        told.append(words.format(customer=schedule.customer, count=len(due), dates=dates, id=schedule.id))
    return said, told

"""Automatic reminders in words: what was queued, and what a person must review."""

from datetime import date, datetime

from facturier.mail.notices.automatic import ReminderRun
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import level_text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.words.formatting import counted, long_day, seconds_left


def reminded_words(ran: ReminderRun, now: datetime) -> str:
    """Return how many reminders are in the outbox, and how to undo that, or an empty text."""
    if not ran.queued:
        return ""
    words = ngettext(
        "The reminder for invoice {number} will be sent automatically in {seconds} s. In the list, press u to undo it.",
        "{count} reminders will be sent automatically in {seconds} s. In the list, press u to review them.",
        len(ran.queued),
    )
    first = ran.queued[0]
    seconds = seconds_left(first, now) or 0
    return words.format(count=counted(len(ran.queued)), number=clean(first.number), seconds=seconds)


def waiting_words(ran: ReminderRun) -> str:
    """Return how many reminders a person must review, or why none are sent, or an empty text."""
    if not ran.waiting:
        return ran.reason
    words = ngettext(
        "{count} reminder was not sent automatically.", "{count} reminders were not sent automatically.", ran.waiting
    )
    return f"{words.format(count=counted(ran.waiting))} {ran.reason}".rstrip()


def automatic_words(company: Company, last: date | None) -> str:
    """Return when and which reminders are sent automatically, and the last day on which they were. They must be
    switched on."""
    automatic = company.automatic_reminders
    if automatic.until is None:
        words = _("sent automatically from {time}")
    else:
        words = _("sent automatically from {time}, up to the level “{level}”")
    level = level_text(automatic.until) if automatic.until is not None else ""
    day = long_day(last) if last is not None else _("never")
    return f"{words.format(time=automatic.at, level=level)}; " + _("last day: {day}").format(day=day)

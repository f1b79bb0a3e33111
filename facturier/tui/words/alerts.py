"""Alerts in the reader's words: what happened, and what to do about it."""

from datetime import date

from facturier.models.books.alerts import AlertKind
from facturier.models.books.invoice import Alert
from facturier.models.books.naming import named, named_first
from facturier.models.books.status import DeliveryKind
from facturier.models.company.user import full_name
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui.words.formatting import counted, long_day, moment
from facturier.tui.words.notices import NOTICES

_TITLES = {
    AlertKind.FAILED: N_("{document} was not sent"),
    AlertKind.PARTLY_SENT: N_("{document} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody can tell whether {document} was sent"),
    AlertKind.BOUNCED: N_("{document} bounced"),
    AlertKind.LEFT_AFTER_ALL: N_("{document} was sent after all"),
    AlertKind.STOPPED: N_("{document} was stopped, but may already have been sent"),
    AlertKind.CONNECTION_OVER: N_("Google ended the connection of {address}"),
    AlertKind.TURNED_AWAY: N_("Cannot send from {address}"),
    AlertKind.ASKED: N_("{name} requested access to send for this company"),
    AlertKind.RECURRING_MISSED: N_("Recurring invoices for {customer} were not created"),
    AlertKind.RECURRING_UNSENT: N_("The recurring invoice for {customer} was not sent"),
    AlertKind.RECURRING_PAUSED: N_("Recurring invoices are paused"),
    AlertKind.REMINDERS_WAITING: N_("Reminders were not sent automatically"),
}
# Where the invoice was sent by another delivery: only this copy is in trouble.
_COPY_TITLES = {
    AlertKind.FAILED: N_("A copy of {document} was not sent"),
    AlertKind.PARTLY_SENT: N_("A copy of {document} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody can tell whether a copy of {document} was sent"),
    AlertKind.BOUNCED: N_("A copy of {document} bounced"),
    AlertKind.STOPPED: N_("A copy of {document} was stopped, but may already have been sent"),
}
# About a reminder, a receipt or a statement.
_NOTICE_TITLES = {
    AlertKind.FAILED: N_("{what} for invoice {number} was not sent"),
    AlertKind.PARTLY_SENT: N_("{what} for invoice {number} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("{what} for invoice {number}: nobody can tell whether it was sent"),
    AlertKind.BOUNCED: N_("{what} for invoice {number} bounced"),
    AlertKind.LEFT_AFTER_ALL: N_("{what} for invoice {number} was sent after all"),
    AlertKind.STOPPED: N_("{what} for invoice {number} was stopped, but may already have been sent"),
}
_NOTICE_TODO = {
    AlertKind.FAILED: N_("The customer has the invoice. Only this email failed: fix the problem, then try again."),
    AlertKind.PARTLY_SENT: N_(
        "The customer has the invoice. Only an address of this email was refused: check the address."
    ),
    AlertKind.BOUNCED: N_("The customer has the invoice. Only this email bounced: check its address."),
}
_COPY_TODO = {
    AlertKind.FAILED: N_(
        "The invoice was sent on {sent}. Only this copy failed: fix the problem, or dismiss the alert."
    ),
    AlertKind.PARTLY_SENT: N_("The invoice was sent on {sent}. Only an address of this copy was refused: check it."),
    AlertKind.BOUNCED: N_("The invoice was sent on {sent}. Only this copy bounced: check its address."),
}
_TODO = {
    AlertKind.FAILED: N_("Fix the problem, then send it again."),
    AlertKind.PARTLY_SENT: N_("Check the refused address, then send again to that address only."),
    AlertKind.IN_DOUBT: N_(
        "Look for “{number}” in the Sent folder, then record whether it was sent. Facturier never "
        "sends it twice automatically."
    ),
    AlertKind.BOUNCED: N_("Ask the customer for an address that works, then send it again."),
    AlertKind.LEFT_AFTER_ALL: N_(
        "This was marked as failed, but the server has since confirmed that it was sent. If you sent "
        "it again, tell the customer."
    ),
    AlertKind.STOPPED: N_("Look for “{number}” in the Sent folder. Send it again only if it is not there."),
    AlertKind.CONNECTION_OVER: N_("Connect the address again. Queued invoices are kept and sent once it works."),
    AlertKind.TURNED_AWAY: N_(
        "Once you fix the problem, the waiting invoices are sent automatically. Dismiss this alert to try again now."
    ),
    AlertKind.ASKED: N_("Approve or decline the request under Settings, Users."),
    AlertKind.RECURRING_MISSED: N_("Press L in the invoice list. There, F9 creates the invoices, and Z skips a date."),
    AlertKind.RECURRING_UNSENT: N_("It is a draft. Fix the problem, then send it."),
    AlertKind.RECURRING_PAUSED: N_(
        "Another copy of this company may have created invoices since. Press L in the invoice list, check each "
        "schedule, then resume it."
    ),
    AlertKind.REMINDERS_WAITING: N_(
        "Press H in the invoice list to review them. There, F9 sends those that can be sent."
    ),
}


def alert_title(alert: Alert) -> str:
    """One line: what happened to what."""
    kind = AlertKind(alert.kind)
    count = alert.detail.get("count", "")
    if kind is AlertKind.REMINDERS_WAITING and count.isdecimal():
        words = ngettext(
            "{count} reminder was not sent automatically", "{count} reminders were not sent automatically", int(count)
        )
        return words.format(count=counted(int(count)))
    if kind in _NOTICE_TITLES and (what := _notice(alert)):
        return _(_NOTICE_TITLES[kind]).format(what=what, number=alert.number)
    title = _COPY_TITLES.get(kind, _TITLES[kind]) if alert.sent else _TITLES[kind]
    begins = _(title).startswith("{document}")
    return _(title).format(
        document=(named_first if begins else named)(alert.document, alert.number),
        address=clean(alert.detail.get("address", "")),
        name=full_name(alert.detail.get("name", "")),
        customer=clean(alert.detail.get("customer", "")) or _("an unnamed customer"),
    )


def _notice(alert: Alert) -> str:
    """Return the word for the notice that an alert is about, empty for the invoice itself."""
    kind = alert.detail.get("notice", "")
    return _(NOTICES[DeliveryKind(kind)]) if kind in NOTICES else ""


def alert_reason(alert: Alert) -> str:
    """For whom and why, in the words of the server or of the postman; empty where nobody gave any."""
    if alert.kind == AlertKind.RECURRING_MISSED:
        return _missed(alert)
    recipients = clean(alert.detail.get("recipients", ""))
    reason = clean(alert.detail.get("reason", ""))
    if recipients and recipients not in reason:
        return _("{what}: {found}").format(what=recipients, found=reason) if reason else recipients
    return reason


def _missed(alert: Alert) -> str:
    """The dates for which no invoice was created."""
    days = [_day(text) for text in alert.detail.get("dates", "").split()]
    count = alert.detail.get("count", "")
    more = " …" if count.isdecimal() and int(count) > len(days) else ""
    return _("These dates have passed: {dates}").format(dates=" · ".join(days) + more)


def _day(text: str) -> str:
    try:
        return long_day(date.fromisoformat(text))
    except ValueError:  # another program wrote it
        return clean(text)


def alert_todo(alert: Alert) -> str:
    """What the person can do now."""
    kind = AlertKind(alert.kind)
    if kind in _NOTICE_TODO and _notice(alert):
        return _(_NOTICE_TODO[kind])
    if alert.sent and kind in _COPY_TODO:
        return _(_COPY_TODO[kind]).format(sent=moment(alert.sent))
    if advice := clean(alert.detail.get("todo", "")):
        return advice
    return _(_TODO[kind]).format(number=alert.number)

"""Alerts in the reader's words: what happened, and what to do about it."""

from facturier.models.books.alerts import AlertKind
from facturier.models.books.invoice import Alert
from facturier.models.company.user import full_name
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui.words.formatting import moment

_TITLES = {
    AlertKind.FAILED: N_("Invoice {number} was not sent"),
    AlertKind.PARTLY_SENT: N_("Invoice {number} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody can tell whether invoice {number} was sent"),
    AlertKind.BOUNCED: N_("Invoice {number} bounced"),
    AlertKind.LEFT_AFTER_ALL: N_("Invoice {number} was sent after all"),
    AlertKind.STOPPED: N_("Invoice {number} was stopped, but may already have been sent"),
    AlertKind.CONNECTION_OVER: N_("Google ended the connection of {address}"),
    AlertKind.TURNED_AWAY: N_("Cannot send from {address}"),
    AlertKind.ASKED: N_("{name} requested access to send for this company"),
}
# Where the invoice was sent by another delivery: only this copy is in trouble.
_COPY_TITLES = {
    AlertKind.FAILED: N_("A copy of invoice {number} was not sent"),
    AlertKind.PARTLY_SENT: N_("A copy of invoice {number} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody can tell whether a copy of invoice {number} was sent"),
    AlertKind.BOUNCED: N_("A copy of invoice {number} bounced"),
    AlertKind.STOPPED: N_("A copy of invoice {number} was stopped, but may already have been sent"),
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
}


def alert_title(alert: Alert) -> str:
    """One line: what happened to what."""
    kind = AlertKind(alert.kind)
    title = _COPY_TITLES.get(kind, _TITLES[kind]) if alert.sent else _TITLES[kind]
    return _(title).format(
        number=alert.number,
        address=clean(alert.detail.get("address", "")),
        name=full_name(alert.detail.get("name", "")),
    )


def alert_reason(alert: Alert) -> str:
    """For whom and why, in the words of the server or of the postman; empty where nobody gave any."""
    recipients = clean(alert.detail.get("recipients", ""))
    reason = clean(alert.detail.get("reason", ""))
    if recipients and recipients not in reason:
        return _("{what}: {found}").format(what=recipients, found=reason) if reason else recipients
    return reason


def alert_todo(alert: Alert) -> str:
    """What the person can do now."""
    kind = AlertKind(alert.kind)
    if alert.sent and kind in _COPY_TODO:
        return _(_COPY_TODO[kind]).format(sent=moment(alert.sent))
    if advice := clean(alert.detail.get("todo", "")):
        return advice
    return _(_TODO[kind]).format(number=alert.number)

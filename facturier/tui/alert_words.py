"""Alerts in the reader's words: what happened, and what to do about it."""

from facturier.models.alerts import AlertKind
from facturier.models.clean import clean
from facturier.models.full_names import full_name
from facturier.models.invoice import Alert
from facturier.models.language import N_, _

_TITLES = {
    AlertKind.FAILED: N_("Invoice {number} was not sent"),
    AlertKind.PARTLY_SENT: N_("Invoice {number} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody knows whether invoice {number} was sent"),
    AlertKind.BOUNCED: N_("Invoice {number} came back"),
    AlertKind.LEFT_AFTER_ALL: N_("Invoice {number} was sent after all"),
    AlertKind.STOPPED: N_("Invoice {number} was stopped, and may have left before"),
    AlertKind.CONNECTION_OVER: N_("Google ended the connection of {address}"),
    AlertKind.TURNED_AWAY: N_("Nothing can be sent from {address}"),
    AlertKind.ASKED: N_("{name} asks to send for this company"),
}
_TODO = {
    AlertKind.FAILED: N_("Mend what is wrong, then send it again. Nothing was delivered."),
    AlertKind.PARTLY_SENT: N_("Check the address that was refused, then send again to that one only."),
    AlertKind.IN_DOUBT: N_(
        "Look into the Sent folder for “{number}”. Then say whether it left: Facturier never sends it twice by itself."
    ),
    AlertKind.BOUNCED: N_("Ask the customer for an address that works, then send it again."),
    AlertKind.LEFT_AFTER_ALL: N_(
        "It was held for failed; then the server’s acceptance came to light. If you sent it again, tell the customer."
    ),
    AlertKind.STOPPED: N_("Look into the Sent folder for “{number}”. Send it again only if it is not there."),
    AlertKind.CONNECTION_OVER: N_("Reconnect the address. Queued invoices are kept, and go once it works."),
    AlertKind.TURNED_AWAY: N_("Mend it; what waits then goes by itself. Taking this alert down tries again at once."),
    AlertKind.ASKED: N_("Admit them, or turn them down, under Settings, Users."),
}


def alert_title(alert: Alert) -> str:
    """One line: what happened to what."""
    return _(_TITLES[AlertKind(alert.kind)]).format(
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
    return _(_TODO[AlertKind(alert.kind)]).format(number=alert.number)

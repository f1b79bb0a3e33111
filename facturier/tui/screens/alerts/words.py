"""Alerts in the reader's words: what happened, and what to do about it."""

from facturier.models.books.alerts import AlertKind
from facturier.models.books.invoice import Alert
from facturier.models.company.user import full_name
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui.formatting import moment

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
# Where the invoice was sent by another delivery: only this copy is in trouble.
_COPY_TITLES = {
    AlertKind.FAILED: N_("A copy of invoice {number} was not sent"),
    AlertKind.PARTLY_SENT: N_("A copy of invoice {number} did not reach everyone"),
    AlertKind.IN_DOUBT: N_("Nobody knows whether a copy of invoice {number} was sent"),
    AlertKind.BOUNCED: N_("A copy of invoice {number} came back"),
    AlertKind.STOPPED: N_("A copy of invoice {number} was stopped, and may have been sent before"),
}
_COPY_TODO = {
    AlertKind.FAILED: N_("The invoice was sent on {sent}. Only this copy failed: fix what is wrong, or dismiss this."),
    AlertKind.PARTLY_SENT: N_("The invoice was sent on {sent}. Check the address that this copy was refused for."),
    AlertKind.BOUNCED: N_("The invoice was sent on {sent}. Only this copy came back: check its address."),
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
    return _(_TODO[kind]).format(number=alert.number)

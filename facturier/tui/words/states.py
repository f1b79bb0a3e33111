"""What commands call the states of invoices, estimates and deliveries. Programs read the untranslated names in JSON."""

from facturier.models.text.i18n import N_, _

_STATES = {
    "draft": N_("draft"),
    "void": N_("void"),
    "not_sent": N_("not sent"),
    "queued": N_("queued"),
    "claimed": N_("sending"),
    "handing_over": N_("sending"),
    "sent": N_("sent"),
    "partly_sent": N_("partly sent"),
    "in_doubt": N_("in doubt"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
    "bounced": N_("bounced"),
    "handed_over": N_("other way"),
    "due": N_("due"),
    "overdue": N_("overdue"),
    "partly_paid": N_("partly paid"),
    "paid": N_("paid"),
    "credit": N_("credit"),
    "applied": N_("applied"),
    "refunded": N_("refunded"),
    "settled": N_("settled"),
    "expired": N_("expired"),
    "accepted": N_("accepted"),
    "declined": N_("declined"),
    "open": N_("open"),
    "ready": N_("ready"),
    "sent_today": N_("already sent today"),
    "warning": N_("warning"),
    "error": N_("error"),
}


def state_word(code: str) -> str:
    """Return the word for a state in a table for people. A state that this version does not know is shown as it is."""
    return _(_STATES[code]) if code in _STATES else code

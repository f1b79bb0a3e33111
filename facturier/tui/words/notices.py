"""Reminders, receipts and statements in the reader's words, and why no reminders are sent."""

from facturier.models.books.status import DeliveryKind, InvoiceKind, Silence
from facturier.models.chasing.silence import Silenced
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.reminder_keys import read_key
from facturier.models.settings.reminders import level_text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, labelled
from facturier.tui.words.formatting import long_day

NOTICES = {
    DeliveryKind.REMINDER: N_("Reminder"),
    DeliveryKind.RECEIPT: N_("Receipt"),
    DeliveryKind.STATEMENT: N_("Statement"),
}
_DOCUMENTS = {
    InvoiceKind.CREDIT_NOTE: N_("Credit note"),
    InvoiceKind.ESTIMATE: N_("Estimate"),
}


def notice_word(delivery: Delivery) -> str:
    """Return what kind of email a delivery brings: `Invoice`, `Reminder`."""
    if delivery.kind is DeliveryKind.INVOICE:
        return _(_DOCUMENTS.get(delivery.document, N_("Invoice")))
    return _(NOTICES[delivery.kind])


def filed_under(delivery: Delivery) -> str:
    """Return the number of the document that a delivery is about. A statement is about none."""
    return "" if delivery.kind is DeliveryKind.STATEMENT else delivery.number


def notice_title(delivery: Delivery) -> str:
    """Return what a delivery brings, such as `Reminder (7 days after)`. Empty for the invoice itself."""
    if delivery.kind is DeliveryKind.INVOICE:
        return ""
    title = _(NOTICES[delivery.kind])
    key = read_key(delivery.key)
    return f"{title} ({level_text(key.days)})" if key is not None else title


def bounce_words(delivery: Delivery) -> str:
    """Return what was recorded about a delivery that bounced, for one line."""
    if delivery.kind is DeliveryKind.INVOICE:
        return _("Bounce of {document} recorded.").format(document=delivery.called)
    words = _("Bounce recorded: {what} for invoice {number}.")
    return words.format(what=notice_word(delivery), number=delivery.number)


def silence_words(now: Silenced) -> str:
    """Return why no reminders are sent, or an empty text."""
    parts = []
    if now.why is Silence.PROMISE and now.until is not None:
        parts.append(_("Promised to pay by {day}.").format(day=long_day(now.until)))
    if now.why is Silence.DISPUTE:
        words = _("Disputed until {day}.").format(day=long_day(now.until)) if now.until else _("Disputed.")
        parts.append(labelled(words.rstrip("."), clean(now.reason)) if now.reason else words)
    if now.off:
        parts.append(_("Reminders are off for this invoice."))
    if now.customer_off:
        parts.append(_("Reminders are off for this customer."))
    return " ".join(parts)

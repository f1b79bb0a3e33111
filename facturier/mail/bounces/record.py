"""Record that a message came back, from a bounce or from what a person enters. The delivery becomes bounced."""

from facturier.mail.bounces.reading import Bounce, mentioned_addresses, read_bounces
from facturier.mail.errors import UnreadBounce
from facturier.models.books.invoices import find_invoice
from facturier.models.books.naming import named_first
from facturier.models.errors import AlreadyBounced, InputError
from facturier.models.outbox.changes.bounces import report_bounce
from facturier.models.outbox.deliveries import (
    LEFT,
    deliveries_of,
    frozen_header,
    marked,
    notices_of,
    sent_to,
    with_message_id,
)
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.delivery_mark import MARK_HEADER
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_CANDIDATES = 2_000  # deliveries whose frozen message is read
_LONGEST_REASON = 500  # characters


def hand_in(store: Store, mail: bytes) -> list[tuple[Delivery, dict[str, str]]]:
    """Record the bounces in a mail. Return their deliveries, each with the failed recipients and the reasons.

    Raises UnreadBounce if the mail has no bounce, is about no invoice of this company, or does not name a failed
    recipient. Raises LateOnly if it only announces a delay, and AlreadyBounced if everything in it is already recorded.
    """
    try:
        found = _find(store, read_bounces(mail))
    except UnreadBounce as error:
        error.kept = _("Nothing was changed.")
        error.todo = _("Paste the whole email with its headers (“Show original” in Gmail), or choose the invoice.")
        raise
    recorded: list[tuple[Delivery, dict[str, str]]] = []
    known: AlreadyBounced | None = None
    with store.writing():  # record the whole mail or nothing
        for delivery_id, recipients in found.items():
            try:
                recorded.append((report_bounce(store, delivery_id, recipients), recipients))
            except AlreadyBounced as error:
                known = known or error
    if known is not None and not recorded:
        raise known
    return recorded


def _find(store: Store, bounces: list[Bounce]) -> dict[int, dict[str, str]]:
    """Return the failed recipients and the reasons by delivery id.

    Raises UnreadBounce if no bounce matches a delivery and names a failed recipient.
    """
    found: dict[int, dict[str, str]] = {}
    unread: UnreadBounce | None = None
    for bounce in bounces:
        delivery = _delivery_of(store, bounce)
        if delivery is None:
            continue
        try:
            news = _not_reached(delivery, bounce)
        except UnreadBounce as error:
            unread = unread or error
            continue
        found[delivery.id] = news | found.get(delivery.id, {})  # the outermost bounce wins
    if not found:
        raise unread or UnreadBounce(_("This bounce does not match any invoice of this company."))
    return found


def _not_reached(delivery: Delivery, bounce: Bounce) -> dict[str, str]:
    """Return the failed recipients and the reasons. Raises UnreadBounce if the bounce does not name them."""
    recipients = delivery.envelope.recipients
    if not bounce.failures and bounce.sender in {address.casefold() for address in recipients}:
        raise UnreadBounce(_("This email is a reply to {document}, not a bounce.").format(document=delivery.called))
    if found := bounce.not_reached(recipients):
        return found
    raise UnreadBounce(
        _("This bounce of {document} does not name a failed recipient.").format(document=delivery.called)
    )


def record_bounce(store: Store, ref: str, address: str, reason: str) -> tuple[Delivery, dict[str, str]]:
    """Record a bounce that a person enters: a failed address and the reason.

    It is the latest email that went to the address: the invoice itself, or one about it such as a reminder. The address
    may be empty if that email went to one address only. Raises NoSuchInvoice, AlreadyBounced, and
    InputError if the reason is empty, the invoice was not sent, or the address is not one of its recipients.
    """
    reason = clean(reason)[:_LONGEST_REASON]
    if not reason:
        raise InputError(_("Enter a reason. It is saved in the history."))
    invoice = find_invoice(store, ref.strip())
    assert invoice.id is not None
    emails = sorted((*deliveries_of(store, invoice.id), *notices_of(store, invoice.id)), key=lambda one: one.id)
    sent = [delivery for delivery in reversed(emails) if delivery.state in LEFT]
    if not sent:
        raise InputError(
            _("{document} was not sent.").format(document=named_first(invoice.kind, invoice.number or ref))
        )
    address = clean(address)
    if not address and len(sent[0].envelope.recipients) == 1:
        address = sent[0].envelope.recipients[0]
    for delivery in sent:
        for recipient in delivery.envelope.recipients:
            if recipient.casefold() == address.casefold():
                return report_bounce(store, delivery.id, {recipient: reason}), {recipient: reason}
    went = ", ".join(sent[0].envelope.recipients)
    raise InputError(
        _("Which address? {document} was sent to {addresses}.").format(document=invoice.called_first, addresses=went)
    )


def likely_delivery(store: Store, mail: bytes) -> tuple[Delivery, str] | None:
    """Return the delivery and recipient that an unreadable mail may be about, or None.

    This is only a suggestion for the person.
    """
    mentioned = mentioned_addresses(mail)
    for delivery in sent_to(store, mentioned)[:1] if mentioned else []:
        for recipient in delivery.envelope.recipients:
            if recipient.casefold() in mentioned:
                return delivery, recipient
    return None


def _delivery_of(store: Store, bounce: Bounce) -> Delivery | None:
    """Return the delivery that a bounce is about, or None.

    It is identified by our mark, which every message since version 0.2 has. Without a known mark, the Message-ID is
    used, which some servers replace. Otherwise the subject must match exactly one invoice that went to an address in
    the bounce. If the bounce has an unknown mark, such as one of another company, the subject of a message that has
    its own mark does not count.
    """
    for mark in bounce.marks:
        if (known := marked(store, mark)) is not None:
            return known
    candidates = sent_to(store, bounce.addresses) if bounce.addresses else []
    if bounce.message_ids:
        for delivery in candidates[:_CANDIDATES]:
            if frozen_header(store, delivery.id, "Message-ID") in bounce.message_ids:
                return delivery
        for message_id in bounce.message_ids:
            if (known := with_message_id(store, message_id)) is not None:
                return known
    same = [one for one in candidates if " ".join(clean(one.subject).split()) in bounce.subjects]
    if bounce.marks:
        same = [one for one in same[:_CANDIDATES] if not frozen_header(store, one.id, MARK_HEADER)]
    return same[0] if len({one.invoice_id for one in same}) == 1 else None

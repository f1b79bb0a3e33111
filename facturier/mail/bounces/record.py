"""A message came back, and a person hands in the bounce or says it in their own words: the delivery becomes bounced."""

from facturier.mail.bounces.reading import Bounce, mentioned_addresses, read_bounces
from facturier.mail.errors import UnreadBounce
from facturier.models.books.invoices import find_invoice
from facturier.models.errors import AlreadyBounced, InputError
from facturier.models.outbox.deliveries import LEFT, deliveries_of, frozen_header, marked, sent_to, with_message_id
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.outbox import report_bounce
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_CANDIDATES = 2_000  # deliveries whose frozen message is looked at
_LONGEST_REASON = 500  # characters


def hand_in(store: Store, mail: bytes) -> list[tuple[Delivery, dict[str, str]]]:
    """Record a bounce, or each one that is attached to a mail: the deliveries that they are about, and who was not
    reached and why.

    Raises UnreadBounce where it is no bounce, is about no invoice of this company, or does not tell who was not
    reached; LateOnly where it only announces a delay; AlreadyBounced where all of it is known.
    """
    try:
        found = _find(store, read_bounces(mail))
    except UnreadBounce as error:
        error.kept = _("Nothing was changed.")
        error.todo = _("Paste the whole message, with its headers: “Show original” in Gmail. Or choose the invoice.")
        raise
    recorded: list[tuple[Delivery, dict[str, str]]] = []
    known: AlreadyBounced | None = None
    with store.writing():  # all of a mail, or nothing
        for delivery_id, recipients in found.items():
            try:
                recorded.append((report_bounce(store, delivery_id, recipients), recipients))
            except AlreadyBounced as error:
                known = known or error
    if known is not None and not recorded:
        raise known
    return recorded


def _find(store: Store, bounces: list[Bounce]) -> dict[int, dict[str, str]]:
    """Who was not reached and why, by delivery. A bounce that cannot be read counts only where there is no other."""
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
        found[delivery.id] = news | found.get(delivery.id, {})  # the outermost first
    if not found:
        raise unread or UnreadBounce(_("This bounce does not match any invoice of this company."))
    return found


def _not_reached(delivery: Delivery, bounce: Bounce) -> dict[str, str]:
    """Who of the recipients was not reached, and why. Raises UnreadBounce where the bounce does not tell."""
    recipients = delivery.envelope.recipients
    if not bounce.failures and bounce.sender in {address.casefold() for address in recipients}:
        raise UnreadBounce(
            _("This email is an answer to invoice {number}, not a bounce.").format(number=delivery.number)
        )
    if found := bounce.not_reached(recipients):
        return found
    raise UnreadBounce(
        _("This bounce of invoice {number} does not name a failed recipient.").format(number=delivery.number)
    )


def record_bounce(store: Store, ref: str, address: str, reason: str) -> tuple[Delivery, dict[str, str]]:
    """Record what a person has read in a bounce. Without an address, the invoice must have gone to one only. Raises
    NoSuchInvoice, InputError and AlreadyBounced."""
    reason = clean(reason)[:_LONGEST_REASON]
    if not reason:
        raise InputError(_("Enter a reason. The history keeps it."))
    invoice = find_invoice(store, ref.strip())
    assert invoice.id is not None
    sent = [delivery for delivery in reversed(deliveries_of(store, invoice.id)) if delivery.state in LEFT]
    if not sent:
        raise InputError(_("Invoice {number} was not sent.").format(number=invoice.number or ref))
    address = clean(address)
    if not address and len(sent[0].envelope.recipients) == 1:
        address = sent[0].envelope.recipients[0]
    for delivery in sent:
        for recipient in delivery.envelope.recipients:
            if recipient.casefold() == address.casefold():
                return report_bounce(store, delivery.id, {recipient: reason}), {recipient: reason}
    went = ", ".join(sent[0].envelope.recipients)
    raise InputError(
        _("Which address? Invoice {number} was sent to {addresses}.").format(number=invoice.number, addresses=went)
    )


def likely_delivery(store: Store, mail: bytes) -> tuple[Delivery, str] | None:
    """The delivery, and its recipient, that a mail may be about which could not be read: a proposal for the person."""
    mentioned = mentioned_addresses(mail)
    for delivery in sent_to(store, mentioned)[:1] if mentioned else []:
        for recipient in delivery.envelope.recipients:
            if recipient.casefold() in mentioned:
                return delivery, recipient
    return None


def _delivery_of(store: Store, bounce: Bounce) -> Delivery | None:
    """By our mark, which a message of ours has since version 0.2; else by the Message-ID, which some servers replace;
    else by the subject, which must be about one invoice only that went to somebody whom the bounce names."""
    if bounce.marks:
        found = [delivery for mark in bounce.marks if (delivery := marked(store, mark)) is not None]
        return found[0] if found else None
    candidates = sent_to(store, bounce.addresses) if bounce.addresses else []
    if bounce.message_ids:
        for delivery in candidates[:_CANDIDATES]:
            if frozen_header(store, delivery.id, "Message-ID") in bounce.message_ids:
                return delivery
        for message_id in bounce.message_ids:
            if (known := with_message_id(store, message_id)) is not None:
                return known
    same = [one for one in candidates if " ".join(clean(one.subject).split()) in bounce.subjects]
    return same[0] if len({one.invoice_id for one in same}) == 1 else None

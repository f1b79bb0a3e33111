"""The history in the reader’s words: one sentence for each entry of the journal."""

import contextlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from facturier.mail.senders.sent_words import acceptance
from facturier.models.books.invoice import Entry, Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import DeliveryKind
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money, to_minor
from facturier.tui.words.by_hand import by_hand_words
from facturier.tui.words.formatting import long_day, with_currency

_WORDS: dict[str, str] = {
    "created": N_("Draft created"),
    "issued": N_("Issued as {number}"),
    "queued": N_("Queued, from {sender} to {to}"),
    "queued_again": N_("Queued again, from {sender} to {to}"),
    "draft_again": N_("Draft again, number {number} reserved"),
    "marked_sent": N_("Marked as sent {how}: {reason}"),
    "unmarked_sent": N_("No longer marked as sent"),
    "paid": N_("Payment of {amount}{method}"),
    "refunded": N_("Refund of {amount}{method}"),
    "payment_removed": N_("Removed: payment of {amount}{method}"),
    "refund_removed": N_("Removed: refund of {amount}{method}"),
    "promised": N_("Promised to pay by {day}"),
    "disputed": N_("Disputed until {day}: {reason}"),
    "disputed_open": N_("Disputed: {reason}"),
    "silence_ended": N_("Promise or dispute ended"),
    "reminders_off": N_("Reminders turned off for this invoice"),
    "reminders_on": N_("Reminders turned on for this invoice"),
    "customer_reminders_off": N_("Reminders turned off for customer “{customer}”"),
    "customer_reminders_on": N_("Reminders turned on for customer “{customer}”"),
    "made_recurring": N_("Made recurring"),
    "recurring": N_("Created from a schedule for {period}"),
    "recurring_rate": N_("Created from a schedule for {period}, at the exchange rate of {rate_of}, {rate_day}: {rate}"),
    "rate_set": N_("Exchange rate entered: {rate}"),
    "rate_removed": N_("Exchange rate removed: {rate}"),
    "schedule_changed": N_("Schedule changed"),
    "schedule_paused": N_("Schedule paused"),
    "schedule_resumed": N_("Schedule resumed"),
    "schedule_restored": N_("Schedule restored"),
    "period_skipped": N_("Skipped: {period}"),
    "skip_undone": N_("No longer skipped: {period}"),
    "payment_changed": N_("Payment changed to {amount}{method}"),
    "credit_received": N_("Credit of {amount} from a payment{method}"),
    "credit_payment_removed": N_("Removed: credit of {amount} from a payment{method}"),
    "credit_applied": N_("Credit of {amount} applied"),
    "credit_taken_off": N_("{amount} returned to the customer’s credit"),
    "written_off": N_("{amount} written off: {reason}"),
    "write_off_removed": N_("Removed: write-off of {amount}: {reason}"),
    "attached": N_("File added to the email: {file}"),
    "detached": N_("File removed from the email: {file}"),
    "voided": N_("Voided: {reason}"),
    "credited": N_("Credit note {note} for {amount} issued"),
    "estimate_accepted": N_("The customer accepted the estimate"),
    "estimate_declined": N_("The customer declined the estimate"),
    "estimate_unanswered": N_("The answer to the estimate was removed"),
    "estimate_invoiced": N_("Draft invoice for {amount} created from the estimate"),
    "estimate_billed": N_("Invoice {other} for {amount} issued"),
    "credit": N_("Credit of {amount} applied from {other}"),
    "applied": N_("{amount} applied to invoice {other}"),
    "credit_removed": N_("Removed: credit of {amount} ({other})"),
    "taken_over": N_("Taken over from a Facturier process that had stopped"),
    "alert_dealt": N_("Alert dismissed"),
    "alert_settled": N_("Earlier alert dismissed: the invoice has since been sent"),
    "customer_created": N_("Customer created"),
    "customer_imported": N_("Customer imported from “{file}”"),
    "customer_changed": N_("Customer changed: {changed}"),
    "customer_import_changed": N_("Customer changed by an import from “{file}”: {changed}"),
    "customer_merged": N_("Customer “{other}” merged into “{customer}”"),
    "customer_archived": N_("Customer “{customer}” archived"),
    "customer_restored": N_("Customer “{customer}” brought back from the archive"),
    "customer_deleted": N_("Customer “{customer}” deleted"),
    "customer_undeleted": N_("Customer “{customer}” restored after it was deleted"),
    "imported_customers": N_("Customers imported from “{file}”: {count}"),
    "imported_items": N_("Items imported from “{file}”: {count}"),
    "import_undone": N_("Import from “{file}” undone: {removed} removed, {restored} changed back"),
    "import_partly_undone": N_(
        "Import from “{file}” partly undone: {removed} removed, {restored} changed back, {kept} not undone"
    ),
    "settings": N_("Changed the settings"),
    "connected": N_("Connected {address}"),
    "disconnected": N_("Removed {address}"),
    "connection_over": N_("The connection of {address} ended: {reason}"),
    "asked": N_("Requested access as {name}"),
    "admitted": N_("Approved {name}, fingerprint {fingerprint}"),
    "dismissed": N_("Removed {name}, fingerprint {fingerprint}"),
    "turned_down": N_("Declined {name}, fingerprint {fingerprint}"),
    "vault_accepted": N_("Accepted the vault in its current state"),
    "vault_begun": N_("Created a new vault"),
    "restored": N_("Restored from the backup {copy}"),
    "adopted": N_("Chose the file {path} as the company"),
    "retired": N_("Made this file a copy; the company is {path}"),
    DeliveryEvent.CLAIMED: N_("Preparing to send"),
    DeliveryEvent.RELEASED: N_("Waiting to try again: {reason}"),
    DeliveryEvent.HANDED_OVER: N_("Sending started"),
    DeliveryEvent.ACCEPTED: N_("Accepted ({server_id})"),
    DeliveryEvent.PARTLY_ACCEPTED: N_("Accepted for some recipients only: {reason}"),
    DeliveryEvent.DEFERRED: N_("Not accepted yet: {reason}"),
    DeliveryEvent.REFUSED: N_("Refused: {reason}"),
    DeliveryEvent.LOST: N_("The answer was lost: {reason}"),
    DeliveryEvent.CANCELLED: N_("Sending cancelled: {reason}"),
    DeliveryEvent.SAID_SENT: N_("Recorded as sent: {reason}"),
    DeliveryEvent.SAID_NOT_SENT: N_("Recorded as not sent: {reason}"),
    DeliveryEvent.BOUNCED: N_("Bounced: {reason}"),
    "copy_bounced": N_("A copy bounced: {reason}"),
}


# The fields of a customer. What is derived from contacts or parts of the address has the name of these.
_FIELDS = {
    "name": N_("Name"),
    **dict.fromkeys(("contact", "contacts", "email", "cc", "bcc"), N_("Contacts")),
    **dict.fromkeys(("address", "street", "city", "region", "postcode", "country"), N_("Address")),
    "language": N_("Language"),
    **dict.fromkeys(("terms", "terms_rule"), N_("Terms")),
    "tax": N_("Tax"),
    "currency": N_("Currency"),
    "telephone": N_("Telephone"),
    "ship_to": N_("Ship to"),
    **dict.fromkeys(("business_number", "qst_number", "vat_id"), N_("Tax numbers")),
    "notes": N_("Notes"),
    "archived": N_("Archived"),
}


# The entries about reminders, receipts and statements.
_NOTICES: dict[str, dict[str, str]] = {
    DeliveryKind.REMINDER: {
        "queued": N_("Reminder queued, from {sender} to {to}"),
        "queued_automatically": N_("Reminder queued automatically, from {sender} to {to}"),
        DeliveryEvent.ACCEPTED: N_("Reminder sent to {to}"),
        "other": N_("Reminder: {what}"),
    },
    DeliveryKind.RECEIPT: {
        "queued": N_("Receipt queued, from {sender} to {to}"),
        DeliveryEvent.ACCEPTED: N_("Receipt sent to {to}"),
        "other": N_("Receipt: {what}"),
    },
    DeliveryKind.STATEMENT: {
        "queued": N_("Statement queued, from {sender} to {to}"),
        DeliveryEvent.ACCEPTED: N_("Statement sent to {to}"),
        "other": N_("Statement: {what}"),
    },
}
# The entries about payments, with the word for a negative amount.
_REFUNDS = {
    "paid": "refunded",
    "payment_removed": "refund_removed",
    **{
        kind: kind
        for kind in ("credited", "credit", "applied", "credit_removed", "estimate_invoiced", "estimate_billed")
    },
    **{kind: kind for kind in ("payment_changed", "credit_received", "credit_payment_removed")},
    **{kind: kind for kind in ("credit_applied", "credit_taken_off", "written_off", "write_off_removed")},
}


class _Detail(dict[str, str]):
    """Details that an entry does not have are empty in its sentence."""

    def __missing__(self, key: str) -> str:
        return ""


def journal_words(
    entry: Entry, invoice: Invoice | InvoiceRow | None = None, deliveries: Sequence[Delivery] = ()
) -> str:
    """Return what happened, in a sentence. A kind that this version does not know is shown unchanged.

    `invoice` is the invoice of the entry, for its currency. `deliveries` are those of the invoice, for their senders.
    """
    detail = _Detail({name: clean(text) for name, text in entry.detail.items()})
    kind = entry.kind
    for name in ("period", "rate_day"):
        if name in detail:
            with contextlib.suppress(ValueError):  # another program may have written it
                detail[name] = long_day(date.fromisoformat(detail[name]))
    if kind == "recurring" and detail["rate_of"]:
        kind = "recurring_rate"
    if spoken() == "fr":
        detail["rate"] = detail["rate"].replace(".", ",")
    if "changed" in detail:
        names = [_(_FIELDS[name]) if name in _FIELDS else name for name in detail["changed"].split(", ")]
        detail["changed"] = ", ".join(dict.fromkeys(names))
    if kind == "import_undone" and detail["kept"] not in ("", "0"):
        kind = "import_partly_undone"
    if kind == "marked_sent":
        detail["how"] = by_hand_words(detail["how"])
    if kind in ("promised", "disputed"):
        with contextlib.suppress(ValueError):  # another program wrote it
            detail["day"] = long_day(date.fromisoformat(detail["day"]))
        kind = kind if detail["day"] else f"{kind}_open"
    notice = _NOTICES.get(detail["notice"], {})
    if kind == "queued" and detail["automatic"]:
        kind = "queued_automatically"
    if kind in notice:
        sent = next((one for one in deliveries if str(one.id) == detail["delivery"]), None)
        detail.setdefault("to", clean(", ".join(sent.envelope.to)) if sent is not None else "–")
        return _(notice[kind]).format_map(detail)
    if not notice and kind == DeliveryEvent.ACCEPTED and detail["server_id"]:
        for delivery in deliveries:
            if str(delivery.id) == detail["delivery"]:
                return acceptance(delivery.sender_kind, detail["server_id"])
    if kind in _REFUNDS:
        kind = _booked(kind, detail, invoice.currency if invoice is not None else detail["currency"])
    words = _(_WORDS[kind]) if kind in _WORDS else kind
    said = words.format_map(detail).strip().removesuffix(":").removesuffix(" ()").rstrip()
    other = notice.get("other", "{what}")
    return _(other).format(what=said)


def _booked(kind: str, detail: _Detail, currency: str) -> str:
    """Write the amount as the reader does, and the method in parentheses. Return the kind of entry that it is."""
    if detail["method"]:
        detail["method"] = f" ({detail['method']})"
    try:
        amount = Decimal(detail["amount"])
        if currency:
            detail["amount"] = with_currency(Money(to_minor(abs(amount), currency), currency))
        return _REFUNDS[kind] if amount < 0 else kind
    except (ArithmeticError, ValueError):  # another program wrote it
        return kind

"""The history in the reader’s words: one sentence for each entry of the journal."""

from facturier.models.books.invoice import Entry
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _

_WORDS: dict[str, str] = {
    "created": N_("Draft created"),
    "issued": N_("Issued as {number}"),
    "queued": N_("Queued, from {sender} to {to}"),
    "queued_again": N_("Queued again, from {sender} to {to}"),
    "draft_again": N_("Draft again, number {number} reserved"),
    "paid": N_("Payment of {amount} {method}"),
    "payment_removed": N_("Payment of {amount} {method} removed: recorded by mistake"),
    "voided": N_("Voided: {reason}"),
    "taken_over": N_("Taken over from a Facturier process that had stopped"),
    "alert_dealt": N_("Alert dismissed"),
    "alert_settled": N_("Earlier alert dismissed: the invoice has since been sent"),
    "customer_merged": N_("Customer “{other}” merged into “{customer}”"),
    "customer_archived": N_("Customer “{customer}” archived"),
    "customer_restored": N_("Customer “{customer}” brought back from the archive"),
    "customer_deleted": N_("Customer “{customer}” deleted"),
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
    DeliveryEvent.HANDED_OVER: N_("Sending to the mail server"),
    DeliveryEvent.ACCEPTED: N_("Accepted by the mail server: {server_id}"),
    DeliveryEvent.PARTLY_ACCEPTED: N_("Accepted for some recipients only: {reason}"),
    DeliveryEvent.DEFERRED: N_("The mail server asked to wait: {reason}"),
    DeliveryEvent.REFUSED: N_("Refused: {reason}"),
    DeliveryEvent.LOST: N_("The answer was lost: {reason}"),
    DeliveryEvent.CANCELLED: N_("Sending cancelled: {reason}"),
    DeliveryEvent.SAID_SENT: N_("Recorded as sent: {reason}"),
    DeliveryEvent.SAID_NOT_SENT: N_("Recorded as not sent: {reason}"),
    DeliveryEvent.BOUNCED: N_("Bounced: {reason}"),
    "copy_bounced": N_("A copy bounced: {reason}"),
}


class _Detail(dict[str, str]):
    """Details that an entry does not have are left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return ""


def journal_words(entry: Entry) -> str:
    """What happened, in a sentence; a kind that this version does not know is shown unchanged."""
    detail = _Detail({name: clean(text) for name, text in entry.detail.items()})
    words = _(_WORDS[entry.kind]) if entry.kind in _WORDS else entry.kind
    return words.format_map(detail).strip().removesuffix(":")

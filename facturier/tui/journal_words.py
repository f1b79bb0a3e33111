"""The journal in the reader's words."""

from facturier.models.clean import clean
from facturier.models.invoice import Entry
from facturier.models.language import N_, _
from facturier.models.transitions import Fact

_WORDS: dict[str, str] = {
    "created": N_("Draft begun"),
    "issued": N_("Issued as {number}"),
    "queued": N_("Put in the outbox, from {sender} to {to}"),
    "queued_again": N_("Put in the outbox once more, from {sender} to {to}"),
    "paid": N_("Payment of {amount} {method}"),
    "payment_removed": N_("Payment of {amount} {method} removed, recorded by mistake"),
    "voided": N_("Voided: {reason}"),
    "taken_over": N_("Taken over from a program that had ended"),
    "alert_dealt": N_("Alert dealt with"),
    "alert_settled": N_("An earlier alert has ended: the invoice was sent since"),
    "settings": N_("Changed the settings"),
    "connected": N_("Connected {address}"),
    "disconnected": N_("Removed {address}"),
    "connection_over": N_("The connection of {address} ended: {reason}"),
    "asked": N_("Asked to be admitted as {name}"),
    "admitted": N_("Let {name} send, fingerprint {fingerprint}"),
    "dismissed": N_("Let {name} send no more, fingerprint {fingerprint}"),
    "turned_down": N_("Turned {name} down, fingerprint {fingerprint}"),
    "vault_accepted": N_("Accepted the vault as it stands"),
    "vault_begun": N_("Began a new vault"),
    "restored": N_("Put the copy {copy} in the company’s place"),
    "adopted": N_("Chose the file {path} as the company"),
    "retired": N_("Made this file a copy; the company is {path}"),
    Fact.CLAIMED: N_("Being prepared for sending"),
    Fact.RELEASED: N_("Waits for another try: {reason}"),
    Fact.HANDED_OVER: N_("Being handed to the mail server"),
    Fact.ACCEPTED: N_("Accepted by the mail server {server_id}"),
    Fact.PARTLY_ACCEPTED: N_("Accepted for some only: {reason}"),
    Fact.DEFERRED: N_("The mail server asked to wait: {reason}"),
    Fact.REFUSED: N_("Refused: {reason}"),
    Fact.LOST: N_("The answer was lost: {reason}"),
    Fact.CANCELLED: N_("Taken back {reason}"),
    Fact.SAID_SENT: N_("Said to have left: {reason}"),
    Fact.SAID_NOT_SENT: N_("Said not to have left: {reason}"),
    Fact.BOUNCED: N_("Came back: {reason}"),
    "copy_bounced": N_("A copy came back: {reason}"),
}


class _Detail(dict[str, str]):
    """Details that an entry does not have are left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return ""


def journal_words(entry: Entry) -> str:
    """What happened, in a sentence; a kind that this version does not know stands as it is."""
    detail = _Detail({name: clean(text) for name, text in entry.detail.items()})
    words = _(_WORDS[entry.kind]) if entry.kind in _WORDS else entry.kind
    return words.format_map(detail).strip().removesuffix(":")

"""A notice as it will be sent, and how it gets into the outbox."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from facturier.mail.errors import Refused
from facturier.mail.letter.letter import Letter
from facturier.mail.message import make_message
from facturier.mail.senders.access import check_sender, needs_membership
from facturier.mail.vault.seal import make_seal
from facturier.mail.vault.trust import member_secrets
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import DeliveryKind
from facturier.models.outbox.deliveries import write_seal
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.notices import queue_notice
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class Notice:
    """A reminder, receipt or statement that can be shown and then sent as it is.

    `invoice` is the invoice that it is filed under. `key` names what may be sent only once. `stated` is the amount that
    it states, in minor units: if that changes before it is sent, it is not sent. `headers` are added to the message,
    such as In-Reply-To. `automatic` says that no person has asked for it. `problems` are sentences about what prevents
    sending.
    """

    kind: DeliveryKind
    key: str
    invoice: Invoice
    company: Company
    sender_kind: SenderKind
    envelope: Envelope
    subject: str
    letter: Letter
    document: bytes
    document_name: str
    stated: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    automatic: bool = False
    detail: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def message(self, sent: datetime) -> bytes:
        """Return the message as RFC 5322 bytes, dated `sent` (aware). Raises MessageError."""
        return make_message(
            *(self.invoice, self.company, self.envelope, self.subject, self.letter, self.document),
            number=self.invoice.known_number,
            sent=sent,
            document_name=self.document_name,
            headers=self.headers,
        )


def send_notice(ws: Workspace, notice: Notice, *, not_before: datetime | None = None) -> Delivery:
    """Put a notice in the outbox, to be sent at `not_before`, or after the company's undo time.

    Raises Refused if it has problems or this person may not send, and what `queue_notice` raises.
    """
    company = ws.company()
    if notice.problems:
        raise Refused(_("This email cannot be sent yet."), todo=" ".join(notice.problems))
    check_sender(ws, notice.sender_kind, company)
    now = ws.clock()
    when = not_before or now + timedelta(seconds=company.undo)
    message = notice.message((not_before or now).astimezone())
    guarded = needs_membership(ws, notice.sender_kind, company)
    if guarded:
        member_secrets(ws)  # asks for a passphrase before the company is locked
    with ws.store.writing():
        ws.store.check_schema()
        key = ws.keys.vault.read().seal_key if guarded else ""
        delivery = queue_notice(
            *(ws.store, notice.kind, notice.key, notice.invoice, notice.sender_kind, notice.envelope, notice.subject),
            *(message, when),
            stated=notice.stated,
            automatic=notice.automatic,
            detail=notice.detail,
        )
        if key:
            whole = delivery.id, delivery.invoice_id, notice.sender_kind, notice.envelope, message
            write_seal(ws.store, delivery.id, make_seal(key, *whole, when))
        return delivery

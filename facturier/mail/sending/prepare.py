"""Create and check everything that will be sent for one invoice, before it is queued."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from facturier.mail.document.document import make_document
from facturier.mail.document.texts.content import document_language
from facturier.mail.errors import DocumentError, LetterError, MessageError
from facturier.mail.letter.letter import Letter, make_letter
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.message import MessageFile, attachment_name, file_names, headers_text, make_message
from facturier.mail.senders.access import blocker, check_sender
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.checks.attachment_checks import file_findings, size_finding, too_large
from facturier.mail.sending.checks.checks import Finding, check_message, check_text
from facturier.mail.sending.checks.legal_checks import legal_findings
from facturier.mail.sending.compose import as_of_now
from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import Attachment, attachments_of, content_of, encoded_size
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import SENT
from facturier.models.books.status import OPEN, InvoiceKind, State
from facturier.models.drafts.creditable import credit_problem
from facturier.models.errors import FacturierError, InputError
from facturier.models.issuing.numbering import any_issued
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.deliveries import deliveries_of, refused_of
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.settings.company import Company
from facturier.models.store.store import Store
from facturier.models.text.addresses import once, parse_addresses
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the customer will get, with the findings about it.

    `composition` has the subject and body as they will be sent. `document` and `message` are empty if an error among
    `findings` prevents them. `headers` is filled even if only the document is missing. `attachment` is the name of the
    PDF, and `files` are sent after it. `digests` has their names, types and SHA-256.
    """

    invoice: Invoice
    company: Company
    number: str
    composition: Composition
    envelope: Envelope
    subject: str
    letter: Letter
    document: bytes
    message: bytes
    attachment: str
    findings: tuple[Finding, ...]
    headers: str
    files: tuple[Attachment, ...] = ()
    digests: tuple[tuple[str, str, str], ...] = ()

    @property
    def attached(self) -> tuple[tuple[str, int], ...]:
        """The name and size in bytes of everything that is attached, as in the message."""
        names = file_names(self.attachment, [file.name for file in self.files])
        sizes = (file.size for file in self.files)
        return (self.attachment, len(self.document)), *zip(names, sizes, strict=True)

    @property
    def ready(self) -> bool:
        """Whether it can be sent. Warnings do not prevent that."""
        return bool(self.message) and all(finding.level != "error" for finding in self.findings)


def prepare(ws: Workspace, invoice_id: int, composition: Composition, *, sent: datetime | None = None) -> Prepared:
    """Create and check everything that will be sent, at the time `sent` or now. Raises NoSuchInvoice, StoreError."""
    with ws.store.reading():
        invoice = get_invoice(ws.store, invoice_id)
        # Read after the invoice: if somebody changes them in between, its version is old and it is not queued.
        files = attachments_of(ws.store, invoice_id)
        contents = [] if too_large(files) else [content_of(ws.store, file) for file in files]
        company = ws.company()
        sender = sender_type(composition.sender_kind, company).address(company, ws.connection())
        deliveries = deliveries_of(ws.store, invoice_id, strict=True)
        before = reached(ws.store, deliveries)
        first = not any_issued(ws.store)
        new_customer = first or not any_issued(ws.store, invoice.customer.id)
        problem = credit_problem(ws.store, invoice) if invoice.is_credit and invoice.number is None else ""
        if invoice.kind is InvoiceKind.RECURRING:
            problem = _("This is the template of recurring invoices.")
    prepared = prepare_invoice(
        invoice, company, composition, sender, sent or ws.clock().astimezone(), before, files, contents
    )
    more = (
        _unfinished_finding(deliveries),
        _sender_finding(ws, composition.sender_kind, company) if sender else None,
        Finding("error", "document", problem) if problem else None,
    )
    findings = [*(finding for finding in more if finding), *prepared.findings]
    if invoice.number is None and not invoice.is_estimate:  # an issued invoice can no longer be changed
        findings += legal_findings(invoice, company, first=first, new_customer=new_customer)
    findings.sort(key=lambda finding: finding.level != "error")
    return replace(prepared, findings=tuple(findings))


def prepare_invoice(
    invoice: Invoice,
    company: Company,
    composition: Composition,
    sender: str,
    sent: datetime,
    sent_before: tuple[str, ...] = (),
    files: tuple[Attachment, ...] = (),
    contents: Sequence[bytes] = (),
) -> Prepared:
    """Create the letter, the document and the message as of `sent` (aware). `sender` is the From address.

    `contents` has the bytes of each of `files`, or nothing if they are too large for a message. Problems become
    findings and are never raised as errors, so that the preview can show the rest.
    """
    number = invoice.number_with(company)
    values = letter_values(invoice, company, number)
    composition = as_of_now(composition, values)
    subject = composition.subject
    trouble = letter_trouble = ""
    document = b""
    try:
        document = make_document(invoice, company, number)
    except DocumentError as error:
        trouble = str(error)
    try:
        letter = make_letter(composition.body, company.name, document_language(invoice, company), colour=company.colour)
    except LetterError as error:
        letter, letter_trouble = Letter("", ""), str(error)
    envelope = envelope_of(sender, composition)
    made = b""
    if envelope.to and sender and letter.html:
        try:
            made = make_message(
                *(invoice, company, envelope, subject, letter, document),
                number=number,
                sent=sent,
                files=[MessageFile(one.name, one.type, content) for one, content in zip(files, contents, strict=False)],
            )
        except MessageError as error:
            trouble = trouble or str(error)
    message = made if document and len(contents) == len(files) else b""
    missing = 0 if message else sum(encoded_size(one.size) for one in files[len(contents) :])
    size = size_finding(len(made) + missing, files)
    findings = check_message(
        invoice,
        sender=sender,
        to=composition.to,
        cc=composition.cc,
        bcc=composition.bcc,
        texts=(
            *check_text("subject", subject, composition.subject_from, values),
            *check_text("letter", composition.body, composition.body_from, values),
            *file_findings(files, by_gmail=composition.sender_kind is SenderKind.GMAIL),
            *([size] if size else []),
        ),
        document_trouble=trouble,
        sent_before=sent_before,
        today=sent.astimezone().date(),
    )
    if letter_trouble and not any(finding.level == "error" for finding in findings if finding.field == "letter"):
        findings.insert(0, Finding("error", "letter", letter_trouble))
    name = attachment_name(invoice, company, number)
    headers = headers_text(made) if made else ""
    return Prepared(
        invoice,
        company,
        number,
        composition,
        envelope,
        subject,
        letter,
        document,
        message,
        name,
        tuple(findings),
        headers,
        files,
        tuple(
            (one.name, one.type, hashlib.sha256(content).hexdigest())
            for one, content in zip(files, contents, strict=False)
        ),
    )


def envelope_of(sender: str, composition: Composition) -> Envelope:
    """Return the envelope, with each address only once: an address in To is removed from Cc and Bcc."""
    to, cc, bcc = (_addresses(typed) for typed in (composition.to, composition.cc, composition.bcc))
    return Envelope(sender, to, once(cc, to), once(bcc, (*to, *cc)))


def _addresses(text: str) -> tuple[str, ...]:
    try:
        return parse_addresses(text) if text.strip() else ()
    except InputError:
        return ()  # a finding about this field reports the problem


def reached(store: Store, deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    """Return the addresses that the invoice was sent to, without those that the server refused."""
    found: dict[str, None] = {}
    for delivery in deliveries:
        if delivery.state in SENT:
            refused = refused_of(store, delivery.id) if delivery.state is State.PARTLY_SENT else ()
            found.update(dict.fromkeys(address for address in delivery.envelope.recipients if address not in refused))
    return tuple(found)


def _unfinished_finding(deliveries: Sequence[Delivery]) -> Finding | None:
    """Return an error if a delivery must end before the next one can start, or None."""
    last = next((delivery for delivery in reversed(deliveries) if delivery.state in OPEN), None)
    if last is None:
        return None
    if last.state is State.IN_DOUBT:
        text = _("It is not known yet whether {document} was sent. Open the invoice and record the answer first.")
    elif last.state is State.QUEUED:
        text = _("{document} is already in the outbox. To send it another way, undo the send first.")
    else:
        text = _("{document} is being sent right now.")
    begins = text.startswith("{document}")
    name = last.called_first if begins else last.called
    return Finding("error", "document", text.format(document=name))


def _sender_finding(ws: Workspace, sender_kind: SenderKind, company: Company) -> Finding | None:
    """Return a finding if this person cannot send with this sender now, or if the message would wait."""
    if found := blocker(ws, sender_kind, company):
        return Finding("error", "from", str(found))
    try:
        warning = check_sender(ws, sender_kind, company)
    except FacturierError as error:
        return Finding("error", "from", str(error))
    return Finding("warning", "from", warning) if warning else None

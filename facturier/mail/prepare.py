"""Everything that will leave for one invoice, made and checked before it enters the outbox."""

from dataclasses import dataclass
from datetime import datetime

from facturier.mail.checks import Finding, check_message
from facturier.mail.document import make_document
from facturier.mail.document_content import document_language
from facturier.mail.errors import DocumentError, LetterError, MessageError
from facturier.mail.letter import Letter, letter_template, make_letter, subject_template
from facturier.mail.message import attachment_name, make_message
from facturier.mail.message_parts import headers_text
from facturier.mail.placeholders import fill, letter_values
from facturier.models.addresses import once, parse_addresses
from facturier.models.company import Company
from facturier.models.composition import Composition
from facturier.models.delivery import Envelope, Way
from facturier.models.errors import InputError
from facturier.models.invoice import Invoice

_TEMPLATES = ("subject", "letter")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the customer will get, and what speaks against sending it. `document` and `message` are empty where an error
    among `findings` keeps them from being made; `headers` are there all the same where only the document is missing."""

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

    @property
    def ready(self) -> bool:
        """Whether it may leave; warnings do not keep it."""
        return bool(self.message) and all(finding.level != "error" for finding in self.findings)


def first_composition(invoice: Invoice, company: Company, way: Way) -> Composition:
    """What the preview proposes: the customer's addresses and the company's templates in the customer's language."""
    language = document_language(invoice, company)
    customer = invoice.customer
    return Composition(
        way,
        customer.email,
        customer.cc,
        customer.bcc,
        subject_template(company, language),
        letter_template(company, language),
    )


def prepare(
    invoice: Invoice,
    company: Company,
    composition: Composition,
    sender: str,
    sent: datetime,
    sent_before: tuple[str, ...] = (),
) -> Prepared:
    """Make the letter, the document and the message, as of `sent` (aware); `sender` is the address they leave from.

    What is wrong comes back as findings, never as an error: the preview shows the rest meanwhile.
    """
    number = invoice.number or company.number
    values = letter_values(invoice, company, number)
    trouble = letter_trouble = ""
    document = b""
    try:
        document = make_document(invoice, company, number)
    except DocumentError as error:
        trouble = str(error)
    try:
        subject = fill(composition.subject, values)
        letter = make_letter(composition.body, values, document_language(invoice, company), colour=company.colour)
    except LetterError as error:
        subject, letter, letter_trouble = "", Letter("", ""), str(error)
    envelope = _envelope(sender, composition)
    made = b""
    if envelope.to and sender and letter.html:
        try:
            made = make_message(invoice, company, envelope, subject, letter, document, number=number, sent=sent)
        except MessageError as error:
            trouble = trouble or str(error)
    message = made if document else b""
    findings = check_message(
        invoice,
        sender=sender,
        to=composition.to,
        cc=composition.cc,
        bcc=composition.bcc,
        subject=composition.subject,
        letter=composition.body,
        values=values,
        size=len(message),
        document_trouble=trouble,
        sent_before=sent_before,
        today=sent.astimezone().date(),
    )
    if letter_trouble and not any(finding.level == "error" for finding in findings if finding.field in _TEMPLATES):
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
    )


def _envelope(sender: str, composition: Composition) -> Envelope:
    """Each mailbox once: whoever is in To needs no copy."""
    to, cc, bcc = (_addresses(typed) for typed in (composition.to, composition.cc, composition.bcc))
    return Envelope(sender, to, once(cc, to), once(bcc, (*to, *cc)))


def _addresses(text: str) -> tuple[str, ...]:
    try:
        return parse_addresses(text) if text.strip() else ()
    except InputError:
        return ()  # the finding about this field says what is wrong with it

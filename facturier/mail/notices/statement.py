"""Make and check the email with a statement of account, before it is queued."""

from dataclasses import dataclass
from datetime import date, datetime

from facturier.mail.document.document import pdf_of
from facturier.mail.document.texts.content import Content
from facturier.mail.document.texts.statement import TITLE, statement_content, statement_language, statement_name
from facturier.mail.errors import LetterError, Refused
from facturier.mail.letter.filling import fill, fill_markdown
from facturier.mail.letter.letter import Letter, make_letter
from facturier.mail.letter.placeholders import check_template
from facturier.mail.message import pdf_name
from facturier.mail.notices.notice import Notice, send_notice
from facturier.mail.notices.statement_texts import STATEMENT, statement_values
from facturier.mail.senders.access import blocker
from facturier.mail.senders.choices import choices
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.checks.checks import Finding, check_recipients, check_sender_address
from facturier.mail.sending.prepare import envelope_of
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.customers.upkeep import need_customer
from facturier.models.errors import ChangedElsewhere
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.receivables.accounts import tries_of
from facturier.models.receivables.statements import Statement, make_statement
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, catalogue
from facturier.models.text.money import Money

Period = tuple[date, date]  # the first and the last day
_NOT_ACCEPTED = (State.FAILED, State.BOUNCED)


@dataclass(frozen=True, slots=True)
class StatementEmail:
    """A statement and the email that brings it, with the findings about them.

    `filed` is the invoice that the email is filed under, None if the customer has none. With `sent_today`, the same
    statement is in the outbox or was sent today, so it is not sent again. `refused` is how often it was refused or
    bounced today: then only a person sends it again.
    """

    statement: Statement
    customer: Customer
    company: Company
    sender_kind: SenderKind
    envelope: Envelope
    subject: str
    letter: Letter
    filed: Invoice | None
    findings: tuple[Finding, ...]
    sent_today: bool = False
    refused: int = 0

    @property
    def key(self) -> str:
        """What may be sent only once: the statement of a day, and each try after a refusal."""
        return f"{self.statement.key}:again:{self.refused}" if self.refused else self.statement.key

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def content(self) -> Content:
        """The texts of the PDF."""
        return statement_content(self.statement, self.customer, self.company)

    @property
    def file_name(self) -> str:
        return statement_file_name(self.statement, self.customer, self.company)

    def pdf(self) -> bytes:
        """Return the PDF. Raises DocumentError."""
        return pdf_of(self.content, self.company, self.statement.day, statement_name(self.customer))

    def notice(self) -> Notice:
        """Return what is sent, with its PDF. Raises Refused if an error among the findings prevents it, and
        DocumentError."""
        if self.errors or self.filed is None:
            raise Refused(
                _("The statement cannot be sent."),
                kept=_("Nothing was sent."),
                todo=" ".join(finding.text for finding in self.errors),
            )
        balance = Money(self.statement.closing, self.statement.currency)
        return Notice(
            kind=DeliveryKind.STATEMENT,
            key=self.key,
            invoice=self.filed,
            company=self.company,
            sender_kind=self.sender_kind,
            envelope=self.envelope,
            subject=self.subject,
            letter=self.letter,
            document=self.pdf(),
            document_name=self.file_name,
            stated=balance.minor,
            detail={"amount": balance.plain(), "currency": balance.currency},
        )


def statement_file_name(statement: Statement, customer: Customer, company: Company) -> str:
    """Return a name such as `Statement-of-account-Acme-inc-2026-11-28.pdf`, in the customer's language."""
    title = catalogue(statement_language(customer, company)).gettext(TITLE)
    currency = statement.currency if statement.currency != company.currency else ""
    return pdf_name(title, company.name, currency, statement.day.isoformat())


def statement_email(ws: Workspace, customer_id: int, currency: str, period: Period | None = None) -> StatementEmail:
    """Return today's statement of a customer and its email, checked. The PDF is made later, because it takes longest.

    Raises InputError if the customer is gone or the period ends before it begins, and StoreError.
    """
    with ws.store.reading():
        company, customer = ws.company(), need_customer(ws.store, customer_id)
        statement = make_statement(ws.store, customer_id, currency, ws.today(), period)
        filed = get_invoice(ws.store, statement.filed) if statement.filed is not None else None
        tries = tries_of(ws.store, statement.key)
        sender_kind = next((choice.sender_kind for choice in choices(ws)), SenderKind.DEFAULT)
        sender = sender_type(sender_kind, company).address(company, ws.connection())
        blocked = blocker(ws, sender_kind, company) if sender else None
    refused = sum(state in _NOT_ACCEPTED for state in tries)
    sent_today = refused < len(tries)
    language = statement_language(customer, company)
    values = statement_values(statement, customer, company)
    templates = STATEMENT.subject_for(company, language), STATEMENT.letter_for(company, language)
    composition = Composition(
        *(sender_kind, customer.email, customer.cc, company.bcc_with(customer.bcc)),
        fill(templates[0], values),
        fill_markdown(templates[1], values),
    )
    findings = [
        *check_sender_address(sender),
        *([Finding("error", "from", str(blocked))] if blocked is not None else []),
        *check_recipients(composition.to, composition.cc, composition.bcc),
    ]
    letter = Letter("", "")
    try:
        for template in templates:
            check_template(template, STATEMENT.placeholders)
        letter = make_letter(composition.body, company.name, language, colour=company.colour)
    except LetterError as error:
        findings.append(Finding("error", "letter", str(error)))
    if filed is None:
        findings.append(Finding("error", "document", _("This customer has no invoice yet.")))
    if unsent := [clean(entry.number) for entry in statement.entries if entry.unsent]:
        words = _("These invoices were not sent, or bounced: {numbers}.")
        findings.append(Finding("warning", "document", words.format(numbers=", ".join(unsent))))
    if refused and not sent_today:
        words = _("This statement was refused or bounced today. Check the address before you send it again.")
        findings.append(Finding("warning", "to", words))
    if sent_today:
        findings.append(Finding("error", "document", _("This statement was already queued or sent today.")))
    return StatementEmail(
        *(statement, customer, company, sender_kind, envelope_of(sender, composition), composition.subject, letter),
        *(filed, tuple(sorted(findings, key=lambda finding: finding.level != "error")), sent_today, refused),
    )


def send_statement(ws: Workspace, email: StatementEmail, *, not_before: datetime | None = None) -> Delivery:
    """Put a statement in the outbox, to be sent at `not_before`, or after the company's undo time. It is sent at
    most once a day, even if several people or processes send it.

    Raises Refused if a finding prevents it, DocumentError if there is no PDF, and what `send_notice` raises, such as
    AlreadySent if another process was faster.
    """
    return send_notice(ws, email.notice(), not_before=not_before)


def send_as_seen(ws: Workspace, seen: StatementEmail) -> Delivery:
    """Put a statement in the outbox as a person saw it.

    Raises ChangedElsewhere if the account or the email has changed since, and what `send_statement` raises.
    """
    statement = seen.statement
    period = (statement.first, statement.last) if statement.first and statement.last else None
    now = statement_email(ws, statement.customer_id, statement.currency, period)
    if (now.statement, now.envelope, now.subject, now.letter) != (statement, seen.envelope, seen.subject, seen.letter):
        raise ChangedElsewhere(
            _("The account of {customer} has changed.").format(customer=clean(now.customer.name)),
            kept=_("Nothing was sent."),
            todo=_("Review the statement, then send it."),
        )
    return send_statement(ws, now)

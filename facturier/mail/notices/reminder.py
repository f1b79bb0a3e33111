"""The reminder of an invoice: it answers the invoice's own email, with today's document and the balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from facturier.mail.document.document import make_document
from facturier.mail.document.texts.content import document_language
from facturier.mail.errors import DocumentError, LetterError, Refused
from facturier.mail.letter.filling import fill
from facturier.mail.letter.letter import Letter, make_letter, subject_template
from facturier.mail.letter.placeholders import letter_values
from facturier.mail.letter.reminder_letter import reminder_text
from facturier.mail.message import attachment_name
from facturier.mail.notices.conversation import conversation, last_reached, reply_headers
from facturier.mail.notices.notice import Notice
from facturier.mail.senders.access import blocker, check_sender
from facturier.mail.senders.choices import choices
from facturier.mail.senders.registry import sender_type
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.reminder_rules import reminder_problem
from facturier.models.books.status import OPEN, DeliveryKind, State
from facturier.models.chasing.due_levels import level_due
from facturier.models.chasing.other_copy import replaced_on
from facturier.models.errors import FacturierError, InputError, Unwanted
from facturier.models.outbox.deliveries import deliveries_of, notices_of, refused_of
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.outbox.reminder_keys import ReminderKey, read_key
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import Level
from facturier.models.text.addresses import once, parse_addresses
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import _, spoken

_TRY_AGAIN = (State.FAILED, State.BOUNCED)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of the level `days` as it will be sent. `warnings` are sentences that a person should read first."""

    notice: Notice
    days: int
    warnings: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it can be sent. Warnings do not prevent that."""
        return not self.notice.problems

    @property
    def findings(self) -> tuple[str, ...]:
        return (*self.notice.problems, *self.warnings)


class _Facts(NamedTuple):
    """What the store knows about an invoice and what was sent for it, read at one moment."""

    invoice: Invoice
    company: Company
    deliveries: list[Delivery]
    reminders: list[Delivery]
    refused: tuple[str, ...]  # addresses of the last delivery that did not get it
    conversation: tuple[str, ...]
    problem: str
    replaced: date | None  # see `replaced_on`


def make_reminder(ws: Workspace, invoice_id: int, *, again: bool = False, document: bool = True) -> Reminder:
    """Return the reminder that an invoice should get today, with what prevents sending it.

    With `again`, it is the last reminder, which was refused or bounced, for a person who tries again. Without
    `document`, the PDF is not made: the reminder can be checked but not sent.

    Raises NoSuchInvoice, Unwanted if no reminder is due, and Refused if the last one was neither refused nor bounced.
    """
    with ws.store.reading():  # one connection for all of it
        return _made(ws, invoice_id, again=again, document=document)


def _made(ws: Workspace, invoice_id: int, *, again: bool, document: bool) -> Reminder:
    today = ws.today()
    facts = _read(ws, invoice_id)
    invoice, company = facts.invoice, facts.company
    key = _key(facts, today, again=again)
    level = next((one for one in company.levels if one.days == key.days), Level(key.days))
    sent = last_reached(facts.deliveries)
    kinds = [choice.sender_kind for choice in choices(ws)] or [SenderKind.DEFAULT]
    sender = sender_type(kinds[0], company).address(company, ws.connection())
    envelope = _envelope(sender, invoice, company, sent, facts.refused)
    problems, warnings = _sender_findings(ws, kinds[0], company, sender)
    problems += [facts.problem] if facts.problem else []
    problems += _unfinished(facts.reminders)
    problems += [] if envelope.to else [_("There is no email address to send the reminder to.")]
    warnings += _trouble(facts.reminders, envelope, again=again)
    if not again and facts.replaced is not None and invoice.due + timedelta(key.days) <= facts.replaced:
        words = _("This file replaced another copy of the company on {day}. That one may have sent this reminder.")
        warnings.append(words.format(day=day_text(facts.replaced, spoken())))
    pdf, letter = b"", Letter("", "")
    language = document_language(invoice, company)
    try:
        letter = make_letter(
            reminder_text(invoice, company, level, today), company.name, language, colour=company.colour
        )
        pdf = make_document(invoice, company, invoice.known_number) if document else b""
    except (DocumentError, LetterError) as error:
        problems.append(str(error))
    notice = Notice(
        *(DeliveryKind.REMINDER, str(key), invoice, company, kinds[0], envelope),
        *(sent.subject if sent is not None else _subject(invoice, company, language), letter, pdf),
        attachment_name(invoice, company, invoice.known_number),
        stated=invoice.balance.minor,
        headers=reply_headers(facts.conversation),
        detail={"level": str(key.days)},
        problems=tuple(problems),
    )
    return Reminder(notice, key.days, tuple(warnings))


def _read(ws: Workspace, invoice_id: int) -> _Facts:
    store = ws.store
    with store.reading():
        invoice = get_invoice(store, invoice_id)
        deliveries = deliveries_of(store, invoice_id)
        reminders = [one for one in notices_of(store, invoice_id) if one.kind is DeliveryKind.REMINDER]
        sent = last_reached(deliveries)
        refused = refused_of(store, sent.id) if sent is not None and sent.state is State.PARTLY_SENT else ()
        problem = reminder_problem(store, invoice_id, invoice.balance.minor)
        before = conversation(store, deliveries, reminders)
        replaced = replaced_on(store)
        return _Facts(invoice, ws.company(), deliveries, reminders, refused, before, problem, replaced)


def _key(facts: _Facts, today: date, *, again: bool) -> ReminderKey:
    """Raises Unwanted or Refused."""
    invoice = facts.invoice
    assert invoice.id is not None
    used = [
        (key, one)
        for one in facts.reminders
        if one.state is not State.CANCELLED and (key := read_key(one.key)) is not None and key.due == invoice.due
    ]
    if again:
        if not used or used[-1][1].state not in _TRY_AGAIN:
            raise Refused(
                _("The last reminder for invoice {number} was not refused and did not bounce.").format(
                    number=invoice.number
                ),
                kept=_("Nothing was sent."),
            )
        last = used[-1][0]
        count = max(key.again for key, _one in used if key.days == last.days)
        return last._replace(again=count + 1)
    days = level_due([level.days for level in facts.company.levels], invoice.due, today, [k.days for k, _one in used])
    if days is None:
        raise Unwanted(
            _("No reminder is due today for invoice {number}.").format(number=invoice.ref), kept=_("Nothing was sent.")
        )
    return ReminderKey(invoice.id, days, invoice.due)


def _envelope(
    sender: str, invoice: Invoice, company: Company, sent: Delivery | None, refused: Sequence[str]
) -> Envelope:
    """Return the recipients of the email that the customer has, or else the customer's addresses; and who gets a copy
    of every email. An address that the company removed from its copies gets none, although the invoice went to it."""
    own = tuple(address for address in _parsed(company.copies) if address not in refused)
    if sent is not None:
        to, cc, bcc = (
            tuple(address for address in addresses if address not in refused)
            for addresses in (sent.envelope.to, sent.envelope.cc, sent.envelope.bcc)
        )
        theirs = {address.casefold() for address in _parsed(invoice.customer.bcc)}
        removed = company.copies_removed_since(sent.queued) - theirs
        bcc = tuple(address for address in bcc if address.casefold() not in removed)
    else:
        customer = invoice.customer
        to, cc, bcc = (_parsed(text) for text in (customer.email, customer.cc, customer.bcc))
    return Envelope(sender, to, once(cc, to), once((*bcc, *own), (*to, *cc)))


def _parsed(text: str) -> tuple[str, ...]:
    try:
        return parse_addresses(text) if text.strip() else ()
    except InputError:
        return ()


def _subject(invoice: Invoice, company: Company, language: str) -> str:
    """Return the subject of an invoice that reached the customer without email."""
    return fill(subject_template(company, language, invoice.kind), letter_values(invoice, company))


def _sender_findings(
    ws: Workspace, sender_kind: SenderKind, company: Company, sender: str
) -> tuple[list[str], list[str]]:
    """Return what prevents this person from sending, and what makes the message wait."""
    if not sender:
        return [_("There is no address to send from. Set one up under Settings, Sending.")], []
    if found := blocker(ws, sender_kind, company):
        return [str(found)], []
    try:
        warning = check_sender(ws, sender_kind, company)
    except FacturierError as error:
        return [str(error)], []
    return [], [warning] if warning else []


def _unfinished(reminders: Sequence[Delivery]) -> list[str]:
    """Return what must end first: an invoice has one reminder in the outbox at most."""
    last = next((one for one in reversed(reminders) if one.state in OPEN), None)
    if last is None:
        return []
    if last.state is State.IN_DOUBT:
        return [_("It is not known yet whether the last reminder was sent. Open the invoice and record the answer.")]
    return [_("The last reminder is still in the outbox.")]


def _trouble(reminders: Sequence[Delivery], envelope: Envelope, *, again: bool) -> list[str]:
    """Return a warning if the last reminder did not arrive at an address of this one."""
    last = next((one for one in reversed(reminders) if one.state is not State.CANCELLED), None)
    if again or last is None or last.state not in _TRY_AGAIN or not set(last.envelope.to) & set(envelope.to):
        return []
    words = (
        _("The last reminder bounced: {reason}")
        if last.state is State.BOUNCED
        else _("The last reminder was refused: {reason}")
    )
    return [words.format(reason=last.problem or ", ".join(last.envelope.to))]

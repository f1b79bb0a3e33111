"""Problems that are found before a message is sent. Nothing is looked up here; `addresses.check_domain` asks DNS."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from facturier.mail.document.formatting import long_day
from facturier.mail.errors import LetterError
from facturier.mail.letter.filling import filled_text, stale
from facturier.mail.letter.placeholders import PLACEHOLDERS, check_template, empty_placeholders
from facturier.mail.senders.sender_type import SenderType
from facturier.mail.sending.checks.domain_typos import meant_domain
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import BookStatus
from facturier.models.drafts.draft_rules import amount_problems, date_problems
from facturier.models.errors import InputError
from facturier.models.outbox.composition import Filled
from facturier.models.outbox.delivery import Envelope
from facturier.models.text.addresses import once, parse_addresses
from facturier.models.text.i18n import _, ngettext, spoken
from facturier.models.text.limits import LETTER, LINE, check_length

# Google Workspace and Gmail API, "Gmail sending limits": recipients of one message, in To, Cc and Bcc together.
MOST_RECIPIENTS = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """An error keeps the message from leaving; a warning can be overruled. `field` names what it is about: `from`,
    `to`, `cc`, `bcc`, `subject`, `letter`, `document`. `again` is a warning that this invoice went there already."""

    level: Literal["error", "warning"]
    field: str
    text: str
    again: bool = False


def check_message(
    invoice: Invoice,
    *,
    sender: str,
    to: str,
    cc: str = "",
    bcc: str = "",
    texts: Collection[Finding] = (),
    document_trouble: str = "",
    sent_before: Collection[str] = (),
    today: date,
) -> list[Finding]:
    """What speaks against sending, errors first.

    `to`, `cc` and `bcc` are as typed; `texts` has the findings of `check_text` and of other checks; `document_trouble`
    is a DocumentError's sentence; `sent_before` has the addresses that this invoice has been sent to; `today` is the
    day on which it is sent.
    """
    findings = [
        *check_sender_address(sender),
        *check_recipients(to, cc, bcc, sent_before),
        *texts,
        *_amounts(invoice),
        *_dates(invoice),
        *_overdue(invoice, today, sent_before),
        *_handed_over(invoice),
    ]
    if document_trouble:
        findings.append(Finding("error", "document", document_trouble))
    return sorted(findings, key=lambda finding: finding.level != "error")


def daily_limit(envelopes: Collection[Envelope], sender: SenderType) -> str:
    """How many recipients these messages have together, against what the service allows in a day; empty if no limit is
    known."""
    if not envelopes or (known := sender.daily_limit(next(iter(envelopes)).sender)) is None:
        return ""
    count = sum(len(envelope.recipients) for envelope in envelopes)
    most, limit = known
    said = ngettext("{count} recipient.", "{count} recipients.", count).format(count=count)
    more = _("This is too many for one day: send fewer invoices.") if count > most else ""
    return " ".join(part for part in (said, limit.format(most=most), more) if part)


def check_sender_address(sender: str) -> list[Finding]:
    """Return an error if there is no address to send from."""
    if sender:
        return []
    return [Finding("error", "from", _("There is no address to send from. Choose one, or add a Gmail address."))]


def check_recipients(to: str, cc: str, bcc: str, sent_before: Collection[str] = ()) -> list[Finding]:
    """Return the problems of the recipients as typed, and warnings about `sent_before` and likely typos."""
    findings = []
    counted: tuple[str, ...] = ()
    known = {address.casefold() for address in sent_before}
    for field, typed in (("to", to), ("cc", cc), ("bcc", bcc)):
        try:
            addresses = once(parse_addresses(typed), counted)
        except InputError as error:
            findings.append(Finding("error", field, str(error)))
            continue
        counted += addresses
        if field == "to" and not addresses:
            findings.append(Finding("error", "to", _("“To” is empty. Enter the customer’s address.")))
        findings += [
            Finding(
                "warning", field, _("This invoice was already sent to {address}.").format(address=address), again=True
            )
            for address in addresses
            if address.casefold() in known
        ]
        for address in addresses:
            name, _at, domain = address.rpartition("@")
            if (meant := meant_domain(domain)) is not None:
                question = _("Did you mean {meant}? {address} looks like a typo.")
                text = question.format(meant=f"{name}@{meant}", address=address)
                findings.append(Finding("warning", field, text))
    if len(counted) > MOST_RECIPIENTS:
        words = _("There are {count} recipients. A message can have at most {most}: remove some.")
        findings.append(Finding("error", "to", words.format(count=len(counted), most=MOST_RECIPIENTS)))
    return findings


def check_text(field: str, text: str, filled: Filled | None, values: Mapping[str, str]) -> list[Finding]:
    """What speaks against a subject or letter. `filled` is what it was filled in from, and `values` are those of now.

    An unknown or empty placeholder matters until somebody edits the text: then it says what they want it to say.
    """
    if not text.strip():
        empty = _("The subject is empty.") if field == "subject" else _("The message is empty.")
        return [Finding("warning", field, empty)]
    try:
        check_length(text, LINE if field == "subject" else LETTER)
        if filled is None:
            return []
        if text == filled_text(filled, markdown=field == "letter"):
            check_template(filled.template)
            holes = empty_placeholders(filled.template, values)
            words = _("Your template uses {meaning}, which is empty for this invoice.")
            return [Finding("warning", field, words.format(meaning=_(PLACEHOLDERS[name]))) for name in holes]
    except (LetterError, InputError) as error:
        return [Finding("error", field, str(error))]
    words = _("Check the text: {meaning} was {old} and is now {new}.")
    return [
        Finding("warning", field, words.format(meaning=_(PLACEHOLDERS[name]), old=old or "–", new=new or "–"))
        for name, old, new in stale(filled, values)
    ]


def _dates(invoice: Invoice) -> list[Finding]:
    """An issued invoice cannot be changed, so a problem in it cannot be fixed."""
    if invoice.book_status is not BookStatus.DRAFT:
        return []
    return [Finding("error", "document", problem) for _name, problem in date_problems(invoice)]


def _overdue(invoice: Invoice, today: date, sent_before: Collection[str]) -> list[Finding]:
    """Warn before the first email: later ones may be sent because it is late."""
    is_draft = invoice.book_status is BookStatus.DRAFT
    if invoice.due >= today or invoice.is_credit or sent_before or invoice.handed_over:
        return []
    if not is_draft and invoice.balance.minor <= 0:
        return []
    late = _("It is already overdue: it was due on {date}.")
    if invoice.is_estimate:
        late = _("This estimate is no longer valid: it was valid until {date}.")
    elif not is_draft:
        late = _("It is already overdue: it was due on {date}. Check that the text still fits, and edit it if needed.")
    return [Finding("warning", "document", late.format(date=long_day(invoice.due, spoken())))]


def _handed_over(invoice: Invoice) -> list[Finding]:
    if not invoice.handed_over:
        return []
    words = _("The customer has this invoice already: it was sent without email.")
    return [Finding("warning", "document", words, again=True)]


def _amounts(invoice: Invoice) -> list[Finding]:
    findings = []
    if invoice.book_status is BookStatus.VOID:
        findings.append(Finding("error", "document", _("This invoice is void.")))
    total = invoice.total.minor
    if total < 0 and not invoice.is_credit:
        findings.append(Finding("warning", "document", _("The total is negative.")))
    elif total == 0:
        findings.append(Finding("warning", "document", _("The total is zero.")))
    findings += [Finding("error", "document", problem) for problem in amount_problems(invoice)]
    charged = [line for line, amount in zip(invoice.lines, invoice.totals.amounts, strict=True) if amount]
    named = [line for line in charged if line.item.strip() or line.description.strip()]
    if 0 < len(named) < len(charged):  # where none is named, that is how this company bills
        findings.append(Finding("warning", "document", _("A line has no description.")))
    return findings

"""Placeholders in letters and subjects, such as `{customer}`, `{number}` and `{total}`."""

import re
from collections.abc import Collection, Mapping

from facturier.mail.document.formatting import long_day, priced
from facturier.mail.document.payment_code import pay_link
from facturier.mail.document.texts.content import document_language
from facturier.mail.document.texts.invoice import terms_text
from facturier.mail.errors import LetterError
from facturier.models.books.invoice import ONE_LINE, Invoice
from facturier.models.books.opposite import opposite
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _

# The meaning of each placeholder, in the order in which the screens list them.
PLACEHOLDERS = {
    "customer": N_("the customer’s name"),
    "contact": N_("the contact’s name, or the customer’s name if there is none"),
    "number": N_("the number of the invoice, credit note or estimate"),
    "total": N_("the total with its currency"),
    "balance": N_("the balance due, with its currency"),
    "date": N_("the invoice’s date"),
    "due": N_("the due date, or the day until which an estimate is valid"),
    "terms": N_("the payment terms"),
    "reference": N_("the PO number"),
    "project": N_("the project"),
    "source": N_("the number of the invoice that a credit note corrects"),
    "days_late": N_("the days since the due date (in reminders)"),
    "charges": N_("the interest and the fee (in reminders)"),
    "company": N_("your company’s name"),
    "email": N_("your company’s email"),
    "telephone": N_("your company’s phone number"),
    "pay_link": N_("the link for online payment"),
}
PLACEHOLDER = re.compile(r"\{\s*([^\W\d]\w*)\s*\}")


def letter_values(invoice: Invoice, company: Company, number: str = "") -> dict[str, str]:
    """Return the value of each placeholder for an invoice, in the customer's language, each on one line.

    The amounts of a credit note are positive, as in its document. `number` is used if the invoice has no number yet.
    """
    language = document_language(invoice, company)
    customer = invoice.customer
    shown = opposite(invoice) if invoice.is_credit else invoice
    values = {
        "customer": customer.name,
        "contact": customer.contact.strip() or customer.name,
        "number": invoice.known_number or number,
        "total": priced(shown.total, language),
        "balance": priced(shown.balance, language),
        "date": long_day(invoice.date, language),
        "due": long_day(invoice.due, language),
        "terms": terms_text(invoice.payment_terms, language),
        **{name: getattr(invoice, name) for name in ONE_LINE},
        "source": invoice.source.number if invoice.source else "",
        "company": company.name,
        "email": company.email,
        "telephone": company.telephone,
        "pay_link": pay_link(company, invoice.known_number or number, shown.balance),
    }
    return {name: clean(value) for name, value in values.items()}


def check_template(template: str, known: Collection[str] = tuple(PLACEHOLDERS)) -> None:
    """Raises LetterError if a placeholder is not one of `known`. The error names it and lists the known ones."""
    for match in PLACEHOLDER.finditer(template):
        if match[1] not in known:
            raise LetterError(
                _("Unknown placeholder {name}.").format(name=match[0]),
                todo=_("Available: {known}.").format(known=", ".join(f"{{{name}}}" for name in known)),
            )


def empty_placeholders(template: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the placeholders in the template that have no value, without duplicates."""
    names = dict.fromkeys(match[1] for match in PLACEHOLDER.finditer(template))
    return tuple(name for name in names if name in PLACEHOLDERS and not values.get(name, "").strip())

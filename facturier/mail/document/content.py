"""The texts of the document, finished and in the customer's language.

The template and the plain text version draw only these texts. So they cannot disagree, and no template contains rules
about money or wording.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

from facturier.mail.document.formatting import long_day, percent, priced, quantity, unit_price
from facturier.models.books.invoice import Invoice
from facturier.models.books.status import BookStatus
from facturier.models.settings.company import Company
from facturier.models.settings.tax import Line, tax_name
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import LANGUAGES, catalogue
from facturier.models.text.money import Money

# Customers billed in these currencies expect US Letter paper. All others get A4.
_LETTER_PAPER = {"CAD", "USD", "MXN"}
# Paper widths in inches, by Typst's names.
PAPER_INCHES = {"us-letter": 8.5, "a4": 210 / 25.4}


@dataclass(frozen=True, slots=True)
class Detail:
    """A label and its text: `Due`, `24 December 2026`."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table. `carried` is the sum of the amounts up to and including this one."""

    title: str
    description: str
    quantity: str
    price: str
    tax: str
    amount: str
    carried: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The column headings and other fixed words."""

    description: str
    quantity: str
    price: str
    tax: str
    amount: str
    billed_to: str
    carried: str
    brought: str
    page: str
    payment: str
    scan: str


@dataclass(frozen=True, slots=True)
class Content:
    """All texts of the document.

    `stamp` is a word such as Paid, or empty. `sums` are the rows of totals, and `due` is the amount due, printed large
    after them. Texts may have several lines.
    """

    language: str
    paper: str
    title: str
    number: str
    stamp: str
    company: str
    company_lines: str
    tax_numbers: str
    billed: str
    billed_lines: str
    facts: tuple[Detail, ...]
    headings: Headings
    taxed: bool
    rows: tuple[TableRow, ...]
    sums: tuple[Detail, ...]
    due: Detail
    due_note: str
    payment_text: str
    pay_link: str
    message: str


def document_language(invoice: Invoice, company: Company) -> str:
    """Return the customer's language, or else the company's, or else English."""
    wanted = invoice.customer.language or company.language
    return wanted if wanted in LANGUAGES else "en"


def terms_text(days: int, language: str) -> str:
    """Return the payment terms as text: `On receipt`, `30 days`."""
    if days <= 0:
        return catalogue(language).gettext("Due on receipt")
    return catalogue(language).ngettext("{days} day", "{days} days", days).format(days=days)


def document_content(invoice: Invoice, company: Company, number: str = "") -> Content:
    """Return the texts of an invoice's document.

    `number` is the number that a draft is about to get. A draft without one is marked as a draft.
    """
    language = document_language(invoice, company)
    gettext = catalogue(language).gettext
    number = clean(invoice.number or number)
    balance = invoice.balance
    how_to_pay = company.payment_text_for(language)
    return Content(
        language=language,
        paper="us-letter" if invoice.currency in _LETTER_PAPER else "a4",
        title=gettext("Invoice"),
        number=number,
        stamp=_stamp(invoice, number, gettext),
        company=clean(company.name),
        company_lines=_joined(company.address, company.telephone, company.email),
        tax_numbers=_joined(company.tax_numbers),
        billed=clean(invoice.customer.name),
        billed_lines=_joined(invoice.customer.contact, invoice.customer.address),
        facts=_facts(invoice, language),
        headings=_headings(gettext),
        taxed=any(line.codes for line in invoice.lines),
        rows=_rows(invoice, language),
        sums=_sums(invoice, language),
        due=Detail(gettext("Amount due"), priced(balance, language)),
        due_note=gettext("due on {date}").format(date=long_day(invoice.due, language)) if balance.minor > 0 else "",
        payment_text=_joined(how_to_pay, *_transfer(invoice, company, how_to_pay)) if balance.minor > 0 else "",
        pay_link=clean(company.pay_link) if balance.minor > 0 else "",
        message=_joined(invoice.message),
    )


def _joined(*texts: str) -> str:
    """Join the texts as lines, without empty texts."""
    return "\n".join(kept for text in texts if (kept := clean_lines(text).replace("\t", " ").strip()))


def _transfer(invoice: Invoice, company: Company, how_to_pay: str) -> tuple[str, ...]:
    """Return the account for a transfer in euro, for people who do not scan the code.

    Numbers that are already in the company's payment instructions are not repeated.
    """
    if not company.iban or invoice.currency != "EUR":
        return ()
    said = "".join(how_to_pay.split()).upper()
    accounts = {"IBAN": "".join(clean(company.iban).split()).upper(), "BIC": clean(company.bic).strip().upper()}
    return tuple(
        f"{name} {' '.join(re.findall('.{1,4}', number)) if name == 'IBAN' else number}"
        for name, number in accounts.items()
        if number and number not in said
    )


def _stamp(invoice: Invoice, number: str, gettext: Callable[[str], str]) -> str:
    if invoice.book_status is BookStatus.VOID:
        return gettext("Void")
    if not number:
        return gettext("Draft")
    return gettext("Paid") if invoice.paid > 0 and invoice.balance.minor <= 0 else ""


def _facts(invoice: Invoice, language: str) -> tuple[Detail, ...]:
    gettext = catalogue(language).gettext
    facts = [
        Detail(gettext("Date"), long_day(invoice.date, language)),
        Detail(gettext("Due"), long_day(invoice.due, language)),
        Detail(gettext("Terms"), terms_text(invoice.terms, language)),
        Detail(gettext("Purchase order"), clean(invoice.reference)),
        Detail(gettext("Project"), clean(invoice.project)),
    ]
    return tuple(fact for fact in facts if fact.text)


def _headings(gettext: Callable[[str], str]) -> Headings:
    return Headings(
        description=gettext("Description"),
        quantity=gettext("Qty"),
        price=gettext("Rate"),
        tax=gettext("Tax"),
        amount=gettext("Amount"),
        billed_to=gettext("Bill to"),
        carried=gettext("Carried forward"),
        brought=gettext("Brought forward"),
        page=gettext("Page {page} of {pages}"),
        payment=gettext("Payment instructions"),
        scan=gettext("Scan to pay"),
    )


def _rows(invoice: Invoice, language: str) -> tuple[TableRow, ...]:
    amounts = invoice.totals.amounts
    carried = accumulate(amount or 0 for amount in amounts)
    return tuple(
        _row(line, amount, sum_so_far, invoice.currency, language)
        for line, amount, sum_so_far in zip(invoice.lines, amounts, carried, strict=True)
        if not line.empty
    )


def _row(line: Line, amount: int | None, carried: int, currency: str, language: str) -> TableRow:
    item, description = clean(line.item), clean_lines(line.description).replace("\t", " ").strip()
    title, _, rest = description.partition("\n")
    priced_line = bool(line.rate.strip())
    return TableRow(
        title=item or title.strip(),
        description=description if item else rest.strip(),
        quantity=quantity(line.quantity or "1", language) if priced_line else "",
        price=unit_price(line.rate, currency, language) if priced_line else "",
        tax=" + ".join(tax_name(code, language) for code in line.codes),
        amount=Money(amount, currency).text(language) if priced_line and amount is not None else "",
        carried=Money(carried, currency).text(language),
    )


def _sums(invoice: Invoice, language: str) -> tuple[Detail, ...]:
    gettext = catalogue(language).gettext
    totals, currency = invoice.totals, invoice.currency
    sums = [Detail(gettext("Subtotal"), Money(totals.subtotal, currency).text(language))]
    for tax in totals.taxes:
        label = f"{tax_name(tax.code, language)} {percent(tax.percent, language)}"
        if tax.net != totals.subtotal:
            label = gettext("{tax} on {net}").format(tax=label, net=Money(tax.net, currency).text(language))
        sums.append(Detail(label, Money(tax.amount, currency).text(language)))
    sums.append(Detail(gettext("Total"), priced(invoice.total, language)))
    if invoice.paid:
        sums.append(Detail(gettext("Payments received"), Money(-invoice.paid, currency).text(language)))
    return tuple(sums)

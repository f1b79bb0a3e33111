"""The texts of the document, finished and in the customer's language.

The template and the plain text version draw only these texts. So they cannot disagree, and no template contains rules
about money or wording.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from facturier.mail.document.formatting import long_day, percent, priced, quantity, unit_price
from facturier.models.books.invoice import Invoice
from facturier.models.books.opposite import opposite
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax import in_language, tax_name, words_for
from facturier.models.settings.units import unit_words
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.dates.terms import Terms
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import LANGUAGES, N_, catalogue
from facturier.models.text.money import Money

# Customers billed in these currencies expect US Letter paper. All others get A4.
LETTER_PAPER = {"CAD", "USD", "MXN"}
TITLES = {
    InvoiceKind.INVOICE: N_("Invoice"),
    InvoiceKind.CREDIT_NOTE: N_("Credit note"),
    InvoiceKind.ESTIMATE: N_("Estimate"),
}
# The label of the amount that is printed large.
_DUE = {
    InvoiceKind.INVOICE: N_("Amount due"),
    InvoiceKind.CREDIT_NOTE: N_("Credit"),
    InvoiceKind.ESTIMATE: N_("Total"),
}
# Paper widths in inches, by Typst's names.
PAPER_INCHES = {"us-letter": 8.5, "a4": 210 / 25.4}


@dataclass(frozen=True, slots=True)
class Detail:
    """A label and its text: `Due`, `24 December 2026`."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table. `carried` is the sum of the amounts up to and including this one. `kind` is a LineKind."""

    kind: str
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
    shipped_to: str
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
    shipped: str
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


def paper_for(currency: str) -> str:
    """Return Typst's name of the paper that customers billed in this currency expect."""
    return "us-letter" if currency in LETTER_PAPER else "a4"


def document_language(invoice: Invoice, company: Company) -> str:
    """Return the customer's language, or else the company's, or else English."""
    wanted = invoice.customer.language or company.language
    return wanted if wanted in LANGUAGES else "en"


def terms_text(terms: Terms, language: str) -> str:
    """Return the payment terms as text: `On receipt`, `30 days, end of month`, `30 days; 2% off within 10 days`."""
    gettext, ngettext = catalogue(language).gettext, catalogue(language).ngettext
    days = max(terms.days, 0)
    text = ngettext("{days} day", "{days} days", days).format(days=days) if days else gettext("Due on receipt")
    if terms.month_end:
        text = gettext("{terms}, end of month").format(terms=text) if days else gettext("End of month")
    if terms.discount:
        off, within = terms.discount
        words = ngettext("{percent} off within {days} day", "{percent} off within {days} days", within)
        text = f"{text}; {words.format(percent=percent(off, language), days=within)}"
    return text


def document_content(invoice: Invoice, company: Company, number: str = "") -> Content:
    """Return the texts of an invoice's document.

    `number` is the number that a draft is about to get. A draft without one is marked as a draft. The amounts of a
    credit note are positive, as its title says what they are, and do not change when it is applied.
    """
    if invoice.is_credit:
        invoice = replace(opposite(invoice), paid=0)
    language = document_language(invoice, company)
    gettext = catalogue(language).gettext
    number = clean(invoice.known_number or number)
    balance = invoice.total if invoice.is_estimate else invoice.balance
    to_pay = balance.minor > 0 and invoice.kind is InvoiceKind.INVOICE
    how_to_pay = company.payment_text_for(language)
    return Content(
        language=language,
        paper=paper_for(invoice.currency),
        title=gettext(TITLES[invoice.kind]),
        number=number,
        stamp=_stamp(invoice, number, gettext),
        company=clean(company.name),
        company_lines=_joined(company.address, company.telephone, company.email),
        tax_numbers=_joined(in_language(company.tax_numbers, language)),
        billed=clean(invoice.customer.name),
        billed_lines=_joined(invoice.customer.contact, invoice.customer.address, _vat_id(invoice, language)),
        shipped=_joined(invoice.ship_to),
        facts=_facts(invoice, company, language),
        headings=_headings(gettext),
        taxed=any(line.codes for line in invoice.lines if line.kind is LineKind.ITEM),
        rows=line_rows(invoice, language),
        sums=_sums(invoice, language),
        due=Detail(gettext(_DUE[invoice.kind]), priced(balance, language)),
        due_note=_due_note(invoice, language) if to_pay or invoice.is_estimate else "",
        payment_text=_joined(how_to_pay, *_transfer(invoice, company, how_to_pay)) if to_pay else "",
        pay_link=clean(company.pay_link) if to_pay else "",
        message=_joined(_tax_notes(invoice, language), invoice.message),
    )


def _due_note(invoice: Invoice, language: str) -> str:
    gettext = catalogue(language).gettext
    words = gettext("valid until {date}") if invoice.is_estimate else gettext("due on {date}")
    return words.format(date=long_day(invoice.due, language))


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


def _facts(invoice: Invoice, company: Company, language: str) -> tuple[Detail, ...]:
    hidden = {field.name for field in company.custom_fields if not field.printed}
    gettext = catalogue(language).gettext
    facts = [Detail(gettext("Date"), long_day(invoice.date, language))]
    if invoice.is_credit:
        facts.append(Detail(gettext("Credit for"), _credited(invoice, language)))
    elif invoice.is_estimate:
        facts.append(Detail(gettext("Valid until"), long_day(invoice.due, language)))
    else:
        facts += [
            Detail(gettext("Due"), long_day(invoice.due, language)),
            Detail(gettext("Terms"), terms_text(invoice.payment_terms, language)),
            Detail(gettext("Early payment"), _early_payment(invoice, language)),
        ]
    facts += [
        Detail(gettext("Purchase order"), clean(invoice.reference)),
        Detail(gettext("Project"), clean(invoice.project)),
        Detail(gettext("Estimate"), _estimated(invoice)),
        Detail(gettext("Service date"), _days(invoice.service_from, invoice.service_to, language)),
        Detail(gettext("Exchange rate"), clean(invoice.exchange_rate)),
        *(Detail(clean(name), clean(text)) for name, text in invoice.custom.items() if name not in hidden),
    ]
    return tuple(fact for fact in facts if fact.text)


def _early_payment(invoice: Invoice, language: str) -> str:
    """Return how much less is paid until when, or an empty text."""
    off, last = invoice.early_discount, invoice.payment_terms.discount_until(invoice.date)
    if off is None or last is None:
        return ""
    words = catalogue(language).gettext("{amount} off until {day}")
    return words.format(amount=priced(off, language), day=long_day(last, language))


def _credited(invoice: Invoice, language: str) -> str:
    """Return what a credit note is for. EN 16931 calls it the preceding invoice (BG-3)."""
    if invoice.source is None:
        return ""
    words = catalogue(language).gettext("invoice {number} of {date}")
    return words.format(number=clean(invoice.source.number), date=long_day(invoice.source.date, language))


def _estimated(invoice: Invoice) -> str:
    """Return the number of the estimate that an invoice was made from."""
    return clean(invoice.source.number) if invoice.source is not None and not invoice.is_credit else ""


def _headings(gettext: Callable[[str], str]) -> Headings:
    return Headings(
        description=gettext("Description"),
        quantity=gettext("Qty"),
        price=gettext("Rate"),
        tax=gettext("Tax"),
        amount=gettext("Amount"),
        billed_to=gettext("Bill to"),
        shipped_to=gettext("Ship to"),
        carried=gettext("Carried forward"),
        brought=gettext("Brought forward"),
        page=gettext("Page {page} of {pages}"),
        payment=gettext("Payment instructions"),
        scan=gettext("Scan to pay"),
    )


def _days(first: date | None, last: date | None, language: str) -> str:
    """Return a day, or a period such as `1 October 2026 – 31 October 2026`. Empty if there is none."""
    if first is None or last is None:
        return ""
    return " – ".join(dict.fromkeys(long_day(day, language) for day in (first, last)))


def line_rows(invoice: Invoice, language: str) -> tuple[TableRow, ...]:
    """Return the lines of an invoice, as they are printed in that language."""
    totals = invoice.totals
    carried = accumulate(amount or 0 for amount in totals.amounts)
    return tuple(
        _row(line, amount if section is None else section, sum_so_far, invoice.currency, language)
        for line, amount, section, sum_so_far in zip(
            invoice.lines, totals.amounts, totals.sections, carried, strict=True
        )
        if not line.empty
    )


def _row(line: Line, amount: int | None, carried: int, currency: str, language: str) -> TableRow:
    item, description = clean(line.item), clean_lines(line.description).replace("\t", " ").strip()
    title, _, rest = description.partition("\n")
    priced_line = line.kind is LineKind.ITEM and bool(line.rate.strip())
    figure = priced_line or line.kind is LineKind.SUBTOTAL
    if line.kind is LineKind.SUBTOTAL and not (item or title):
        title = catalogue(language).gettext("Subtotal")
    more = (description if item else rest.strip(), *_notes(line, currency, language))
    return TableRow(
        kind=str(line.kind),
        title=item or title.strip(),
        description="\n".join(text for text in more if text),
        quantity=_quantity(line, language) if priced_line else "",
        price=unit_price(line.rate, currency, language) if priced_line else "",
        tax=" + ".join(tax_name(code, language) for code in line.codes) if line.kind is LineKind.ITEM else "",
        amount=Money(amount, currency).text(language) if figure and amount is not None else "",
        carried=Money(carried, currency).text(language),
    )


def _notes(line: Line, currency: str, language: str) -> tuple[str, ...]:
    """Return what is printed below the description: the service period and the discount."""
    gettext = catalogue(language).gettext
    discount = clean(line.discount)
    words = _percentage(discount, language) or unit_price(discount, currency, language)
    return (
        _days(line.service_from, line.service_to, language),
        gettext("Discount: {discount}").format(discount=words) if discount else "",
    )


def _percentage(discount: str, language: str) -> str:
    """Return a discount in percent in the customer's notation, or nothing if it is an amount."""
    with suppress(InputError):
        if discount.endswith("%"):
            return percent(parse_decimal(discount[:-1]), language)
    return ""


def _quantity(line: Line, language: str) -> str:
    typed = line.quantity or "1"
    number = quantity(typed, language)
    if not line.unit:
        return number
    with suppress(InputError):
        return f"{number}\u00a0{unit_words(clean(line.unit), parse_decimal(typed), language)}"
    return number


def _sums(invoice: Invoice, language: str) -> tuple[Detail, ...]:
    gettext = catalogue(language).gettext
    if invoice.is_estimate:  # its total is printed large, and nothing was paid
        return tuple(sums_before_total(invoice, language))
    sums = [*sums_before_total(invoice, language), Detail(gettext("Total"), priced(invoice.total, language))]
    if invoice.received:
        sums.append(Detail(gettext("Payments received"), Money(-invoice.received, invoice.currency).text(language)))
    return tuple(sums)


def sums_before_total(invoice: Invoice, language: str) -> list[Detail]:
    """Return what is printed above the total: the subtotal, discount, shipping and each tax."""
    gettext = catalogue(language).gettext
    totals, currency = invoice.totals, invoice.currency

    def row(label: str, minor: int) -> Detail:
        return Detail(label, Money(minor, currency).text(language))

    sums = [row(gettext("Subtotal"), totals.subtotal)]
    if totals.discount:
        label = " ".join(filter(None, (gettext("Discount"), _percentage(clean(invoice.discount), language))))
        sums.append(row(label, -totals.discount))
    if totals.shipping:
        sums.append(row(gettext("Shipping"), totals.shipping))
    net = totals.subtotal - totals.discount + totals.shipping
    for tax in totals.taxes:
        label = f"{tax_name(tax.code, language)} {percent(tax.percent, language)}"
        if invoice.inclusive:
            label = gettext("{tax} included").format(tax=label)
        elif tax.net != net:
            label = gettext("{tax} on {net}").format(tax=label, net=Money(tax.net, currency).text(language))
        sums.append(row(label, tax.amount))
    return sums


def _vat_id(invoice: Invoice, language: str) -> str:
    """Return the customer's VAT id if a tax of the invoice is VAT, unless it was typed into the invoice.

    Directive 2006/112/EC, article 226(4), requires it for a reverse charge and an intra-Community supply; some states
    require it for every business customer. No law of Canada does.
    """
    if not invoice.customer.vat_id or names_a_vat_id(invoice) or not vat_categories(invoice):
        return ""
    return f"{catalogue(language).gettext('VAT ID')} {clean(invoice.customer.vat_id)}"


def vat_categories(invoice: Invoice) -> set[str]:
    """Return the categories of EN 16931 of the taxes that the invoice uses."""
    used = {tax.code for tax in invoice.totals.taxes}
    return {rate.category for rate in invoice.rates if rate.code in used and rate.category}


def names_a_vat_id(invoice: Invoice) -> bool:
    """Whether something like a VAT id was typed into the address or a custom field: `VAT FR 40 303 265 045`."""
    typed = "\n".join((invoice.customer.address, *invoice.custom.values()))
    return re.search(r"[A-Z]{2}[A-Z0-9]{0,2}\d{6}", re.sub(r"[ .\-\u00a0\u202f]", "", typed)) is not None


def _tax_notes(invoice: Invoice, language: str) -> str:
    """Return what the document must say about its taxes, such as the reason for an exemption."""
    used = {tax.code for tax in invoice.totals.taxes}
    return "\n".join(dict.fromkeys(words_for(rate, language) for rate in invoice.rates if rate.code in used))

"""The texts of the document of an invoice, a credit note or an estimate."""

import re
from collections.abc import Callable
from dataclasses import replace

from facturier.mail.document.formatting import exchange, long_day, percent, period, priced
from facturier.mail.document.payment_code import pay_link
from facturier.mail.document.texts.content import Content, Detail, Headings, document_language, joined, paper_for
from facturier.mail.document.texts.lines import line_rows, sums_of
from facturier.mail.document.texts.taxes import tax_notes, vat_id_line
from facturier.models.books.invoice import Invoice
from facturier.models.books.opposite import opposite
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.settings.company import Company
from facturier.models.settings.line import LineKind
from facturier.models.settings.tax import in_language
from facturier.models.text.clean import clean
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import N_, catalogue

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
        company_lines=joined(company.address, company.telephone, company.email),
        tax_numbers=joined(in_language(company.tax_numbers, language)),
        billed=clean(invoice.customer.name),
        billed_lines=joined(invoice.customer.contact, invoice.customer.address, vat_id_line(invoice, language)),
        shipped=joined(invoice.ship_to),
        facts=_facts(invoice, company, language),
        headings=_headings(gettext, is_estimate=invoice.is_estimate),
        taxed=any(line.codes for line in invoice.lines if line.kind is LineKind.ITEM),
        rows=line_rows(invoice, language),
        sums=sums_of(invoice, company, language),
        due=Detail(gettext(_DUE[invoice.kind]), priced(balance, language)),
        due_note=_due_note(invoice, language) if to_pay or invoice.is_estimate else "",
        payment_text=joined(how_to_pay, *_transfer(invoice, company, how_to_pay)) if to_pay else "",
        pay_link=pay_link(company, number, balance) if to_pay else "",
        message=joined(tax_notes(invoice, language), invoice.message),
    )


def _due_note(invoice: Invoice, language: str) -> str:
    gettext = catalogue(language).gettext
    words = gettext("valid until {date}") if invoice.is_estimate else gettext("due on {date}")
    return words.format(date=long_day(invoice.due, language))


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
        Detail(gettext("Service date"), period(invoice.service_from, invoice.service_to, language)),
        Detail(
            gettext("Exchange rate"),
            clean(exchange(invoice.exchange_rate, invoice.currency, company.currency, language)),
        ),
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


def _headings(gettext: Callable[[str], str], *, is_estimate: bool) -> Headings:
    return Headings(
        description=gettext("Description"),
        quantity=gettext("Qty"),
        price=gettext("Rate"),
        tax=gettext("Tax"),
        amount=gettext("Amount"),
        billed_to=gettext("Customer") if is_estimate else gettext("Bill to"),
        shipped_to=gettext("Ship to"),
        carried=gettext("Carried forward"),
        brought=gettext("Brought forward"),
        page=gettext("Page {page} of {pages}"),
        payment=gettext("Payment instructions"),
        scan=gettext("Scan to pay"),
    )

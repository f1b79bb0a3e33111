"""The receipt of a payment: who paid how much, when and how, for which invoices, and what remains of them."""

from collections.abc import Sequence
from itertools import accumulate

from facturier.mail.document.formatting import long_day, priced
from facturier.mail.document.texts.content import (
    Content,
    Detail,
    Headings,
    TableRow,
    document_language,
    joined,
    paper_for,
)
from facturier.models.books.invoice import Invoice
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.settings.company import Company
from facturier.models.settings.line import LineKind
from facturier.models.settings.tax import in_language
from facturier.models.text.clean import clean
from facturier.models.text.i18n import catalogue
from facturier.models.text.money import Money


def receipt_content(payment: CustomerPayment, invoices: Sequence[Invoice], company: Company) -> Content:
    """Return the texts of a receipt, in the language of the customer. `invoices` are those that the payment paid, as
    they are now; the first one has the customer's name and address."""
    customer, language = invoices[0].customer, document_language(invoices[0], company)
    gettext = catalogue(language).gettext
    facts = (
        Detail(gettext("Date of payment"), long_day(payment.date, language)),
        Detail(gettext("Method"), clean(payment.method)),
        Detail(gettext("Reference"), clean(payment.reference)),
    )
    sums = []
    if payment.rest:
        sums.append(Detail(gettext("Not applied yet"), Money(payment.rest, payment.currency).text(language)))
    return Content(
        language=language,
        paper=paper_for(payment.currency),
        title=gettext("Receipt"),
        number="",
        stamp="",
        company=clean(company.name),
        company_lines=joined(company.address, company.telephone, company.email),
        tax_numbers=joined(in_language(company.tax_numbers, language)),
        billed=clean(customer.name),
        billed_lines=joined(customer.contact, customer.address),
        shipped="",
        facts=tuple(fact for fact in facts if fact.text),
        headings=Headings(
            description=gettext("Invoice"),
            quantity=gettext("Total"),
            price=gettext("Balance"),
            tax="",
            amount=gettext("Paid"),
            billed_to=gettext("Received from"),
            shipped_to="",
            carried=gettext("Carried forward"),
            brought=gettext("Brought forward"),
            page=gettext("Page {page} of {pages}"),
            payment="",
            scan="",
        ),
        taxed=False,
        rows=_rows(payment, invoices, language),
        sums=tuple(sums),
        due=Detail(gettext("Amount received"), priced(Money(payment.amount, payment.currency), language)),
        due_note="",
        payment_text="",
        pay_link="",
        message="",
    )


def _rows(payment: CustomerPayment, invoices: Sequence[Invoice], language: str) -> tuple[TableRow, ...]:
    amounts = [payment.allocation.get(one.id or 0, 0) for one in invoices]
    return tuple(
        TableRow(
            kind=str(LineKind.ITEM),
            title=clean(one.known_number),
            description=long_day(one.date, language),
            quantity=one.total.text(language),
            price=one.balance.text(language),
            tax="",
            amount=Money(amount, payment.currency).text(language),
            carried=Money(carried, payment.currency).text(language),
        )
        for one, amount, carried in zip(invoices, amounts, accumulate(amounts), strict=True)
        if amount
    )

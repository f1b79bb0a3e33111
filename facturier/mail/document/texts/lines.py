"""The lines of an invoice and the sums below them, as they are printed."""

from contextlib import suppress
from itertools import accumulate

from facturier.mail.document.formatting import percent, period, priced, quantity, unit_price
from facturier.mail.document.texts.content import Detail, TableRow
from facturier.models.books.invoice import Invoice
from facturier.models.errors import InputError
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax import tax_name
from facturier.models.settings.units import unit_words
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import catalogue
from facturier.models.text.money import Money


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
        period(line.service_from, line.service_to, language),
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


def sums_of(invoice: Invoice, company: Company, language: str) -> tuple[Detail, ...]:
    gettext = catalogue(language).gettext
    if invoice.is_estimate:  # its total is printed large, and nothing was paid
        return tuple(sums_before_total(invoice, language))
    sums = [*sums_before_total(invoice, language), Detail(gettext("Total"), priced(invoice.total, language))]
    # Directive 2006/112/EC, article 230: VAT in a foreign currency is also stated in the national one.
    for tax in invoice.totals.taxes:
        at_home = invoice.converted(tax.amount, company.currency) if tax.amount else None
        if at_home is not None:
            label = f"{tax_name(tax.code, language)} {percent(tax.percent, language)}"
            label = gettext("{tax} in {currency}").format(tax=label, currency=company.currency)
            sums.append(Detail(label, at_home.text(language)))
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
            # Directive 2006/112/EC, article 226, point 8: the taxable amount for each rate.
            net_of = Money(tax.net, currency).text(language)
            label = gettext("{tax} included, on {net}").format(tax=label, net=net_of)
        elif tax.net != net:
            label = gettext("{tax} on {net}").format(tax=label, net=Money(tax.net, currency).text(language))
        sums.append(row(label, tax.amount))
    return sums

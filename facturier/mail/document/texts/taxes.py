"""What a document says about taxes, and when it needs the customer's VAT id."""

import re

from facturier.models.books.invoice import Invoice
from facturier.models.settings.tax import words_for
from facturier.models.text.clean import clean
from facturier.models.text.i18n import catalogue


def vat_id_line(invoice: Invoice, language: str) -> str:
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


def tax_notes(invoice: Invoice, language: str) -> str:
    """Return what the document must say about its taxes, such as the reason for an exemption."""
    used = {tax.code for tax in invoice.totals.taxes}
    return "\n".join(dict.fromkeys(words_for(rate, language) for rate in invoice.rates if rate.code in used))

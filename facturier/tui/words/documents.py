"""Titles of documents by their kind."""

from facturier.models.books.status import InvoiceKind
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _

_TITLES = {
    InvoiceKind.INVOICE: N_("Invoice {number} for {customer}"),
    InvoiceKind.CREDIT_NOTE: N_("Credit note {number} for {customer}"),
    InvoiceKind.ESTIMATE: N_("Estimate {number} for {customer}"),
}


def document_title(kind: InvoiceKind, number: str | None, customer: str) -> str:
    """Return the title of a screen about a document."""
    return _(_TITLES.get(kind, _TITLES[InvoiceKind.INVOICE])).format(number=number or "", customer=clean(customer))

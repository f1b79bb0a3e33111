"""What a document is called in a sentence: invoice 1001, credit note CN-1, estimate E-1."""

from facturier.models.books.status import InvoiceKind
from facturier.models.text.i18n import N_, _

# In French, all are feminine and have their article.
_NAMES = {
    InvoiceKind.INVOICE: N_("invoice {number}"),
    InvoiceKind.CREDIT_NOTE: N_("credit note {number}"),
    InvoiceKind.ESTIMATE: N_("estimate {number}"),
    InvoiceKind.RECURRING: N_("invoice {number}"),
}


def named(kind: InvoiceKind, number: str | None) -> str:
    """Return the kind and number of a document, as inside a sentence."""
    return _(_NAMES[kind]).format(number=number or "")


def named_first(kind: InvoiceKind, number: str | None) -> str:
    """Return the kind and number of a document, as at the start of a sentence."""
    words = named(kind, number)
    return words[0].upper() + words[1:]

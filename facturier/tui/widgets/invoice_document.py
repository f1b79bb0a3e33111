"""An issued invoice's document as text, and what that is: what was sent is frozen, and this need not be it."""

from rich.text import Text

from facturier.mail.document_text import document_text
from facturier.models.company import Company
from facturier.models.delivery import Delivery
from facturier.models.invoice import Invoice
from facturier.models.language import _
from facturier.models.sent import SENT
from facturier.tui.dates import moment


def invoice_document(invoice: Invoice, company: Company, frozen: Delivery | None) -> Text:
    """The document with the company's data and the payments of now, below the way to `frozen`: what was sent or, where
    nothing was, what was meant to be."""
    text = document_text(invoice, company, invoice.number or "")
    if frozen is None:
        return Text(text)
    if frozen.state in SENT:
        where = _("What was sent {moment}: m shows it, f saves it.").format(moment=moment(frozen.changed))
    else:
        where = _("What was put in the outbox {moment}: m shows it, f saves it.").format(moment=moment(frozen.queued))
    below = _("Below: what a new message would show, with the payments and the company’s details of now.")
    return Text.assemble((where, "bold"), "\n", (below, "italic"), "\n\n", text)

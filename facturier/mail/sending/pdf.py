"""The PDF of an invoice as the customer received it."""

from contextlib import suppress

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.sent import last_sent
from facturier.models.books.status import OPEN
from facturier.models.errors import MessageNotKept
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.outbox.delivery import Delivery


def sent_or_waiting(ws: Workspace, invoice: Invoice) -> Delivery | None:
    """Return the last delivery that was sent, or else the one in the outbox. Failed and cancelled ones are ignored."""
    assert invoice.id is not None
    deliveries = deliveries_of(ws.store, invoice.id)
    waiting = (delivery for delivery in deliveries if delivery.state in OPEN)
    return last_sent(deliveries) or next(waiting, None)


def invoice_pdf(ws: Workspace, invoice: Invoice) -> tuple[str, bytes]:
    """Return the file name and the bytes of the PDF that was last sent or is in the outbox. If there is none, create
    it.

    Raises FacturierError if it cannot be read or created.
    """
    from facturier.mail.document.document import make_document
    from facturier.mail.message import attachment_name, split_message

    if (delivery := sent_or_waiting(ws, invoice)) is not None:
        with suppress(MessageNotKept):
            parts = split_message(message_of(ws.store, delivery.id))
            return parts.document_name, parts.document
    company, number = ws.company(), invoice.known_number
    return attachment_name(invoice, company, number), make_document(invoice, company, number)

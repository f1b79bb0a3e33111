"""The messages of the sample books. Each is created when it is first read, by the code that creates real messages."""

from dataclasses import replace
from pathlib import Path

from facturier.mail.practice.books import sample_company
from facturier.mail.sending.compose import first_composition
from facturier.mail.sending.prepare import prepare_invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.outbox.deliveries import get_delivery, has_message
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.queue import freeze_message
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.i18n import LANGUAGES


def make_message(store: Store, delivery_id: int) -> None:
    """Create and store a message as it would have been when the invoice was queued, with the data of that time.

    Nothing happens if there is a message already, or if it cannot be created. Raises StoreError.
    """
    if has_message(store, delivery_id):
        return
    folder = Path(read_company(store).practice)
    delivery = get_delivery(store, delivery_id)
    invoice = replace(get_invoice(store, delivery.invoice_id), book_status=BookStatus.DRAFT, paid=0, delivery=None)
    for language in LANGUAGES:  # the company's may have been changed since the books were made
        company = sample_company(folder, language)
        composition = first_composition(invoice, company, SenderKind.DEFAULT)
        if composition.subject == delivery.subject:
            break
    message = prepare_invoice(invoice, company, composition, delivery.envelope.sender, delivery.queued).message
    with store.writing():
        if message and not has_message(store, delivery_id):  # another window may have been faster
            freeze_message(store, delivery_id, message)

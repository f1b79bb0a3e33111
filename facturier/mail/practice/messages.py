"""The messages of the sample books: made by the same code as real ones, after the list of invoices is on the screen."""

import threading
from collections.abc import Callable
from dataclasses import replace

from facturier.mail.sending.compose import first_composition
from facturier.mail.sending.prepare import prepare_invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.outbox.deliveries import get_delivery, without_message
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.queue import freeze_message
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store

# Every transaction makes open windows read their rows again. The first ones are small: they are on the screen.
_BATCHES = (4, 16, 60)


def make_messages(store: Store, stop: threading.Event, told: Callable[[int, int], None] | None = None) -> None:
    """Make the missing messages, newest first, until `stop` is set. Another process may be doing the same.

    `told(done, of)` reports the progress. Raises StoreError."""
    company = read_company(store)
    missing = without_message(store)
    done = 0
    while done < len(missing) and not stop.is_set():
        size = next((size for size in _BATCHES if done < size), _BATCHES[-1])
        made = {}
        for delivery_id in missing[done : done + size]:
            if stop.is_set():
                break
            made[delivery_id] = _message(store, company, delivery_id)
            if told:
                told(done + len(made), len(missing))
        with store.writing():
            still = set(without_message(store))
            for delivery_id, message in made.items():
                if message and delivery_id in still:
                    freeze_message(store, delivery_id, message)
        done += size


def _message(store: Store, company: Company, delivery_id: int) -> bytes:
    """The message as it was when the invoice was queued; empty if it cannot be made."""
    delivery = get_delivery(store, delivery_id)
    invoice = replace(get_invoice(store, delivery.invoice_id), book_status=BookStatus.DRAFT, paid=0, delivery=None)
    composition = first_composition(invoice, company, SenderKind.DEFAULT)
    composition = replace(composition, to=", ".join(delivery.envelope.to), cc="", bcc="")
    return prepare_invoice(invoice, company, composition, delivery.envelope.sender, delivery.queued).message

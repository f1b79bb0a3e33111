"""When no reminder may be sent for an invoice, whatever is in the outbox."""

from datetime import date

from facturier.models.books.status import BookStatus, InvoiceKind, Silence
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import _, spoken

_invoice, _customer = tables.Invoice, tables.Customer


def reminder_problem(store: Store, invoice_id: int, stated: int | None = None) -> str:
    """Return why no reminder may be sent for an invoice today, as a sentence, or an empty text.

    `stated` is the balance in the reminder, in minor units: a reminder that states another balance than today's is not
    sent.
    """
    found = store.first(_facts(id=invoice_id))
    if found is None:
        return _("This invoice no longer exists.")
    _id, kind, status, stage, balance, off, why, until, customer_off = found
    today = store.clock().astimezone().date()
    if kind is not InvoiceKind.INVOICE or status is not BookStatus.ISSUED:
        return _("The invoice is void.") if status is BookStatus.VOID else _("This is not an issued invoice.")
    if balance <= 0:
        return _("The invoice is paid.")
    if stage != "owed":
        return _("The customer does not have the invoice: it was not sent, or it bounced.")
    if stated is not None and balance != stated:
        return _("The balance has changed since this reminder was written.")
    if off or customer_off:
        return _("Reminders are off for this invoice.") if off else _("Reminders are off for this customer.")
    return silence_problem(why, until, today)


def silence_problem(why: Silence, until: date | None, today: date) -> str:
    """Return why a promise or a dispute prevents reminders today, or an empty text."""
    if why is Silence.PROMISE and until is not None and today <= until:
        return _("The customer has promised to pay by {day}.").format(day=day_text(until, spoken()))
    if why is Silence.DISPUTE and (until is None or today <= until):
        return _("The customer disputes the invoice.")
    return ""


_facts = Prepared(
    lambda: (
        _invoice.select(
            *(_invoice.id, _invoice.kind, _invoice.book_status, _invoice.stage, _invoice.balance),
            *(_invoice.chase_off, _invoice.silent_why, _invoice.silent_until, _customer.chase_off),
        )
        .left_outer_join(_customer, on=_customer.id == _invoice.customer_id)
        .where(_invoice.id == slot(_invoice.id))
    )
)

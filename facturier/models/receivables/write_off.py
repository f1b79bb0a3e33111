"""Write off what will not be paid of an invoice."""

from datetime import date

from facturier.models.books.invoice import Payment
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking
from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind
from facturier.models.errors import InputError, StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import TEXT, check_length
from facturier.models.text.money import Money


def write_off(
    store: Store, invoice_id: int, day: date, reason: str, amount: int | None = None, *, seen: int | None = None
) -> Payment:
    """Write off a part of the balance of an invoice (`amount` in minor units), or all of it. `seen` is the balance that
    the person saw. Removed like a payment.

    Raises InputError without a reason and for more than the balance, and StoreError for a draft, a credit note, and if
    the balance has changed.
    """
    reason = reason.strip()
    if not reason:
        raise InputError(_("Enter a reason."))
    check_length(reason, TEXT)
    with store.writing():
        invoice = get_invoice(store, invoice_id)
        balance = invoice.balance.minor
        if invoice.book_status is not BookStatus.ISSUED or invoice.kind is not InvoiceKind.INVOICE or balance <= 0:
            raise StoreError(
                _("Only an issued invoice with a balance can be written off."), kept=_("Nothing was changed.")
            )
        if seen is not None and balance != seen:
            raise StoreError(
                _("The balance of invoice {number} has changed in the meantime.").format(number=invoice.number),
                kept=_("Nothing was recorded."),
                todo=_("Check the balance."),
            )
        amount = balance if amount is None else amount
        if not 0 < amount <= balance:
            words = _("Enter an amount above zero and at most {most} {currency}.")
            raise InputError(words.format(most=invoice.balance.plain(), currency=invoice.currency))
        kind = PaymentKind.WRITE_OFF
        row = {"invoice_id": invoice_id, "date": day, "amount": amount, "method": "", "kind": kind, "reference": reason}
        payment_id = store.run(tables.Payment.insert(row))
        said = Money(amount, invoice.currency).plain()
        write_booking(store, "written_off", invoice.customer.id, invoice_id, amount=said, reason=reason)
        return Payment(payment_id, invoice_id, day, amount, kind=kind, reference=reason)

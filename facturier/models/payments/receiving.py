"""Record what a customer paid, and allocate it to invoices.

The credit of a customer in a currency is never below zero.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from peewee import fn

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_booking
from facturier.models.books.status import BookStatus, InvoiceKind, PaymentKind
from facturier.models.errors import InputError, StoreError
from facturier.models.payments.amount_limits import check_room
from facturier.models.payments.customer_payment import CustomerPayment, get_payment, payment_with_key
from facturier.models.payments.removed_keys import check_key, free_key
from facturier.models.settings.line import LARGEST
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.limits import NAME, TEXT, check_length
from facturier.models.text.money import Money

_row, _part, _invoice = tables.CustomerPayment, tables.Payment, tables.Invoice
_known = Prepared(
    lambda: tables.Customer.select(tables.Customer.id).where(tables.Customer.id == slot(tables.Customer.id))
)


def receive_payment(
    store: Store,
    payment: CustomerPayment,
    allocation: Mapping[int, int] | None = None,
    *,
    among: Collection[int] | None = None,
    seen: Mapping[int, int] | None = None,
) -> CustomerPayment:
    """Record what a customer paid. `payment` has no id and no parts yet. Return it with both.

    `allocation` says which amount goes to which invoice. Without it, the oldest open invoices of the customer are paid
    first, or of `among`, the ids of some invoices. `seen` has the balances that the person saw. If the key of the
    payment was used before, nothing is booked and the payment of that time is returned.

    Raises InputError if an amount or a text is not valid, if more is allocated than the payment or a balance, and if
    the key was used for a different payment. Raises PaymentRemoved if the payment with this key was removed, and
    StoreError if an invoice cannot be paid or a balance has changed.
    """
    check_details(payment)
    with store.writing():
        if payment.key is not None and (before := payment_with_key(store, payment.key)) is not None:
            return _the_same(before, payment, allocation.keys() if allocation is not None else among)
        if payment.key is not None:
            check_key(store, payment.key)
        if payment.currency == "":
            raise InputError(_("A payment needs a currency."))
        if allocation is None:
            allocation = proposed(store, payment, among)
        for invoice_id in {*(seen or {}), *allocation}:
            check_seen(get_invoice(store, invoice_id), seen)
        parts = [(invoice_id, payment.date, amount) for invoice_id, amount in allocation.items()]
        return _book(store, replace(payment, id=0), parts)


def receive_again(store: Store, removed: CustomerPayment) -> CustomerPayment:
    """Undo the removal of a payment. It gets its id and key back, and its parts their days: a receipt that was sent for
    it is known, and is not sent again.

    Raises StoreError if someone has undone the removal already, and what `receive_payment` raises.
    """
    with store.writing():
        if store.value(_row.select(_row.id).where(_row.id == removed.id)) is not None:
            raise StoreError(_("This payment was already recorded again."), kept=_("Nothing was changed."))
        if removed.key is not None:
            free_key(store, removed.key)
        return _book(store, removed, [(part.invoice_id, part.date, part.amount) for part in removed.parts])


def _book(store: Store, payment: CustomerPayment, parts: Iterable[tuple[int, date, int]]) -> CustomerPayment:
    """Record a payment and its parts, given as invoice, day and amount, inside the caller's transaction."""
    if payment.customer_id is not None and store.value(_known(id=payment.customer_id)) is None:
        raise InputError(_("This customer was deleted or merged in the meantime."))
    check_room(store, payment.amount)
    payment_id = store.run(
        _row.insert(
            **({"id": payment.id} if payment.id else {}),
            customer_id=payment.customer_id,
            **details(payment),
            currency=payment.currency,
            key=payment.key,
            created=store.clock(),
        )
    )
    booked = replace(payment, id=payment_id)
    for invoice_id, day, amount in parts:
        add_part(store, booked, invoice_id, day, amount)
    booked = get_payment(store, payment_id)
    check_credit(store, booked)
    tell(store, booked, "paid", "credit_received")
    return booked


def proposed(store: Store, payment: CustomerPayment, among: Collection[int] | None = None) -> dict[int, int]:
    """Return the allocation to the oldest invoices first: the open ones of the customer, or those of `among`."""
    if payment.amount < 0:
        return {}
    if among is None:
        if payment.customer_id is None:
            return {}
        invoices: Sequence[tuple[int, int]] = open_balances(store, payment.customer_id, payment.currency)
    else:
        found = sorted((get_invoice(store, one) for one in among), key=lambda one: (one.date, one.id or 0))
        for one in found:
            _check_payable(one, payment)
        invoices = [(one.id or 0, one.balance.minor) for one in found]
    return spread(payment.amount, invoices)


def spread(amount: int, invoices: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return how much of an amount goes to each of these invoices, given as id and balance, the first ones first."""
    allocation: dict[int, int] = {}
    for invoice_id, balance in invoices:
        part = min(amount, balance)
        if part > 0:
            allocation[invoice_id] = part
            amount -= part
    return allocation


def open_balances(store: Store, customer_id: int, currency: str) -> list[tuple[int, int]]:
    """Return the ids and balances of a customer's open invoices in a currency, the oldest first."""
    query = _invoice.select(_invoice.id, _invoice.balance).where(
        _invoice.customer_id == customer_id,
        _invoice.currency == currency,
        _invoice.book_status == BookStatus.ISSUED,
        _invoice.kind == InvoiceKind.INVOICE,
        _invoice.balance > 0,
    )
    return store.all(query.order_by(_invoice.date, _invoice.id))


def check_details(payment: CustomerPayment) -> None:
    """Raises InputError if the amount or a text of a payment is not valid."""
    if payment.amount == 0:
        raise InputError(_("A payment cannot be zero."))
    if abs(payment.amount) > LARGEST:
        raise InputError(_("This amount is too large."))
    for text in (payment.method, payment.reference, payment.account, payment.key or ""):
        check_length(text, NAME)
    check_length(payment.note, TEXT)
    if payment.key is not None and not payment.key:
        raise InputError(_("The key of the payment cannot be empty."))


def add_part(store: Store, payment: CustomerPayment, invoice_id: int, day: date, amount: int) -> None:
    """Allocate a part of a payment to an invoice, inside the transaction. Raises InputError, StoreError."""
    invoice = get_invoice(store, invoice_id)
    _check_payable(invoice, payment)
    taken = store.value(_row.select(_row.allocated).where(_row.id == payment.id)) + amount
    if amount == 0 or (amount < 0) != (payment.amount < 0):
        raise InputError(_("The amount for an invoice must be above zero."))
    if abs(taken) > abs(payment.amount):
        raise InputError(
            _("The amounts for the invoices exceed the payment of {amount}.").format(amount=_said(payment))
        )
    balance = invoice.balance.minor
    if invoice.is_credit:
        if not balance <= amount < 0:
            raise InputError(_("A refund cannot be more than the remaining credit."))
    elif amount < 0:
        most = money_received(store, invoice_id)
        if -amount > most:
            words = _("A refund can be at most what was paid for the invoice: {most}.")
            raise InputError(words.format(most=Money(max(most, 0), invoice.currency).plain()))
    elif amount > max(balance, 0):
        words = _("The balance of invoice {number} is only {balance}.")
        raise InputError(words.format(number=invoice.number, balance=invoice.balance.plain()))
    store.run(
        _part.insert(
            invoice_id=invoice_id,
            customer_payment_id=payment.id,
            date=day,
            amount=amount,
            method=payment.method,
            reference=payment.reference,
            account=payment.account,
        )
    )


def money_received(store: Store, invoice_id: int) -> int:
    """Return what was paid for an invoice, less refunds, in minor units: credits and write-offs are no money."""
    money = _part.kind << (PaymentKind.PAYMENT, PaymentKind.DEPOSIT)
    found = _part.select(fn.COALESCE(fn.SUM(_part.amount), 0).converter(int)).where(_part.invoice_id == invoice_id)
    return int(store.value(found.where(money)))


def _check_payable(invoice: Invoice, payment: CustomerPayment) -> None:
    if invoice.is_estimate:
        raise StoreError(_("An estimate cannot be paid."), todo=_("Convert it to an invoice first."))
    if invoice.book_status is not BookStatus.ISSUED:
        raise StoreError(
            _("Only an issued invoice can be paid."), todo=_("Send it first, or issue it without sending it.")
        )
    problem = ""
    if invoice.currency != payment.currency:
        problem = _("Invoice {number} is in {currency}.").format(number=invoice.number, currency=invoice.currency)
    elif invoice.customer.id != payment.customer_id:
        problem = _("Invoice {number} is for a different customer.").format(number=invoice.number)
    elif invoice.is_credit and payment.amount > 0:
        problem = _("A refund cannot be more than the remaining credit.")
    if problem:
        raise InputError(problem)


def check_seen(invoice: Invoice, seen: Mapping[int, int] | None) -> None:
    """Raises StoreError if the balance of the invoice is not the one that the person saw."""
    if seen is not None and invoice.balance.minor != seen.get(invoice.id or 0, invoice.balance.minor):
        raise StoreError(
            _("The balance of invoice {number} has changed in the meantime.").format(number=invoice.number),
            kept=_("Nothing was recorded."),
            todo=_("Someone else may have recorded this payment. Check the balance."),
        )


def check_credit(store: Store, payment: CustomerPayment) -> None:
    """Raises InputError or StoreError if less than no credit would be left, inside the transaction that changes it."""
    if payment.customer_id is None:
        if payment.rest:
            raise InputError(
                _("This is more than the balance, and the invoice has no saved customer to keep the credit for.")
            )
        return
    left = credit_left(store, payment.customer_id, payment.currency)
    if left < 0:
        if payment.amount < 0:
            most = Money(left - payment.rest, payment.currency).plain()
            raise InputError(_("The customer’s credit is only {most}.").format(most=most))
        raise StoreError(
            _("The credit from this payment was already paid back."),
            kept=_("Nothing was changed."),
            todo=_("Remove the refund first."),
        )


def credit_left(store: Store, customer_id: int, currency: str) -> int:
    """Return what a customer paid, less refunds, and what is not allocated to invoices, in minor units."""
    rest = fn.COALESCE(fn.SUM(_row.amount - _row.allocated), 0)
    open_ = _row.allocated != _row.amount
    found = _row.select(rest.converter(int)).where(_row.customer_id == customer_id, _row.currency == currency, open_)
    return int(store.value(found) or 0)


def _the_same(before: CustomerPayment, asked: CustomerPayment, invoices: Collection[int] | None) -> CustomerPayment:
    """Return the payment that has the key, if it is what is asked for. Its parts may have been changed since."""
    same = replace(before, id=0, parts=()) == replace(asked, id=0, parts=())
    elsewhere = before.allocation.keys() - set(invoices) if invoices else set()
    if same and not elsewhere:
        return before
    raise InputError(
        _("The key “{key}” was already used for a different payment: {amount} on {day}.").format(
            key=asked.key, amount=_said(before), day=before.date.isoformat()
        )
    )


def details(payment: CustomerPayment) -> dict[str, Any]:
    return {name: getattr(payment, name) for name in ("date", "amount", "method", "reference", "account", "note")}


def tell(store: Store, payment: CustomerPayment, of_part: str, of_rest: str, *, without: Collection[int] = ()) -> None:
    """Write what was booked into the history: of each part, except on the invoices `without`, and of the rest."""
    told = {"method": payment.method, "payment": str(payment.id), "reference": payment.reference}
    if of_part == "payment_removed":
        told["day"] = payment.date.isoformat()
    whole = _said(payment) if len(payment.allocation) > 1 or payment.rest else ""
    for invoice_id, amount in payment.allocation.items():
        if invoice_id not in without:
            said = Money(amount, payment.currency).plain()
            short = told if whole else {name: text for name, text in told.items() if name != "payment"}
            write_booking(store, of_part, payment.customer_id, invoice_id, amount=said, whole=whole, **short)
    if payment.rest:
        said = Money(payment.rest, payment.currency).plain()
        currency = payment.currency
        write_booking(store, of_rest, payment.customer_id, None, amount=said, currency=currency, whole=whole, **told)


def _said(payment: CustomerPayment) -> str:
    return Money(payment.amount, payment.currency).plain()

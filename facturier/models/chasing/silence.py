"""Promises, disputes and the off switches: why no reminders are sent for an invoice or a customer."""

from datetime import date
from typing import NamedTuple

from facturier.models.books.journal import write_booking, write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, Silence
from facturier.models.errors import InputError, NoSuchInvoice, StoreError
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.i18n import _
from facturier.models.text.limits import LINE, check_length

_invoice, _customer, _journal = tables.Invoice, tables.Customer, tables.Journal


class Silenced(NamedTuple):
    """Why no reminders are sent for an invoice: `until` is the last day of a promise or a dispute, and `reason` says
    what is disputed."""

    why: Silence = Silence.NONE
    until: date | None = None
    off: bool = False
    customer_off: bool = False
    reason: str = ""


def silenced(store: Store, invoice_id: int) -> Silenced:
    """Return why no reminders are sent for an invoice. Raises NoSuchInvoice."""
    query = _invoice.select(
        _invoice.id, _invoice.silent_why, _invoice.silent_until, _invoice.chase_off, _customer.chase_off
    ).left_outer_join(_customer, on=_customer.id == _invoice.customer_id)
    found = store.first(query.where(_invoice.id == invoice_id))
    if found is None:
        raise NoSuchInvoice(_("This invoice no longer exists."))
    _id, why, until, off, customer_off = found
    reason = _disputed(store, invoice_id) if why is Silence.DISPUTE else ""
    return Silenced(why, until, off, bool(customer_off), reason)


def _disputed(store: Store, invoice_id: int) -> str:
    """Return what is disputed. Only the history has it, in the latest entry about a dispute."""
    about = (_journal.invoice_id == invoice_id) & (_journal.kind == _ENTRIES[Silence.DISPUTE])
    latest = _journal.select(_journal.id, _journal.detail).where(about).order_by(_journal.id.desc()).limit(1)
    found = store.first(latest)
    return str(found[1].get("reason", "")) if found is not None else ""


def parse_promise(typed: str, today: date) -> date:
    """Return the day until which a customer has promised to pay, such as `5 Dec` or `Friday`; never a day in the past.

    A day and month that are over this year are in the next one. Raises InputError.
    """
    day = parse_day(typed, today)
    if day < today and not any(part.isdigit() and len(part) == 4 for part in typed.replace("-", " ").split()):
        with_year = f"{day.day}/{day.month}/{today.year + 1}"
        next_year = parse_day(with_year, today)
        if (next_year - today).days < 270:
            day = next_year
    if day < today:
        raise InputError(_("This day is in the past. Enter today or a later day."))
    return day


def set_promise(store: Store, invoice_id: int, until: date) -> Silenced:
    """Record that the customer has promised to pay by a day, and send no reminders until it is over.

    Return what was there before, for `restore_silence`. Raises NoSuchInvoice, StoreError.
    """
    return _set(store, invoice_id, Silence.PROMISE, until)


def set_dispute(store: Store, invoice_id: int, until: date | None = None, reason: str = "") -> Silenced:
    """Record that the customer disputes the invoice and for which `reason`, and send no reminders until a day, or until
    it is ended.

    Return what was there before, for `restore_silence`. Raises InputError, NoSuchInvoice, StoreError.
    """
    check_length(reason, LINE)
    return _set(store, invoice_id, Silence.DISPUTE, until, clean(reason).strip())


def end_silence(store: Store, invoice_id: int) -> Silenced:
    """End a promise or a dispute. Return what was there before. Raises NoSuchInvoice."""
    return _set(store, invoice_id, Silence.NONE, None)


def turn_reminders(store: Store, invoice_id: int, *, off: bool) -> Silenced:
    """Turn the reminders of one invoice off or on. Return what was there before. Raises NoSuchInvoice."""
    with store.writing():
        before = silenced(store, invoice_id)
        if before.off != off:
            store.run(_invoice.update(chase_off=off).where(_invoice.id == invoice_id))
            write_journal(store, "reminders_off" if off else "reminders_on", invoice_id)
        return before


def turn_customer(store: Store, customer_id: int, *, off: bool) -> bool:
    """Turn the reminders of a customer off or on. Return whether they were off before. Raises StoreError."""
    with store.writing():
        found = store.first(_customer.select(_customer.id, _customer.name, _customer.chase_off).where(
            _customer.id == customer_id
        ))  # fmt: skip
        if found is None:
            raise StoreError(_("This customer no longer exists."))
        _id, name, before = found
        if before != off:
            store.run(_customer.update(chase_off=off).where(_customer.id == customer_id))
            kind = "customer_reminders_off" if off else "customer_reminders_on"
            write_booking(store, kind, customer_id, None, customer=name)
        return bool(before)


def are_off_for(store: Store, customer_id: int) -> bool:
    """Return whether the reminders of a customer are off."""
    return bool(store.value(_customer.select(_customer.chase_off).where(_customer.id == customer_id)))


def restore_silence(store: Store, invoice_id: int, before: Silenced) -> None:
    """Undo one of the changes above. Raises NoSuchInvoice."""
    with store.writing():
        turn_reminders(store, invoice_id, off=before.off)
        _set(store, invoice_id, before.why, before.until, before.reason)


def _set(store: Store, invoice_id: int, why: Silence, until: date | None, reason: str = "") -> Silenced:
    with store.writing():
        before = silenced(store, invoice_id)
        if (before.why, before.until, before.reason) == (why, until, reason):
            return before
        kind, status = store.first(_kind(invoice_id))[1:]
        if why and (kind is not InvoiceKind.INVOICE or status is not BookStatus.ISSUED):
            raise StoreError(
                _("Only an issued invoice can have a promise or a dispute."), kept=_("Nothing was changed.")
            )
        store.run(_invoice.update(silent_why=why, silent_until=until).where(_invoice.id == invoice_id))
        if why is Silence.NONE:
            write_journal(store, "silence_ended", invoice_id, was=before.why.value)
        else:
            write_journal(store, _ENTRIES[why], invoice_id, day=until.isoformat() if until else "", reason=reason)
        return before


_ENTRIES = {Silence.PROMISE: "promised", Silence.DISPUTE: "disputed"}


def _kind(invoice_id: int) -> object:
    return _invoice.select(_invoice.id, _invoice.kind, _invoice.book_status).where(_invoice.id == invoice_id)

"""Create and change schedules."""

from dataclasses import replace
from datetime import date as Day
from typing import Any

from facturier.models.books.alerts import AlertKind
from facturier.models.books.edits import changed_elsewhere
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, PeriodUnit, Prices, RecurringAction
from facturier.models.drafts.drafts import copied, save_draft
from facturier.models.errors import StoreError
from facturier.models.recurring.periods import Rhythm, check_rhythm
from facturier.models.recurring.schedule import Schedule, get_schedule, next_after, schedules_from
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_schedule, _run, _invoice = tables.Schedule, tables.ScheduleRun, tables.Invoice


def create_schedule(
    store: Store,
    invoice_id: int,
    rhythm: Rhythm,
    *,
    action: RecurringAction = RecurringAction.DRAFT,
    prices: Prices = Prices.FIXED,
) -> Schedule:
    """Copy an invoice, or a draft, into the template of a new schedule.

    An invoice of the first day is the invoice of that period: it is not created again. Raises InputError,
    NoSuchInvoice, and StoreError if the invoice has the same schedule already: after a command that is repeated, the
    customer would be billed twice for each period.
    """
    check_rhythm(rhythm)
    with store.writing():
        original = get_invoice(store, invoice_id)
        for known in schedules_from(store, invoice_id):
            if _settings(known) == (rhythm, action, prices):
                raise StoreError(
                    _("This invoice already has the same schedule ({id}).").format(id=known.id),
                    kept=_("No second schedule was created."),
                    todo=_("Duplicate the invoice if the customer should get both."),
                )
        template = save_draft(store, _template_of(store, original, rhythm))
        schedule_id = store.run(
            _schedule.insert(
                invoice_id=template.id,
                **_columns(rhythm),
                action=action,
                prices=prices,
                paused=False,
                next=rhythm.first,
                created=store.clock(),
            )
        )
        write_journal(store, "made_recurring", invoice_id, schedule=str(schedule_id))
        schedule = get_schedule(store, schedule_id)
        if is_first(original, rhythm):
            run = {"schedule_id": schedule_id, "period": rhythm.first, "invoice_id": invoice_id, "at": store.clock()}
            store.run(_run.insert(run))
            advance(store, schedule)
        return get_schedule(store, schedule_id)


def _template_of(store: Store, original: Invoice, rhythm: Rhythm) -> Invoice:
    """Return the template for invoices like `original`, not saved yet."""
    copy = copied(store, original, rhythm.first)
    return replace(copy, kind=InvoiceKind.RECURRING, source_id=original.id)


def is_first(invoice: Invoice, rhythm: Rhythm) -> bool:
    """Return whether an invoice is the one of the first period."""
    plain = invoice.kind is InvoiceKind.INVOICE and invoice.book_status is not BookStatus.VOID
    return plain and invoice.date == rhythm.first


def proposed_first(invoice: Invoice, today: Day) -> Day:
    """Return the first day of a monthly schedule for an invoice: its own, unless a month has passed since."""
    monthly = Rhythm(1, PeriodUnit.MONTH, invoice.date)
    following = monthly.after(invoice.date)
    return invoice.date if following is None or following > today else (monthly.after(today) or today)


def change_schedule(
    store: Store,
    schedule_id: int,
    rhythm: Rhythm,
    *,
    action: RecurringAction,
    prices: Prices,
    seen: Schedule | None = None,
) -> Schedule:
    """Change when and how invoices are created. A period that was invoiced or skipped is not invoiced again, and the
    next one comes after it.

    `seen` is the schedule as the person saw it. Raises InputError, and ChangedElsewhere if another window has changed
    or deleted it.
    """
    check_rhythm(rhythm)
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        if seen is not None and _settings(schedule) not in (_settings(seen), (rhythm, action, prices)):
            raise changed_elsewhere()
        following = next_after(store, schedule_id, rhythm)
        if rhythm == schedule.rhythm:
            following = schedule.next
        store.run(
            _schedule.update(**_columns(rhythm), action=action, prices=prices, next=following).where(
                _schedule.id == schedule_id
            )
        )
        settle_missed(store, schedule.invoice_id)
        write_journal(store, "schedule_changed", schedule.invoice_id)
        return get_schedule(store, schedule_id)


def _settings(schedule: Schedule) -> tuple[Rhythm, RecurringAction, Prices]:
    return schedule.rhythm, schedule.action, schedule.prices


def advance(store: Store, schedule: Schedule) -> None:
    """Move on to the period after the next one, inside the transaction that invoices or skips it."""
    assert schedule.next is not None
    following = schedule.rhythm.after(schedule.next)
    store.run(_schedule.update(next=following).where(_schedule.id == schedule.id))
    if following is not None:  # so that the template shows when its next invoice is due
        row = get_invoice(store, schedule.invoice_id)
        dates = {"date": following, "due": row.payment_terms.due(following)}
        store.run(_invoice.update(**dates).where(_invoice.id == schedule.invoice_id))


def settle_missed(store: Store, invoice_id: int) -> None:
    """Settle the alert about missed periods of this template, inside the transaction that changed them. If there still
    are several, the next check raises it again."""
    alert = tables.Alert
    about = (alert.kind == AlertKind.RECURRING_MISSED) & (alert.detail.part("address") == own(invoice_id))
    these = about & alert.dealt.is_null()
    store.run(alert.update(dealt=store.clock(), dealt_by=store.user).where(these))


def own(invoice_id: int) -> str:
    """Return the detail `address` of an alert about this invoice or template.

    The index of open alerts allows one for each kind, delivery and address, and these alerts have no delivery.
    """
    return f"@{invoice_id}"


def _columns(rhythm: Rhythm) -> dict[str, Any]:
    names = ("every", "unit", "first", "until", "most")
    return {name: getattr(rhythm, name) for name in names}

"""The schedules of recurring invoices: create, list, change, pause, skip a period, delete.

A schedule has a template, which is an invoice of kind `recurring`: it is edited like a draft and is never issued.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Day
from itertools import islice, takewhile
from typing import Any, NamedTuple

from peewee import SQL, fn

from facturier.models.books.alerts import AlertKind
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, InvoiceKind, PeriodUnit, Prices, RecurringAction
from facturier.models.drafts.drafts import copied, save_draft
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.recurring.periods import Rhythm, check_rhythm
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_schedule, _run, _invoice = tables.Schedule, tables.ScheduleRun, tables.Invoice
SHOWN = 5  # how many of the next dates are shown


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule. `invoice_id` is its template, whose customer, total and currency come with it.

    `next` is the first period that is neither invoiced nor skipped, None after the last one. `total` is in minor units.
    """

    id: int
    invoice_id: int
    rhythm: Rhythm
    action: RecurringAction
    prices: Prices
    paused: bool
    next: Day | None
    customer: str
    total: int
    currency: str

    @property
    def amount(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def status(self) -> str:
        """Return `active`, `paused` or `ended`."""
        if self.next is None:
            return "ended"
        return "paused" if self.paused else "active"

    def upcoming(self, count: int = SHOWN) -> list[Day]:
        """Return the next periods, the one that is due included."""
        return [] if self.next is None else list(islice(self.rhythm.since(self.next), count))

    def due(self, today: Day) -> list[Day]:
        """Return the periods whose day has come, whether the schedule is paused or not."""
        if self.next is None:
            return []
        return list(takewhile(lambda period: period <= today, self.rhythm.since(self.next)))


class Run(NamedTuple):
    """A period that was invoiced or skipped. A draft has no number, and a deleted invoice no id."""

    period: Day
    skipped: bool
    invoice_id: int | None
    number: str | None
    book_status: BookStatus | None


def _read(*, every: int, unit: PeriodUnit, first: Day, until: Day | None, most: int | None, **columns: Any) -> Schedule:
    return Schedule(rhythm=Rhythm(every, unit, first, until, most), **columns)


def _select() -> Any:
    return _schedule.select(
        *(_schedule.id, _schedule.invoice_id, _schedule.every, _schedule.unit, _schedule.first, _schedule.until),
        *(_schedule.most, _schedule.action, _schedule.prices, _schedule.paused, _schedule.next),
        *(_invoice.customer, _invoice.total, _invoice.currency),
    ).join(_invoice, on=_invoice.id == _schedule.invoice_id)


_by_id = Prepared(lambda: _select().where(_schedule.id == slot(_schedule.id)).objects(_read))
_of_template = Prepared(
    lambda: _schedule.select(_schedule.id).where(_schedule.invoice_id == slot(_schedule.invoice_id))
)
_due = Prepared(
    lambda: _schedule.select(_schedule.id).where(
        SQL("paused = 0 AND next != ''"),  # as in the index `schedule_next`, which SQLite does not use for parameters
        _schedule.next <= slot(_schedule.next),
    )
)
_last_run = Prepared(
    lambda: (
        _run.select(_run.period).where(_run.schedule_id == slot(_run.schedule_id)).order_by(_run.period.desc()).limit(1)
    )
)


def get_schedule(store: Store, schedule_id: int) -> Schedule:
    """Raises ChangedElsewhere if there is none any more, DamagedRow."""
    found: Schedule | None = store.first(_by_id(id=schedule_id))
    if found is None:
        raise ChangedElsewhere(_("This schedule was deleted in the meantime."))
    return found


def all_schedules(store: Store) -> list[Schedule]:
    """Return every schedule: active ones by their next day, then paused ones, then those that have ended."""
    order = ("active", "paused", "ended")
    found: list[Schedule] = store.all(_select().order_by(_schedule.id).objects(_read))
    return sorted(found, key=lambda one: (order.index(one.status), one.next or Day.max, one.customer.casefold()))


def find_schedule(store: Store, ref: str) -> Schedule:
    """Return the schedule that a person calls by its id, such as `3` or `@3`. Raises InputError."""
    digits = ref.removeprefix("@")
    if digits.isdecimal() and len(digits) < 19 and store.first(_by_id(id=int(digits))) is not None:
        return get_schedule(store, int(digits))
    raise InputError(
        _("Cannot find schedule {ref}.").format(ref=ref),
        todo=_("“facturier recurring list” shows the id of each schedule."),
    )


def schedule_of(store: Store, invoice_id: int) -> int | None:
    """Return the id of the schedule whose template this is, which created this invoice, or which was made from it;
    None if there is none."""
    found: int | None = store.value(_of_template(invoice_id=invoice_id))
    if found is None:
        made = _run.select(_run.schedule_id).where(_run.invoice_id == invoice_id, _run.invoice_id.is_null(False))
        found = store.value(made.limit(1))
    if found is None:
        templates = _schedule.select(_schedule.id).join(_invoice, on=_invoice.id == _schedule.invoice_id)
        found = store.value(templates.where(_invoice.source_id == invoice_id).limit(1))
    return found


def due_schedules(store: Store, today: Day) -> list[int]:
    """Return the ids of the active schedules with a period whose day has come. The query is cheap."""
    return [found for (found,) in store.all(_due(next=today))]


def runs_of(store: Store, schedule_id: int) -> list[Run]:
    """Return the periods that were invoiced or skipped, the latest first."""
    status = fn.COALESCE(_invoice.book_status, "").converter(lambda found: BookStatus(found) if found else None)
    found = (
        _run.select(_run.period, _run.skipped, _run.invoice_id, _invoice.number, status)
        .left_outer_join(_invoice, on=_invoice.id == _run.invoice_id)
        .where(_run.schedule_id == schedule_id)
        .order_by(_run.period.desc())
    )
    return [Run(*row) for row in store.all(found)]


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
    NoSuchInvoice.
    """
    check_rhythm(rhythm)
    with store.writing():
        original = get_invoice(store, invoice_id)
        template = save_draft(store, template_of(store, original, rhythm))
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


def template_of(store: Store, original: Invoice, rhythm: Rhythm) -> Invoice:
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
    store: Store, schedule_id: int, rhythm: Rhythm, *, action: RecurringAction, prices: Prices
) -> Schedule:
    """Change when and how invoices are created. A period that was invoiced or skipped is not invoiced again, and the
    next one comes after it. Raises InputError, ChangedElsewhere."""
    check_rhythm(rhythm)
    with store.writing():
        schedule = get_schedule(store, schedule_id)
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


def next_after(store: Store, schedule_id: int, rhythm: Rhythm) -> Day | None:
    """Return the first period of a rhythm after all that were invoiced or skipped."""
    last = store.value(_last_run(schedule_id=schedule_id))
    return next(rhythm.since(rhythm.first), None) if last is None else rhythm.after(last)


def pause_schedule(store: Store, schedule_id: int) -> None:
    """Pause a schedule. It creates no invoices until `resume_schedule` is called."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        if not schedule.paused:
            store.run(_schedule.update(paused=True).where(_schedule.id == schedule_id))
            settle_missed(store, schedule.invoice_id)
            write_journal(store, "schedule_paused", schedule.invoice_id)


def resume_schedule(store: Store, schedule_id: int, *, skip: Sequence[Day] = ()) -> None:
    """Create invoices again. `skip` has the periods that passed during the pause and are not to be invoiced."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        for period in skip:
            skip_period(store, schedule_id, period)
        if schedule.paused:
            store.run(_schedule.update(paused=False).where(_schedule.id == schedule_id))
            write_journal(store, "schedule_resumed", schedule.invoice_id)


def skip_period(store: Store, schedule_id: int, period: Day) -> None:
    """Do not invoice the next period. Raises ChangedElsewhere if `period` is no longer the next one."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        if schedule.next != period:
            raise ChangedElsewhere(_("The next date has changed in the meantime."), kept=_("No date was skipped."))
        store.run(_run.insert(schedule_id=schedule_id, period=period, skipped=True, at=store.clock()))
        advance(store, schedule)
        settle_missed(store, schedule.invoice_id)
        write_journal(store, "period_skipped", schedule.invoice_id, period=period.isoformat())


def undo_skip(store: Store, schedule_id: int, period: Day) -> None:
    """Invoice a skipped period after all. Raises ChangedElsewhere if a later one was invoiced."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        this = (_run.schedule_id == schedule_id) & (_run.period == period)
        if store.value(_last_run(schedule_id=schedule_id)) != period or not store.run(
            _run.delete().where(this, _run.skipped == 1)
        ):
            raise ChangedElsewhere(
                _("A later date was invoiced or skipped in the meantime."), kept=_("Nothing was changed.")
            )
        # Not simply `period`: the rhythm may have been changed since.
        following = next_after(store, schedule_id, schedule.rhythm)
        store.run(_schedule.update(next=following).where(_schedule.id == schedule_id))
        write_journal(store, "skip_undone", schedule.invoice_id, period=period.isoformat())


def delete_schedule(store: Store, schedule_id: int) -> None:
    """Delete a schedule with its template. The invoices that it created are kept."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        settle_missed(store, schedule.invoice_id)
        delete_draft(store, schedule.invoice_id)


def pause_all(store: Store) -> int:
    """Pause every active schedule, inside the caller's transaction, because another copy of the company may have
    created invoices since. Return how many there were."""
    active = [one for one in all_schedules(store) if one.status == "active"]
    for schedule in active:
        pause_schedule(store, schedule.id)
    return len(active)


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

"""A schedule of recurring invoices, and how schedules are read.

A schedule has a template, which is an invoice of kind `recurring`: it is edited like a draft and is never issued.
"""

from dataclasses import dataclass
from datetime import date as Day
from itertools import islice, takewhile
from typing import Any, NamedTuple

from peewee import SQL, fn

from facturier.models.books.status import BookStatus, PeriodUnit, Prices, RecurringAction
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.recurring.periods import Rhythm
from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.i18n import _
from facturier.models.text.money import Money

_invoice, _run, _schedule = tables.Invoice, tables.ScheduleRun, tables.Schedule
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


def schedules_from(store: Store, invoice_id: int) -> list[Schedule]:
    """Return the schedules that were made from an invoice."""
    return store.all(_select().where(_invoice.source_id == invoice_id).objects(_read))


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


def last_period(store: Store, schedule_id: int) -> Day | None:
    """Return the latest period that was invoiced or skipped."""
    found: Day | None = store.value(_last_run(schedule_id=schedule_id))
    return found


def last_invoiced(store: Store, schedule_id: int, today: Day) -> Day | None:
    """Return the latest period until `today` whose invoice was issued or deleted."""
    found = (
        _run.select(_run.period)
        .left_outer_join(_invoice, on=_invoice.id == _run.invoice_id)
        .where(
            _run.schedule_id == schedule_id,
            _run.skipped == 0,
            _run.period <= today,
            _invoice.id.is_null() | (_invoice.book_status != BookStatus.DRAFT),
        )
        .order_by(_run.period.desc())
    )
    latest: Day | None = store.value(found.limit(1))
    return latest


def skipped_periods(store: Store, schedule_id: int) -> list[Day]:
    """Return the periods that a person has skipped."""
    query = _run.select(_run.period).where(_run.schedule_id == schedule_id, _run.skipped == 1).order_by(_run.period)
    return [period for (period,) in store.all(query)]


def some_send(store: Store) -> bool:
    """Return whether there are schedules that send."""
    query = _schedule.select(_schedule.id).where(_schedule.action == RecurringAction.SEND).limit(1)
    return store.value(query) is not None


def next_after(store: Store, schedule_id: int, rhythm: Rhythm) -> Day | None:
    """Return the first period of a rhythm after all that were invoiced or skipped."""
    last = last_period(store, schedule_id)
    return next(rhythm.since(rhythm.first), None) if last is None else rhythm.after(last)

"""Pause schedules, and skip periods."""

from collections.abc import Sequence
from datetime import date as Day

from facturier.models.books.journal import write_journal
from facturier.models.errors import ChangedElsewhere
from facturier.models.recurring.changing import advance, settle_missed
from facturier.models.recurring.schedule import all_schedules, get_schedule, last_period, next_after
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_run, _schedule = tables.ScheduleRun, tables.Schedule


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
        if last_period(store, schedule_id) != period or not store.run(_run.delete().where(this, _run.skipped == 1)):
            raise ChangedElsewhere(
                _("A later date was invoiced or skipped in the meantime."), kept=_("Nothing was changed.")
            )
        # Not simply `period`: the rhythm may have been changed since.
        following = next_after(store, schedule_id, schedule.rhythm)
        store.run(_schedule.update(next=following).where(_schedule.id == schedule_id))
        write_journal(store, "skip_undone", schedule.invoice_id, period=period.isoformat())


def pause_all(store: Store) -> int:
    """Pause every active schedule, inside the caller's transaction, because another copy of the company may have
    created invoices since. Return how many there were."""
    active = [one for one in all_schedules(store) if one.status == "active"]
    for schedule in active:
        pause_schedule(store, schedule.id)
    return len(active)

"""Create the invoice of a period, at most once: its run, whose key is the schedule and the period, and its draft are
written in one transaction."""

from datetime import date as Day
from datetime import datetime
from typing import NamedTuple

from peewee import fn

from facturier.models.books.alerts import AlertKind, raise_alert
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, RecurringAction
from facturier.models.drafts.drafts import save_draft
from facturier.models.recurring.changing import advance, own, settle_missed
from facturier.models.recurring.filling import invoice_of, rate_for
from facturier.models.recurring.pausing import pause_all
from facturier.models.recurring.schedule import Schedule, get_schedule
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_run, _invoice, _journal, _alert = tables.ScheduleRun, tables.Invoice, tables.Journal, tables.Alert
_ENTRY = "recurring"  # the journal entry of an invoice that a schedule created
_NAMED = 12  # how many missed dates an alert names
FRESH = 1  # the version of a draft that nobody has changed


class Unsent(NamedTuple):
    """A draft that its schedule sends, and that was not queued because the program was stopped or because its user may
    not send. `changed` is whether somebody has edited it since."""

    schedule_id: int
    period: Day
    invoice_id: int
    made: datetime
    changed: bool


def make_invoice(store: Store, schedule_id: int, period: Day, today: Day, *, alone: bool = False) -> Invoice | None:
    """Create the draft of a period and return it.

    Return None if the period is not the next one, because another process was faster, if the schedule is paused, and if
    its day has not come. With `alone`, also if more than one period is due: then a person decides. Raises DamagedRow,
    InputError.
    """
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        if schedule.paused or schedule.next != period or period > today:
            return None
        if alone and len(schedule.due(today)) > 1:
            _raise_missed(store, schedule, today)
            return None
        template = get_invoice(store, schedule.invoice_id)
        noted = rate_for(store, template, period, read_company(store).currency)
        draft = save_draft(store, invoice_of(store, template, schedule, period))
        store.run(_run.insert(schedule_id=schedule_id, period=period, invoice_id=draft.id, at=store.clock()))
        _copy_files(store, schedule.invoice_id, draft)
        advance(store, schedule)
        settle_missed(store, schedule.invoice_id)
        told = {"schedule": str(schedule_id), "period": period.isoformat(), "action": str(schedule.action)}
        if draft.exchange_rate:  # it tells `newest_rate` that no person entered it
            told["rate"] = draft.exchange_rate
        if noted is not None:
            told |= {"rate_day": noted.day.isoformat(), "rate_of": noted.number}
        write_journal(store, _ENTRY, draft.id, **told)
        return draft


def _raise_missed(store: Store, schedule: Schedule, today: Day) -> None:
    due = schedule.due(today)
    raise_alert(
        store,
        AlertKind.RECURRING_MISSED,  # not about the template as an invoice: the list would count it
        address=own(schedule.invoice_id),
        customer=schedule.customer,
        count=str(len(due)),
        dates=" ".join(period.isoformat() for period in due[:_NAMED]),
    )


def _copy_files(store: Store, template_id: int, draft: Invoice) -> None:
    file = tables.Attachment
    columns = (file.invoice_id, file.name, file.type, file.bytes)
    found = file.select(file.id, *columns[1:]).where(file.invoice_id == template_id).order_by(file.id)
    for _id, *values in store.whole(found):
        store.run(file.insert(dict(zip(columns, (draft.id, *values), strict=True))))


def unsent_invoices(store: Store) -> list[Unsent]:
    """Return the drafts that should have been queued, without those that an alert names already."""
    # The schedule's action may have changed since: what counts is the action when the draft was created.
    to_send = _journal.select(_journal.id).where(
        _journal.invoice_id == _invoice.id,
        _journal.kind == _ENTRY,
        _journal.detail.part("action") == RecurringAction.SEND.value,
    )
    found = (
        _run.select(_run.invoice_id, _run.schedule_id, _run.period, _run.at, _invoice.version)
        .join(_invoice, on=_invoice.id == _run.invoice_id)
        .where(
            _invoice.stage == "draft",
            _invoice.book_status == BookStatus.DRAFT,
            _invoice.delivery.is_null(),  # a send that was undone is not repeated
            fn.EXISTS(to_send),
        )
        .order_by(_run.at, _run.period)
    )
    rows = store.all(found)
    told = _told(store, [invoice_id for invoice_id, *_ in rows]) if rows else set()
    return [
        Unsent(schedule_id, period, one, made, version != FRESH)
        for one, schedule_id, period, made, version in rows
        if one not in told
    ]


def _told(store: Store, ids: list[int]) -> set[int]:
    """Return those of these drafts that an alert names, whether it is open or not. Alerts have no index for this."""
    these = _alert.select(_alert.id, _alert.invoice_id).where(
        _alert.kind == AlertKind.RECURRING_UNSENT, _alert.invoice_id.in_(ids)
    )
    return {invoice_id for _id, invoice_id in store.all(these)}


def is_unsent(store: Store, invoice_id: int) -> bool:
    return any(one.invoice_id == invoice_id for one in unsent_invoices(store))


def give_up_sending(store: Store, invoice_id: int, reason: str) -> bool:
    """Let a draft that could not be sent remain a draft, with an alert. Return whether it still was to be sent."""
    with store.writing():
        if not is_unsent(store, invoice_id):
            return False
        draft = get_invoice(store, invoice_id)
        raise_alert(
            store,
            AlertKind.RECURRING_UNSENT,
            invoice_id=invoice_id,
            address=own(invoice_id),
            customer=draft.customer.name,
            reason=reason,
        )
        return True


def stop_recurring(store: Store) -> int:
    """Pause every schedule and give up the drafts that should have been queued, because another copy of the company may
    have created and sent these invoices since. Runs inside the caller's transaction. Return how many were paused."""
    paused = pause_all(store)
    for one in unsent_invoices(store):
        give_up_sending(store, one.invoice_id, _("Another copy of the company may have sent this invoice already."))
    if paused:
        raise_alert(store, AlertKind.RECURRING_PAUSED, count=str(paused))
    return paused

"""Delete schedules, and restore one exactly as it was."""

from dataclasses import dataclass
from typing import Any

from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.customers.saving import following
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import ChangedElsewhere
from facturier.models.issuing.deleting import delete_draft
from facturier.models.recurring.changing import settle_missed
from facturier.models.recurring.schedule import Schedule, get_schedule
from facturier.models.store import tables
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_invoice, _run = tables.Invoice, tables.ScheduleRun
_OF_TEMPLATE = (tables.Line, tables.Attachment, tables.Schedule)  # in the order of their references

Rows = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class DeletedSchedule:
    """A schedule that was deleted: the rows of each table, as they were, and its customer."""

    schedule: Schedule
    rows: tuple[tuple[Any, Rows], ...]
    customer: Customer | None


def delete_schedule(store: Store, schedule_id: int) -> DeletedSchedule:
    """Delete a schedule with its template. The invoices that it created are kept. `restore_schedule` undoes it."""
    with store.writing():
        schedule = get_schedule(store, schedule_id)
        settle_missed(store, schedule.invoice_id)
        template = get_invoice(store, schedule.invoice_id)
        deleted = DeletedSchedule(
            schedule,
            (
                (_invoice, _rows(store, _invoice, _invoice.id == template.id)),
                *((table, _rows(store, table, table.invoice_id == template.id)) for table in _OF_TEMPLATE),
                (_run, _rows(store, _run, _run.schedule_id == schedule_id)),
            ),
            None if template.customer.id is None else get_customer(store, template.customer.id),
        )
        delete_draft(store, template.id or 0)
        return deleted


def restore_schedule(store: Store, deleted: DeletedSchedule) -> None:
    """Restore a deleted schedule with its ids, so that its next date, its invoices and its approval are as before.

    If its customer was changed since, the template follows, like a draft. Raises ChangedElsewhere if the customer was
    deleted or merged.
    """
    before = deleted.customer
    with store.writing():
        customer = None if before is None or before.id is None else get_customer(store, before.id)
        if before is not None and customer is None:
            raise ChangedElsewhere(
                _("The customer “{name}” was deleted or merged in the meantime.").format(name=before.name),
                kept=_("The schedule was not restored."),
                todo=_("Create a new schedule from one of its invoices."),
            )
        for table, rows in deleted.rows:
            for row in rows:
                store.run(table.insert(_with_existing(store, row)))
        if before is not None and customer is not None and customer != before:
            template = get_invoice(store, deleted.schedule.invoice_id)
            save_draft(store, following(template, before, customer), before=template)
        write_journal(store, "schedule_restored", deleted.schedule.invoice_id)


def _rows(store: Store, table: Any, which: Any) -> Rows:
    columns = [field for field in table._meta.sorted_fields if field.name not in table._meta.generated]
    return tuple(
        dict(zip([column.name for column in columns], row, strict=True))
        for row in store.whole(table.select(*columns).where(which))
    )


def _with_existing(store: Store, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row that refers to no draft that was deleted since: such references become empty, as on deletion."""
    weak = "source_id" if "source_id" in row else "invoice_id" if "period" in row else ""
    if weak and row[weak] is not None:
        known = store.value(_invoice.select(_invoice.id).where(_invoice.id == row[weak]))
        return row | {weak: known}
    return row

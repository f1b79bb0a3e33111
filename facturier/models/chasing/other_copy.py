"""Reminders that another copy of the company may have sent, such as after the backup that was restored here."""

from datetime import date

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.prepared import Prepared
from facturier.models.store.store import Store

UNSURE = "unsure"  # the detail of a journal entry: another copy may have sent emails since
_journal = tables.Journal
_last = Prepared(
    lambda: _journal.select(fn.MAX(_journal.at).converter(lambda at: at and _journal.at.python_value(at))).where(
        _journal.invoice_id.is_null(),
        (_journal.kind == "restored") | ((_journal.kind == "adopted") & _journal.detail.part(UNSURE).is_null(False)),
    )
)


def replaced_on(store: Store) -> date | None:
    """Return the day on which this file became the company instead of another copy, or None if it never did.

    The other copy may have sent any reminder whose day had come by then.
    """
    at = store.value(_last())
    return at.astimezone().date() if at is not None else None

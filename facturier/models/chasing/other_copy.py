"""Reminders that another copy of the company may have sent, such as after the backup that was restored here, or after
the export that was imported here."""

import json
from datetime import date, datetime

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.damaged_rows import instant_of, reading_row, text
from facturier.models.store.prepared import Prepared
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store

UNSURE = "unsure"  # the detail of a journal entry: another copy may have sent emails since
_IMPORTED = "imported"  # the setting with the time of the import. It is not exported: the journal is
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
    times = [store.value(_last()), _imported(store)]
    at = max((time for time in times if time is not None), default=None)
    return at.astimezone().date() if at is not None else None


def _imported(store: Store) -> datetime | None:
    """Raises DamagedRow: no reminder is sent while it is not known."""
    stored = read_setting(store, _IMPORTED)
    with reading_row("setting", _IMPORTED):
        return instant_of(text(json.loads(stored))) if stored else None


def record_import(store: Store) -> None:
    """Record that the company was imported: the company that was exported goes on. Inside the caller's transaction."""
    write_setting(store, _IMPORTED, json.dumps(store.clock().isoformat()))

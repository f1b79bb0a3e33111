"""The tables of a company as records of its export: which columns, and how each value is written and read.

A record has what people entered and what happened. It leaves out what the company file computes (such as balances and
search texts), who may send, secrets, and the messages.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facturier.models.books.status import State
from facturier.models.errors import InputError
from facturier.models.store import tables
from facturier.models.store.damaged_rows import DAMAGE
from facturier.models.store.fields import Blob, Flag, Json
from facturier.models.text.i18n import _

# A delivery in these states becomes In doubt: the company that is exported goes on and may send it.
_UNFINISHED = (State.QUEUED, State.CLAIMED, State.HANDING_OVER)


@dataclass(frozen=True)
class Section:
    """A table in the export. `left_out` are the columns that are not exported."""

    name: str
    table: Any
    left_out: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[Any]:
        """The columns of a record, the ids first."""
        return [field for field in self.table._meta.sorted_fields if field.name not in self.left_out]

    @property
    def keys(self) -> list[Any]:
        """The columns of the primary key, in order."""
        key = self.table._meta.primary_key
        names = getattr(key, "field_names", None)
        return [self.table._meta.fields[name] for name in names] if names else [key]

    def record(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return a row of these columns as a record."""
        record = {field.name: _written(field, value) for field, value in zip(self.columns, values, strict=True)}
        if self is DELIVERIES and record["state"] in _UNFINISHED:
            words = _("It was in the outbox when the company was exported. It may have been sent since.")
            record |= {"state": State.IN_DOUBT.value, "problem": words}
        if self is SCHEDULES:  # the company that is exported goes on and creates the invoices
            record |= {"paused": True}
        return record

    def values(self, record: object, place: str) -> dict[str, Any]:
        """Return the values of a record's columns by name. Raises InputError, which names `place`."""
        if not isinstance(record, dict):
            raise InputError(_("{place} is not an object.").format(place=place))
        names = {field.name for field in self.columns}
        for wrong, words in (
            (record.keys() - names, _("{place} has an unknown field: {name}.")),
            (names - record.keys(), _("{place} has no field {name}.")),
        ):
            if wrong:
                raise InputError(words.format(place=place, name=min(wrong)))
        return {field.name: _read(field, record[field.name], place) for field in self.columns}


_ITS_INVOICE = frozenset({"invoice_id", "position"})
CUSTOMERS = Section("customers", tables.Customer, frozenset({"folded"}))
ITEMS = Section("items", tables.Item, frozenset({"folded"}))
INVOICES = Section(
    "invoices",
    tables.Invoice,
    frozenset(
        {
            *("paid", "settled", "balance", "delivery", "reached", "alerts", "stage", "counted", "placed"),
            *("folded", "sorted", "version"),
        }
    ),
)
LINES = Section("lines", tables.Line, _ITS_INVOICE)
ATTACHMENTS = Section("attachments", tables.Attachment, frozenset({"id", "invoice_id"}))
REMOVED_PAYMENTS = Section("removed_payments", tables.RemovedPayment)
CUSTOMER_PAYMENTS = Section("customer_payments", tables.CustomerPayment, frozenset({"allocated"}))
PAYMENTS = Section("payments", tables.Payment)
SCHEDULES = Section("schedules", tables.Schedule)
SCHEDULE_RUNS = Section("schedule_runs", tables.ScheduleRun)
DELIVERIES = Section(
    "deliveries", tables.Delivery, frozenset({"epoch", "owner", "lease", "session", "gave_number", "thread"})
)
ALERTS = Section("alerts", tables.Alert)
JOURNAL = Section("journal", tables.Journal)
SECTIONS = (
    CUSTOMERS,
    ITEMS,
    INVOICES,
    CUSTOMER_PAYMENTS,
    REMOVED_PAYMENTS,
    PAYMENTS,
    SCHEDULES,
    SCHEDULE_RUNS,
    DELIVERIES,
    ALERTS,
    JOURNAL,
)


def _written(field: Any, value: Any) -> Any:
    if isinstance(field, Blob):
        return base64.b64encode(value).decode()
    if isinstance(field, Json | Flag):
        return value
    return field.db_value(value)


def _read(field: Any, value: Any, place: str) -> Any:
    try:
        if isinstance(field, Blob):
            return base64.b64decode(value, validate=True)
        if isinstance(field, Json):
            return field.python_value(json.dumps(value))
        if isinstance(field, Flag) != isinstance(value, bool):
            raise TypeError("no such kind of value")
        if value is None and not field.null:
            raise TypeError("no value")
        if field.primary_key and not isinstance(value, int | str):
            raise TypeError("no id")
        return field.python_value(value)
    except (*DAMAGE, binascii.Error) as error:
        words = _("{place}: the value of {name} is not valid: {reason}.")
        raise InputError(words.format(place=place, name=field.name, reason=error)) from None

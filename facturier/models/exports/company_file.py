"""A whole company as JSON, and a new company file from it.

It has the settings, customers, items, invoices with their lines and attachments, numbers, payments, schedules of
recurring invoices (paused), deliveries without their messages, alerts and the journal. Automatic reminders are turned
off. It has no secrets: no vault, no members, no Gmail connection and no password.
Importing an export gives a company whose export is the same.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any, TextIO

import peewee

from facturier.models.books.invoice import ONE_LINE, Customer, Invoice, Item
from facturier.models.chasing.other_copy import record_import
from facturier.models.drafts.drafts import searchable
from facturier.models.errors import FacturierError, InputError
from facturier.models.exports.records import (
    ALERTS,
    ATTACHMENTS,
    CUSTOMERS,
    INVOICES,
    ITEMS,
    LINES,
    SECTIONS,
    Section,
)
from facturier.models.exports.stream import json_parts
from facturier.models.items.items import searchable as searchable_item
from facturier.models.recurring.making import stop_recurring
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.opening import create_company
from facturier.models.store.prepared import Prepared, slots
from facturier.models.store.setting import write_setting
from facturier.models.store.sqlite import TAILS
from facturier.models.store.store import Clock, Store, utc_now
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.models.text.search_text import fold

_FORMAT, _VERSION = "facturier_company", 1
_PAGE = 500
# The settings that belong to the company and not to this file. `practice` names a folder of the demo company.
_SETTINGS = {field.name for field in fields(Company)} - {"practice"} | {
    *("message", "payment_text", "prefix", "next_number"),  # of earlier versions
    "views",
}
_CONFLICTS = (peewee.IntegrityError, vars(peewee)["sqlite3"].IntegrityError)


def company_lines(store: Store) -> Iterator[str]:
    """Return the lines of the export, as the company is at one moment. Raises DamagedRow."""
    with store.reading(), store.database.atomic("DEFERRED"):
        yield f'{{"{_FORMAT}": {_VERSION},\n"settings": {_json(_settings(store))}'
        for section in SECTIONS:
            yield f',\n"{section.name}": ['
            before = "\n"
            for record in _records(store, section):
                yield before + _json(record)
                before = ",\n"
            yield "\n]"
        yield "\n}\n"


def _settings(store: Store) -> dict[str, Any]:
    setting = tables.Setting
    found = store.whole(setting.select(setting.key, setting.value).order_by(setting.key))
    settings = {key: json.loads(value) for key, value in found if key in _SETTINGS}
    if isinstance(automatic := settings.get("automatic_reminders"), dict):
        automatic["on"] = False  # the company that is exported goes on and sends them
    return settings


def _records(store: Store, section: Section) -> Iterator[dict[str, Any]]:
    keys = section.keys
    query = section.table.select(*keys, *section.columns).order_by(*keys).limit(_PAGE)
    if section is ALERTS:  # the others are about the Gmail connection and access, which are not exported
        query = query.where(section.table.invoice_id.is_null(False))
    page = store.whole(query)
    while page:
        records = [section.record(row[len(keys) :]) for row in page]
        if section is INVOICES:
            for part in (LINES, ATTACHMENTS):
                of = _parts(store, part, page[0][0], page[-1][0])
                for record in records:
                    record[part.name] = of.get(record["id"], [])
        yield from records
        page = store.whole(query.where(_after(keys, page[-1])))


def _after(keys: Sequence[Any], last: Sequence[Any]) -> Any:
    """The condition that a row comes after one whose key begins `last`."""
    first, *others = keys
    return (first > last[0]) | ((first == last[0]) & _after(others, last[1:])) if others else first > last[0]


def _parts(store: Store, section: Section, first: int, last: int) -> dict[int, list[dict[str, Any]]]:
    """The lines or attachments of these invoices."""
    table = section.table
    order = table.position if section is LINES else table.id
    rows = store.whole(
        table.select(table.invoice_id, *section.columns)
        .where(table.invoice_id >= first, table.invoice_id <= last)
        .order_by(table.invoice_id, order)
    )
    return {id_: [section.record(row[1:]) for row in some] for id_, some in groupby(rows, key=lambda row: row[0])}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def import_company(
    text: TextIO, path: Path, *, clock: Clock = utc_now, user: str = "", told: Callable[[int], None] | None = None
) -> Store:
    """Create a company file from an export, whole or not at all. `told` gets the number of records so far.

    Raises InputError if the text is not such an export, and StoreError if the file cannot be created.
    """
    store = create_company(path, clock=clock, user=user)
    try:
        with store.writing():
            try:
                _read(store, text, told)
            except _CONFLICTS as error:
                raise InputError(_("The export contradicts itself: {reason}.").format(reason=error)) from error
            stop_recurring(store)
            record_import(store)
            read_company(store)
            if store.damaged:
                raise next(iter(store.damaged.values()))
    except BaseException as error:
        for tail in ("", *TAILS):
            with contextlib.suppress(OSError):
                path.with_name(f"{path.name}{tail}").unlink()
        if isinstance(error, FacturierError):
            error.kept = _("No company file was created.")
        raise
    return store


def import_company_file(file: Path, path: Path, *, clock: Clock = utc_now, user: str = "") -> Store:
    """Like `import_company`, with the export in a file. Raises InputError for one that cannot be read, too."""
    try:
        with file.open(encoding="utf-8") as text:
            return import_company(text, path, clock=clock, user=user)
    except OSError as error:
        raise InputError(_("Cannot read “{name}”: {reason}.").format(name=file, reason=error.strerror)) from error
    except UnicodeDecodeError as error:
        raise InputError(_("“{name}” is not a text file in UTF-8.").format(name=file)) from error


def _read(store: Store, text: TextIO, told: Callable[[int], None] | None) -> None:
    sections = {section.name: section for section in SECTIONS}
    writers = {section.name: _Writer(store, section) for section in (*SECTIONS, LINES, ATTACHMENTS)}
    known = False
    for count, (name, value) in enumerate(json_parts(text)):
        if not known:
            if name != _FORMAT:
                raise InputError(_("This is not an export of a company."))
            if value != _VERSION:
                raise InputError(_("This export was written by a newer version of Facturier."))
            known = True
        elif name == "settings":
            _write_settings(store, value)
        elif name in sections:
            writers[name].write(value, writers)
        else:
            raise InputError(_("The export has an unknown part: {name}.").format(name=name))
        if told is not None and count % _PAGE == 0:
            told(count)
    if not known:
        raise InputError(_("This is not an export of a company."))
    for writer in writers.values():
        writer.flush()


def _write_settings(store: Store, settings: object) -> None:
    if not isinstance(settings, dict) or settings.keys() - _SETTINGS:
        raise InputError(_("The export has settings that this version does not know."))
    for name, value in settings.items():
        write_setting(store, name, _json(value))


class _Writer:
    """Writes the records of a section, a page at a time, after those of the sections before it."""

    def __init__(self, store: Store, section: Section) -> None:
        self._store = store
        self._section = section
        self._rows: list[dict[str, Any]] = []
        self._count = 0
        columns = list(section.columns)
        if section in (LINES, ATTACHMENTS):
            columns.append(section.table.invoice_id)
        if section is LINES:
            columns.append(section.table.position)
        if section in (CUSTOMERS, ITEMS, INVOICES):
            columns.append(section.table.folded)
        if section is INVOICES:
            columns += [section.table.sorted, section.table.reached]
        self._insert = Prepared(lambda: section.table.insert(slots(*columns)))

    def write(self, record: Any, writers: dict[str, "_Writer"]) -> None:
        """Write a record, and with an invoice its lines and attachments."""
        self._count += 1
        place = f"{self._section.name} {self._count}"
        parts: dict[str, list[Any]] = {}
        if self._section is INVOICES and isinstance(record, dict):
            parts = {part.name: record.pop(part.name, []) for part in (LINES, ATTACHMENTS)}
        values = self._section.values(record, place)
        written = {name: self._part(writers[name], part, values["id"], place) for name, part in parts.items()}
        self.add({**values, **self._derived(values, written.get("lines", []))})
        if len(self._rows) >= _PAGE:
            for writer in writers.values():
                writer.flush()

    def _part(self, writer: "_Writer", records: object, invoice_id: int, place: str) -> list[dict[str, Any]]:
        if not isinstance(records, list):
            raise InputError(_("{place} is not a list.").format(place=f"{place}, {writer._section.name}"))
        rows = []
        for at, record in enumerate(records):
            values = writer._section.values(record, f"{place}, {writer._section.name} {at + 1}")
            rows.append({**values, "invoice_id": invoice_id, "position": at})
            writer.add(rows[-1])
        return rows

    def _derived(self, values: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
        """What the company file computes of these values."""
        if self._section is CUSTOMERS:
            return {"folded": "\n".join(fold(values[name]) for name in ("name", "contact", "email"))}
        if self._section is ITEMS:
            return {"folded": searchable_item(Item(**values))}
        if self._section is INVOICES:
            invoice = _for_search(values, lines)
            found = searchable(invoice, Money(values["total"], values["currency"]))
            # The deliveries that follow add to `reached`: see facturier.models.issuing.by_hand.
            return {"folded": found, "sorted": fold(values["customer"]), "reached": int(bool(values["handed_over"]))}
        return {}

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)

    def flush(self) -> None:
        self._store.run_many(self._insert, self._rows)
        self._rows = []


def _for_search(values: dict[str, Any], lines: list[dict[str, Any]]) -> Invoice:
    """Return the invoice with only the fields that a search reads."""
    return Invoice(
        number=values["number"],
        reserved=values["reserved"],
        customer=Customer(None, values["customer"], values["contact"], values["email"]),
        **{name: values[name] for name in ("date", "terms", "due", "currency", "custom", *ONE_LINE)},
        lines=tuple(Line(line["description"], line["item"]) for line in lines),
    )

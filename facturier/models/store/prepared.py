"""Queries that are built once and run often.

Peewee takes 10 to 20 µs per column to build a query, which for an invoice is longer than SQLite takes to write it. A
prepared query is built on its first run, with slots in place of values. Use it if a screen or a save runs several such
queries; otherwise an ordinary query is simpler.

    _by_id = Prepared(lambda: tables.Payment.select().where(tables.Payment.id == slot(tables.Payment.id)))
    store.first(_by_id(id=3))
"""

from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

import peewee


class _Slot(NamedTuple):
    name: str
    write: Callable[[Any], Any] | None  # None if the value is written as it is


def slot(field: Any, name: str = "") -> peewee.Value:
    """Return a placeholder for a value of this field. Its name is `name`, or the field's name."""
    write = None if getattr(field, "is_plain", False) else field.db_value
    return peewee.Value(_Slot(name or field.name, write), converter=False, unpack=False)


def slots(*fields: Any) -> dict[Any, peewee.Value]:
    """Return each field with its slot, for `insert` and `update`."""
    return {field: slot(field) for field in fields}


class Prepared:
    """A query that `build` returns, which must not depend on anything that changes.

    The SQL is generated for the first database that runs it. All databases of a process use the same dialect.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._sql: tuple[str, list[tuple[str, Any]]] | None = None
        self._plain: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None  # set if all values are written as is
        self._make: Callable[[Any], Any] | None = None

    def __call__(self, **values: object) -> "Filled":
        """Return the query with these values in its slots. `Store` runs it."""
        return Filled(self, values)

    @cached_property
    def query(self) -> Any:
        return self._build()

    @cached_property
    def reads(self) -> bool:
        return is_read(self.query)

    def sql(self, database: peewee.Database, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters. Raises KeyError if a slot has no value."""
        if self._sql is None:
            sql, parts = database.get_sql_context().parse(self.query)
            self._sql = sql, [part if isinstance(part, _Slot) else ("", part) for part in parts]
            if len(parts) > 1 and all(isinstance(part, _Slot) and part.write is None for part in parts):
                self._plain = itemgetter(*(part.name for part in parts))
        sql, parts = self._sql
        # This runs for each column of each row of a save.
        if self._plain is not None:
            return sql, list(self._plain(values))
        return sql, [(write(values[name]) if write else values[name]) if name else write for name, write in parts]

    def maker(self, cursor: Any) -> Callable[[Any], Any]:
        """Return the function that converts a row to the query's result type.

        Peewee derives it from the first cursor with a private method (Peewee 4.5), which takes longer than a short
        query, so the function is kept.
        """
        if self._make is None:
            rows = self.query._get_cursor_wrapper(cursor)
            rows.initialize()
            rows.cursor = None  # it belongs to one connection
            self._make = rows.process_row
        return self._make


class Filled:
    """A prepared query with its values. `Store` runs it like a Peewee query."""

    def __init__(self, prepared: Prepared, values: dict[str, Any]) -> None:
        self.prepared, self.values = prepared, values
        self.query, self.reads = prepared.query, prepared.reads

    @property
    def model(self) -> Any:
        return self.query.model

    def clone(self) -> "Filled":
        return self

    def execute(self, database: Any) -> Any:
        cursor = database.execute(self)
        return _Rows(self.prepared, cursor) if self.reads else self.query.handle_result(database, cursor)


class _Rows:
    """A substitute for Peewee's cursor wrapper."""

    process_row: Callable[[Any], Any]

    def __init__(self, prepared: Prepared, cursor: Any) -> None:
        self._prepared, self.cursor = prepared, cursor

    def initialize(self) -> None:
        self.process_row = self._prepared.maker(self.cursor)


def is_read(query: Any) -> bool:
    return isinstance(query, peewee.SelectBase)

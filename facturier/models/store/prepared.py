"""Queries that are built once and run often.

Peewee takes 10 to 20 µs per column to build a query, which for an invoice is longer than SQLite takes to write it. A
prepared query is built on its first run, with slots in place of values. Use it if a screen or a save runs several such
queries; otherwise an ordinary query is simpler.

    _by_id = Prepared(lambda: tables.Payment.select().where(tables.Payment.id == slot(tables.Payment.id)))
    store.first(_by_id(id=3))
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import peewee


class _Slot(NamedTuple):
    name: str
    write: Callable[[Any], Any]


def slot(field: Any, name: str = "") -> peewee.Value:
    """Return a placeholder for a value of this field. Its name is `name`, or the field's name."""
    return peewee.Value(_Slot(name or field.name, field.db_value), converter=False, unpack=False)


def slots(*fields: Any) -> dict[Any, peewee.Value]:
    """Return each field with its slot, for `insert` and `update`."""
    return {field: slot(field) for field in fields}


class Prepared:
    """`build` makes the query; it must not depend on anything that changes. The SQL is that of the first database that
    runs it: all databases of a process speak the same dialect."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._query: Any = None
        self._sql: tuple[str, list[Any]] | None = None

    def __call__(self, **values: object) -> Any:
        """Return the query with these values in its slots, for `Store` to run."""
        if self._query is None:
            self._query = self._build()
        query = self._query.clone()
        query.prepared = self, values
        return query

    def sql(self, database: peewee.Database, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Return the SQL and its parameters. Raises KeyError if a slot has no value."""
        if self._sql is None:
            self._sql = database.get_sql_context().parse(self())
        sql, parts = self._sql
        return sql, [part.write(values[part.name]) if isinstance(part, _Slot) else part for part in parts]

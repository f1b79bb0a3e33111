"""Queries that are built once and run often.

Peewee takes 10 to 20 µs a column to build a query, which for an invoice is longer than SQLite takes to write it. A
prepared query is built when it is first run, with slots in place of values. Use it where a screen or a save waits for
several such queries; anywhere else, an ordinary query is simpler.

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
    """Where a value of this field goes. Its name is the field's, or `name`."""
    return peewee.Value(_Slot(name or field.name, field.db_value), converter=False, unpack=False)


def slots(*fields: Any) -> dict[Any, peewee.Value]:
    """For `insert` and `update`: each field with its slot."""
    return {field: slot(field) for field in fields}


class Prepared:
    """`build` makes the query; it must not depend on anything that changes. The SQL is that of the first database that
    runs it: all databases of a process speak the same dialect."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._query: Any = None
        self._sql: tuple[str, list[Any]] | None = None

    def __call__(self, **values: object) -> Any:
        """The query with these values in its slots, to be run by `Store`."""
        if self._query is None:
            self._query = self._build()
        query = self._query.clone()
        query.prepared = self, values
        return query

    def sql(self, database: peewee.Database, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Raises KeyError where a slot has no value."""
        if self._sql is None:
            self._sql = database.get_sql_context().parse(self())
        sql, parts = self._sql
        return sql, [part.write(values[part.name]) if isinstance(part, _Slot) else part for part in parts]

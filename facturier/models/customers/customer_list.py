"""The list of customers: which, in what order, and what it shows of each."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from facturier.models.customers.figures import Figures
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import Json
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store
from facturier.models.text.search_text import fold

_customer = tables.Customer
_NONE = Figures()


class CustomerSort(StrEnum):
    NAME = "name"
    OWED = "owed"
    OVERDUE = "overdue"
    LAST = "last"


class CustomerRow(NamedTuple):
    id: int
    name: str
    contact: str
    email: str
    archived: bool


def _matching() -> Any:
    sought: Any = slot(_customer.folded)
    found = _customer.select(_customer.id).where(
        sqlite.contains(_customer.folded, sought), _customer.archived <= slot(_customer.archived)
    )
    return found.order_by(_customer.folded, _customer.id)


_found = Prepared(_matching)
_those = Prepared(
    lambda: (
        _customer.select(_customer.id, _customer.name, _customer.contact, _customer.email, _customer.archived)
        .where(sqlite.is_among(_customer.id, slot(Json(), "ids")))
        .objects(CustomerRow)
    )
)


def customer_ids(store: Store, text: str = "", *, archived: bool = False) -> list[int]:
    """The customers that contain `text`, by name. Archived ones are included only with `archived`."""
    return [found for (found,) in store.all(_found(folded=fold(text.strip()), archived=archived))]


def customer_rows(store: Store, ids: Sequence[int]) -> list[CustomerRow]:
    """These customers, in no order. One that is gone is left out."""
    return store.all(_those(ids=[*ids]))


def in_order(
    ids: Sequence[int], figures: Mapping[int, Figures], sort: CustomerSort, currency: str, *, descending: bool
) -> list[int]:
    """Sort customers that come by name. What is owed is compared in `currency`; customers who owe something in another
    one only follow, then those who owe nothing. Amounts are never added up across currencies."""

    def owed(found: int) -> tuple[int, int]:
        own = figures.get(found, _NONE)
        balance = own.of(currency)
        return (balance.owed if sort is CustomerSort.OWED else balance.overdue), bool(own.balances)

    def last(found: int) -> date:
        return figures.get(found, _NONE).last or date.min

    if sort is CustomerSort.NAME:
        return [*ids][::-1] if descending else [*ids]
    return sorted(ids, key=last if sort is CustomerSort.LAST else owed, reverse=descending)

"""What the filters show, counted and added up: from counters that triggers keep, never from the invoices themselves.

Plain SQL: it runs at every change that the list shows, and the sums are built from one text.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from facturier.models.errors import StoreError
from facturier.models.listing.conditions import LATELY, STAGES
from facturier.models.listing.view import InvoiceFilter
from facturier.models.store.store import Store

# The count, totals and balances of a stage.
_ADDED = "sum(invoices), sum(total), sum(balance)"
# The same for the invoices that a date moves into another filter: overdue, or paid recently.
_TURNED = ", ".join(
    f"coalesce(sum({what}) FILTER (WHERE CASE stage WHEN 'owed' THEN day < ? ELSE day >= ? END), 0)"
    for what in ("invoices", "total", "balance")
)
_TOTALS = {InvoiceFilter.ALL, InvoiceFilter.SENT, InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY}


@dataclass(frozen=True, slots=True)
class FilterTotals:
    """The number of invoices that a filter shows.

    `count` is for all currencies. `of_currency` is the number in `currency`, and `amount` is their sum in minor units.
    """

    show: InvoiceFilter
    currency: str
    count: int
    of_currency: int
    amount: int


class Added(NamedTuple):
    """The number of some invoices of one currency, and their totals, balances and taxes in minor units. `tax` is None
    if it was not computed."""

    currency: str
    invoices: int
    total: int
    balance: int
    tax: int | None = None


def sums(store: Store, today: date, currency: str = "") -> dict[InvoiceFilter, FilterTotals]:
    """Return, for each filter, the number of invoices in all currencies, the number in `currency`, and their sum.

    The sum is of totals for the filters in `_TOTALS`, and of balances due for the others.
    """
    counts, of_currency = dict.fromkeys(InvoiceFilter, 0), dict.fromkeys(InvoiceFilter, 0)
    amounts = dict.fromkeys(InvoiceFilter, 0)
    day, lately = today.isoformat(), (today - LATELY).isoformat()
    found = _added(store, day, lately)
    for stage, of, *added in found:
        for show, stages in STAGES.items():
            if stage not in stages or show is InvoiceFilter.ALERTS:
                continue
            invoices, total, balance = _part(show, added[:3], added[3:])
            counts[show] += invoices
            if of == currency:
                of_currency[show] += invoices
                amounts[show] += total if show in _TOTALS else balance
    alarmed = store.rows("SELECT currency, balance FROM invoice WHERE alerts > 0")
    counts[InvoiceFilter.ALERTS] = len(alarmed)
    ours = [balance for of, balance in alarmed if of == currency]
    of_currency[InvoiceFilter.ALERTS], amounts[InvoiceFilter.ALERTS] = len(ours), sum(ours)
    return {
        show: FilterTotals(show, currency, counts[show], of_currency[show], amounts[show]) for show in InvoiceFilter
    }


def _added(store: Store, day: str, lately: str) -> list[tuple[Any, ...]]:
    """Return the sums of each stage and currency. SQLite adds in 64 bits; if that overflows, Python adds."""
    days = (day, lately) * 3
    try:
        return store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2", *days)
    except StoreError:
        return store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2, day", *days)


def filter_sums(store: Store, today: date, show: InvoiceFilter) -> list[Added]:
    """Return the sums of a filter without further conditions, by currency. ALERTS has no counters: see
    `Listing.add_up`."""
    day, lately = today.isoformat(), (today - LATELY).isoformat()
    found: dict[str, Added] = {}
    for stage, of, *added in _added(store, day, lately):
        if stage in STAGES[show]:
            count, total, balance = _part(show, added[:3], added[3:])
            before = found.get(of, Added(of, 0, 0, 0))
            found[of] = Added(of, before.invoices + count, before.total + total, before.balance + balance)
    return [found[currency] for currency in sorted(found)]


def currencies(store: Store) -> list[str]:
    """Return the currencies of all invoices, sorted."""
    return [row[0] for row in store.rows("SELECT DISTINCT currency FROM tally ORDER BY 1")]


def _part(show: InvoiceFilter, whole: list[int], turned: list[int]) -> list[int]:
    """Return the part of a stage that belongs to a filter: count, totals, balances."""
    if show is InvoiceFilter.DUE:
        return [all_ - some for all_, some in zip(whole, turned, strict=True)]
    return turned if show in (InvoiceFilter.OVERDUE, InvoiceFilter.PAID_LATELY) else whole

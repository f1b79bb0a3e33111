"""What the filters show, counted and added up: from counters that triggers keep, never from the invoices themselves.

Plain SQL: it runs at every change that the list shows, and the sums are built from one text.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from facturier.models.errors import StoreError
from facturier.models.listing.conditions import LATELY, STAGES
from facturier.models.listing.view import InvoiceFilter
from facturier.models.store.store import Store

# What a filter comes to: what is owed, or the totals where nothing is owed any more.
_ADDED = "sum(invoices), sum(total), sum(balance)"
# The same of what has turned with time: became overdue, or was paid lately.
_TURNED = ", ".join(
    f"coalesce(sum({what}) FILTER (WHERE CASE stage WHEN 'owed' THEN day < ? ELSE day >= ? END), 0)"
    for what in ("invoices", "total", "balance")
)
_TOTALS = {InvoiceFilter.ALL, InvoiceFilter.SENT, InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY}


@dataclass(frozen=True, slots=True)
class FilterTotals:
    """How many invoices a filter shows, and of those in one currency how many there are and what they come to in minor
    units."""

    show: InvoiceFilter
    currency: str
    count: int
    of_currency: int
    amount: int


def sums(store: Store, today: date, currency: str = "") -> dict[InvoiceFilter, FilterTotals]:
    """How many invoices each filter shows, in all currencies; how many of them are in `currency`, and their sum."""
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
    """What stages and currencies come to. SQLite adds up 64 bits; beyond them, Python adds."""
    days = (day, lately) * 3
    try:
        return store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2", *days)
    except StoreError:
        return store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2, day", *days)


def currencies(store: Store) -> list[str]:
    """Every currency that an invoice is in."""
    return [row[0] for row in store.rows("SELECT DISTINCT currency FROM tally ORDER BY 1")]


def _part(show: InvoiceFilter, whole: list[int], turned: list[int]) -> list[int]:
    """What of a stage a filter takes: number, totals, balances."""
    if show is InvoiceFilter.DUE:
        return [all_ - some for all_, some in zip(whole, turned, strict=True)]
    return turned if show in (InvoiceFilter.OVERDUE, InvoiceFilter.PAID_LATELY) else whole

"""What the filters show, counted and added up: from counters that triggers keep, never from the invoices themselves.

Plain SQL: it runs at every change that the list shows, and the sums are built from one text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from facturier.models.errors import StoreError
from facturier.models.listing.conditions import LATELY, OPEN_CREDITS, STAGES
from facturier.models.listing.view import InvoiceFilter
from facturier.models.store.store import Store

# The count, totals and balances of a stage.
_ADDED = "sum(invoices), sum(total), sum(balance)"
# The same for the invoices that a date moves into another filter: overdue, or paid recently.
_TURNED = ", ".join(
    f"coalesce(sum({what}) FILTER (WHERE CASE stage WHEN 'owed' THEN day < ? ELSE day >= ? END), 0)"
    for what in ("invoices", "total", "balance")
)
# The stage of a credit note that is not used up, by its stage in the file.
_CREDIT = {"paid": "credit", "paid_unsent": "credit_unsent"}
_STAGES = {
    **STAGES,
    InvoiceFilter.ALL: (*STAGES[InvoiceFilter.ALL], "credit", "credit_unsent"),
    InvoiceFilter.SENT: (*STAGES[InvoiceFilter.SENT], "credit"),
    InvoiceFilter.NOT_SENT: ("draft", "unsent", "credit_unsent"),
}
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
        for show, stages in _STAGES.items():
            if stage not in stages or show is InvoiceFilter.ALERTS:
                continue
            invoices, total, balance = _part(show, stage, added[:3], added[3:])
            counts[show] += invoices
            if of == currency:
                of_currency[show] += invoices
                amounts[show] += total if show in _TOTALS else balance
    alarmed = store.rows(
        "SELECT currency, balance FROM invoice WHERE alerts > 0 AND kind IN ('invoice', 'credit_note')"
    )
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
        found = store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2", *days)
    except StoreError:
        found = store.rows(f"SELECT stage, currency, {_ADDED}, {_TURNED} FROM tally GROUP BY 1, 2, day", *days)
    return [*found, *_open_credits(store, lately)]


def _open_credits(store: Store, lately: str) -> Iterator[tuple[Any, ...]]:
    """Yield what takes credit notes that are not used up out of the stages of what is paid, and adds them to their
    own."""
    recent = ", ".join(f"coalesce(sum({what}) FILTER (WHERE counted >= ?), 0)" for what in ("1", "total", "balance"))
    added = f"count(*), sum(total), sum(balance), {recent}"
    for stage, currency, *credits in store.rows(
        f"SELECT stage, currency, {added} {OPEN_CREDITS} GROUP BY 1, 2", *(lately,) * 3
    ):
        if stage == "draft":  # counted, but not as money that is still to be billed
            yield (stage, currency, 0, 0, -credits[2], 0, 0, 0)
        else:
            yield (stage, currency, *(-figure for figure in credits))
            yield (_CREDIT[stage], currency, *credits)


def filter_sums(store: Store, today: date, show: InvoiceFilter) -> list[Added]:
    """Return the sums of a filter without further conditions, by currency. ALERTS has no counters: see
    `Listing.add_up`."""
    day, lately = today.isoformat(), (today - LATELY).isoformat()
    found: dict[str, Added] = {}
    for stage, of, *added in _added(store, day, lately):
        if stage in _STAGES[show]:
            count, total, balance = _part(show, stage, added[:3], added[3:])
            balance = 0 if stage == "draft" else balance  # nobody owes it yet
            before = found.get(of, Added(of, 0, 0, 0))
            found[of] = Added(of, before.invoices + count, before.total + total, before.balance + balance)
    return [found[currency] for currency in sorted(found)]


def currencies(store: Store) -> list[str]:
    """Return the currencies of all invoices that the list can show, sorted."""
    stages = ", ".join(f"'{stage}'" for stage in STAGES[InvoiceFilter.ALL])
    found = store.rows(f"SELECT DISTINCT currency FROM tally WHERE stage IN ({stages}) ORDER BY 1")
    return [row[0] for row in found]


def _part(show: InvoiceFilter, stage: str, whole: list[int], turned: list[int]) -> list[int]:
    """Return the part of a stage that belongs to a filter: count, totals, balances."""
    if show is InvoiceFilter.NOT_SENT and stage == "credit_unsent":
        return [whole[0], 0, 0]  # it can be sent, but is no money that is still to be billed
    if show is InvoiceFilter.DUE:
        return [all_ - some for all_, some in zip(whole, turned, strict=True)]
    return turned if show in (InvoiceFilter.OVERDUE, InvoiceFilter.PAID_LATELY) else whole

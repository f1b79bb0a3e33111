"""What the filters show, counted and added up: from counters that triggers keep, never from the invoices themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from facturier.models.conditions import LATELY, STAGES
from facturier.models.errors import InputError, StoreError
from facturier.models.language import _
from facturier.models.store import Store
from facturier.models.view import Show

# What a filter comes to: what is owed, or the totals where nothing is owed any more.
_ADDED = "sum(invoices), sum(total), sum(balance)"
# The same of what has turned with time: became overdue, or was paid lately.
_TURNED = ", ".join(
    f"coalesce(sum({what}) FILTER (WHERE CASE stage WHEN 'owed' THEN day < ? ELSE day >= ? END), 0)"
    for what in ("invoices", "total", "balance")
)
_TOTALS = {Show.ALL, Show.SENT, Show.PAID, Show.PAID_LATELY}


# Half of what SQLite adds up (64 bits with a sign), so that what one transaction moves still fits.
_MOST = 2**62
# Amounts that no company has enough of to come near that: they are not added up at every save of a draft.
_SMALL = 10**9


@dataclass(frozen=True, slots=True)
class Sum:
    """How many invoices a filter shows, and of those in one currency how many there are and what they come to in minor
    units."""

    show: Show
    currency: str
    count: int
    of_currency: int
    amount: int


def check_room(store: Store, amount: int) -> None:
    """Raises InputError where the company's sums could not be kept with so many minor units more, inside the
    transaction that adds them."""
    if abs(amount) <= _SMALL:
        return
    found = store.row("SELECT total(abs(total)), total(abs(balance)) FROM tally")
    if found and max(found) + 2 * abs(amount) > _MOST:
        raise InputError(_("This amount is too large: the company’s invoices would come to more than can be added up."))


def sums(store: Store, today: date, currency: str = "") -> dict[Show, Sum]:
    """How many invoices each filter shows, in all currencies; how many of them are in `currency`, and their sum."""
    counts, of_currency = dict.fromkeys(Show, 0), dict.fromkeys(Show, 0)
    amounts = dict.fromkeys(Show, 0)
    day, lately = today.isoformat(), (today - LATELY).isoformat()
    found = _added(store, day, lately)
    for stage, of, *added in found:
        for show, stages in STAGES.items():
            if stage not in stages or show is Show.ALERTS:
                continue
            invoices, total, balance = _part(show, added[:3], added[3:])
            counts[show] += invoices
            if of == currency:
                of_currency[show] += invoices
                amounts[show] += total if show in _TOTALS else balance
    alarmed = store.rows("SELECT currency, balance FROM invoice WHERE alerts > 0")
    counts[Show.ALERTS] = len(alarmed)
    ours = [balance for of, balance in alarmed if of == currency]
    of_currency[Show.ALERTS], amounts[Show.ALERTS] = len(ours), sum(ours)
    return {show: Sum(show, currency, counts[show], of_currency[show], amounts[show]) for show in Show}


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


def _part(show: Show, whole: list[int], turned: list[int]) -> list[int]:
    """What of a stage a filter takes: number, totals, balances."""
    if show is Show.DUE:
        return [all_ - some for all_, some in zip(whole, turned, strict=True)]
    return turned if show in (Show.OVERDUE, Show.PAID_LATELY) else whole

"""A View in SQL: what must hold for each row that it shows, and how those rows are found by an index alone.

Plain SQL: the pages of the list are put together from these texts, and Peewee would take longer to build such a query
than SQLite to answer it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.store import sqlite

LATELY = timedelta(30)  # how long ago a payment still counts as having come in lately
_EVERY = ("draft", "unsent", "owed", "paid", "paid_unsent", "void")
# The stages (see `schema.sql`) of each filter.
STAGES: dict[InvoiceFilter, tuple[str, ...]] = {
    InvoiceFilter.ALL: _EVERY,
    InvoiceFilter.DRAFT: ("draft",),
    InvoiceFilter.NOT_SENT: ("draft", "unsent"),
    InvoiceFilter.SENT: ("owed", "paid"),
    InvoiceFilter.DUE: ("owed",),
    InvoiceFilter.OVERDUE: ("owed",),
    InvoiceFilter.PAID: ("paid", "paid_unsent"),
    InvoiceFilter.PAID_LATELY: ("paid", "paid_unsent"),
    InvoiceFilter.ALERTS: _EVERY,
}


class Condition(NamedTuple):
    """`where` is over the columns of an invoice. `ids` is a query for the ids of all invoices for which it holds, and
    perhaps of others too, that an index answers; `found` are the values that it binds. `few`: as many invoices are as
    soon fetched and sorted as twenty of them are met on a walk along a million."""

    where: str
    values: tuple[object, ...]
    ids: str
    found: tuple[object, ...]
    few: int = 4_000


def conditions(view: View, today: date) -> Iterator[Condition]:
    """What a view asks for beside its stages. Raises InputError for a day or an amount that cannot be one, and for too
    long a search."""
    stages = STAGES[view.show]
    if view.show is InvoiceFilter.DUE:
        yield _counted(stages, "counted >= ?", today)
    if view.show is InvoiceFilter.OVERDUE:
        yield _counted(stages, "counted < ?", today)
    if view.show is InvoiceFilter.PAID_LATELY:
        # The end of a list by date is long ago, and a walk from there would meet nothing for long.
        yield _counted(stages, "counted >= ?", today - LATELY)._replace(few=10_000)
    if view.show is InvoiceFilter.ALERTS or view.alerts:
        yield Condition("alerts > 0", (), "SELECT id FROM invoice WHERE alerts > 0", ())
    if view.text:
        yield from _worded(view.text)
    if view.narrowed:
        yield from _narrowing(view, today, stages)


def check_search(text: str) -> None:
    """Raises InputError for more words than SQLite looks for at once."""
    from facturier.models.errors import InputError
    from facturier.models.text.i18n import _
    from facturier.models.text.limits import QUERY, WORDS

    if len(text) > QUERY or len(text.split()) > WORDS:
        words = _("Search for at most {words} words, and {letters} characters in all.")
        raise InputError(words.format(words=WORDS, letters=QUERY))


def _narrowing(view: View, today: date, stages: tuple[str, ...]) -> Iterator[Condition]:
    from facturier.models.text.dates import parse_day
    from facturier.models.text.decimals import parse_decimal
    from facturier.models.text.money import to_minor
    from facturier.models.text.search_text import fold

    if name := fold(view.customer).strip():
        yield _staged(stages, "sorted >= ? AND sorted < ?", name, f"{name}\U0010ffff")
    if view.since.strip():
        yield _staged(stages, "date >= ?", parse_day(view.since, today).isoformat())
    if view.until.strip():
        yield _staged(stages, "date <= ?", parse_day(view.until, today).isoformat())
    if view.least.strip() or view.most.strip():
        yield Condition("currency = ?", (view.currency,), "", ())
    if view.least.strip():
        yield _staged(stages, "total >= ?", to_minor(parse_decimal(view.least, view.currency), view.currency))
    if view.most.strip():
        yield _staged(stages, "total <= ?", to_minor(parse_decimal(view.most, view.currency), view.currency))


def _staged(stages: tuple[str, ...], where: str, *values: object) -> Condition:
    ids = " UNION ALL ".join(f"SELECT id FROM invoice WHERE stage = '{stage}' AND {where}" for stage in stages)
    return Condition(where, values, ids, values * len(stages))


def _counted(stages: tuple[str, ...], where: str, day: date) -> Condition:
    return _staged(stages, where, day.isoformat())._replace(few=1_000)  # every order's index has it: a walk is quick


def _worded(text: str) -> Iterator[Condition]:
    """The index knows any three letters in a row, and only whether an invoice has them; the text itself decides. So as
    few are asked for as tell most: side by side, and none of a short word where there is a longer one."""
    from facturier.models.text.search_text import sought

    check_search(text)
    if not (words := sought(text)):
        return
    longer = [forms for forms in words if not forms[0].startswith(" ")] or words
    match = " AND ".join(dict.fromkeys(f"({' OR '.join(map(_indexed, forms))})" for forms in longer))
    where = " AND ".join(f"({' OR '.join(['instr(folded, ?) > 0'] * len(forms))})" for forms in words)
    values = tuple(form for forms in words for form in forms)
    yield Condition(where, values, sqlite.FOUND, (match,))


def _indexed(word: str) -> str:
    threes = ('"' + three.replace('"', '""') + '"' for three in dict.fromkeys(_threes(word)))
    return f"({' AND '.join(threes)})"


def _threes(word: str) -> Iterator[str]:
    yield from (word[at : at + 3] for at in range(0, len(word) - 2, 3))
    if len(word) % 3:
        yield word[-3:]

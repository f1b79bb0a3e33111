"""A View in SQL: what must hold for each row that it shows, and how those rows are found by an index alone.

Plain SQL: the pages of the list are put together from these texts, and Peewee would take longer to build such a query
than SQLite to answer it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.store import sqlite

LATELY = timedelta(30)  # a payment is recent for this long
_EVERY = ("draft", "unsent", "owed", "paid", "paid_unsent", "void")
# The stages of each filter. `migrations/0001_initial.sql` defines the stages.
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


# Credit notes that are not used up are not paid. There are few: they are found by what they correct.
OPEN_CREDITS = "FROM invoice WHERE source_id IS NOT NULL AND kind = 'credit_note' AND balance < 0"


class Condition(NamedTuple):
    """One condition of a view, in SQL.

    `where` is an expression over the columns of `invoice`, and `values` are its parameters. `ids` is a query, answered
    by an index, for the ids of all matching invoices and possibly of some others; `found` are its parameters. `few` is
    the number of matches up to which it is faster to fetch and sort them than to scan an ordered index of a million
    invoices for a page of twenty.
    """

    where: str
    values: tuple[object, ...]
    ids: str
    found: tuple[object, ...]
    few: int = 4_000


def conditions(view: View, today: date) -> Iterator[Condition]:
    """Yield the conditions of a view, apart from its stages.

    Raises InputError if a date or an amount is not valid, or if the search is too long.
    """
    stages = STAGES[view.show]
    if view.show is InvoiceFilter.DUE:
        yield _counted(stages, "counted >= ?", today)
    if view.show is InvoiceFilter.OVERDUE:
        yield _counted(stages, "counted < ?", today)
    if view.show in (InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY):
        yield Condition(f"id NOT IN (SELECT id {OPEN_CREDITS})", (), "", ())
    if view.show is InvoiceFilter.PAID_LATELY:
        # In a list sorted by date, the old end has no recent payments, so a scan from there would find nothing for a
        # long time.
        yield _counted(stages, "counted >= ?", today - LATELY)._replace(few=10_000)
    if view.show is InvoiceFilter.ALERTS or view.alerts:
        yield Condition("alerts > 0", (), "SELECT id FROM invoice WHERE alerts > 0", ())
    if view.text:
        yield from _worded(view.text)
    if view.narrowed:
        yield from _narrowing(view, today, stages)


def check_search(text: str) -> None:
    """Raises InputError if a search has more than WORDS words or QUERY characters."""
    from facturier.models.errors import InputError
    from facturier.models.text.i18n import _
    from facturier.models.text.limits import QUERY, WORDS

    if len(text) > QUERY or len(text.split()) > WORDS:
        words = _("Search for at most {words} words, and {letters} characters in all.")
        raise InputError(words.format(words=WORDS, letters=QUERY))


def _narrowing(view: View, today: date, stages: tuple[str, ...]) -> Iterator[Condition]:
    from facturier.models.text.dates.dates import parse_day
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
    return _staged(stages, where, day.isoformat())._replace(few=1_000)  # every sort index has `counted`


def _worded(text: str) -> Iterator[Condition]:
    """Yield the condition for a text search.

    The trigram index only knows whether an invoice contains a sequence of three letters, so `where` checks the text
    itself. To keep the index query short, it takes trigrams that do not overlap and skips short words if there is a
    longer one.
    """
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

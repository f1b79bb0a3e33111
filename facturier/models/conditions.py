"""A View in SQL: what must hold for each row that it shows, and how those rows are found by an index alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from facturier.models.days import parse_day
from facturier.models.fold import fold, sought
from facturier.models.money import to_minor
from facturier.models.numbers import parse_decimal
from facturier.models.view import Show, View

LATELY = timedelta(30)  # how long ago a payment still counts as having come in lately
_EVERY = ("draft", "unsent", "owed", "paid", "paid_unsent", "void")
# The stages (see `schema.sql`) of each filter.
STAGES: dict[Show, tuple[str, ...]] = {
    Show.ALL: _EVERY,
    Show.DRAFT: ("draft",),
    Show.NOT_SENT: ("draft", "unsent"),
    Show.SENT: ("owed", "paid"),
    Show.DUE: ("owed",),
    Show.OVERDUE: ("owed",),
    Show.PAID: ("paid", "paid_unsent"),
    Show.PAID_LATELY: ("paid", "paid_unsent"),
    Show.ALERTS: _EVERY,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`where` is over the columns of an invoice. `ids` is a query for the ids of all invoices for which it holds, and
    perhaps of others too, that an index answers; `found` are the values that it binds."""

    where: str
    values: tuple[object, ...]
    ids: str
    found: tuple[object, ...]


def conditions(view: View, today: date) -> Iterator[Condition]:
    """What a view asks for beside its stages. Raises InputError for a day or an amount that is none."""
    stages = STAGES[view.show]
    if view.show is Show.DUE:
        yield _staged(stages, "due >= ?", today.isoformat())
    if view.show is Show.OVERDUE:
        yield _staged(stages, "due < ?", today.isoformat())
    if view.show is Show.PAID_LATELY:
        yield _plain("settled >= ?", (today - LATELY).isoformat())
    if view.show is Show.ALERTS or view.alerts:
        yield _plain("alerts > 0")
    if words := sought(view.text):
        yield _worded(words)
    if name := fold(view.customer).strip():
        yield _staged(stages, "sorted >= ? AND sorted < ?", name, f"{name}\U0010ffff")
    if view.since.strip():
        yield _staged(stages, "date >= ?", parse_day(view.since, today).isoformat())
    if view.until.strip():
        yield _staged(stages, "date <= ?", parse_day(view.until, today).isoformat())
    if view.least.strip() or view.most.strip():
        yield Condition("currency = ?", (view.currency,), "", ())
    if view.least.strip():
        yield _staged(stages, "total >= ?", to_minor(parse_decimal(view.least), view.currency))
    if view.most.strip():
        yield _staged(stages, "total <= ?", to_minor(parse_decimal(view.most), view.currency))


def _plain(where: str, *values: object) -> Condition:
    return Condition(where, values, f"SELECT id FROM invoice WHERE {where}", values)


def _staged(stages: tuple[str, ...], where: str, *values: object) -> Condition:
    ids = " UNION ALL ".join(f"SELECT id FROM invoice WHERE stage = '{stage}' AND {where}" for stage in stages)
    return Condition(where, values, ids, values * len(stages))


def _worded(words: tuple[str, ...]) -> Condition:
    """The index knows any three letters in a row, and only whether an invoice has them; the text itself decides."""
    threes = dict.fromkeys(word[at : at + 3] for word in words for at in range(len(word) - 2))
    match = " AND ".join('"' + three.replace('"', '""') + '"' for three in threes)
    where = " AND ".join(["instr(folded, ?) > 0"] * len(words))
    return Condition(where, words, "SELECT rowid FROM found WHERE found MATCH ?", (match,))

"""Every report of random books, to the cent, against a computation from the raw rows that shares no code with it."""

from collections import defaultdict
from datetime import date, timedelta

import pytest

from facturier.models.customers.figures import read_balance
from facturier.models.receivables.statements import make_statement
from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis
from facturier.models.store.store import Store
from tests.models.reports.books import cells, read, taxed_store
from tests.models.reports.plain_books import LAST, Document, documents, owed, taxes
from tests.models.reports.random_books import RandomBooks

MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(1)) for month in range(1, 8)]
TODAY = date(2026, 8, 1)
CURRENCIES = ("CAD", "EUR", "JPY", "KWD")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> RandomBooks:
    found = RandomBooks(taxed_store(tmp_path_factory.mktemp("books")), 1)
    found.fill(220)
    return found


def test_the_books_have_everything(books: RandomBooks) -> None:
    assert len(books.done) == 13
    found = documents(books.store)
    assert {one.currency for one in found} == set(CURRENCIES)
    assert [one.id for one in found if one.total != one.stored] == []


@pytest.mark.parametrize("basis", Basis)
def test_taxes(books: RandomBooks, basis: Basis) -> None:
    found = documents(books.store)
    for currency in CURRENCIES:
        for since, until in (*MONTHS, (MONTHS[0][0], MONTHS[-1][1])):
            report = read(books.store, "tax", "rate", Period(since, until), currency=currency, basis=basis, today=TODAY)
            rows = {(row[0], str(row[1]), row[2]): (row[4], row[5]) for row in cells(report)}
            again = taxes(found, str(since - timedelta(1)), str(until), currency, cash=basis is Basis.CASH)
            assert {rate: pair for rate, pair in rows.items() if pair != (0, 0)} == again, (currency, since, until)


def test_sales(books: RandomBooks) -> None:
    found = documents(books.store)
    for currency in CURRENCIES:
        rows = cells(read(books.store, "sales", "month", currency=currency, today=TODAY))
        again: dict[str, list[Document]] = defaultdict(list)
        for one in found:
            if one.currency == currency:
                again[one.date[:7]].append(one)
        assert {str(row[0])[:7]: row[1:] for row in rows if row[1]} == {
            month: (
                len(some),
                sum(one.net for one in some),
                sum(one.total - one.net for one in some),
                sum(one.total for one in some),
            )
            for month, some in again.items()
        }


def test_what_is_owed(books: RandomBooks) -> None:
    """Aging on any day, the balances of customers, and both kinds of statements."""
    store, found = books.store, documents(books.store)
    names = {customer: name for name, customer in books.customers.items()}
    for currency in CURRENCIES:
        for _first, day in (*MONTHS, (TODAY, TODAY)):
            report = cells(read(store, "aging", period=Period(day, day), currency=currency, today=TODAY))
            again = owed(store, found, str(day), currency)
            assert {row[0]: row[-1] for row in report if row[-1]} == {
                names[one or 0]: sum_ for one, sum_ in again.items()
            }
            assert {row[0]: row[1:6] for row in report if any(row[1:6])} == _buckets(found, day, currency, names)
        for customer in names:
            balance = owed(store, found, LAST, currency).get(customer, 0)
            assert read_balance(store, customer, currency).owed == balance
            assert make_statement(store, customer, currency, TODAY).closing == balance
            period = make_statement(store, customer, currency, TODAY, MONTHS[3])
            ends = (str(MONTHS[3][0] - timedelta(1)), str(MONTHS[3][1]))
            both = tuple(owed(store, found, day, currency).get(customer, 0) for day in ends)
            assert (period.opening, period.closing) == both


def _buckets(found: list[Document], day: date, currency: str, names: dict[int, str]) -> dict[str, tuple[int, ...]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for one in found:
        if one.currency == currency and one.date <= str(day) and (balance := one.balance(str(day))) > 0:
            late = (day - date.fromisoformat(one.due)).days
            sums[names[one.customer or 0]][sum(late > most for most in (0, 30, 60, 90))] += balance
    return {name: tuple(row) for name, row in sums.items()}


def test_no_credit_note_credits_more_than_was_billed(books: RandomBooks) -> None:
    store: Store = books.store
    sums = store.rows(
        "SELECT s.total + sum(n.total) FROM invoice n JOIN invoice s ON s.id = n.source_id"
        " WHERE n.kind = 'credit_note' AND n.standing = 'issued' GROUP BY s.id"
    )
    assert sums
    assert min(row[0] for row in sums) >= 0

"""How long each report takes, for the year and for all dates; the chase list; and statements of account.

    python scripts/bench --only reports
    python scripts/bench --invoices 10000 --only reports --check    (also compare the figures: see checks.py)

The figures of the invoices are computed once, as after an upgrade of an older file. The goal is processor time, because
wall time differs on a busy machine.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

from facturier.models.chasing.due_levels import to_chase
from facturier.models.issuing.number_check import check_numbers
from facturier.models.receivables.accounts import Account, open_accounts
from facturier.models.receivables.statements import make_statement
from facturier.models.reports.figures import catch_up, unreported
from facturier.models.reports.period import ALL_DATES, PeriodName, named_period
from facturier.models.reports.reading import GROUPINGS, Question, read_report
from facturier.models.reports.report import Basis
from facturier.models.settings.reminders import DEFAULT_LEVELS
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

Row = tuple[str, str, str, str]  # what, measured, processor time, goal
_GOAL = "at most 2 s"
_BATCH = 100  # statements


def reports(path: Path) -> Iterator[Row]:
    store = open_company(path)
    today = datetime.now().astimezone().date()
    if missing := unreported(store):
        wall, used = _timed(lambda: catch_up(store))
        yield f"figures of {missing:,} invoices, once", f"{wall:.0f} s", f"{used:.0f} s of a core", "at most 60 s"
    year, quarter = (named_period(name, today) for name in (PeriodName.LAST_YEAR, PeriodName.LAST_QUARTER))

    def report(words: str, asked: Question) -> Row:
        return _measured(words, lambda: read_report(store, asked, today))

    for name, groupings in GROUPINGS.items():
        for by in groupings:
            words = f"{name} by {by}" if by else name
            if name in ("aging", "numbers"):
                yield report(words, Question(name, by, ALL_DATES, "CAD"))
            else:
                yield report(f"{words}, a year", Question(name, by, year, "CAD"))
                yield report(f"{words}, all", Question(name, by, ALL_DATES, "CAD"))
    yield report("aging a year ago", Question("aging", "customer", year, "CAD"))
    for period, words in ((quarter, "a quarter"), (year, "a year"), (ALL_DATES, "all")):
        for by in GROUPINGS["tax"]:
            yield report(f"tax by {by}, cash basis, {words}", Question("tax", by, period, "CAD", Basis.CASH))
    yield _numbers_with_a_gap(store)
    yield from _chase_list(store, today)
    yield from _statements(store, today)


class _UndoneError(Exception):
    pass


def _numbers_with_a_gap(store: Store) -> Row:
    """Measure the check of the numbers if one in the middle is missing. Nothing of it is kept."""
    with contextlib.suppress(_UndoneError), store.writing():
        store.write("DROP TRIGGER number_stays")
        store.write("UPDATE invoice SET number = 'X-1' WHERE id = (SELECT max(id) / 2 FROM invoice)")
        row = _measured("numbers with a gap", lambda: check_numbers(store))
        assert len(check_numbers(store).gaps) == 1
        raise _UndoneError
    return row


def _chase_list(store: Store, today: date) -> Iterator[Row]:
    levels = [level.days for level in DEFAULT_LEVELS]
    found = to_chase(store, levels, today)
    yield _measured(f"reminders due today, all {len(found):,}", lambda: to_chase(store, levels, today))
    yield _measured("reminders due today, the first 500", lambda: to_chase(store, levels, today, limit=500))


def _statements(store: Store, today: date) -> Iterator[Row]:
    accounts = open_accounts(store, today)
    yield _measured(f"statements: {len(accounts):,} customers with a balance", lambda: open_accounts(store, today))
    ids = [account.customer_id for account in accounts]
    counts = store.rows(
        "SELECT customer_id, count(*) FROM invoice INDEXED BY invoice_of_customer GROUP BY 1 ORDER BY 2 DESC"
    )
    largest, count = next(row for row in counts if row[0] in ids)
    words = f"statement of a customer with {count:,} invoices"
    yield _measured(f"{words}, open items", lambda: make_statement(store, largest, "CAD", today))
    whole = (date(2000, 1, 1), today)
    yield _measured(f"{words}, all dates", lambda: make_statement(store, largest, "CAD", today, whole))
    some = accounts[:_BATCH]
    yield _measured(f"{len(some)} statements, without PDFs", lambda: _make_all(store, some, today))


def _make_all(store: Store, accounts: list[Account], today: date) -> None:
    for account in accounts:
        assert make_statement(store, account.customer_id, account.currency, today).closing == account.owed


def _measured(words: str, work: Callable[[], object]) -> Row:
    wall, used = _timed(work)
    return words, f"{wall:.2f} s", f"{used:.2f} s of a core", _GOAL


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used

"""How long each report takes, for the year and for all dates.

    python scripts/bench --only reports
    python scripts/bench --invoices 10000 --only reports

The figures of the invoices are computed once, as after an upgrade of an older file. Wall time and processor time differ
on a busy machine; the goal is about the first.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from facturier.models.reports.figures import catch_up, unreported
from facturier.models.reports.period import ALL_DATES, PeriodName, named_period
from facturier.models.reports.reading import GROUPINGS, Question, read_report
from facturier.models.reports.report import Basis
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

Row = tuple[str, str, str, str]  # what, measured, processor time, goal
_GOAL = "at most 2 s"


def reports(path: Path) -> Iterator[Row]:
    store = open_company(path)
    today = datetime.now().astimezone().date()
    if missing := unreported(store):
        wall, used = _timed(lambda: catch_up(store))
        yield f"figures of {missing:,} invoices, once", f"{wall:.0f} s", f"{used:.0f} s", ""
    year, quarter = (named_period(name, today) for name in (PeriodName.LAST_YEAR, PeriodName.LAST_QUARTER))
    for name, groupings in GROUPINGS.items():
        for by in groupings:
            words = f"{name} by {by}" if by else name
            if name in ("aging", "numbers"):
                yield _measured(store, words, Question(name, by, ALL_DATES, "CAD"), today)
            else:
                yield _measured(store, f"{words}, a year", Question(name, by, year, "CAD"), today)
                yield _measured(store, f"{words}, all", Question(name, by, ALL_DATES, "CAD"), today)
    yield _measured(store, "aging a year ago", Question("aging", "customer", year, "CAD"), today)
    cash = Question("tax", "rate", quarter, "CAD", Basis.CASH)
    yield _measured(store, "tax, cash basis, a quarter", cash, today)
    yield _measured(store, "tax, cash basis, a year", replace(cash, period=year), today, goal="")
    yield _measured(store, "tax, cash basis, all", replace(cash, period=ALL_DATES), today, goal="")


def _measured(store: Store, words: str, asked: Question, today: date, goal: str = _GOAL) -> Row:
    wall, used = _timed(lambda: read_report(store, asked, today))
    return words, f"{wall:.2f} s", f"{used:.2f} s of a core", goal


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used

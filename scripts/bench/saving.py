"""What a save costs beyond the database, and what a list costs beyond Peewee.

    python scripts/bench saving [--invoices 10000] [--rounds 200]

Both sides of a comparison take turns, so that a busy moment of the machine meets both. What is printed are medians; the
ratios are what counts.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import peewee

sys.path.insert(0, str(Path(__file__).parent))

from books import books

from facturier.models.books.invoice import Invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.deleting import delete_draft
from facturier.models.settings.line import Line
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

ROOT = Path(__file__).parent.parent.parent
LISTED = 300
Row = tuple[str, str, str, str]  # what, measured, ratio, goal


class Bare:
    """Writes what a save has written again, as new rows, with `sqlite3` alone: one durable transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        driver: Any = vars(peewee)["sqlite3"]  # the library that Peewee uses, so that both have the same SQLite
        self.connection = driver.connect(store.path, isolation_level=None, cached_statements=100)
        for pragma, value in store.database._pragmas:
            self.connection.execute(f"PRAGMA {pragma} = {value}").fetchall()

    def close(self) -> None:
        self.connection.close()

    def prepare(self, invoice_id: int) -> tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[Any, ...]]:
        """The rows of an invoice, its lines and its entry in the journal, without the keys that SQLite gives."""
        columns = ", ".join(_columns(tables.Invoice, "id"))
        (invoice,) = self._store.rows(f"SELECT {columns} FROM invoice WHERE id = ?", invoice_id)
        columns = ", ".join(_columns(tables.Line, "invoice_id"))
        lines = self._store.rows(f"SELECT {columns} FROM line WHERE invoice_id = ?", invoice_id)
        columns = ", ".join(_columns(tables.Journal, "id", "invoice_id"))
        (entry,) = self._store.rows(f"SELECT {columns} FROM journal WHERE invoice_id = ?", invoice_id)
        return invoice, lines, entry

    def insert(self, rows: tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[Any, ...]]) -> int:
        invoice, lines, entry = rows
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        new: int = run(_INVOICE, invoice).lastrowid
        run(_ENTRY, (new, *entry))
        self.connection.executemany(_LINE, [(new, *line) for line in lines])
        run("COMMIT")
        return new

    def update(self, invoice_id: int, rows: tuple[tuple[Any, ...], list[tuple[Any, ...]], tuple[Any, ...]]) -> None:
        """The row of the invoice, and the one line that is different."""
        invoice, lines, _entry = rows
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        run(_CHANGED, (*invoice, invoice_id))
        run(_CHANGED_LINE, (lines[0][2], invoice_id))
        run("COMMIT")


def _columns(table: Any, *without: str) -> list[str]:
    meta = table._meta
    return [field.column_name for field in meta.sorted_fields if field.name not in (*without, *meta.generated)]


def _insert(table: Any, *first: str, without: Sequence[str] = ()) -> str:
    columns = [*first, *_columns(table, *first, *without)]
    return f"INSERT INTO {table._meta.table_name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INVOICE = _insert(tables.Invoice, without=("id",))
_LINE = _insert(tables.Line, "invoice_id")
_ENTRY = _insert(tables.Journal, "invoice_id", without=("id",))
_CHANGED = f"UPDATE invoice SET {', '.join(f'{name} = ?' for name in _columns(tables.Invoice, 'id'))} WHERE id = ?"
_CHANGED_LINE = "UPDATE line SET description = ? WHERE invoice_id = ? AND position = 0"


def _ten_lines(store: Store) -> Invoice:
    lines = tuple(Line(f"line {number}, on site", "Consulting", "2", "125.00", "GST+QST") for number in range(10))
    return replace(new_draft(store, date(2026, 11, 24)), lines=lines)


def saving(path: Path, rounds: int) -> Iterator[Row]:
    """A new invoice of ten lines, and the next save of it with one line changed, against the same rows and indexes."""
    store = open_company(path)
    took: dict[str, list[float]] = {"new": [], "bare new": [], "changed": [], "bare changed": []}
    with store.reading(), closing(Bare(store)) as bare:
        draft = _ten_lines(store)
        save = partial(save_draft, store, keep_customer=False)
        made: list[int] = []
        for turn in range(rounds):
            saved = _timed(took["new"], save, draft)
            rows = bare.prepare(saved.id)
            other = _timed(took["bare new"], bare.insert, rows)
            one = replace(draft.lines[0], description=f"changed {turn}")
            changed = replace(saved, lines=(one, *draft.lines[1:]))
            saved = _timed(took["changed"], partial(save, before=saved), changed)
            rows = bare.prepare(saved.id)
            _timed(took["bare changed"], bare.update, other, rows)
            made += [saved.id, other]
        for id_ in made:
            delete_draft(store, id_)
    middle = {name: statistics.median(times) for name, times in took.items()}
    for name, words in (("new", "saving an invoice of ten lines"), ("changed", "saving it with one line changed")):
        bare_time = middle[f"bare {name}"]
        goal = "at most 1.5" if name == "new" else ""
        yield words, _ms(middle[name]), f"{middle[name] / bare_time:.2f}", goal
        yield "  the same rows by bare sqlite3", _ms(bare_time), "", ""


def listing(path: Path, rounds: int) -> Iterator[Row]:
    """`facturier list` against a Python that only imports Peewee."""
    took: dict[str, list[float]] = {"list": [], "peewee": []}
    with tempfile.TemporaryDirectory() as home:
        variables = {**os.environ, "FACTURIER_HOME": home, "PYTHONPATH": str(ROOT)}
        programs = {
            "list": [sys.executable, "-m", "facturier", "--company", str(path), "list"],
            "peewee": [sys.executable, "-c", "import peewee"],
        }

        run = partial(subprocess.run, env=variables, stdout=subprocess.DEVNULL, check=True)
        for arguments in programs.values():  # compiled and in memory from here on
            run(arguments)
        for _round in range(rounds):
            for name, arguments in programs.items():
                _timed(took[name], run, arguments)
    ours, least = (statistics.median(times) for times in took.values())
    yield f"facturier list, {LISTED} invoices", _ms(ours), f"{ours / least:.2f}", "at most 2.5"
    yield "  python -c 'import peewee'", _ms(least), "", ""


def _timed(times: list[float], run: Callable[..., Any], *arguments: object) -> Any:
    began = time.perf_counter()
    found = run(*arguments)
    times.append(time.perf_counter() - began)
    return found


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python scripts/bench saving")
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args(arguments)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    for rows in (saving(books(options.invoices), options.rounds), listing(books(LISTED), max(options.rounds // 10, 5))):
        for what, measured, ratio, goal in rows:
            print(f"{what:58} {measured:>14} {ratio:>8}   {goal}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

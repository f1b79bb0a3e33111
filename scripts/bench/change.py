"""Write to a company as another window would: change statuses one by one, and save invoices."""

import os
import statistics
import sys
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from facturier.models.books.drafts import delete_draft, new_draft, save_draft
from facturier.models.settings.tax import Line
from facturier.models.store.store import open_company


def change(path: Path, times: int) -> None:
    """Change the newest sent invoices to failed and back, one transaction each."""
    store = open_company(path)
    ids = [row[0] for row in store.rows("SELECT id FROM invoice WHERE delivery = 'sent' ORDER BY id DESC LIMIT 20")]
    for turn in range(times):
        with store.writing():
            sent = turn // len(ids) % 2
            state = "sent" if sent else "failed"
            store.write("UPDATE invoice SET delivery = ?, reached = ? WHERE id = ?", state, sent, ids[turn % len(ids)])
    with store.writing():
        store.write_many("UPDATE invoice SET delivery = 'sent', reached = 1 WHERE id = ?", [(id_,) for id_ in ids])


def save(path: Path, times: int) -> float:
    """Return the median time in seconds to save an invoice of ten lines."""
    store = open_company(path)
    draft = new_draft(store, date(2026, 11, 24))
    lines = tuple(Line(f"line {number}, on site", "Consulting", "2", "125.00", "GST+QST") for number in range(10))
    took, made = [], []
    with store.reading():
        for _time in range(times):
            began = time.perf_counter()
            made.append(save_draft(store, replace(draft, lines=lines), keep_customer=False).id or 0)
            took.append(time.perf_counter() - began)
        for id_ in made:
            delete_draft(store, id_)
    return statistics.median(took)


def flush(folder: Path, times: int) -> float:
    """Return the median time in seconds to write and flush one page to the disk."""
    took = []
    with (folder / "flushed").open("wb", buffering=0) as file:
        for _time in range(times):
            began = time.perf_counter()
            file.write(os.urandom(4096))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    change(Path(sys.argv[1]), int(sys.argv[2]))

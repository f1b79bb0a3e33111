"""Rows as CSV for spreadsheets, and as JSON for programs, one row at a time."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

BOM = "\ufeff"  # without it, Excel reads a CSV file as Windows-1252
# What a spreadsheet takes for the start of a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")

Cell = str | int | bool | date | datetime | None


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Return the lines of a CSV text (RFC 4180), first the one with the names of the columns.

    Dates are ISO dates and amounts are decimal text. A text that a spreadsheet could run as a formula gets an
    apostrophe in front.
    """
    yield _line([*names])
    for cells in rows:
        yield _line([safe_cell(_text(cell)) for cell in cells])


def json_lines(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Return the lines of a JSON array with one object per row, each on its own line."""
    before = "[\n"
    for cells in rows:
        yield before + json.dumps(dict(zip(names, map(_value, cells), strict=True)), ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula. Plain negative numbers stay as they are."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    found = _value(cell)
    return "" if found is None else str(found)


def _value(cell: Cell) -> str | int | bool | None:
    return cell.isoformat() if isinstance(cell, date) else cell

"""Read a CSV file as a table: find its delimiter and its header, and keep the line of each row."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.imports.row import MOST_ROWS
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold

_DELIMITERS = ",;\t"
_SEP = re.compile(r"sep=(.)\r?\n", re.I)  # Excel's own way to name the delimiter
_HEAD = 20  # lines at the top in which the header is looked for: reports begin with a title
# An apostrophe that an export put before a text that a spreadsheet would run as a formula.
_FORMULA = re.compile(r"'(?=[=+\-@])")


class Table(NamedTuple):
    """The header and the rows, each with its first line in the file, counted from 1. Rows without a text are left
    out. A column name that appears again has its number: `Phone (2)`."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def key_of(header: str) -> str:
    """Return a column name without case, accents and punctuation: `*E-mail 1 - Value` → `e mail 1 value`."""
    return " ".join(re.findall("[a-z0-9]+", fold(header)))


def read_table(text: str, name: str, known: Iterable[str] = ()) -> Table:
    """Parse a CSV text. `known` are keys of columns by which a header is recognised; `name` is for errors.

    Raises InputError with the line if quotation marks do not match, and if there is no header or too many rows.
    """
    skipped = 0
    if named := _SEP.match(text):
        text, skipped = text[named.end() :], 1
    delimiter = named[1] if named else _delimiter(text)
    keys = set(known)
    rows: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in _rows(text, delimiter, skipped):
        rows.append((line, cells))
        if len(rows) > MOST_ROWS + _HEAD:
            raise InputError(_("“{name}” has too many rows: {most} at most.").format(name=name, most=MOST_ROWS))
    at = _header(rows, keys)
    if at is None:
        raise InputError(
            _("“{name}” has no header with the names of its columns.").format(name=name),
            todo=_("The first line must name the columns, such as: Name,Email"),
        )
    header = _unique(rows[at][1])
    body = tuple((line, _fitted(cells, len(header))) for line, cells in rows[at + 1 :])
    if len(body) > MOST_ROWS:
        raise InputError(_("“{name}” has too many rows: {most} at most.").format(name=name, most=MOST_ROWS))
    return Table(header, body)


def _delimiter(text: str) -> str:
    """Return the delimiter that is most frequent outside of quotes in one of the first lines."""
    lines = text[:100_000].splitlines()[:_HEAD]
    bare = [re.sub('"[^"]*"', "", line) for line in lines]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in bare), default=0))


def _rows(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield rows that have a text, each with its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            cleaned = tuple(_FORMULA.sub("", clean_lines(cell).strip(), count=1) for cell in cells)
            if any(cleaned):
                yield line + skipped, cleaned
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            _("Line {line}: the quotation marks do not match, or a cell is too long.").format(line=line + skipped)
        ) from error


def _header(rows: list[tuple[int, tuple[str, ...]]], known: set[str]) -> int | None:
    """Return the place of the row that names most known columns, or else of the first row with two cells."""
    head = rows[:_HEAD]
    counts = [len({key_of(cell) for cell in cells} & known) for _line, cells in head]
    if counts and max(counts) > 0:
        return counts.index(max(counts))
    return next((at for at, (_line, cells) in enumerate(head) if len(list(filter(None, cells))) > 1), None)


def _unique(cells: Iterable[str]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, 1):
        name = clean(cell) or _("Column {number}").format(number=place)
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return tuple(names)


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))

"""Which columns of a table a field is read from, as a person says it, and the rows that come out."""

import csv
from collections.abc import Mapping
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.imports.csv_table import Table, key_of
from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.imports.row import Row
from facturier.models.text.i18n import _

Mapped = Mapping[str, tuple[int, ...]]  # the places of the columns of a field
_SEVERAL = " ::: "  # Google Contacts puts it between several values in one cell


class MapEntry(NamedTuple):
    """`field=column` of `--map`; no column if the field is not to be read."""

    field: str
    column: str


def parse_map(text: str, kind: Kind) -> tuple[MapEntry, ...]:
    """Parse `name=Company,email=E-mail`. A field may come several times. Quotation marks protect commas:
    `"name=Name, full"`. Raises InputError."""
    found = []
    for part in next(csv.reader([text], skipinitialspace=True), []):
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise InputError(_("“{text}” is not a field and a column, such as name=Company.").format(text=part))
        if field not in FIELDS[kind]:
            raise InputError(
                _("Unknown field “{name}”. Known fields: {known}.").format(
                    name=field[:50], known=", ".join(FIELDS[kind])
                )
            )
        found.append(MapEntry(field, column))
    return tuple(found)


def with_map(mapped: Mapped, entries: tuple[MapEntry, ...], header: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Replace the columns of the fields that `entries` name. Raises InputError for an unknown column."""
    chosen: dict[str, tuple[int, ...]] = {}
    for field, column in entries:
        at = (_place(column, header),) if column else ()
        chosen[field] = (*chosen.get(field, ()), *at)
    return {field: places for field, places in {**mapped, **chosen}.items() if places}


def _place(column: str, header: tuple[str, ...]) -> int:
    if column in header:
        return header.index(column)
    keys = [key_of(name) for name in header]
    if key_of(column) and key_of(column) in keys:
        return keys.index(key_of(column))
    raise InputError(
        _("There is no column “{name}”. Columns: {known}.").format(name=column[:80], known=", ".join(header)[:1_000])
    )


def rows_of(table: Table, mapped: Mapped) -> list[Row]:
    """Return the rows of a table with the texts of the mapped fields."""
    return [
        Row(line, {field: text for field, places in mapped.items() if (text := _text(cells, places))})
        for line, cells in table.rows
    ]


def _text(cells: tuple[str, ...], places: tuple[int, ...]) -> str:
    values = (value.strip() for place in places for value in cells[place].split(_SEVERAL))
    return "\n".join(dict.fromkeys(filter(None, values)))


def example(table: Table, place: int) -> str:
    """Return the first text in a column."""
    return next((cells[place] for _line, cells in table.rows if cells[place]), "")

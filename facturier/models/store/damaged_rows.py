"""Read rows that a failing disk or another program may have damaged, so that one bad row affects only itself."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from facturier.models.errors import DamagedRow
from facturier.models.text.clean import clean, from_json
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from facturier.models.store.store import Store

Made = TypeVar("Made")
_LONGEST = 80  # characters of a damaged value that are shown
# The errors that converting an invalid value into one of our classes can raise.
DAMAGE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


@contextlib.contextmanager
def reading_row(table: str, row: object) -> Iterator[None]:
    """Convert one row into one of our classes. Raises DamagedRow, which names the row, if a value is not valid."""
    try:
        yield
    except DAMAGE as error:
        raise damaged(table, row, str(error)) from error


def damaged(table: str, row: object, reason: str) -> DamagedRow:
    return DamagedRow(
        _("Row {row} of “{table}” in the company file is damaged: {reason}.").format(
            table=table, row=clean(str(row)), reason=clean(reason)[:_LONGEST]
        ),
        kept=_("Everything else works."),
        todo=_("If you need this row, restore the last good backup."),
    )


def each(store: "Store", table: str, rows: Iterable[Any], make: Callable[[Any], Made]) -> list[Made]:
    """Return the result of `make` for each row. The first column of a row is its id.

    Damaged rows are skipped and noted in the store.
    """
    found = []
    for row in rows:
        try:
            found.append(make(row))
        except DAMAGE as error:
            store.note(damaged(table, row[0], str(error)))
        except DamagedRow as error:
            store.note(error)
    return found


def texts(value: str) -> dict[str, str]:
    """Return a JSON object with text values. Raises ValueError or TypeError if it is not an object."""
    found = from_json(value)
    if not isinstance(found, dict):
        raise TypeError("no object")
    return {name: text if isinstance(text, str) else str(text) for name, text in found.items()}


def addresses(value: object) -> tuple[str, ...]:
    """Return a list of addresses from JSON. Raises TypeError if it is not a list of texts."""
    if not isinstance(value, list) or not all(isinstance(address, str) for address in value):
        raise TypeError("no list of addresses")
    return tuple(value)


def whole(value: object, least: int = -(1 << 63), most: int = (1 << 63) - 1) -> int:
    """Return the integer if it is from `least` to `most`. Raises TypeError or ValueError if it is not."""
    if not isinstance(value, int):
        raise TypeError("no whole number")
    if not least <= value <= most:
        raise ValueError(f"out of range: {value}")
    return value


def instant_of(value: str) -> datetime:
    """Return an aware datetime. Raises ValueError or TypeError if the text is not one."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(f"no time zone: {value}")
    found.astimezone()  # a date that the calendar cannot represent fails here, and not where it is shown
    return found


def text(value: object) -> str:
    """Return the value if it is text. Raises TypeError if it is not."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value

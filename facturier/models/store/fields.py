"""Column types: how each writes and reads its values.

Reading a value that its column cannot hold raises ValueError or TypeError; the store turns it into a `DamagedRow`
(`facturier.models.store.damaged_rows`). Only nullable columns return None for NULL.

Text needs no rule here. The connection removes control, bidi and invisible characters from all text that it reads,
including the results of expressions and plain SQL (`facturier.models.store.sqlite`), and the store from all that it
writes.
"""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import peewee

from facturier.models.store import damaged_rows
from facturier.models.text.clean import cleaned, from_json


def instant(at: datetime) -> str:
    """Return an aware instant as the store writes it: UTC with milliseconds, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


class _Checked(peewee.Field):
    """A field that checks its values. `_read` and `_write` never receive NULL."""

    def python_value(self, value: Any) -> Any:
        return None if value is None and self.null else self._read(value)

    def db_value(self, value: Any) -> Any:
        return None if value is None else self._write(value)

    def _read(self, value: Any) -> Any:
        raise NotImplementedError

    def _write(self, value: Any) -> Any:
        return value


class Text(_Checked, peewee.TextField):
    is_plain = True  # a value is written as it is

    def python_value(self, value: Any) -> Any:
        return value if type(value) is str else super().python_value(value)  # most columns of most rows

    def _read(self, value: Any) -> str:
        return damaged_rows.text(value)


class DecimalText(Text):
    """A decimal number as text, which keeps its digits: “2.50” is not “2.5”. A draft may contain text that is not a
    number yet."""


class Day(_Checked, peewee.TextField):
    """A date in ISO format, so that text order is time order. With `empty`, an empty text means no date."""

    def __init__(self, *, empty: bool = False, **options: Any) -> None:
        self.empty = empty
        super().__init__(**options)

    def db_value(self, value: Any) -> Any:
        return "" if value is None and self.empty else super().db_value(value)

    def _read(self, value: Any) -> Any:
        return None if value == "" and self.empty else date.fromisoformat(value)

    def _write(self, value: Any) -> str:
        return date.isoformat(value)


class Instant(Day):
    """An aware instant in UTC with milliseconds, so that text order is time order. With `empty`, an empty text means
    none."""

    def _read(self, value: Any) -> Any:
        return None if value == "" and self.empty else damaged_rows.instant_of(value)

    def _write(self, value: Any) -> str:
        return instant(value)


class Choice(_Checked, peewee.TextField):
    """A member of an enum, stored as its value."""

    def __init__(self, kind: type[StrEnum], **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def _read(self, value: Any) -> StrEnum:
        return self.kind(value)

    def _write(self, value: Any) -> str:
        return (value if type(value) is self.kind else self.kind(value)).value


class Json(_Checked, peewee.TextField):
    """The value of a JSON text. Strings in it are cleaned on reading: in JSON, an ESC looks like plain ASCII."""

    def _read(self, value: Any) -> Any:
        return from_json(value)

    def _write(self, value: Any) -> str:
        # Strings are cleaned before they are written as JSON: cleaning the JSON itself would turn other line ends into
        # raw line breaks, and those cannot be in a JSON string.
        return json.dumps(cleaned(value), ensure_ascii=False)

    def part(self, name: str) -> peewee.Expression:
        """Return the member `name` of an object as text, or NULL if there is none."""
        return peewee.Expression(self, "->>", peewee.Value(name, converter=False))


class Texts(Json):
    """A JSON object with text values."""

    def _read(self, value: Any) -> dict[str, str]:
        return damaged_rows.texts(value)


class Whole(_Checked, peewee.IntegerField):
    """An integer from `least` to `most`, by default any that SQLite can store."""

    is_plain = True

    def __init__(self, least: int = -(1 << 63), most: int = (1 << 63) - 1, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**options)

    def python_value(self, value: Any) -> Any:
        return value if type(value) is int and self.least <= value <= self.most else super().python_value(value)

    def _read(self, value: Any) -> int:
        return damaged_rows.whole(value, self.least, self.most)


class Money(Whole):
    """An amount in minor units of the invoice's currency."""


class Flag(_Checked, peewee.IntegerField):
    """A boolean, stored as 1 or 0 because STRICT tables of SQLite have no boolean type."""

    def _read(self, value: Any) -> bool:
        return bool(value)

    def _write(self, value: Any) -> int:
        return int(bool(value))


class Blob(_Checked):
    field_type = "BLOB"

    def _read(self, value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise TypeError("no bytes")
        return value


class Reference(peewee.ForeignKeyField):
    """The id of a row in another table. The field is named like its column and never loads that row."""

    is_plain = True

    def __init__(self, table: type[peewee.Model] | str, **options: Any) -> None:
        super().__init__(table, backref="+", lazy_load=False, **options)

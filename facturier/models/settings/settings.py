"""The company's settings, stored as one JSON value per key."""

import re
from dataclasses import fields
from functools import lru_cache
from typing import Any

from facturier.models.errors import DamagedRow
from facturier.models.settings.company import DEFAULT_SENDERS, Company, DefaultSender
from facturier.models.settings.series import after_prefix, read_series
from facturier.models.settings.tax import read_rates
from facturier.models.store import tables
from facturier.models.store.damaged_rows import instant_of, reading_row, text, whole
from facturier.models.store.prepared import Prepared
from facturier.models.store.store import Store
from facturier.models.text.clean import from_json
from facturier.models.text.i18n import LANGUAGES, spoken

# Earlier versions stored one text for customers of all languages.
_ONCE_FOR_ALL = {"message": "messages", "payment_text": "payment_texts"}
# Earlier versions stored these instead of `series`.
_ONCE_FOR_INVOICES = ("prefix", "next_number")
_BOUNDS = {"terms": (0, 36_525), "next_number": (0, 10**15), "undo": (0, 86_400)}
_CURRENCY = re.compile("[A-Z]{3}")

_settings = Prepared(lambda: tables.Setting.select(tables.Setting.key, tables.Setting.value))


def read_company(store: Store) -> Company:
    """Return the settings. A damaged setting gets its default value and is noted in the store."""
    company, damaged = _company(tuple(store.all(_settings())), spoken())
    for error in damaged:
        store.note(error)
    return company


# The settings are read at every save and by every screen, and hardly ever change.
@lru_cache(8)
def _company(rows: tuple[tuple[str, str], ...], _language: str) -> tuple[Company, tuple[DamagedRow, ...]]:
    """Return the settings from their rows, and what is damaged in them, in words of this language."""
    known = {field.name for field in fields(Company)}
    found: dict[str, Any] = {}
    damaged = []
    for key, value in rows:
        if key in known or key in _ONCE_FOR_ALL or key in _ONCE_FOR_INVOICES:
            try:
                with reading_row("setting", key):
                    found[key] = _checked(key, from_json(value))
            except DamagedRow as error:
                damaged.append(error.with_traceback(None))
    for name, by_language in _ONCE_FOR_ALL.items():
        if name in found and by_language not in found:
            found[by_language] = dict.fromkeys(LANGUAGES, found[name])
    if "series" not in found and any(key in found for key in _ONCE_FOR_INVOICES):
        found["series"] = {"invoice": after_prefix(found.get("prefix", ""), found.get("next_number", 1001))}
    return Company(**{key: value for key, value in found.items() if key in known}), tuple(damaged)


def _checked(key: str, value: Any) -> Any:
    """Return the value of a setting from its JSON.

    Raises one of the errors that `reading_row` catches if the value is not valid.
    """
    match key:
        case "rates":
            return read_rates(value)
        case "terms_rule":
            from facturier.models.text.dates.terms import check_rule

            return check_rule(text(value))
        case "custom_fields":
            from facturier.models.settings.custom_fields import read_custom_fields

            return read_custom_fields(value)
        case "series":
            return read_series(value)
        case "reminders":
            from facturier.models.settings.reminders import read_levels  # no screen needs them at start

            return None if value is None else read_levels(value)
        case "automatic_reminders":
            from facturier.models.settings.automatic import read_automatic

            return read_automatic(value)
        case "sender":
            return _sender(value)
        case _ if key in _BOUNDS:
            if isinstance(value, bool):
                raise TypeError("no whole number")
            return whole(value, *_BOUNDS[key])
        case "per_line" | "inclusive":
            if not isinstance(value, bool):
                raise TypeError("neither true nor false")
            return value
        case "messages" | "payment_texts" | "subjects" | "letters":
            return {text(name): text(words) for name, words in value.items()}
        case "removed_copies":
            return {text(address): instant_of(text(at)) for address, at in value.items()}
        case "currency" if not _CURRENCY.fullmatch(text(value)):
            raise ValueError(f"no currency: {value}")
        case "language" if text(value) not in LANGUAGES:
            raise ValueError(f"no language: {value}")
    return text(value)


def _sender(value: dict[str, Any]) -> DefaultSender:
    """Return the sender from its JSON. Raises like `_checked`, also if only one part is damaged."""
    found = DefaultSender(**value)
    whole(found.port, 0, 65_535)
    for name in ("kind", "address", "host", "security", "user", "folder"):
        text(getattr(found, name))
    if found.kind not in ("", *DEFAULT_SENDERS) or found.security not in ("tls", "starttls", "none"):
        raise ValueError(f"no such sender: {found.kind} {found.security}")
    return found

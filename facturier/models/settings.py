"""The company's settings, kept as one JSON value a key."""

import json
import re
from dataclasses import asdict, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from facturier.models.clean import from_json
from facturier.models.company import Company, DefaultSender, check_sizes
from facturier.models.errors import DamagedRow, InputError
from facturier.models.journal import write_journal
from facturier.models.language import LANGUAGES, _
from facturier.models.reading import reading_row, text, whole
from facturier.models.store import Store
from facturier.models.tax import TaxRate
from facturier.models.turning_away import try_again

# In files of earlier versions there was one text for customers of all languages.
_ONCE_FOR_ALL = {"message": "messages", "payment_text": "payment_texts"}
_BOUNDS = {"terms": (0, 36_525), "next_number": (0, 10**15), "undo": (0, 86_400)}
_CURRENCY = re.compile("[A-Z]{3}")


def read_company(store: Store) -> Company:
    """The settings. One that cannot be what it is has its built-in value, and is noted in the store."""
    known = {field.name for field in fields(Company)}
    found: dict[str, Any] = {}
    for key, value in store.rows("SELECT key, value FROM setting"):
        if key in known or key in _ONCE_FOR_ALL:
            try:
                with reading_row("setting", key):
                    found[key] = _checked(key, from_json(value))
            except DamagedRow as error:
                store.note(error)
    for name, by_language in _ONCE_FOR_ALL.items():
        if name in found and by_language not in found:
            found[by_language] = dict.fromkeys(LANGUAGES, found[name])
    return Company(**{key: value for key, value in found.items() if key in known})


def save_company(store: Store, company: Company) -> None:
    """Keep the settings; the journal says which changed. Drafts take on changed tax rates. Raises InputError when the
    next number has been given already, and for a text that is too long."""
    check_sizes(company)
    with store.writing():
        before = read_company(store)
        changed = [
            field.name for field in fields(Company) if getattr(before, field.name) != getattr(company, field.name)
        ]
        if not changed:
            return
        if store.row("SELECT 1 FROM invoice WHERE number = ?", company.number):
            raise InputError(_("Invoice {number} exists already.").format(number=company.number))
        for name in changed:
            store.write(
                "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                name,
                json.dumps(_plain(name, company), ensure_ascii=False),
            )
        if "rates" in changed or "per_line" in changed:
            _tax_drafts_anew(store, company)
        if "sender" in changed:
            try_again(store, before.sender.address or before.email)
        write_journal(store, "settings", changed=", ".join(changed))


def take_number(store: Store, company: Company) -> None:
    """Move on to the next number that is free, inside the transaction that gave this one."""
    company = replace(company, next_number=company.next_number + 1)
    while store.row("SELECT 1 FROM invoice WHERE number = ?", company.number):
        company = replace(company, next_number=company.next_number + 1)
    store.write(
        "INSERT INTO setting (key, value) VALUES ('next_number', ?)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        json.dumps(company.next_number),
    )


def _checked(key: str, value: Any) -> Any:
    """A setting's value out of its JSON. Raises ValueError, TypeError and other errors that `reading_row` knows."""
    match key:
        case "rates":
            return read_rates(value)
        case "sender":
            return _sender(value)
        case _ if key in _BOUNDS:
            if isinstance(value, bool):
                raise TypeError("no whole number")
            return whole(value, *_BOUNDS[key])
        case "per_line":
            if not isinstance(value, bool):
                raise TypeError("neither true nor false")
            return value
        case "messages" | "payment_texts" | "subjects" | "letters":
            return {text(name): text(words) for name, words in value.items()}
        case "currency" if not _CURRENCY.fullmatch(text(value)):
            raise ValueError(f"no currency: {value}")
        case "language" if text(value) not in LANGUAGES:
            raise ValueError(f"no language: {value}")
    return text(value)


def _sender(value: dict[str, Any]) -> DefaultSender:
    """Raises as `_checked`; a sender that is not known whole sends nothing."""
    found = DefaultSender(**value)
    whole(found.port, 0, 65_535)
    for name in ("kind", "address", "host", "security", "user", "folder"):
        text(getattr(found, name))
    if found.kind not in ("", "smtp", "folder") or found.security not in ("tls", "starttls", "none"):
        raise ValueError(f"no such sender: {found.kind} {found.security}")
    return found


def read_rates(pairs: list[list[str]]) -> tuple[TaxRate, ...]:
    """Raises ValueError, TypeError, ArithmeticError for what are no rates."""
    rates = tuple(TaxRate(text(code), Decimal(text(percent))) for code, percent in pairs)
    if not all(rate.percent.is_finite() and 0 <= rate.percent <= 100 for rate in rates):
        raise ValueError("no tax rate")
    return rates


def write_rates(rates: tuple[TaxRate, ...]) -> list[list[str]]:
    return [[rate.code, str(rate.percent)] for rate in rates]


def parse_rates(text: str) -> tuple[TaxRate, ...]:
    """Tax rates as a person types them, one a line: `GST 5`, `QST 9.975 %`. Raises InputError."""
    rates: dict[str, TaxRate] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        code, _space, percent = line.strip().rstrip("% ").rpartition(" ")
        try:
            rate = TaxRate(code.strip(), Decimal(percent.strip().replace(",", ".")))
        except InvalidOperation:
            rate = TaxRate("", Decimal(0))
        if not rate.code or "+" in rate.code or not rate.percent.is_finite() or not 0 <= rate.percent <= 100:
            raise InputError(_("“{line}” is not a tax rate. Write for instance: GST 5").format(line=line.strip()))
        if rate.code.casefold() in rates:
            raise InputError(_("“{code}” is there twice.").format(code=rate.code))
        rates[rate.code.casefold()] = rate
    return tuple(rates.values())


def _plain(name: str, company: Company) -> object:
    if name == "rates":
        return write_rates(company.rates)
    if name == "sender":
        return asdict(company.sender)
    return getattr(company, name)


def _tax_drafts_anew(store: Store, company: Company) -> None:
    from facturier.models.drafts import searchable
    from facturier.models.invoices import get_invoice

    for (invoice_id,) in store.rows("SELECT id FROM invoice WHERE standing = 'draft'"):
        try:
            draft = get_invoice(store, invoice_id)
        except DamagedRow as error:
            store.note(error)
            continue
        draft = replace(draft, rates=company.rates, per_line=company.per_line)
        store.write(
            "UPDATE invoice SET rates = ?, per_line = ?, total = ?, folded = ?, version = version + 1 WHERE id = ?",
            json.dumps(write_rates(draft.rates)),
            draft.per_line,
            draft.totals.total,
            searchable(draft),
            invoice_id,
        )

"""The company's settings, kept as one JSON value a key."""

import json
from dataclasses import asdict, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from facturier.models.clean import from_json
from facturier.models.company import Company, DefaultSender, check_sizes
from facturier.models.errors import InputError
from facturier.models.journal import write_journal
from facturier.models.language import LANGUAGES, _
from facturier.models.store import Store
from facturier.models.tax import TaxRate
from facturier.models.turning_away import try_again

# In files of earlier versions there was one text for customers of all languages.
_ONCE_FOR_ALL = {"message": "messages", "payment_text": "payment_texts"}


def read_company(store: Store) -> Company:
    found: dict[str, Any] = {key: from_json(value) for key, value in store.rows("SELECT key, value FROM setting")}
    for name, by_language in _ONCE_FOR_ALL.items():
        if name in found and by_language not in found:
            found[by_language] = dict.fromkeys(LANGUAGES, found[name])
    known = {field.name for field in fields(Company)}
    kept = {key: value for key, value in found.items() if key in known}
    if "rates" in kept:
        kept["rates"] = read_rates(kept["rates"])
    if "sender" in kept:
        kept["sender"] = DefaultSender(**kept["sender"])
    return Company(**kept)


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


def read_rates(pairs: list[list[str]]) -> tuple[TaxRate, ...]:
    return tuple(TaxRate(code, Decimal(percent)) for code, percent in pairs)


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
        draft = replace(get_invoice(store, invoice_id), rates=company.rates, per_line=company.per_line)
        store.write(
            "UPDATE invoice SET rates = ?, per_line = ?, total = ?, folded = ?, version = version + 1 WHERE id = ?",
            json.dumps(write_rates(draft.rates)),
            draft.per_line,
            draft.totals.total,
            searchable(draft),
            invoice_id,
        )

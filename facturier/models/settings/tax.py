"""Tax rates: their names, the days on which they apply, and how they are stored."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, catalogue, spoken

_NAMES = {"GST": N_("GST"), "HST": N_("HST"), "PST": N_("PST"), "QST": N_("QST")}
# EN 16931, BT-151: standard, zero, exempt, reverse charge, intra-community supply, export, outside the scope of VAT.
CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")


class TaxRate(NamedTuple):
    """One tax, or one period of it.

    `code` is the name that lines use (`GST`); `percent` is 5 for 5 %. A `compound` tax applies to the price with the
    other taxes of the line. `since` and `until` are the first and the last day on which the rate applies, None for no
    limit. `category` is one of CATEGORIES, or empty. `note` is what the document must say about the tax, such as the
    reason for an exemption.
    """

    code: str
    percent: Decimal
    compound: bool = False
    since: date | None = None
    until: date | None = None
    category: str = ""
    note: str = ""


def rates_on(rates: Iterable[TaxRate], day: date) -> tuple[TaxRate, ...]:
    """Return the rates that apply on a day, without those that have ended or not begun."""
    return tuple(
        rate
        for rate in rates
        if (rate.since is None or rate.since <= day) and (rate.until is None or day <= rate.until)
    )


def tax_codes(text: str) -> tuple[str, ...]:
    """Return the codes of a text such as `GST+QST`, each once."""
    return tuple(dict.fromkeys(code for part in text.split("+") if (code := part.strip())))


def tax_name(code: str, language: str) -> str:
    """Return the name of a tax in a language. Only Canada's own taxes have translations."""
    return catalogue(language).gettext(_NAMES[code]) if code in _NAMES else clean(code)


def check_tax(text: str, rates: Mapping[str, TaxRate]) -> str:
    """Return the tax codes of a line as the company's rates spell them.

    A person may also type the name that documents use in the interface language. Raises InputError if a code is
    unknown.
    """
    known = {tax_name(code, spoken()).casefold(): code for code in rates} | {code.casefold(): code for code in rates}
    codes = tax_codes(text)
    for code in codes:
        if code.casefold() not in known:
            raise InputError(
                _("Unknown tax “{code}”. Known taxes: {known}.").format(code=code, known=", ".join(rates) or _("none"))
            )
    return "+".join(dict.fromkeys(known[code.casefold()] for code in codes))


def read_rates(stored: list[list[Any]]) -> tuple[TaxRate, ...]:
    """Return the rates from their JSON form: lists of code, percent and, for some, an object with the rest.

    Raises ValueError, TypeError or ArithmeticError if they are not valid.
    """
    return tuple(_read_rate(*parts) for parts in stored)


def _read_rate(code: str, percent: str, more: dict[str, Any] | None = None) -> TaxRate:
    more = more or {}
    rate = TaxRate(
        text(code),
        Decimal(text(percent)),
        compound=more.get("compound") is True,
        since=date.fromisoformat(text(more["since"])) if "since" in more else None,
        until=date.fromisoformat(text(more["until"])) if "until" in more else None,
        category=text(more.get("category", "")),
        note=text(more.get("note", "")),
    )
    if not rate.percent.is_finite() or not 0 <= rate.percent <= 100 or rate.category not in ("", *CATEGORIES):
        raise ValueError("no tax rate")
    return rate


def write_rates(rates: tuple[TaxRate, ...]) -> list[list[Any]]:
    """Return the JSON form that `read_rates` reads."""
    return [[rate.code, str(rate.percent), *([more] if (more := _more(rate)) else [])] for rate in rates]


def _more(rate: TaxRate) -> dict[str, Any]:
    dates = {"since": rate.since and rate.since.isoformat(), "until": rate.until and rate.until.isoformat()}
    more = {"compound": rate.compound, **dates, "category": rate.category, "note": rate.note}
    return {name: value for name, value in more.items() if value}


def parse_rates(text: str) -> tuple[TaxRate, ...]:
    """Return the tax rates that a person typed, one per line: `GST 5`, `QST 9.975 %`.

    Raises InputError if a line is not a rate from 0 to 100 or a code appears twice.
    """
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
            raise InputError(_("“{line}” is not a tax rate. Example: GST 5").format(line=line.strip()))
        if rate.code.casefold() in rates:
            raise InputError(_("“{code}” appears twice.").format(code=rate.code))
        rates[rate.code.casefold()] = rate
    return tuple(rates.values())

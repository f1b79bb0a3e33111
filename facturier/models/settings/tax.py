"""Tax rates: their names, the days on which they apply, and how they are stored."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from facturier.models.errors import InputError
from facturier.models.store.damaged_rows import text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import LANGUAGES, N_, _, catalogue, spoken

# The taxes that have names in several languages, by the code that lines use.
_NAMES = {
    "GST": N_("GST"),
    "HST": N_("HST"),
    "PST": N_("PST"),
    "QST": N_("QST"),
    "VAT": N_("VAT"),
    "VAT reduced": N_("VAT reduced"),
    "VAT intermediate": N_("VAT intermediate"),
    "VAT super-reduced": N_("VAT super-reduced"),
    "VAT zero": N_("VAT zero"),
    "VAT exempt": N_("VAT exempt"),
    "Reverse charge": N_("Reverse charge"),
    "Intra-EU": N_("Intra-EU"),
    "Export": N_("Export"),
    "Outside VAT": N_("Outside VAT"),
}
# EN 16931, BT-151: standard, zero, exempt, reverse charge, intra-community supply, export, outside the scope of VAT.
CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")
# What a document must say about a category. Directive 2006/112/EC, article 226, points 11 and 11a.
_WORDS = {
    "E": N_("Exempt from VAT."),
    "AE": N_("Reverse charge."),
    "K": N_("Intra-Community supply, exempt from VAT (article 138 of Directive 2006/112/EC)."),
    "G": N_("Export, exempt from VAT (article 146 of Directive 2006/112/EC)."),
    "O": N_("Outside the scope of VAT."),
}


class TaxRate(NamedTuple):
    """One tax, or one period of it.

    `code` is the name that lines use (`GST`); `percent` is 5 for 5 %. A `compound` tax applies to the price with the
    other taxes of the line. `since` and `until` are the first and the last day on which the rate applies, None for no
    limit. `category` is one of CATEGORIES, or empty. `note` is what the document must say about the tax, such as the
    reason for an exemption; without one, the words of the category are printed.
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


def common_taxes(rates: Iterable[TaxRate]) -> list[str]:
    """Return the taxes that are charged together among the rates of one day: GST with QST, GST with PST.

    Sources: Revenu Québec, "Calculating the taxes"; Canada Revenue Agency, "GST/HST rates table".
    """
    codes = [rate.code for rate in rates]
    provincial = [code for code in codes if code.partition(" ")[0] in ("QST", "PST")]
    return [f"GST+{code}" for code in provincial] if "GST" in codes else []


def usual_tax(rates: Iterable[TaxRate]) -> str:
    """Return the tax of most lines of a company with these rates of one day; empty if that cannot be known.

    It is the only tax, or the only two if they are charged together.
    """
    rates = tuple(rates)
    if len(rates) == 1:
        return rates[0].code
    common = common_taxes(rates)
    return common[0] if len(common) == 1 and len(rates) == 2 else ""


def tax_codes(text: str) -> tuple[str, ...]:
    """Return the codes of a text such as `GST+QST`, each once."""
    return tuple(dict.fromkeys(code for part in text.split("+") if (code := part.strip())))


def tax_name(code: str, language: str) -> str:
    """Return the name of a tax in a language.

    The taxes of Canada and the European Union have translations, also with a place after them: `HST NS`.
    """
    if code in _NAMES:
        return catalogue(language).gettext(_NAMES[code])
    known, space, place = code.rpartition(" ")
    return f"{catalogue(language).gettext(_NAMES[known])}{space}{clean(place)}" if known in _NAMES else clean(code)


def tax_names(tax: str, language: str) -> str:
    """Return the taxes of a line, such as `GST+QST`, by their names in a language."""
    return "+".join(tax_name(part.strip(), language) for part in tax.split("+"))


def tax_code(name: str) -> str:
    """Return the code of a tax from its name in any language. Other names are codes themselves."""
    known = {tax_name(code, language).casefold(): code for language in LANGUAGES for code in _NAMES}
    tax, _space, place = name.rpartition(" ")
    if place and tax.casefold() in known and name.casefold() not in known:
        return f"{known[tax.casefold()]} {place}"
    return known.get(name.casefold(), name)


def in_language(tax_numbers: str, language: str) -> str:
    """Return the company's tax numbers with the names of the taxes in a language: `TPS 123456789 RT0001`.

    A name stays if the text has it in that language already.
    """
    for code in ("GST", "HST", "PST", "QST", "VAT"):
        wanted = tax_name(code, language)
        names = {tax_name(code, other) for other in LANGUAGES} - {wanted}
        if names and not re.search(rf"\b{wanted}\b", tax_numbers):
            tax_numbers = re.sub(rf"\b(?:{'|'.join(sorted(names))})\b", wanted, tax_numbers)
    return tax_numbers


def words_for(rate: TaxRate, language: str) -> str:
    """Return what a document must say about a rate: its own note, else the words of its category. Often empty."""
    words = _WORDS.get(rate.category)
    return clean(rate.note) or (catalogue(language).gettext(words) if words else "")


def check_tax(text: str, rates: Mapping[str, TaxRate]) -> str:
    """Return the tax codes of a line as the company's rates spell them.

    A person may also type the name that documents use in the interface language. Raises InputError if a code is
    unknown.
    """
    known = {tax_name(code, spoken()).casefold(): code for code in rates} | {code.casefold(): code for code in rates}
    codes = tax_codes(text)
    for code in codes:
        if code.casefold() not in known:
            names = ", ".join(tax_name(rate, spoken()) for rate in rates) or _("none")
            raise InputError(_("Unknown tax “{code}”. Known taxes: {known}.").format(code=code, known=names))
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

"""Tax rates as a person types and reads them, one period of a rate per line, in English or French.

`HST 15 until 2025-03-31`, `QST 9.5 compound until 2012-12-31`, `Reverse charge 0 (AE)`, `VAT 0 (E): Article 132`.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from facturier.models.errors import InputError
from facturier.models.settings.tax import CATEGORIES, TaxRate, tax_code, tax_name
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.decimals import plain
from facturier.models.text.i18n import _, spoken

_LINE = re.compile(
    r"(?P<code>\S.*?)\s+(?P<percent>[0-9.,]+)\s*%?"
    r"(?P<compound>\s+(?:compound|compos[ée]e?|on top of other taxes|on top|en sus))?"
    r"(?:\s+(?:from|since|[àa] partir du|d[èe]s le|depuis le|du)\s+(?P<since>.+?))?"
    r"(?:\s+(?:until|till|to|jusqu['’]au|au)\s+(?P<until>.+?))?"
    r"(?:\s*\((?P<category>[A-Z]{1,2})\))?"
    r"(?:\s*:\s*(?P<note>.*))?",
    re.IGNORECASE,
)
# Revenu Québec, "Calculating the taxes": a document may show 9.975 %, but none of these.
NEVER_IN_QUEBEC = (Decimal("9.97"), Decimal("14.97"), Decimal("14.975"))
_QST_ALONE = date(2013, 1, 1)  # Revenu Québec, "QST rates": from then on QST applies to the price without GST
_EARLIEST = date(1950, 1, 1)  # sales taxes are younger; an earlier date was typed without its year


def parse_rates(text: str, known: Iterable[TaxRate] = ()) -> tuple[TaxRate, ...]:
    """Return the rates that a person typed. Empty lines are skipped.

    A tax of `known` keeps its code. Others that have a name in English or French get their usual code, so that each
    document shows the name in its own language. Raises InputError, with the line, if a line is not a rate from 0 to
    100, if two periods of a tax overlap, or if Quebec forbids the percentage.
    """
    codes = {rate.code.casefold(): rate.code for rate in known}
    found: list[tuple[str, TaxRate]] = []
    for line in filter(None, (clean(line).strip() for line in text.splitlines())):
        rate = _parse(line, codes)
        for other, earlier in found:
            if earlier.code.casefold() == rate.code.casefold() and _overlap(earlier, rate):
                raise InputError(
                    _("“{line}” and “{other}” overlap. A tax can have one rate on each day.").format(
                        line=line, other=other
                    )
                )
        found.append((line, rate))
    return tuple(rate for _line, rate in found)


def rates_text(rates: Iterable[TaxRate]) -> str:
    """Return the rates in the interface language, as `parse_rates` reads them."""
    return "\n".join(_text(rate) for rate in rates)


def _text(rate: TaxRate) -> str:
    percent = plain(rate.percent)
    parts = [tax_name(rate.code, spoken()), percent.replace(".", ",") if spoken() == "fr" else percent]
    if rate.compound:
        parts.append(_("compound"))
    if rate.since:
        parts.append(_("from {day}").format(day=rate.since.isoformat()))
    if rate.until:
        parts.append(_("until {day}").format(day=rate.until.isoformat()))
    if rate.category:
        parts.append(f"({rate.category})")
    return " ".join(parts) + (f": {rate.note}" if rate.note else "")


def _parse(line: str, codes: dict[str, str]) -> TaxRate:
    parts = _LINE.fullmatch(line)
    wrong = InputError(_("“{line}” is not a tax rate. Examples: GST 5, HST 14 from 2025-04-01").format(line=line[:80]))
    if parts is None or "+" in parts["code"]:
        raise wrong
    try:
        percent = Decimal(parts["percent"].replace(",", "."))
    except InvalidOperation:
        raise wrong from None
    category = (parts["category"] or "").upper()
    if not 0 <= percent <= 100 or (category and category not in CATEGORIES):
        raise wrong
    code = parts["code"].strip()
    rate = TaxRate(
        codes.get(code.casefold()) or tax_code(code),
        percent,
        compound=parts["compound"] is not None,
        since=_day(parts["since"]),
        until=_day(parts["until"]),
        category=category,
        note=(parts["note"] or "").strip(),
    )
    if rate.since and rate.until and rate.until < rate.since:
        raise InputError(_("“{line}” ends before it begins.").format(line=line))
    _check_category(rate)
    _check_quebec(rate)
    return rate


def _day(text: str | None) -> date | None:
    if not text:
        return None
    day = parse_day(text, date(1900, 1, 1))
    if day < _EARLIEST:
        raise InputError(_("“{text}” is not a full date. Enter it as 2025-04-01.").format(text=text))
    return day


def _overlap(one: TaxRate, other: TaxRate) -> bool:
    first = max(one.since or date.min, other.since or date.min)
    return first <= min(one.until or date.max, other.until or date.max)


def _check_category(rate: TaxRate) -> None:
    """Raises InputError for a percentage that its category cannot have. EN 16931, BR-S-05 and the same rule of each."""
    if not rate.category or (rate.category == "S") == (rate.percent > 0):
        return
    if rate.category == "S":
        raise InputError(_("Category S is for a rate above 0. For a rate of 0, enter Z, E, AE, K, G or O."))
    raise InputError(_("The rate of category {category} is 0.").format(category=rate.category))


def _check_quebec(rate: TaxRate) -> None:
    """Raises InputError for a percentage that must not appear on a document in Quebec, and for QST on top of GST."""
    if rate.code == "QST" and rate.compound and (rate.until is None or rate.until >= _QST_ALONE):
        raise InputError(_("Since 2013, QST applies to the price without GST. Remove “compound”."))
    if rate.percent not in NEVER_IN_QUEBEC:
        return
    if rate.percent > 14:
        raise InputError(_("Quebec does not allow a combined rate on invoices. Enter two taxes: GST 5 and QST 9.975."))
    raise InputError(_("The rate of QST is 9.975. Quebec does not allow 9.97 on invoices."))

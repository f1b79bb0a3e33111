"""Units of quantities: codes of UN/ECE Recommendation 20 and the words that people and documents use for them."""

import re
from decimal import Decimal
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.search_text import fold


class Unit(NamedTuple):
    """The words for one and for several, in English and French."""

    one: str
    many: str
    une: str
    plusieurs: str


UNITS = {
    "HUR": Unit("hour", "hours", "heure", "heures"),
    "MIN": Unit("minute", "minutes", "minute", "minutes"),
    "DAY": Unit("day", "days", "jour", "jours"),
    "WEE": Unit("week", "weeks", "semaine", "semaines"),
    "MON": Unit("month", "months", "mois", "mois"),
    "ANN": Unit("year", "years", "an", "ans"),
    "C62": Unit("unit", "units", "unité", "unités"),
    "SET": Unit("set", "sets", "ensemble", "ensembles"),
    "PR": Unit("pair", "pairs", "paire", "paires"),
    "DZN": Unit("dozen", "dozen", "douzaine", "douzaines"),
    "XBX": Unit("box", "boxes", "boîte", "boîtes"),
    "LS": Unit("lump sum", "lump sums", "forfait", "forfaits"),
    "KGM": Unit("kg", "kg", "kg", "kg"),
    "GRM": Unit("g", "g", "g", "g"),
    "TNE": Unit("t", "t", "t", "t"),
    "LBR": Unit("lb", "lb", "lb", "lb"),
    "LTR": Unit("L", "L", "L", "L"),
    "MTR": Unit("m", "m", "m", "m"),
    "KMT": Unit("km", "km", "km", "km"),
    "SMI": Unit("mile", "miles", "mille", "milles"),
    "MTK": Unit("m²", "m²", "m²", "m²"),
    "FTK": Unit("sq ft", "sq ft", "pi²", "pi²"),
    "MTQ": Unit("m³", "m³", "m³", "m³"),
    "KWH": Unit("kWh", "kWh", "kWh", "kWh"),
}
_NUMBER = re.compile(r"\s*[-+]?\d[\d.,\s]*")
_ALSO = {"h": "HUR", "hr": "HUR", "hrs": "HUR", "d": "DAY", "j": "DAY", "ea": "C62", "each": "C62", "pc": "C62"}
_KNOWN = (
    {fold(word): code for code, unit in UNITS.items() for word in unit} | {code.lower(): code for code in UNITS} | _ALSO
)


def check_unit(typed: str) -> str:
    """Return the code of a unit. Raises InputError for a number, which was meant for another field."""
    if _NUMBER.fullmatch(typed):
        raise InputError(_("“{unit}” is not a unit. Examples: hour, day, box").format(unit=clean(typed)[:40]))
    return unit_code(typed)


def unit_code(typed: str) -> str:
    """Return the code of a unit that a person typed in either language, or the text if it is no known unit."""
    return _KNOWN.get(fold(typed.strip()), typed.strip())


def unit_words(code: str, quantity: Decimal, language: str) -> str:
    """Return the word for a unit after a quantity: `2 hours`, `1,5 heure`. An unknown unit is its own word.

    French uses the plural from two on, English for all but one.
    """
    unit = UNITS.get(code)
    if unit is None:
        return code
    if language == "fr":
        return unit.plusieurs if abs(quantity) >= 2 else unit.une
    return unit.one if abs(quantity) == 1 else unit.many

"""The taxes of each province of Canada and each country of the European Union, ready to be added to a company.

Sources: Canada Revenue Agency, "GST/HST rates table" and Notice 342 (Nova Scotia); Revenu Québec, "QST rates"; the
provinces' own pages for PST. European Union: the Commission's "Taxes in Europe" database, as of 2026-09-07, without
the rates of single regions and "parking" rates. With two reduced rates, the higher one is called intermediate.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from facturier.models.settings.tax import TaxRate, rates_on
from facturier.models.settings.tax_text import parse_rates
from facturier.models.text.i18n import N_, catalogue

_KEPT = timedelta(6 * 366)  # an invoice can be dated as far back as books are kept in Canada (ITA s. 230)

_GST = """
GST 7 from 1991-01-01 until 2006-06-30
GST 6 from 2006-07-01 until 2007-12-31
GST 5 from 2008-01-01
"""
_ATLANTIC = """
HST 15 from 1997-04-01 until 2006-06-30
HST 14 from 2006-07-01 until 2007-12-31
"""
_HST_FROM_2008 = f"""
{_ATLANTIC}
HST 13 from 2008-01-01 until 2016-06-30
HST 15 from 2016-07-01
"""
_EU = """
VAT zero 0 (Z)
VAT exempt 0 (E)
Reverse charge 0 (AE)
Intra-EU 0 (K)
Export 0 (G)
Outside VAT 0 (O)
"""


class Preset(NamedTuple):
    """The taxes of one place. `rates` has all their periods, as `parse_rates` reads them."""

    name: str
    rates: str


# By the code of the province (ISO 3166-2:CA) or the country (ISO 3166-1), in the order in which they are offered.
PRESETS = {
    "CA-QC": Preset(
        N_("Quebec"),
        f"""
        {_GST}
        QST 7.5 compound from 1998-01-01 until 2010-12-31
        QST 8.5 compound from 2011-01-01 until 2011-12-31
        QST 9.5 compound from 2012-01-01 until 2012-12-31
        QST 9.975 from 2013-01-01
        """,
    ),
    "CA-ON": Preset(N_("Ontario"), "HST 13 from 2010-07-01"),
    "CA-AB": Preset(N_("Alberta"), _GST),
    "CA-BC": Preset(
        N_("British Columbia"),
        f"{_GST}\nHST 12 from 2010-07-01 until 2013-03-31\nPST 7 from 2013-04-01",
    ),
    "CA-MB": Preset(N_("Manitoba"), f"{_GST}\nPST 8 from 2013-07-01 until 2019-06-30\nPST 7 from 2019-07-01"),
    "CA-NB": Preset(N_("New Brunswick"), _HST_FROM_2008),
    "CA-NL": Preset(N_("Newfoundland and Labrador"), _HST_FROM_2008),
    "CA-NS": Preset(
        N_("Nova Scotia"),
        f"""
        {_ATLANTIC}
        HST 13 from 2008-01-01 until 2010-06-30
        HST 15 from 2010-07-01 until 2025-03-31
        HST 14 from 2025-04-01
        """,
    ),
    "CA-PE": Preset(
        N_("Prince Edward Island"),
        "HST 14 from 2013-04-01 until 2016-09-30\nHST 15 from 2016-10-01",
    ),
    "CA-SK": Preset(N_("Saskatchewan"), f"{_GST}\nPST 5 from 2006-10-28 until 2017-03-22\nPST 6 from 2017-03-23"),
    "CA-NT": Preset(N_("Northwest Territories"), _GST),
    "CA-NU": Preset(N_("Nunavut"), _GST),
    "CA-YT": Preset(N_("Yukon"), _GST),
    "AT": Preset(
        N_("Austria"),
        f"""
        VAT 20 (S)
        VAT intermediate 13 (S)
        VAT reduced 10 (S)
        VAT super-reduced 4.9 from 2026-07-01 (S)
        {_EU}
        """,
    ),
    "BE": Preset(N_("Belgium"), f"VAT 21 (S)\nVAT intermediate 12 (S)\nVAT reduced 6 (S){_EU}"),
    "BG": Preset(N_("Bulgaria"), f"VAT 20 (S)\nVAT reduced 9 (S){_EU}"),
    "HR": Preset(N_("Croatia"), f"VAT 25 (S)\nVAT intermediate 13 (S)\nVAT reduced 5 (S){_EU}"),
    "CY": Preset(
        N_("Cyprus"),
        f"VAT 19 (S)\nVAT intermediate 9 (S)\nVAT reduced 5 (S)\nVAT super-reduced 3 (S){_EU}",
    ),
    "CZ": Preset(
        N_("Czechia"),
        f"""
        VAT 21 (S)
        VAT intermediate 15 until 2023-12-31 (S)
        VAT reduced 10 until 2023-12-31 (S)
        VAT reduced 12 from 2024-01-01 (S)
        {_EU}
        """,
    ),
    "DK": Preset(N_("Denmark"), f"VAT 25 (S){_EU}"),
    "EE": Preset(
        N_("Estonia"),
        f"""
        VAT 20 until 2023-12-31 (S)
        VAT 22 from 2024-01-01 until 2025-06-30 (S)
        VAT 24 from 2025-07-01 (S)
        VAT intermediate 13 from 2025-01-01 (S)
        VAT reduced 9 (S)
        {_EU}
        """,
    ),
    "FI": Preset(
        N_("Finland"),
        f"""
        VAT 24 until 2024-08-31 (S)
        VAT 25.5 from 2024-09-01 (S)
        VAT intermediate 14 until 2025-12-31 (S)
        VAT intermediate 13.5 from 2026-01-01 (S)
        VAT reduced 10 (S)
        {_EU}
        """,
    ),
    "FR": Preset(
        N_("France"),
        f"VAT 20 (S)\nVAT intermediate 10 (S)\nVAT reduced 5.5 (S)\nVAT super-reduced 2.1 (S){_EU}",
    ),
    "DE": Preset(
        N_("Germany"),
        f"""
        VAT 16 from 2020-07-01 until 2020-12-31 (S)
        VAT 19 from 2021-01-01 (S)
        VAT reduced 5 from 2020-07-01 until 2020-12-31 (S)
        VAT reduced 7 from 2021-01-01 (S)
        {_EU}
        """,
    ),
    "GR": Preset(N_("Greece"), f"VAT 24 (S)\nVAT intermediate 13 (S)\nVAT reduced 6 (S){_EU}"),
    "HU": Preset(N_("Hungary"), f"VAT 27 (S)\nVAT intermediate 18 (S)\nVAT reduced 5 (S){_EU}"),
    "IE": Preset(
        N_("Ireland"),
        f"""
        VAT 21 from 2020-09-01 until 2021-02-28 (S)
        VAT 23 from 2021-03-01 (S)
        VAT intermediate 13.5 (S)
        VAT reduced 9 (S)
        {_EU}
        """,
    ),
    "IT": Preset(N_("Italy"), f"VAT 22 (S)\nVAT intermediate 10 (S)\nVAT reduced 5 (S)\nVAT super-reduced 4 (S){_EU}"),
    "LV": Preset(N_("Latvia"), f"VAT 21 (S)\nVAT intermediate 12 (S)\nVAT reduced 5 (S){_EU}"),
    "LT": Preset(
        N_("Lithuania"),
        f"""
        VAT 21 (S)
        VAT intermediate 9 until 2025-12-31 (S)
        VAT intermediate 12 from 2026-01-01 (S)
        VAT reduced 5 (S)
        {_EU}
        """,
    ),
    "LU": Preset(
        N_("Luxembourg"),
        f"""
        VAT 17 until 2022-12-31 (S)
        VAT 16 from 2023-01-01 until 2023-12-31 (S)
        VAT 17 from 2024-01-01 (S)
        VAT intermediate 14 until 2022-12-31 (S)
        VAT intermediate 13 from 2023-01-01 until 2023-12-31 (S)
        VAT intermediate 14 from 2024-01-01 (S)
        VAT reduced 8 until 2022-12-31 (S)
        VAT reduced 7 from 2023-01-01 until 2023-12-31 (S)
        VAT reduced 8 from 2024-01-01 (S)
        VAT super-reduced 3 (S)
        {_EU}
        """,
    ),
    "MT": Preset(N_("Malta"), f"VAT 18 (S)\nVAT intermediate 7 (S)\nVAT reduced 5 (S){_EU}"),
    "NL": Preset(N_("Netherlands"), f"VAT 21 (S)\nVAT reduced 9 (S){_EU}"),
    "PL": Preset(N_("Poland"), f"VAT 23 (S)\nVAT intermediate 8 (S)\nVAT reduced 5 (S){_EU}"),
    "PT": Preset(N_("Portugal"), f"VAT 23 (S)\nVAT intermediate 13 (S)\nVAT reduced 6 (S){_EU}"),
    "RO": Preset(
        N_("Romania"),
        f"""
        VAT 19 until 2025-07-31 (S)
        VAT 21 from 2025-08-01 (S)
        VAT reduced 9 until 2025-07-31 (S)
        VAT reduced 11 from 2025-08-01 (S)
        VAT super-reduced 5 until 2025-07-31 (S)
        {_EU}
        """,
    ),
    "SK": Preset(
        N_("Slovakia"),
        f"""
        VAT 20 until 2024-12-31 (S)
        VAT 23 from 2025-01-01 (S)
        VAT intermediate 10 until 2024-12-31 (S)
        VAT intermediate 19 from 2025-01-01 (S)
        VAT reduced 5 (S)
        {_EU}
        """,
    ),
    "SI": Preset(N_("Slovenia"), f"VAT 22 (S)\nVAT intermediate 9.5 (S)\nVAT reduced 5 (S){_EU}"),
    "ES": Preset(N_("Spain"), f"VAT 21 (S)\nVAT reduced 10 (S)\nVAT super-reduced 4 (S){_EU}"),
    "SE": Preset(N_("Sweden"), f"VAT 25 (S)\nVAT intermediate 12 (S)\nVAT reduced 6 (S){_EU}"),
}


def preset_names(language: str) -> dict[str, str]:
    """Return the name of each place, by the keys of PRESETS."""
    return {place: catalogue(language).gettext(preset.name) for place, preset in PRESETS.items()}


def preset_rates(place: str) -> tuple[TaxRate, ...]:
    """Return all periods of the taxes of a key of PRESETS."""
    return parse_rates(PRESETS[place].rates)


def with_preset(rates: Iterable[TaxRate], place: str, day: date) -> tuple[TaxRate, ...]:
    """Return the rates with the taxes of a key of PRESETS, without the periods that ended more than six years ago.

    A tax that is there with the same rate on `day`, or without one on that day in both, is not added again. One that is
    there with another rate gets the place in its code: `HST NS`.
    """
    rates = tuple(rates)
    current = {rate.code: rate.percent for rate in rates_on(rates, day)}
    known = {rate.code for rate in rates}
    added = [rate for rate in preset_rates(place) if rate.until is None or rate.until >= day - _KEPT]
    on_day = {rate.code: rate.percent for rate in rates_on(added, day)}
    for rate in added:
        code = rate.code
        if code in known:
            if current.get(code) == on_day.get(code):
                continue
            code = f"{code} {place.rpartition('-')[2]}"
        if code not in known:
            rates += (rate._replace(code=code),)
    return rates

"""Currencies as people type them."""

from facturier.models.errors import InputError
from facturier.models.language import _


def parse_currency(text: str) -> str:
    """The ISO 4217 code of a currency that is legal tender somewhere today (CLDR), in capitals.

    Raises InputError.
    """
    from babel.core import get_global
    from babel.numbers import get_territory_currencies

    code = text.strip().upper()[:20]
    if not any(code in get_territory_currencies(territory) for territory in get_global("territory_currencies")):
        raise InputError(
            _("“{text}” is not a currency. Write its three letters, such as CAD or EUR.").format(text=text[:20])
        )
    return code

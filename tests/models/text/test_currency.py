"""Only currencies in use today are accepted."""

import pytest

from facturier.models.errors import InputError
from facturier.models.text.decimals import parse_currency


@pytest.mark.parametrize("text", ["CAD", " eur ", "usd", "JPY", "XOF"])
def test_a_currency_is_read_in_any_case(text: str) -> None:
    assert parse_currency(text) == text.strip().upper()


@pytest.mark.parametrize("text", ["XXY", "FRF", "XAU", "CA", "dollars", "", "ＣＡＤ"])
def test_obsolete_and_unknown_currencies_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a currency"):
        parse_currency(text)

"""The tax numbers of a customer: checked where their form is known, accepted where it is not."""

import re

from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_APART = re.compile(r"[\s.,/\-]+")
# Revenu Québec: ten digits, TQ, and the file number of four digits.
_QST = re.compile(r"[0-9]{10}TQ[0-9]{4}")


def check_business_number(text: str) -> str:
    """Return a number of the Canada Revenue Agency without spaces: nine digits, with or without an account such as
    RT0001. Raises InputError."""
    number = _compact(text)
    if number:
        from stdnum.ca import bn
        from stdnum.exceptions import InvalidChecksum, ValidationError

        try:
            bn.validate(number)
        except InvalidChecksum:
            raise _wrong_digits(text) from None
        except ValidationError:
            raise InputError(
                _("A business number has 9 digits, with or without an account: 123456782 RT0001.")
            ) from None
    return number


def check_qst_number(text: str) -> str:
    """Return a QST number without spaces. Raises InputError."""
    number = _compact(text)
    if number and not _QST.fullmatch(number):
        raise InputError(_("A QST number has 10 digits, TQ and 4 more digits: 1234567890 TQ 0001."))
    return number


def check_vat_id(text: str) -> str:
    """Return a VAT id without spaces. Raises InputError.

    One of the European Union, Northern Ireland or Great Britain is checked by the rules of the country that it begins
    with. Any other one is accepted as it is.
    """
    number = _compact(text)
    if number[:2].isalpha():
        from stdnum.eu import vat
        from stdnum.exceptions import InvalidChecksum, ValidationError
        from stdnum.gb import vat as british

        country = number[:2]
        try:
            if country == "GB":
                british.validate(number)
            elif country == "EL" or country.lower() in vat.MEMBER_STATES:
                vat.validate(number)
        except InvalidChecksum:
            raise _wrong_digits(text) from None
        except ValidationError:
            words = _("“{number}” does not have the form of a VAT ID that begins with {country}.")
            raise InputError(words.format(number=clean(text)[:80], country=country)) from None
    return number


def _compact(text: str) -> str:
    return _APART.sub("", clean(text)).upper()


def _wrong_digits(text: str) -> InputError:
    return InputError(_("“{number}” cannot be right: check its digits.").format(number=clean(text)[:80]))

"""Turn the texts of a row into the values of a customer, and find every fault in them."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from facturier.models.books.customers import one_name
from facturier.models.errors import InputError
from facturier.models.imports.fields import FIELDS, Kind
from facturier.models.imports.row import Row
from facturier.models.text.addresses import parse_addresses
from facturier.models.text.clean import clean
from facturier.models.text.dates.terms import parse_terms
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import _
from facturier.models.text.limits import ADDRESSES, NAME, TEXT, check_length
from facturier.models.text.postal import parse_country
from facturier.models.text.search_text import fold
from facturier.models.text.tax_numbers import check_business_number, check_qst_number, check_vat_id

_LINES = {"address", "street", "ship_to", "notes"}  # fields of several lines
_LENGTHS = {**dict.fromkeys(_LINES, TEXT), **dict.fromkeys(("email", "cc", "bcc"), ADDRESSES)}
_PREFIX = re.compile(r"(?:phone|t[ée]l(?:[ée]phone)?)\s*:\s*", re.I)  # in a report of QuickBooks
_CODE = re.compile(r"\b[A-Z]{3}\b")
# Outlook exports the name of a mailbox in Exchange instead of an address.
_EXCHANGE = re.compile(r"/o=", re.I)


class Values(NamedTuple):
    """What a row says of a customer. `fields` has only what the row says. `more` are further addresses of the contact,
    to which nothing is sent unless a person says so."""

    line: int
    fields: Mapping[str, Any]
    more: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        return one_name(str(self.fields.get("name", "")))

    @property
    def email(self) -> str:
        return str(self.fields.get("email", ""))


def _street(address: str, city: str, postcode: str) -> str:
    """Return the street of an address in a row that has a city, too: all of it, or the part before the city."""
    ends = [address.casefold().rfind(part.casefold()) for part in (city, postcode) if part]
    return address[: min((end for end in ends if end >= 0), default=len(address))].rstrip(" ,\n")


def customer_values(row: Row) -> Values:
    """Check every text of a row."""
    texts = dict(row.values)
    addresses = [line for line in texts.pop("email", "").split("\n") if line and not _EXCHANGE.match(line)]
    found: dict[str, Any] = _names(texts, addresses[0] if addresses else "")
    faults: list[str] = []
    for field, text in texts.items():
        if field in _LINES:
            found[field] = text
        elif field not in ("name", "company", "first_name", "last_name", "contact"):
            found[field] = clean(text.split("\n")[0])
    if addresses:
        found["email"] = addresses[0]
    if found.get("address") and not found.get("street") and (found.get("city") or found.get("postcode")):
        found["street"] = _street(found["address"], found.get("city", ""), found.get("postcode", ""))
    if found.get("street") or found.get("city"):
        found.pop("address", None)  # which is made of its parts
    for field, value in list(found.items()):
        try:
            check_length(value, _LENGTHS.get(field, NAME))
            found[field] = _READ[field](value) if field in _READ else value
            if field == "terms":
                found["terms"], found["terms_rule"] = found["terms"]
        except InputError as error:
            faults.append(_("{field}: {problem}").format(field=_(FIELDS[Kind.CUSTOMERS][field]), problem=error))
    more = []
    for address in addresses[1:]:
        try:
            more.append(_addresses(address))
        except InputError as error:
            faults.append(_("{field}: {problem}").format(field=_("Email"), problem=error))
    if not found.get("name"):
        faults.append(_("There is no name and no email address."))
    return Values(row.line, {field: value for field, value in found.items() if value != ""}, tuple(more), tuple(faults))


def _names(texts: Mapping[str, str], address: str) -> dict[str, Any]:
    """Return `name` and `contact`. A person without a company is the customer; so is an address without a name."""
    person = _one_line(texts.get("contact", "")) or " ".join(
        filter(None, (_joined(texts.get("first_name", "")), _joined(texts.get("last_name", ""))))
    )
    name = _one_line(texts.get("name", "")) or _one_line(texts.get("company", ""))
    if name:
        return {"name": name, "contact": "" if person == name else person}
    return {"name": person or clean(address)}


def _one_line(text: str) -> str:
    return clean(text.split("\n")[0])


def _joined(text: str) -> str:
    return clean(text.replace("\n", " "))


def _addresses(text: str) -> str:
    return ", ".join(parse_addresses(text))


def _telephone(text: str) -> str:
    return _PREFIX.sub("", text, count=1)


def _language(text: str) -> str:
    """Return a key of LANGUAGES. Other languages are the company's business: the customer then has none."""
    word = fold(text)
    return next((key for key in ("fr", "en") if word.startswith((key, {"fr": "francais", "en": "anglais"}[key]))), "")


@lru_cache(maxsize=100)
def _currency(text: str) -> str:
    """Return the code of a currency that is given by its code or by its name in English or French."""
    code = _CODE.search(text)
    return parse_currency(code[0] if code else _currencies().get(fold(text), text))


@cache
def _currencies() -> dict[str, str]:
    from babel import Locale

    return {fold(name): code for language in ("fr", "en") for code, name in Locale(language).currencies.items()}


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("email", "cc", "bcc"), _addresses),
    "telephone": _telephone,
    "language": _language,
    "currency": _currency,
    "terms": parse_terms,
    "country": lambda text: parse_country(text.replace(".", "")),  # U.S.A.
    "business_number": check_business_number,
    "qst_number": check_qst_number,
    "vat_id": check_vat_id,
}

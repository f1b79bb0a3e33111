"""The fields that a column of a file can be mapped to."""

from collections.abc import Mapping
from enum import StrEnum

from facturier.models.text.i18n import N_


class Kind(StrEnum):
    """What is imported."""

    CUSTOMERS = "customers"
    ITEMS = "items"


# The names that `--map` takes, with their labels. `company` and the parts of a person's name make up `name` and
# `contact`: see `customer_values`.
_CUSTOMER = {
    "name": N_("Customer"),
    "company": N_("Company"),
    "first_name": N_("First name"),
    "last_name": N_("Last name"),
    "contact": N_("Contact"),
    "email": N_("Email"),
    "cc": N_("Cc"),
    "bcc": N_("Bcc"),
    "telephone": N_("Telephone"),
    "address": N_("Address"),
    "street": N_("Street"),
    "city": N_("City"),
    "region": N_("Province or state"),
    "postcode": N_("Postal code"),
    "country": N_("Country"),
    "ship_to": N_("Ship to"),
    "language": N_("Language"),
    "currency": N_("Currency"),
    "terms": N_("Terms"),
    "tax": N_("Tax"),
    "business_number": N_("Business number"),
    "qst_number": N_("QST number"),
    "vat_id": N_("VAT ID"),
    "notes": N_("Notes"),
}
_ITEM = {
    "name": N_("Item"),
    "sku": N_("SKU"),
    "description": N_("Description"),
    "description_fr": N_("French description"),
    "unit": N_("Unit"),
    "rate": N_("Rate"),
    "tax": N_("Tax"),
}
FIELDS: Mapping[Kind, Mapping[str, str]] = {Kind.CUSTOMERS: _CUSTOMER, Kind.ITEMS: _ITEM}

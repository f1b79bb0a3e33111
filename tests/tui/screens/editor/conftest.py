"""Fixtures for the tests of the invoice editor."""

import pytest

from facturier.models.books.invoice import Customer, Item
from facturier.models.customers.saving import save_customer
from facturier.models.items.items import save_item
from tests.tui.support.sample import Shop


@pytest.fixture
def books(shop: Shop) -> Shop:
    """A shop with customers and items."""
    save_customer(
        shop.store,
        Customer(
            name="Boulangerie Tremblay",
            contact="Marie Tremblay",
            email="compta@tremblay.example",
            cc="patron@tremblay.example",
            language="fr",
            terms=15,
        ),
    )
    save_customer(shop.store, Customer(name="Acme [EU] [/x]", email="eu@acme.example", tax="GST"))
    save_item(shop.store, Item("Consulting", "October, on site", "125", "GST"))
    save_item(shop.store, Item("Conference", "", "900.5", ""))
    return shop

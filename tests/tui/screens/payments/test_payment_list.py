"""The list of all payments: search, open, change, remove with undo, receipt and export."""

from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.customers import customer_named
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.customer_payments import all_payments
from facturier.tui.app import FacturierApp
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.payments.screen import PaymentsScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


async def test_payments_are_found_opened_changed_and_removed(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    first, _second = shop.issued(rate="100"), shop.issued("Zoé", "2000")
    customer = customer_named(shop.store, "Zoé")
    assert customer is not None
    paid = CustomerPayment(
        customer_id=first.customer.id, date=shop.today, currency="CAD", amount=10500, reference="4411"
    )
    receive_payment(shop.store, paid)
    credit = replace(paid, customer_id=customer.id, amount=120450, method="wire", reference="")
    receive_payment(shop.store, credit, {})
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await keys(pilot, "V")
        await sees(pilot, "2 payments")
        assert isinstance(app.screen, PaymentsScreen)
        await keys(pilot, "slash", "=1204.50")
        await sees(pilot, "1 payment")
        assert "wire" in text_of(app)
        assert "4411" not in text_of(app)
        # A payment without an invoice is edited.
        await keys(pilot, "enter", "e")
        await sees(pilot, "Change a payment from Zoé")
        await keys(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, PaymentsScreen))
        await keys(pilot, "escape")
        await sees(pilot, "2 payments")
        await keys(pilot, "slash", "=boulang", "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
        await keys(pilot, "escape")
        await sees(pilot, "1 payment")
        await keys(pilot, "x")
        await sees(pilot, "Remove this payment?")
        await keys(pilot, "y")
        await sees(pilot, "u to undo.")
        await sees(pilot, "No match for “boulang”")
        assert len(all_payments(shop.store)) == 1
        await pilot.pause(0.8)  # a held key would undo the undo
        await keys(pilot, "u")
        await until(pilot, lambda: len(all_payments(shop.store)) == 2)
        await sees(pilot, "1 payment")
        await keys(pilot, "s")
        await sees(pilot, "Send the receipt?")
        await keys(pilot, "y")
        await sees(pilot, "The receipt is in the outbox.")
        await keys(pilot, "X", "f9")
        file = tmp_path / f"payments-{shop.today.isoformat()}.csv"
        await until(pilot, file.exists)
        await until(pilot, lambda: isinstance(app.screen, PaymentsScreen))
    [line] = file.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert line.split(",")[1:5] == ["1001", "Boulangerie Tremblay", "CAD", "105.00"]

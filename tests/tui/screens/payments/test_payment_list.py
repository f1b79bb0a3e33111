"""The list of all payments: search, open, change, remove with undo, receipt and export."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.events import Key

from facturier.models.books.customers import customer_named
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.customer_payments import all_payments
from facturier.models.receivables.payment_list import ListedPayment, listed_payments
from facturier.models.store.store import Store
from facturier.tui.app import FacturierApp
from facturier.tui.messages import CompanyChanged
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.screens.payments import screen as payments_screen
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
        await keys(pilot, "slash", "=1,204")
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


def payments(app: FacturierApp) -> PaymentsScreen:
    assert isinstance(app.screen, PaymentsScreen)
    return app.screen


async def test_the_list_stays_where_it_is_and_keys_wait_for_what_was_searched(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer_id = shop.issued().customer.id
    for day in range(60):
        paid = CustomerPayment(
            customer_id=customer_id, date=shop.today - timedelta(day), currency="CAD", amount=100 + day
        )
        receive_payment(shop.store, replace(paid, reference="Zoé" if day == 59 else ""), {})
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "V")
        await sees(pilot, "60 payments")
        screen = payments(app)
        await keys(pilot, *["pagedown"] * 2, "down")
        before = screen.rows.rows
        chosen = screen.rows.chosen
        assert chosen is not None
        # Another window records a payment.
        receive_payment(shop.store, CustomerPayment(customer_id=customer_id, date=shop.today, currency="CAD", amount=1))
        await sees(pilot, "61 payments")
        assert (screen.rows.rows, screen.rows.chosen) == (before, chosen)
        await keys(pilot, "x", "y")
        await sees(pilot, "60 payments")
        assert screen.rows.chosen == before[before.index(chosen) + 1]

        # The company changes while the search is read: the next key still waits for its result.
        go_on = threading.Event()

        def slow(store: Store, text: str) -> list[ListedPayment]:
            go_on.wait(20)
            return listed_payments(store, text)

        monkeypatch.setattr(payments_screen, "listed_payments", slow)
        await pilot.press("slash", *"zoé", "enter")
        app.post_message(Key("x", "x"))
        for _change in range(2):
            screen.post_message(CompanyChanged())
            await asyncio.sleep(0.05)  # `pilot.pause` would wait for the key
        assert app.screen is screen
        go_on.set()
        await sees(pilot, "Remove this payment?")
        assert [row.payment.reference for row in screen.rows.rows] == ["Zoé"]

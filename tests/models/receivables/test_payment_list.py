"""The list of all payments, and how it is searched."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import InputError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.payment_list import listed_payments
from facturier.models.settings.line import Line
from facturier.models.store.store import Store
from facturier.models.text.i18n import speak
from tests.models.making import TODAY, a_store


def issued(store: Store, customer: Customer, rate: str, **changes: str) -> Invoice:
    draft = replace(new_draft(store, TODAY, customer), lines=(Line("Work", rate=rate),))
    return issue_invoice(store, save_draft(store, replace(draft, **changes)))  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three payments: of two invoices, of one with its deposit, and of none."""
    store = a_store(tmp_path)
    tremblay, zoe = (save_customer(store, Customer(name=name)) for name in ("Boulangerie Tremblay", "Zoé & Fils"))
    first, second = issued(store, tremblay, "1000"), issued(store, tremblay, "234.50")
    issued(store, zoe, "100", deposit="30")
    for day, customer, amount, reference, invoices in (
        (2, tremblay, 1234_50, "CHQ 4411", (first, second)),
        (5, zoe, 20_00, "virement", ()),
    ):
        paid = CustomerPayment(
            customer_id=customer.id,
            date=date(2026, 11, day),
            currency="CAD",
            amount=amount,
            method="cheque",
            reference=reference,
            account="Desjardins",
        )
        receive_payment(store, paid, {one.id or 0: one.balance.minor for one in invoices})
    return store


def found(store: Store, text: str = "") -> list[tuple[str, int, str]]:
    return [(row.customer, row.payment.amount, row.payment.numbers) for row in listed_payments(store, text)]


def test_every_payment_is_listed_the_latest_first(store: Store) -> None:
    assert found(store) == [
        ("Zoé & Fils", 3000, "1003"),  # the deposit, with the date of its invoice
        ("Zoé & Fils", 2000, ""),
        ("Boulangerie Tremblay", 123450, "1001, 1002"),
    ]
    assert listed_payments(store)[1].payment.rest == 2000
    assert len(listed_payments(store, limit=2)) == 2
    assert len({row.id for row in listed_payments(store)}) == 3
    # Those of one customer are limited on their own.
    tremblay = listed_payments(store)[2].customer_id
    for text in ("", "cheque"):
        [row] = listed_payments(store, text, 1, tremblay)
        assert row.customer_id == tremblay


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("zoe", [3000, 2000]),
        ("1234.50", [123450]),
        ("1 234,50 $", []),
        ("4411", [123450]),
        ("1002", [123450]),
        ("1003", [3000]),
        ("desjardins ZOÉ", [2000]),
        ("tremblay 20", []),
        ("20", [2000]),
        ("%", []),
        ("1,234.50", [123450]),
        ("1,234", [123450]),
        ("1234", [123450]),
        ("1 234,50", [123450]),
        ("1\u202f234,50", [123450]),
        ("234.5", [123450]),  # a part of it, as in the list of invoices
        ("$20.00", [2000]),
        ("0.0", [3000, 2000]),
        ("chq", [123450]),
        ("CHEQUE", [2000, 123450]),
        ("VIRÉ", [2000]),
    ],
)
def test_each_word_is_searched_in_names_numbers_amounts_and_references(
    store: Store, text: str, amounts: list[int]
) -> None:
    assert [amount for _name, amount, _numbers in found(store, text)] == amounts


def test_an_amount_is_read_as_the_reader_writes_it(store: Store) -> None:
    speak("fr")
    assert [amount for _name, amount, _numbers in found(store, "1234,50")] == [123450]


@pytest.mark.parametrize("text", ["ZOÉ", "zoe", "Zoé", "chèque", "CHÈQUE", "cheque n", "Écôle", "ecole", "3 000"])
def test_texts_and_amounts_without_decimals_are_found_without_accents(tmp_path: Path, text: str) -> None:
    store = a_store(tmp_path)
    client = save_customer(store, Customer(name="Client"))
    paid = CustomerPayment(customer_id=client.id, date=TODAY, currency="JPY", amount=3000, method="CHÈQUE nº 7")
    receive_payment(store, replace(paid, account="ÉCOLE", note="reçu de\nZoé"), {})
    assert found(store, text) == [("Client", 3000, "")]
    assert found(store, f"{text} absent") == []


def test_a_damaged_text_is_searched_as_it_is_shown_and_a_long_search_is_refused(store: Store) -> None:
    with store.writing():
        store.database.execute_sql("UPDATE customer_payment SET method = CAST(X'43C3A9ff' AS TEXT) WHERE id = 1")
    assert found(store, "cé") == [("Boulangerie Tremblay", 123450, "1001, 1002")]
    assert found(store, "zoé virement") == [("Zoé & Fils", 2000, "")]
    with pytest.raises(InputError, match="at most"):
        listed_payments(store, "a " * 1_000)

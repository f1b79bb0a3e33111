"""Texts that are too long and amounts that are too large get a clear message, not "damaged" and not a Python error."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.models.books.customers import customer_named, find_customers
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import BrokenCompany, InputError, StoreError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import find_items, save_item
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import save_view
from facturier.models.listing.totals import sums
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import LARGEST, Line
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_draft, a_store

LONG = "A" * 60_000
MOST = "9999999999999.99"  # close to the maximum of a line


def a_customer(**changes: str) -> Callable[[Store], object]:
    return lambda store: save_customer(store, replace(Customer(name="A"), **changes))  # type: ignore[arg-type]


def a_line(**changes: str) -> Callable[[Store], object]:
    return lambda store: save_draft(
        store,
        replace(
            a_draft(store),
            lines=(replace(Line(rate="1"), **changes),),  # type: ignore[arg-type]
        ),
    )


@pytest.mark.parametrize(
    "keep",
    [
        a_customer(name=LONG),
        a_customer(contact=LONG),
        a_customer(email=LONG),
        a_customer(address=LONG),
        a_line(item=LONG),
        a_line(description=LONG),
        a_line(rate=LONG),
        a_line(quantity="9" * 60_000),
        a_line(tax=LONG),
        lambda store: save_draft(store, replace(a_draft(store), reference=LONG)),
        lambda store: save_draft(store, replace(a_draft(store), project=LONG)),
        lambda store: save_draft(store, replace(a_draft(store), message=LONG)),
        lambda store: save_item(store, Item(LONG)),
        lambda store: save_company(store, replace(read_company(store), name=LONG)),
        lambda store: save_company(store, replace(read_company(store), messages={"en": LONG})),
        lambda store: save_view(store, LONG, View()),
        lambda store: record_payment(store, issued(store).id or 0, TODAY, 1, LONG),
        lambda store: void_invoice(store, issued(store).id or 0, LONG),
        lambda store: Listing(store, View(text=LONG), TODAY).first(1),
        lambda store: Listing(store, View(text="word " * 3_000), TODAY).first(1),
    ],
)
def test_text_that_is_too_long_is_refused_before_it_is_stored(tmp_path: Path, keep: Callable[[Store], object]) -> None:
    store = a_store(tmp_path)
    with pytest.raises(InputError, match=r"too long|at most"):
        keep(store)


def issued(store: Store) -> Invoice:
    return issue_invoice(store, a_draft(store))


def test_a_search_for_too_long_text_finds_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    save_customer(store, Customer(name="100% Pure_Ice\\", email="a@x.example"))
    save_item(store, Item("50% off"))
    for text in (LONG, "%" * 60_000):
        assert find_customers(store, text) == []
        assert find_items(store, text) == []
        assert customer_named(store, text) is None
        assert Listing(store, View(), TODAY).find(text) is None
        assert Listing(store, View(customer=text), TODAY).first(1) == []
    for text in ("100%", "e_i", "ice\\"):
        assert [customer.name for customer in find_customers(store, text)] == ["100% Pure_Ice\\"]
    assert find_customers(store, "%") == find_customers(store, "100")
    assert find_customers(store, "1_0") == []
    assert [item.name for item in find_items(store, "50%")] == ["50% off"]
    assert customer_named(store, "100% pure_ICE\\") is not None
    assert customer_named(store, "100% pure") is None


def test_the_total_of_an_invoice_is_limited(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = save_draft(store, replace(a_draft(store), lines=(Line(rate=MOST),)))
    with pytest.raises(InputError, match="total is too large"):
        save_draft(store, replace(draft, lines=(Line(rate=MOST), Line(rate="1"))))
    with pytest.raises(InputError, match="total is too large"):
        save_draft(store, replace(draft, lines=(Line(rate=MOST),) * 2_000))
    assert save_draft(store, replace(draft, lines=(Line(rate=MOST), Line(rate="-1")))).version == draft.version + 1


def filled(store: Store, amount: int) -> None:
    """Simulate thousands of the largest invoices."""
    with store.writing():
        store.write("UPDATE tally SET total = ?, balance = ?", amount, amount)


def test_the_sums_of_the_company_are_limited(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    invoice = issued(store)
    draft = a_draft(store)
    filled(store, 2**61)
    for lines in ((Line(rate=MOST),), (Line(rate=f"-{MOST}"),)):
        with pytest.raises(InputError, match="could no longer add up"):
            save_draft(store, replace(draft, lines=lines))
    with pytest.raises(InputError, match="could no longer add up"):
        record_payment(store, invoice.id or 0, TODAY, LARGEST)
    save_draft(store, replace(draft, lines=(Line(rate="5"),)))  # normal amounts still work
    assert sums(store, TODAY, "CAD")[InvoiceFilter.ALL].amount > 0


def test_a_sum_over_64_bits_gives_a_clear_error(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    filled(store, 2**63 - 1)
    with pytest.raises(StoreError, match="more than a company file can hold") as refused:
        save_draft(store, replace(draft, lines=(Line(rate="2000"),)))
    assert not isinstance(refused.value, BrokenCompany)
    with pytest.raises(StoreError, match="more than a company file can hold"), store.writing():
        store.write("UPDATE tally SET total = ?", 2**64)


def test_the_money_bar_counts_what_it_adds_up(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for currency in ("CAD", "EUR", "EUR"):
        save_draft(store, replace(a_draft(store), currency=currency))
    found = sums(store, TODAY, "EUR")[InvoiceFilter.NOT_SENT]
    assert (found.count, found.of_currency, found.amount) == (3, 2, 20000)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE sqlite_sequence SET seq = 9223372036854775807", "UPDATE invoice SET id = 9223372036854775807"],
)
def test_used_up_row_ids_are_not_called_a_full_disk(tmp_path: Path, statement: str) -> None:
    """Another program used the highest row ID."""
    store = a_store(tmp_path)
    a_draft(store)
    with closing(sqlite3.connect(store.path)) as database, database:
        database.execute(statement)
    with pytest.raises(BrokenCompany, match="no row ID is left"):
        a_draft(store)

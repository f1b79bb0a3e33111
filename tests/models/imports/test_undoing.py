"""An import is undone: what it created is removed, and what it changed is restored, unless it was used or changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.customers import all_customers, customer_named
from facturier.models.books.invoice import Customer, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.imports.fields import Kind
from facturier.models.imports.importing import Imported, Undone, plan_import, undo_import, write_import
from facturier.models.imports.reading import read_source
from facturier.models.items.items import all_items, save_item
from facturier.models.settings.line import Line
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def imported(store: Store, text: str, kind: Kind = Kind.CUSTOMERS) -> Imported:
    return write_import(store, plan_import(store, read_source(text.encode(), "file.csv", kind)))


def the_customer(store: Store, name: str) -> Customer:
    found = customer_named(store, name)
    assert found is not None
    return found


def test_customers_are_as_before(store: Store) -> None:
    known = save_customer(store, Customer(name="Known", email="k@known.example"))
    draft = save_draft(store, new_draft(store, TODAY, known))
    before = all_customers(store)
    done = imported(store, "Name,Email,City\nKnown,k@known.example,Laval\nNew,n@new.example,Lévis\n")
    assert (done.count, [customer.name for customer in all_customers(store)]) == (2, ["Known", "New"])
    assert get_invoice(store, draft.id or 0).customer.address == "Laval"
    assert undo_import(store, done) == Undone(Kind.CUSTOMERS, removed=1, restored=1, kept=0)
    assert all_customers(store) == before
    assert get_invoice(store, draft.id or 0).customer.address == ""
    # Another undo finds nothing to do.
    assert undo_import(store, done) == Undone(Kind.CUSTOMERS, removed=0, restored=0, kept=2)
    assert all_customers(store) == before


def test_customers_who_were_used_or_changed_are_kept(store: Store) -> None:
    save_customer(store, Customer(name="Known", email="k@known.example"))
    rows = "Name,Email,City\nKnown,k@known.example,Laval\nBilled,b@x.example,\nEdited,e@x.example,\nNew,n@x.example,\n"
    done = imported(store, rows)
    save_customer(store, replace(the_customer(store, "Known"), notes="Asks for a PO"))
    save_customer(store, replace(the_customer(store, "Edited"), telephone="555"))
    save_draft(store, new_draft(store, TODAY, the_customer(store, "Billed")))
    kept = {customer.name: customer for customer in all_customers(store)}
    del kept["New"]
    assert undo_import(store, done) == Undone(Kind.CUSTOMERS, removed=1, restored=0, kept=3)
    assert {customer.name: customer for customer in all_customers(store)} == kept


def test_items(store: Store) -> None:
    save_item(store, Item("Hour", "An hour", "100"))
    before = all_items(store)
    done = imported(store, "Name,Rate\nHour,120\nDay,800\nTrip,50\nVisit,60\n", Kind.ITEMS)
    save_item(store, replace(next(item for item in all_items(store) if item.name == "Visit"), rate="65"))
    save_draft(
        store,
        replace(new_draft(store, TODAY, Customer(name="Acme")), lines=(Line(item="Trip", quantity="1", rate="50"),)),
    )
    assert undo_import(store, done) == Undone(Kind.ITEMS, removed=1, restored=1, kept=2)
    assert [(item.name, item.rate) for item in all_items(store)] == [("Hour", "100"), ("Trip", "50"), ("Visit", "65")]
    assert all_items(store)[0] == before[0]

"""Lists as CSV and JSON: which rows and columns, what a spreadsheet makes of them, and what it must not run."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.books.invoice import Customer, Item
from facturier.models.books.status import InvoiceKind
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import DamagedRow, InputError
from facturier.models.estimates.billing import bill_estimate
from facturier.models.exports import lists
from facturier.models.exports.formats import Cell, csv_lines, json_lines, safe_cell
from facturier.models.exports.lists import LISTS, column_names, list_rows
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import save_item
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.payments import record_payment
from facturier.models.payments.receiving import receive_payment
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax_text import parse_rates
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three invoices and a draft of two customers, with payments."""
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=parse_rates("GST 5")))
    for day, name, rate in ((1, "Tremblay", "100"), (10, "=cmd|' /C calc'!A0", "-20"), (24, "Tremblay", "0.30")):
        draft = new_draft(store, TODAY, Customer(name=name, email="c@client.example"))
        lines = (Line("Work\nwell done", rate=rate, tax="GST"),)
        day_of = date(2026, 11, day)
        draft = replace(draft, date=day_of, lines=lines, reference="PO-1", project="-x")
        invoice = issue_invoice(store, save_draft(store, replace(draft, currency="JPY" if rate == "0.30" else "CAD")))
        if invoice.total.minor > 100:
            record_payment(store, invoice.id or 0, date(2026, 11, 20), 5000, "cheque")
    save_draft(store, new_draft(store, TODAY, Customer(name="Waiting")))
    return store


def test_what_is_not_allocated_is_among_the_payments_by_date(store: Store) -> None:
    tremblay, *_same_name = [row[0] for row in table(store, "customers", "id", "name") if row[1] == "Tremblay"]
    whole = CustomerPayment(customer_id=tremblay, date=date(2026, 11, 2), currency="CAD", amount=700, method="cash")  # type: ignore[arg-type]
    receive_payment(store, whole, {})
    assert table(store, "payments", "date", "invoice", "customer", "amount", "kind", "method") == [
        [date(2026, 11, 2), "", "Tremblay", "7.00", "unallocated", "cash"],
        [date(2026, 11, 20), "1001", "Tremblay", "50.00", "payment", "cheque"],
    ]
    assert len(table(store, "payments", since=date(2026, 11, 3))) == 1


def test_customers_have_what_they_owe_in_each_currency(store: Store) -> None:
    zed = new_draft(store, TODAY, Customer(name="Zed"))
    issue_invoice(store, save_draft(store, replace(zed, currency="EUR", lines=(Line("Work", rate="10"),))))
    rows = table(store, "customers", "name", "owed", "overdue", "owed_other", "last_invoice")
    assert sorted(rows, key=str) == [
        ["=cmd|' /C calc'!A0", "-21.00", "0.00", "", date(2026, 11, 10)],
        ["Tremblay", "0.00", "0.00", "", date(2026, 11, 24)],
        ["Tremblay", "55.00", "0.00", "", date(2026, 11, 1)],
        ["Waiting", "0.00", "0.00", "", None],
        ["Zed", "0.00", "0.00", "EUR 10.00", TODAY],
    ]


def test_estimates_have_how_far_they_are(store: Store) -> None:
    draft = new_draft(store, TODAY, Customer(name="Zoé"), InvoiceKind.ESTIMATE)
    draft = replace(draft, due=TODAY, lines=(Line("Big job", rate="200", tax="GST"),))
    estimate = issue_invoice(store, save_draft(store, draft))
    bill_estimate(store, estimate.id or 0, TODAY, percent=Decimal(25))
    save_draft(store, replace(draft, customer=Customer(name="Waiting")))
    names = ("number", "due", "customer", "total", "status", "billed", "billed_percent")
    assert table(store, "estimates", *names) == [
        ["E-1", TODAY, "Zoé", "210.00", "billed", "52.50", 25],
        [None, TODAY, "Waiting", "210.00", "draft", "0.00", 0],
    ]
    assert len(table(store, "estimates", view=View(text="zoé"))) == 1
    assert len(table(store, "estimates", among=[estimate.id])) == 1
    assert table(store, "estimates", since=date(2026, 11, 25)) == []


def table(store: Store, kind: str, *names: str, **limits: object) -> list[list[Cell]]:
    return list(list_rows(store, kind, names, TODAY, **limits))  # type: ignore[arg-type]


def test_invoices_have_decimal_amounts_and_iso_dates(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_PAGE", 2)
    names = ("number", "date", "customer", "currency", "subtotal", "tax", "total", "paid", "balance", "status")
    rows = table(store, "invoices", *names)
    assert rows == [
        ["1001", date(2026, 11, 1), "Tremblay", "CAD", "100.00", "5.00", "105.00", "50.00", "55.00", "partly_paid"],
        [
            "1002",
            date(2026, 11, 10),
            "=cmd|' /C calc'!A0",
            "CAD",
            "-20.00",
            "-1.00",
            "-21.00",
            "0.00",
            "-21.00",
            "paid",
        ],
        ["1003", date(2026, 11, 24), "Tremblay", "JPY", "0", "0", "0", "0", "0", "paid"],
        [None, TODAY, "Waiting", "CAD", "0.00", "0.00", "0.00", "0.00", "0.00", "draft"],
    ]
    text = list(csv_lines(names[:7], [row[:7] for row in rows]))
    assert text[0] == "number,date,customer,currency,subtotal,tax,total\r\n"
    assert text[2] == "1002,2026-11-10,'=cmd|' /C calc'!A0,CAD,-20.00,-1.00,-21.00\r\n"
    found = json.loads("".join(json_lines(names, rows)))
    assert found[1]["customer"] == "=cmd|' /C calc'!A0"
    assert (found[0]["date"], found[0]["total"], found[3]["number"]) == ("2026-11-01", "105.00", None)
    assert "".join(json_lines(names, [])) == "[]\n"


def test_the_amounts_of_an_invoice_add_up_to_its_total(store: Store) -> None:
    draft = new_draft(store, TODAY, Customer(name="Zed"))
    lines = (Line("Work", rate="100", tax="GST", discount="10%"),)
    save_draft(store, replace(draft, lines=lines, discount="50%", shipping="7.50"))
    names = ("subtotal", "discount", "shipping", "tax", "total")
    assert set(names) <= set(column_names("invoices", usual=True))
    rows = table(store, "invoices", *names)
    assert ["90.00", "45.00", "7.50", "2.25", "54.75"] in rows
    for row in rows:
        subtotal, discount, shipping, tax, total = (Decimal(str(cell)) for cell in row)
        assert subtotal - discount + shipping + tax == total


def test_a_period_a_view_and_marks_choose_the_rows(store: Store) -> None:
    def numbers(**limits: object) -> list[Cell]:
        return [row[0] for row in table(store, "invoices", "number", **limits)]

    assert numbers(since=date(2026, 11, 10), until=date(2026, 11, 23)) == ["1002"]
    assert numbers(view=View(text="tremblay")) == ["1003", "1001"]
    assert numbers(view=View(InvoiceFilter.DRAFT)) == [None]
    assert numbers(among=[1, 3]) == ["1001", "1003"]
    assert len(table(store, "payments")) == 1
    assert table(store, "payments", since=date(2026, 11, 21)) == []
    assert table(store, "payments", "date", "invoice", "amount", "method", "kind") == [
        [date(2026, 11, 20), "1001", "50.00", "cheque", "payment"]
    ]


def test_customers_and_items_have_everything_a_person_entered(store: Store) -> None:
    save_customer(store, Customer(name="Zed", terms=15, address="1 Rue A\nMontréal", currency="USD", language="fr"))
    found = dict(zip(column_names("customers"), table(store, "customers", *column_names("customers"))[-1], strict=True))
    assert (found["name"], found["terms"], found["address"]) == ("Zed", 15, "1 Rue A\nMontréal")
    assert (found["currency"], found["archived"]) == ("USD", False)
    save_item(store, Item("Audit", "Year-end", "150.5", "GST", "A-1", "Fin d’exercice", "HUR", {"USD": "110"}))
    assert table(store, "items") == [
        ["Audit", "A-1", "Year-end", "Fin d’exercice", "HUR", "CAD", "150.5", "USD 110", "GST", False]
    ]
    for kind in LISTS:
        with pytest.raises(InputError, match="Unknown column “salary”"):
            table(store, kind, "salary")


def test_an_export_does_not_leave_out_a_damaged_invoice(store: Store) -> None:
    with store.writing():
        store.write("UPDATE invoice SET date = 'soon' WHERE id = 2")
    with pytest.raises(DamagedRow):
        table(store, "invoices", "number")


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "\t=1", "-1+1", "-", "－1", "\r=1", "--1", "-1e5"])
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-20.00", "-3", "20", "a=b", "", "1-2", "Café & Fils"])
def test_other_texts_and_negative_numbers_stay(text: str) -> None:
    assert safe_cell(text) == text


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=4))
def test_a_spreadsheet_reads_back_what_was_written(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["a", "b"], *([safe_cell(cell) for cell in row] for row in rows)]

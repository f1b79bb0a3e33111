"""The figures of documents for the reports: complete, equal to the documents, and never stale."""

import io
import json
import multiprocessing
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pysqlite3 as sqlite3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.customers.merge import merge_customers
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.exports.company_file import company_lines, import_company
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.draft_again import undo_issue
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.reports.document_figures import Document, DocumentLine, any_figures, plain_figures
from facturier.models.reports.figures import catch_up, unreported
from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.tax import TaxRate, write_rates
from facturier.models.settings.totals import Pricing, nets, totals
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import TODAY, Clock
from tests.models.released import released_company
from tests.models.reports.books import RATES, issued, read, taxed_store, work


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return taxed_store(tmp_path)


def figures(store: Store, invoice: Invoice) -> tuple[object, ...]:
    """Everything that the reports know of a document."""
    return (
        store.rows("SELECT net, tax, total FROM sale WHERE invoice_id = ?", invoice.id),
        store.rows("SELECT item, quantity, net FROM sale_item WHERE invoice_id = ?", invoice.id),
        store.rows("SELECT code, percent, category, base, tax FROM sale_tax WHERE invoice_id = ?", invoice.id),
    )


def test_a_document_has_its_figures_by_item_and_tax(store: Store) -> None:
    heading = Line("Phase 1", kind=LineKind.HEADING)
    lines = (heading, work("100", quantity="2"), work("50", quantity="1.5"), work("10", "GST", item=""))
    invoice = issued(store, TODAY, *lines, discount="10%", shipping="20", shipping_tax="GST")
    assert unreported(store) == 1
    told: list[tuple[int, int]] = []
    assert catch_up(store, lambda done, of: told.append((done, of))) == ()
    assert (unreported(store), told) == (0, [(1, 1)])
    # 285.00 less 28.50, and 20.00 of shipping: GST on all, QST on 247.50 of it.
    sale, items, taxes = figures(store, invoice)
    assert sale == [(27650, 1383 + 2469, 31502)]
    assert items == [("", "0", 2900), ("Work", "3.5", 24750)]
    assert taxes == [("GST", "5", "", 27650, 1383), ("QST", "9.975", "", 24750, 2469)]


_amount = st.integers(-100_000, 1_000_000).map(lambda cents: f"{cents / 100:.2f}")
_tax = st.sampled_from(["", "GST", "GST+QST", "GST+OLD", "VAT", "VAT reduced", "Reverse charge"])
_line = st.builds(
    lambda rate, tax, item, quantity: work(rate, tax, quantity, item),
    *(_amount, _tax, st.sampled_from(["", "A", "B"]), st.sampled_from(["1", "2.5", "-1", "7"])),
)
_pricing = st.builds(
    Pricing,
    per_line=st.booleans(),
    inclusive=st.booleans(),
    discount=st.sampled_from(["", "5%", "12.34"]),
    shipping=st.sampled_from(["", "9.99"]),
    shipping_tax=_tax,
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(_line, min_size=1, max_size=6), pricing=_pricing)
def test_the_shares_of_the_lines_add_up_to_the_total_without_the_taxes(lines: list[Line], pricing: Pricing) -> None:
    rates: dict[str, TaxRate] = {rate.code: rate for rate in RATES}
    sums = totals(lines, rates, "CAD", pricing)
    net = sums.total - sum(tax.amount for tax in sums.taxes)
    found = nets(lines, rates, "CAD", pricing, net)
    assert sum(found.lines) + found.rest == net
    if not pricing.inclusive and not pricing.discount:
        assert found.lines == sums.amounts
    if pricing.inclusive and not pricing.discount and not pricing.per_line:
        for line, share, amount in zip(lines, found.lines, sums.amounts, strict=True):
            if not line.tax:  # no tax to take out; the cents that rounding leaves over may go anywhere
                assert abs(share - (amount or 0)) <= 1 + len(lines)


_plain_line = st.builds(
    DocumentLine,
    item=st.sampled_from(["", "A", "B"]),
    quantity=st.sampled_from(["1", "2.50", "-1", "0.333333", "0", "000012", "", "1e3"]) | _amount,
    rate=_amount | st.sampled_from(["0.005", "-0.005", "33.333", "999999999999", "", "CA$ 5"]),
    tax=_tax | st.sampled_from(["QST+GST", "Unknown"]),
    kind=st.sampled_from(["item", "item", "item", "heading", "subtotal"]),
    discount=st.sampled_from(["", "", "", "10%"]),
)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(_plain_line, max_size=5), currency=st.sampled_from(["CAD", "JPY", "KWD"]))
def test_a_plain_document_has_the_figures_of_its_totals(lines: list[DocumentLine], currency: str) -> None:
    rates = json.dumps(write_rates(RATES))
    document = Document(1, "1", None, "2026-11-24", currency, 0, rates, 0, 0, "", "0", "")
    found = plain_figures(document, lines)
    usual = all(line.quantity not in ("", "1e3") and line.rate not in ("", "CA$ 5") for line in lines)
    usual = usual and not any(line.discount or line.tax in ("Unknown", "GST+OLD") for line in lines)
    large = any("999999999999" in line for line in lines)
    assert found is not None or not usual or large or any(line.kind != "item" for line in lines)
    assert found is None or found == any_figures(document, lines)


def test_a_void_document_a_draft_again_and_a_merged_customer_change_the_figures(store: Store) -> None:
    kept, void, undone = (issued(store, TODAY, work("100"), name=name) for name in ("Acme", "Zeta", "Zeta"))
    note = issue_invoice(store, credit_invoice(store, kept.id or 0, TODAY))
    assert read(store, "sales", "customer").total[1:] == (4, 20000, 2996, 22996)
    void_invoice(store, void.id or 0, "twice")
    draft = undo_issue(store, undone)
    assert figures(store, void) == figures(store, undone) == ([], [], [])
    assert read(store, "sales", "customer").total[1:] == (2, 0, 0, 0)
    again = issue_invoice(store, draft)
    assert read(store, "sales", "customer").total[1:] == (3, 10000, 1498, 11498)
    assert figures(store, note)[0] == [(-10000, -1498, -11498)]
    ids = dict(store.rows("SELECT name, id FROM customer"))
    merge_customers(store, ids["Acme"], ids["Zeta"])
    assert [row.cells[:3] for row in read(store, "sales", "customer").rows] == [("Acme", 3, 10000)]
    assert figures(store, again)[0] == [(10000, 1498, 11498)]


def test_payments_change_the_figures_of_the_cash_basis_and_count_a_document_once_in_a_period(store: Store) -> None:
    """A payment that is added or removed after a report was read is in the next one."""

    def october(by: str = "rate", since: int = 1, until: int = 31) -> list[tuple[object, ...]]:
        period = Period(date(2026, 10, since), date(2026, 10, until))
        return [row.cells for row in read(store, "tax", by, period, basis=Basis.CASH).rows]

    invoice = issued(store, date(2026, 9, 1), work("100", "GST"))
    assert october() == []
    for day in (5, 6, 20):
        record_payment(store, invoice.id or 0, date(2026, 10, day), 2100)
    assert october() == [("GST", Decimal(5), "", 1, 6000, 300)]
    assert october(since=1, until=5) == october(since=6, until=6) == october(since=7) == [
        ("GST", Decimal(5), "", 1, 2000, 100)
    ]  # fmt: skip
    assert october("month") == [(date(2026, 10, 1), "GST", Decimal(5), "", 1, 6000, 300)]
    last = payments_of(store, invoice.id or 0)[-1]
    remove_payment(store, last.id)
    assert october() == [("GST", Decimal(5), "", 1, 4000, 200)]
    for payment in payments_of(store, invoice.id or 0):
        remove_payment(store, payment.id)
    assert october() == []
    assert figures(store, invoice)[0] == [(10000, 500, 10500)]
    record_payment(store, invoice.id or 0, date(2026, 10, 7), 10500)
    assert october() == [("GST", Decimal(5), "", 1, 10000, 500)]
    nothing = issued(store, date(2026, 10, 9), work("10", "GST"), work("-10", "GST"))
    assert october() == [("GST", Decimal(5), "", 2, 10000, 500)]
    void_invoice(store, nothing.id or 0, "twice")
    assert not store.rows("SELECT * FROM paid_tax WHERE invoice_id = ?", nothing.id)
    assert october() == [("GST", Decimal(5), "", 1, 10000, 500)]


def test_an_imported_company_has_the_same_reports(store: Store, tmp_path: Path) -> None:
    issued(store, TODAY, work("100"), work("12.34", "VAT", item="Book"))
    text = io.StringIO("".join(company_lines(store)))
    imported = import_company(text, tmp_path / "imported.facturier", clock=Clock())
    assert read(imported, "sales", "item") == read(store, "sales", "item")
    assert read(imported, "tax", "rate") == read(store, "tax", "rate")


def test_a_damaged_document_is_named_and_left_out(store: Store) -> None:
    good, bad, wrong = (issued(store, TODAY, work("100")) for _each in range(3))
    with closing(sqlite3.connect(store.path)) as database:
        database.execute("UPDATE invoice SET rates = '[[1]]' WHERE id = ?", (bad.id,))
        database.execute("UPDATE line SET rate = '99' WHERE invoice_id = ?", (wrong.id,))
        database.commit()
    report = read(store, "sales", "month")
    assert report.damaged == (bad.number, wrong.number)
    assert report.total[1:] == (1, 10000, 1498, 11498)
    assert figures(store, good)[0]
    assert unreported(store) == 2


def _catch_up(path: Path) -> tuple[str, ...]:
    return catch_up(Store(path))


def test_several_processes_catch_up_at_once(store: Store) -> None:
    invoices = [issued(store, TODAY, work("100")) for _each in range(6)]
    with store.writing():  # more than one chunk, without the time that issuing takes
        columns = [row[1] for row in store.rows("PRAGMA table_xinfo(invoice)") if row[6] == 0]
        copied = ", ".join(column for column in columns if column not in ("id", "number"))
        for turn in range(150):
            store.write(
                f"INSERT INTO invoice (number, {copied}) SELECT number || '-{turn}', {copied} FROM invoice"
                " WHERE number NOT LIKE '%-%'"
            )
        store.write("INSERT INTO line SELECT i.id, 0, 'Work', '', '1', '100', 'GST+QST', 'item', '', '', '', ''"
                    " FROM invoice i WHERE i.number LIKE '%-%'")  # fmt: skip
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_catch_up, [store.path] * 2) == [(), ()]
    count = len(invoices) * 151
    assert read(store, "sales", "month").total[1:] == (count, 10000 * count, 1498 * count, 11498 * count)
    assert unreported(store) == 0


def test_it_stops_when_told_and_continues_later(store: Store) -> None:
    issued(store, TODAY, work("100"))
    assert catch_up(store, stopped=lambda: True) == ()
    assert unreported(store) == 1
    assert read(store, "sales", "month").total[1] == 1


def test_a_company_of_the_first_release_has_reports(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path), clock=Clock())
    numbered = store.rows("SELECT id FROM invoice WHERE standing = 'issued' ORDER BY id")
    assert unreported(store) == len(numbered) > 0
    assert catch_up(store) == ()
    for (invoice_id,) in numbered:
        invoice = get_invoice(store, invoice_id)
        tax = sum(tax.amount for tax in invoice.totals.taxes)
        assert figures(store, invoice)[0] == [(invoice.total.minor - tax, tax, invoice.total.minor)]
    indexes = {name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'index'")}
    assert {"invoice_number", "paid_sale_date", "paid_tax_date"} <= indexes
    paid = store.rows("SELECT id FROM invoice WHERE standing = 'issued' AND paid = total")
    assert paid == store.rows("SELECT DISTINCT invoice_id FROM paid_sale s JOIN invoice i ON i.id = s.invoice_id"
                              " WHERE i.paid = i.total ORDER BY 1")  # fmt: skip
    assert {"sale_tax_date", "sale_item_item", "invoice_open", "payment_date", "customer_payment_date"} <= indexes
    assert store.rows("SELECT DISTINCT category FROM sale_tax") in ([("",)], [])
    store.check()


def test_a_month_has_the_days_of_its_period(store: Store) -> None:
    for day in (date(2026, 9, 15), date(2026, 11, 2)):
        issued(store, day, work("100"))
    rows = read(store, "sales", "month").rows
    assert [(row.cells[0], row.cells[2]) for row in rows] == [
        (date(2026, 9, 1), 10000),
        (date(2026, 10, 1), 0),
        (date(2026, 11, 1), 10000),
    ]

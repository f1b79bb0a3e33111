"""The reports against figures worked out by hand, and against SQL over the tables that people fill."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import PaymentKind
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import DamagedRow, InputError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.applying import apply_credit
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.receivables.statements import make_statement
from facturier.models.reports.drill import documents_behind
from facturier.models.reports.period import (
    ALL_DATES,
    Period,
    PeriodName,
    check_period,
    named_period,
    shifted,
)
from facturier.models.reports.reading import question, report_currencies
from facturier.models.reports.report import Basis, Report
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_draft, next_is
from tests.models.reports.books import cells, issued, read, received, taxed_store, work

OCTOBER, NOVEMBER = Period(date(2026, 10, 1), date(2026, 10, 31)), Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return taxed_store(tmp_path)


def day(number: int, month: int = 10) -> date:
    return date(2026, month, number)


def behind(store: Store, report: Report, place: int) -> list[int]:
    found = report.rows[place].behind
    assert found is not None
    return documents_behind(store, found, TODAY)


def numbers(store: Store, report: Report, place: int = 0) -> list[str | None]:
    return [get_invoice(store, invoice_id).number for invoice_id in behind(store, report, place)]


def test_a_quarter_worked_out_by_hand(store: Store) -> None:
    """1,000 + 500 of work in Quebec, a credit of 100, 200 in British Columbia, and 300 + 80 in France."""
    first = issued(store, day(5), work("1000"), work("500", item="Travel"))
    draft = replace(credit_invoice(store, first.id or 0, day(20)), lines=(work("100", quantity="-1"),))
    note = issue_invoice(store, save_draft(store, draft))
    pst = issued(store, day(8, 11), work("200", "GST+PST"), name="Pacific")
    issued(store, day(9, 11), work("300", "VAT"), work("80", "VAT reduced", item="Book"), name="Lyon", currency="EUR")
    reverse = issued(store, day(10, 11), work("70", "Reverse charge"), name="Lyon", currency="EUR")

    # GST 75.00 − 5.00 + 10.00; QST 149.63 − 9.98 (149.625 and 9.975 round up); PST 14.00.
    assert cells(read(store, "tax", "rate")) == [
        ("GST", Decimal(5), "", 3, 160000, 8000),
        ("QST", Decimal("9.975"), "", 2, 140000, 13965),
        ("PST", Decimal(7), "", 1, 20000, 1400),
    ]
    assert cells(read(store, "tax", "return")) == [
        ("101", "sales", None, None, None, 160000, None),
        ("103", "gst_collected", None, None, None, None, 8000),
        ("105", "gst_total", None, None, None, None, 8000),
        ("203", "qst_collected", None, None, None, None, 13965),
        ("205", "qst_total", None, None, None, None, 13965),
        ("", "other_tax", "PST", Decimal(7), "", 20000, 1400),
    ]
    assert cells(read(store, "tax", "return", currency="EUR")) == [
        ("", "sales", None, None, None, 45000, None),
        ("", "vat", "VAT", Decimal(20), "S", 30000, 6000),
        ("", "vat", "VAT reduced", Decimal("5.5"), "S", 8000, 440),
        ("", "vat", "Reverse charge", Decimal(0), "AE", 7000, 0),
        ("", "vat_total", None, None, None, None, 6440),
    ]
    november = read(store, "tax", "month", NOVEMBER)
    assert [row[:2] + row[-2:] for row in cells(november)] == [
        (date(2026, 11, 1), "GST", 20000, 1000),
        (date(2026, 11, 1), "PST", 20000, 1400),
    ]
    assert november.total[-1] == 2400
    # What is behind a figure is listed.
    tax = read(store, "tax", "rate")
    assert numbers(store, tax, 1) == [note.number, first.number]
    assert numbers(store, read(store, "tax", "return"), 1) == [pst.number, note.number, first.number]
    vat = read(store, "tax", "rate", currency="EUR")
    assert numbers(store, vat, len(vat.rows) - 1) == [reverse.number]

    assert [row[:3] for row in cells(read(store, "sales", "month"))] == [
        (date(2026, 10, 1), 2, 140000),
        (date(2026, 11, 1), 1, 20000),
    ]
    customers = read(store, "sales", "customer", OCTOBER)
    assert cells(customers) == [("Acme", 2, 140000, 20965, 140000 + 7000 + 13965)]
    items = read(store, "sales", "item", OCTOBER)
    assert cells(items) == [("Work", 2, Decimal(0), 90000), ("Travel", 1, Decimal(1), 50000)]
    assert numbers(store, items, 1) == [first.number]
    assert report_currencies(store) == ["CAD", "EUR"]


def test_a_return_converts_other_currencies_and_names_what_it_cannot_convert(store: Store) -> None:
    """Worked out by hand, with rates that round: 1 EUR = 1.4703 CAD, 1 JPY = 0.00915 CAD, and USD without a rate."""
    issued(store, day(1), work("100"))
    euro = issued(store, day(2), work("33.33"), name="Lyon", currency="EUR", exchange_rate="1.4703")
    yen = issued(store, day(3), work("12345", "GST"), name="Osaka", currency="JPY", exchange_rate="0.00915")
    lost = issued(store, day(4), work("70"), work("5", "VAT"), name="Boston", currency="USD")
    draft = replace(credit_invoice(store, euro.id or 0, day(20)), lines=(work("10", quantity="-1"),))
    note = issue_invoice(store, save_draft(store, replace(draft, exchange_rate="")))  # has that of its invoice

    # EUR 33.33, GST 1.67, QST 3.32 are CAD 49.01, 2.46 (2.455), 4.88; JPY 12,345 and GST 617 are CAD 112.96 and 5.65;
    # EUR −10.00, −0.50, −1.00 are CAD −14.70, −0.74 (0.735), −1.47.
    found = read(store, "tax", "return", OCTOBER)
    assert cells(found) == [
        ("101", "sales", None, None, None, 10000 + 4901 + 11296 - 1470, None),
        ("103", "gst_collected", None, None, None, None, 500 + 246 + 565 - 74),
        ("105", "gst_total", None, None, None, None, 500 + 246 + 565 - 74),
        ("203", "qst_collected", None, None, None, None, 998 + 488 - 147),
        ("205", "qst_total", None, None, None, None, 998 + 488 - 147),
    ]
    assert (found.converted, found.others) == ((("EUR", 2), ("JPY", 1)), ())
    (missing,) = found.unconverted
    assert missing[:3] == ("USD", 1, (lost.number,))
    assert documents_behind(store, missing.behind, TODAY) == [lost.id]
    assert behind(store, found, 0)[:3] == [note.id, yen.id, euro.id]
    assert behind(store, found, 3)[:2] == [note.id, euro.id]
    by_rate = read(store, "tax", "rate", OCTOBER)
    assert [row[2:] for row in cells(by_rate)] == [("", 4, 24727, 1237), ("", 3, 13431, 1339)]
    assert [row[1:] for row in cells(read(store, "tax", "month", OCTOBER))] == cells(by_rate)
    # In another currency: its own documents, as they are.
    alone = read(store, "tax", "return", OCTOBER, currency="EUR")
    assert [row[-2:] for row in cells(alone)][:2] == [(2333, None), (None, 117)]
    assert (alone.converted, alone.unconverted, alone.others) == ((), (), ("CAD", "JPY", "USD"))
    assert behind(store, alone, 0) == [note.id, euro.id]
    assert read(store, "sales", "month", OCTOBER).others == ("EUR", "JPY", "USD")
    # On the cash basis, each payment gives its part, and all of them exactly the tax in Canadian dollars: of EUR 0.56,
    # 1.11, 1.17 and 1.67. The credit pays the rest of the invoice.
    for at, part in ((10, 1277), (11, 1277), (12, 128)):
        record_payment(store, euro.id or 0, day(at), part)
    record_payment(store, lost.id or 0, day(10), 100)
    *parts, whole = (
        cells(read(store, "tax", "return", Period(day(since), day(until)), basis=Basis.CASH))
        for since, until in ((1, 10), (11, 11), (12, 19), (20, 31), (1, 31))
    )
    assert [rows[1][6] for rows in (*parts, whole)] == [82, 163 - 82, 172 - 163, 246 - 172 - 74, 172]
    assert sum(rows[0][5] for rows in parts) == whole[0][5] == 4901 - 1470
    cash = read(store, "tax", "return", Period(day(1), day(10)), basis=Basis.CASH)
    assert (cash.converted, cash.unconverted[0][:3]) == ((("EUR", 1),), ("USD", 1, (lost.number,)))
    assert documents_behind(store, cash.unconverted[0].behind, TODAY) == [lost.id]
    assert numbers(store, cash) == [euro.number]
    void_invoice(store, issued(store, day(6), work("1"), currency="GBP").id or 0, "twice")
    assert [one.currency for one in read(store, "tax", "return", OCTOBER).unconverted] == ["USD"]


def test_the_cash_basis_counts_what_was_paid_in_proportion(store: Store) -> None:
    """An invoice of 114.98 with GST 5.00 and QST 9.98, paid in parts; one written off, one paid with credit."""
    invoice = issued(store, day(1), work("100"))
    for number, amount in ((2, 4000), (15, 4000)):
        record_payment(store, invoice.id or 0, day(number), amount)
    record_payment(store, invoice.id or 0, day(3, 11), 3498)
    lost = issued(store, day(1), work("100"))
    with store.writing():
        kind = PaymentKind.WRITE_OFF
        store.run(tables.Payment.insert(invoice_id=lost.id, date=day(20), amount=11498, method="", kind=kind))
    credited = issued(store, day(1), work("50"))
    issue_invoice(store, credit_invoice(store, credited.id or 0, day(5)))  # and applied
    # 80.00 of 114.98: GST 5.00 × 0.69577 = 3.48, QST 9.98 × 0.69577 = 6.94, of a base of 69.58.
    october = read(store, "tax", "rate", OCTOBER, basis=Basis.CASH)
    assert [row[:1] + row[4:] for row in cells(october)] == [("GST", 6958, 348), ("QST", 6958, 694)]
    november = read(store, "tax", "rate", NOVEMBER, basis=Basis.CASH)
    assert [row[:1] + row[4:] for row in cells(november)] == [("GST", 3042, 152), ("QST", 3042, 304)]
    assert cells(read(store, "tax", "return", basis=Basis.CASH))[0][5] == 10000
    assert numbers(store, november) == [invoice.number]
    # A refund takes its part back.
    record_payment(store, invoice.id or 0, day(5, 11), -11498)
    assert cells(read(store, "tax", "return", basis=Basis.CASH))[0][5] == 0


def test_payments_count_once_and_credits_and_write_offs_apart(store: Store) -> None:
    first, second, third = (issued(store, day(1), work("100", "")) for _each in range(3))
    received(store, "Acme", day(10), 25000, [(first, day(10), 10000), (second, day(2, 11), 5000)])
    record_payment(store, third.id or 0, day(10), 3000, "Cheque")
    record_payment(store, third.id or 0, day(12), -1000, "Cheque")
    issue_invoice(store, credit_invoice(store, third.id or 0, day(13)))  # applied to its balance
    with store.writing():
        kind = PaymentKind.WRITE_OFF
        store.run(tables.Payment.insert(invoice_id=second.id, date=day(14), amount=5000, method="", kind=kind))
    by_day = read(store, "payments", "day", OCTOBER)
    assert cells(by_day) == [
        (day(10), 2, 28000, 0, 0, 0),
        (day(12), 1, 0, -1000, 0, 0),
        (day(13), 0, 0, 0, 8000, 0),
        (day(14), 0, 0, 0, 0, 5000),
    ]
    assert by_day.total[1:] == (3, 28000, -1000, 8000, 5000)
    assert sorted(behind(store, by_day, 0)) == [first.id, second.id, third.id]
    assert cells(read(store, "payments", "month", NOVEMBER)) == []
    methods = cells(read(store, "payments", "method"))
    assert methods == [("Transfer", 1, 25000, 0, 0, 0), ("Cheque", 2, 3000, -1000, 0, 0), ("", 0, 0, 0, 8000, 5000)]
    assert [row[:3] for row in cells(read(store, "payments", "account"))] == [("Chequing", 1, 25000), ("", 2, 3000)]
    issued(store, day(1), work("1", ""), currency="EUR")  # from now on, payments are compared with their invoices
    assert cells(read(store, "payments", "day", OCTOBER)) == cells(by_day)
    assert cells(read(store, "payments", "day", OCTOBER, currency="EUR")) == []
    # The books of today, by SQL over the tables: all money, without the parts.
    paid = store.rows(
        "SELECT coalesce(sum(amount), 0) FROM payment WHERE kind = 'payment' AND customer_payment_id IS NULL"
    )
    whole = store.rows("SELECT sum(amount) FROM customer_payment")
    assert by_day.total[2] + by_day.total[3] == paid[0][0] + whole[0][0]


def test_aging_by_customer_with_credit_apart(store: Store) -> None:
    def due(days_late: int, name: str = "Acme", rate: str = "100") -> Any:
        late = TODAY - timedelta(days_late)
        return issued(store, late - timedelta(30), work(rate, ""), name=name, due=late)

    for days in (0, 1, 30, 31, 60, 61, 90, 91):
        due(days)
    over = due(10, "Zeta", "40")
    record_payment(store, over.id or 0, TODAY, 5000)  # 10.00 too much
    received(store, "Zeta", TODAY - timedelta(3), 3000, [])
    void_invoice(store, due(5).id or 0, "twice")
    report = read(store, "aging")
    assert cells(report) == [
        ("Acme", 10000, 20000, 20000, 20000, 10000, 0, 80000),
        ("Zeta", 0, 0, 0, 0, 0, -4000, -4000),
    ]
    assert report.total[-1] == 76000
    assert len(behind(store, report, 0)) == 8
    assert behind(store, report, 1) == []  # nothing but credit
    # A week ago, nothing of it was overdue for more than 90 days, and Zeta had not paid.
    then = read(store, "aging", period=Period(date(2026, 1, 1), TODAY - timedelta(7)))
    assert cells(then) == [
        ("Acme", 20000, 20000, 20000, 20000, 0, 0, 80000),
        ("Zeta", 0, 4000, 0, 0, 0, 0, 4000),
    ]
    assert behind(store, then, 1) == [over.id]


_document = st.tuples(
    st.integers(0, 120),  # days before today
    st.integers(1, 50_000),  # cents
    st.sampled_from(["", "GST", "GST+QST", "GST+OLD", "VAT"]),
    st.sampled_from(["Acme", "Zeta"]),
    st.booleans(),  # inclusive
    st.sampled_from(["", "7%"]),
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from([0.1, 0.5, 1.0])), max_size=3),  # payments
    st.sampled_from(["", "", "credit", "void"]),
    st.sampled_from([("CAD", ""), ("CAD", ""), ("EUR", "1.4703"), ("EUR", ""), ("JPY", "0.00915"), ("KWD", "4.4")]),
)


@settings(max_examples=8, deadline=None)
@given(documents=st.lists(_document, min_size=1, max_size=6), split=st.integers(0, 120))
def test_the_parts_of_every_report_add_up(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Any], split: int
) -> None:
    """Aging is what is owed; the taxes are those of the documents that are listed, converted as their PDFs show them;
    two periods are one; a document that is paid in full has given its tax."""
    store = taxed_store(tmp_path_factory.mktemp("books"))
    for late, amount, tax, name, inclusive, discount, payments, then, (currency, rate) in documents:
        invoice = issued(
            store,
            TODAY - timedelta(late + 5),
            *(work(f"{amount / 100:.2f}", tax), work("3.33", "GST", item="Book")),
            name=name,
            due=TODAY - timedelta(late),
            inclusive=inclusive,
            discount=discount,
            currency=currency,
            exchange_rate=rate,
        )
        if then == "void":
            void_invoice(store, invoice.id or 0, "twice")
            continue
        for ago, part in payments:
            if paid := int(get_invoice(store, invoice.id or 0).balance.minor * part):
                record_payment(store, invoice.id or 0, TODAY - timedelta(ago), paid)
        if then == "credit":
            note = issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY))
            if get_invoice(store, invoice.id or 0).balance.minor > 0:
                apply_credit(store, note.id or 0, invoice.id or 0, TODAY)
    aging = read(store, "aging")
    issued_here = "FROM invoice WHERE standing = 'issued' AND currency = 'CAD'"
    (owed,) = store.rows(f"SELECT coalesce(sum(total - paid), 0) {issued_here}")
    assert (aging.total[-1] if aging.total else 0) == owed[0]
    for row in aging.rows:
        assert sum(row.cells[1:-1]) == row.cells[-1]
    for basis in Basis:
        taxes = read(store, "tax", basis=basis)
        middle = TODAY - timedelta(split)
        halves = [read(store, "tax", period=period, basis=basis) for period in _halves(middle)]
        for place, row in enumerate(taxes.rows):
            invoices = [get_invoice(store, invoice_id) for invoice_id in behind(store, taxes, place)]
            charged = {
                invoice.id: (at_home(invoice, tax.net), at_home(invoice, tax.amount))
                for invoice in invoices
                for tax in invoice.totals.taxes
                if (tax.code, tax.percent) == row.cells[:2]
            }
            if basis is Basis.CASH:  # no document is written off, so that these are paid or not
                invoices = [invoice for invoice in invoices if invoice.balance.minor == 0]
                assert len(invoices) <= row.cells[3]
                if len(invoices) < row.cells[3]:
                    continue
            assert row.cells[3] == len(charged)
            assert row.cells[4:] == tuple(map(sum, zip(*charged.values(), strict=True)))
            parts = [other.cells[4:] for half in halves for other in half.rows if other.cells[:2] == row.cells[:2]]
            assert row.cells[4:] == tuple(map(sum, zip(*parts, strict=True)))
    sold = read(store, "sales", "month").total[1:] or (0, 0, 0, 0)
    raw = store.rows(f"SELECT count(*), coalesce(sum(total), 0) {issued_here}")
    assert (sold[0], sold[3]) == raw[0]
    assert sold[1] == (read(store, "sales", "item").total or (0, 0, 0, 0))[3]
    _check_the_return(store)


def at_home(invoice: Invoice, amount: int) -> int:
    """Return an amount in the company's currency, as the PDF shows it."""
    found = invoice.converted(amount, "CAD")
    assert invoice.currency == "CAD" or found is not None
    return amount if found is None else found.minor


def _check_the_return(store: Store) -> None:
    """The sales of a return are those of the documents that it lists. Each other one is named."""
    found = read(store, "tax", "return")
    everything = [
        get_invoice(store, invoice_id)
        for (invoice_id,) in store.rows("SELECT id FROM invoice WHERE standing = 'issued' AND kind != 'estimate'")
    ]
    missing = [invoice for invoice in everything if invoice.currency != "CAD" and not invoice.exchange_rate]
    assert [number for one in found.unconverted for number in one.numbers] == [
        invoice.number for invoice in sorted(missing, key=lambda one: (one.date, one.id))
    ]
    for one in found.unconverted:
        assert {*documents_behind(store, one.behind, TODAY)} == {invoice.id for invoice in missing}
    sales = next(place for place, row in enumerate(found.rows) if row.cells[1] == "sales")
    listed = {invoice_id: get_invoice(store, invoice_id) for invoice_id in behind(store, found, sales)}
    assert {*listed} == {invoice.id for invoice in everything} - {invoice.id for invoice in missing}
    without_tax = (
        at_home(one, one.total.minor - sum(tax.amount for tax in one.totals.taxes)) for one in listed.values()
    )
    assert found.rows[sales].cells[5] == sum(without_tax)
    assert sum(count for _currency, count in found.converted) == sum(one.currency != "CAD" for one in listed.values())


def _halves(middle: date) -> tuple[Period, Period]:
    return Period(ALL_DATES.since, middle), Period(middle + timedelta(1), ALL_DATES.until)


def test_totals_against_sql_over_the_lines(store: Store) -> None:
    """The bases of simple documents are quantity times rate, which SQLite can add up by itself."""
    for number in range(1, 8):
        issued(store, day(number), work(f"{number}.05", quantity=str(number)), work("9.99", "GST", item="Book"))
    expected = store.rows(
        "SELECT sum(CAST(round(CAST(quantity AS REAL) * CAST(rate AS REAL) * 100) AS INTEGER)) FROM line"
        " WHERE '+' || tax || '+' LIKE '%+QST+%'"
    )
    assert cells(read(store, "tax", "rate"))[1][4] == expected[0][0]
    by_item = store.rows(
        "SELECT item, count(*), sum(CAST(quantity AS INTEGER)),"
        " sum(CAST(round(CAST(quantity AS REAL) * CAST(rate AS REAL) * 100) AS INTEGER)) FROM line"
        " GROUP BY item ORDER BY 4 DESC"
    )
    assert cells(read(store, "sales", "item")) == [(*row[:2], Decimal(row[2]), row[3]) for row in by_item]


def test_estimates_and_templates_are_in_no_report(store: Store) -> None:
    a_draft(store)
    with store.writing():
        store.write("UPDATE invoice SET kind = 'estimate'")
        store.write("UPDATE invoice SET standing = 'issued', number = 'E-1'")
    assert store.rows("SELECT balance FROM invoice") == [(10000,)]
    for name in ("aging", "sales", "tax"):
        assert cells(read(store, name)) == []


def test_periods() -> None:
    def named(name: PeriodName, today: date = date(2026, 2, 10)) -> tuple[str, str]:
        since, until = named_period(name, today)
        return since.isoformat(), until.isoformat()

    assert named(PeriodName.THIS_MONTH) == ("2026-02-01", "2026-02-28")
    assert named(PeriodName.LAST_MONTH, date(2026, 1, 31)) == ("2025-12-01", "2025-12-31")
    assert named(PeriodName.LAST_QUARTER) == ("2025-10-01", "2025-12-31")
    assert named(PeriodName.THIS_QUARTER) == ("2026-01-01", "2026-03-31")
    assert named(PeriodName.LAST_YEAR) == ("2025-01-01", "2025-12-31")
    quarter = named_period(PeriodName.LAST_QUARTER, date(2026, 2, 10))
    assert shifted(quarter, 1) == Period(date(2026, 1, 1), date(2026, 3, 31))
    assert shifted(Period(day(5), day(11)), -1) == Period(date(2026, 9, 28), day(4))
    assert shifted(ALL_DATES, -1) == ALL_DATES
    assert shifted(Period(date(2999, 12, 1), date(2999, 12, 31)), 1) == Period(date(2999, 12, 1), date(2999, 12, 31))
    with pytest.raises(InputError, match="ends before"):
        check_period(day(2), day(1))


def test_a_question_has_the_usual_period_and_refuses_other_groupings(store: Store) -> None:
    asked = question(store, "tax", "", TODAY)
    assert (asked.by, asked.period) == ("rate", Period(date(2026, 7, 1), date(2026, 9, 30)))
    with pytest.raises(InputError, match="month, customer, item"):
        question(store, "sales", "day", TODAY)


def test_the_check_of_numbers_is_a_report(store: Store) -> None:
    for _each in range(3):
        issued(store, day(1), work("1"))
    assert cells(read(store, "numbers")) == []
    save_company(store, next_is(read_company(store), 1010))
    issued(store, day(1), work("1"))
    assert cells(read(store, "numbers")) == [("gap", "invoice", "1004", "1009", 6)]


def test_what_was_paid_before_the_date_of_its_invoice_was_credit_until_then(store: Store) -> None:
    invoice = issued(store, day(20), work("100", tax=""))
    received(store, "Acme", day(5), 10_000, [(invoice, day(5), 10_000)])
    later = issued(store, day(25), work("10", tax=""))
    record_payment(store, later.id or 0, day(6), 400)
    owed = {at: cells(read(store, "aging", period=Period(day(1), day(at)))) for at in (4, 5, 19, 20, 25)}
    assert {at: [row[-1] for row in rows] for at, rows in owed.items()} == {
        4: [], 5: [-10_000], 19: [-10_400], 20: [-400], 25: [600],
    }  # fmt: skip
    customer_id = invoice.customer.id or 0
    for at, rows in owed.items():
        statement = make_statement(store, customer_id, "CAD", day(at), (day(1), day(at)))
        assert statement.closing == sum(row[-1] for row in rows)


@pytest.mark.parametrize(
    ("name", "by", "damage"),
    [
        ("sales", "item", "UPDATE sale_item SET quantity = 'x'"),
        ("tax", "rate", "UPDATE sale_tax SET percent = 'x'"),
        ("sales", "month", "UPDATE sale SET date = '2026-10-45'"),
    ],
)
def test_a_damaged_figure_is_reported(store: Store, name: str, by: str, damage: str) -> None:
    issued(store, day(5), work("100"))
    read(store, name, by)
    with store.writing():
        store.write(damage)
    with pytest.raises(DamagedRow):
        read(store, name, by)

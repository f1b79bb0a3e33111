"""Books for the tests of the reports: a company with taxes of Quebec and of the European Union."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.reports.period import ALL_DATES, Period
from facturier.models.reports.reading import GROUPINGS, Question, read_report
from facturier.models.reports.report import Basis, Report
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store

RATES = (
    TaxRate("GST", Decimal(5)),
    TaxRate("QST", Decimal("9.975")),
    TaxRate("PST", Decimal(7)),
    TaxRate("OLD", Decimal("9.5"), compound=True),
    TaxRate("VAT", Decimal(20), category="S"),
    TaxRate("VAT reduced", Decimal("5.5"), category="S"),
    TaxRate("Reverse charge", Decimal(0), category="AE"),
)
BOTH = "GST+QST"


def taxed_store(folder: Path) -> Store:
    store = a_store(folder, connected=False)
    save_company(store, replace(read_company(store), rates=RATES))
    return store


def issued(store: Store, day: date, *lines: Line, name: str = "Acme", **more: Any) -> Invoice:
    """Issue an invoice, due 30 days later unless `due` says otherwise. A customer record is kept."""
    draft = new_draft(store, day, Customer(name=name, email="a@acme.example"))
    customers = dict(store.rows("SELECT name, id FROM customer"))
    customer = replace(draft.customer, id=customers.get(name))
    return issue_invoice(store, save_draft(store, replace(draft, customer=customer, lines=lines, **more)))


def work(rate: str, tax: str = BOTH, quantity: str = "1", item: str = "Work") -> Line:
    return Line(item, item=item, quantity=quantity, rate=rate, tax=tax)


def read(
    store: Store,
    name: str,
    by: str = "",
    period: Period = ALL_DATES,
    *,
    currency: str = "CAD",
    basis: Basis = Basis.ACCRUAL,
    today: date = TODAY,
) -> Report:
    return read_report(store, Question(name, by or GROUPINGS[name][0], period, currency, basis), today)


def cells(report: Report) -> list[tuple[Any, ...]]:
    return [row.cells for row in report.rows]


def received(store: Store, customer: str, day: date, amount: int, parts: Sequence[tuple[Invoice, date, int]]) -> None:
    """Record what a customer paid at once, with its parts."""
    (found,) = store.rows("SELECT id FROM customer WHERE name = ?", customer)
    with store.writing():
        row = tables.CustomerPayment
        payment_id = store.run(
            row.insert(
                customer_id=found[0],
                date=day,
                currency="CAD",
                amount=amount,
                method="Transfer",
                reference="",
                account="Chequing",
                note="",
                created=store.clock(),
            )
        )
        for invoice, part_day, part in parts:
            store.run(
                tables.Payment.insert(
                    invoice_id=invoice.id,
                    date=part_day,
                    amount=part,
                    method="Transfer",
                    customer_payment_id=payment_id,
                )
            )

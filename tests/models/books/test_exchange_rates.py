"""An issued document without an exchange rate gets one later, once, for the tax reports."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from facturier.models.books.exchange_rates import NotedRate, newest_rate, remove_rate, set_rate
from facturier.models.books.invoice import Invoice
from facturier.models.books.journal import read_journal
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.voiding import void_invoice
from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis
from facturier.models.settings.line import Line
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_draft, a_store
from tests.models.reports.books import cells, read, taxed_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def issued(store: Store, rate: str = "", *, ago: int = 0, currency: str = "USD") -> Invoice:
    draft = replace(a_draft(store), currency=currency, exchange_rate=rate, date=TODAY - timedelta(ago))
    return issue_invoice(store, save_draft(store, draft))


def test_an_issued_invoice_gets_a_rate_once(store: Store) -> None:
    invoice = issued(store)
    for wrong in ("0", "-1.3"):
        with pytest.raises(InputError):
            set_rate(store, invoice.id or 0, wrong)
    noted = set_rate(store, invoice.id or 0, "1.3640")
    assert (noted.exchange_rate, noted.total, noted.number) == ("1.364", invoice.total, invoice.number)
    with pytest.raises(StoreError, match="already has an exchange rate"):
        set_rate(store, invoice.id or 0, "1.4")
    again = remove_rate(store, noted)
    assert again.exchange_rate == ""
    with pytest.raises(ChangedElsewhere):
        remove_rate(store, noted)
    entries = [(entry.kind, entry.detail.get("rate")) for entry in read_journal(store, invoice.id)]
    assert entries[-2:] == [("rate_set", "1.364"), ("rate_removed", "1.364")]
    note = issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY))
    assert set_rate(store, note.id or 0, "1.3").exchange_rate == "1.3"
    store.check()


def test_the_tax_reports_follow_the_rate(tmp_path: Path) -> None:
    store = taxed_store(tmp_path)
    lines = (Line("Work", rate="100", tax="GST"),)
    invoice = issue_invoice(store, save_draft(store, replace(a_draft(store), currency="USD", lines=lines)))

    def taxes() -> list[tuple[object, ...]]:
        report = read(store, "tax", "rate", Period(TODAY, TODAY), currency="CAD", basis=Basis.ACCRUAL, today=TODAY)
        return [row[4:6] for row in cells(report)]

    assert taxes() == []
    noted = set_rate(store, invoice.id or 0, "1.5")
    assert taxes() == [(15000, 750)]
    remove_rate(store, noted)
    assert taxes() == []


def test_what_needs_no_rate_gets_none(store: Store) -> None:
    void = issued(store)
    void_invoice(store, void.id or 0, "wrong")
    draft = save_draft(store, replace(a_draft(store), currency="USD"))
    for invoice in (issued(store, currency="CAD"), void, draft):
        with pytest.raises(StoreError):
            set_rate(store, invoice.id or 0, "1.4")


def test_the_newest_rate_is_one_that_a_person_entered_within_a_month(store: Store) -> None:
    issued(store, "1.30", ago=32)
    assert newest_rate(store, "USD", TODAY) is None
    issued(store, "1.31", ago=31)
    newest = issued(store, "1.32", ago=10)
    issued(store, ago=5)
    issued(store, "0.7", currency="EUR")
    issued(store, "1.5", ago=-1)
    save_draft(store, replace(a_draft(store), currency="USD", exchange_rate="9"))
    old = issued(store, "1.2", ago=300)
    assert issue_invoice(store, credit_invoice(store, old.id or 0, TODAY)).exchange_rate == "1.2"
    assert newest_rate(store, "USD", TODAY) == NotedRate("1.32", date(2026, 11, 14), newest.number or "")

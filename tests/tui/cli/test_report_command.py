"""Reports on the command line."""

import argparse
import io
import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from pypdf import PdfReader

from facturier.mail.locations import Locations
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import record_payment
from facturier.tui.cli.commands import module_name
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from tests.tui.support.sample import Shop


def report(shop: Shop, tmp_path: Path, *arguments: str) -> str:
    return _said(shop, tmp_path, *arguments)[0]


def said_aside(shop: Shop, tmp_path: Path, *arguments: str) -> str:
    return _said(shop, tmp_path, *arguments)[1]


def _said(shop: Shop, tmp_path: Path, *arguments: str) -> tuple[str, str]:
    said, aside = io.StringIO(), io.StringIO()
    shell = Shell(Locations(tmp_path / "data", tmp_path / "log"), shop.store.path, stdout=said, stderr=aside)
    module = import_module(module_name("report"))
    parser = argparse.ArgumentParser()
    module.add(parser)
    assert module.run(parser.parse_args(arguments), shell) == DONE
    return said.getvalue(), aside.getvalue()


def test_reports_are_printed_and_written_as_json_csv_and_pdf(shop: Shop, tmp_path: Path) -> None:
    first = shop.issued("=Café", "200")
    shop.issued("Boulangerie Tremblay", "100")
    record_payment(shop.store, first.id or 0, shop.today, 10500, "Cheque")
    month = f"{shop.today:%Y-%m}"
    sold = json.loads(report(shop, tmp_path, "sales", "--by", "customer", "--period", "this-month", "--json"))
    assert (sold["report"], sold["by"], sold["currency"], sold["basis"]) == ("sales", "customer", "CAD", None)
    assert sold["from"] == f"{month}-01"
    assert sold["rows"][0] == {
        "customer": "=Café",
        "documents": 1,
        "net": 20000,
        "net_text": "200.00",
        "tax": 1000,
        "tax_text": "10.00",
        "total": 21000,
        "total_text": "210.00",
    }
    assert (sold["total"]["net"], sold["left_out"]) == (30000, [])
    cash = json.loads(report(shop, tmp_path, "tax", "--period", "all", "--basis", "cash", "--json"))
    assert [(row["tax"], row["percent"], row["base"], row["amount"]) for row in cash["rows"]] == [
        ("GST", "5", 10000, 500)
    ]
    assert (cash["from"], cash["to"], cash["basis"]) == (None, None, "cash")
    lines = report(shop, tmp_path, "aging").splitlines()
    assert lines[0] == "Aging"
    assert lines[3].split() == ["Customer", "Not", "due", "1–30", "31–60", "61–90", "90+", "Credits", "Owed"]
    assert lines[-1].split() == ["Total", "210.00", "0.00", "0.00", "0.00", "0.00", "0.00", "210.00"]
    printed = report(shop, tmp_path, "tax", "--period", "all", "--by", "return").splitlines()
    assert printed[3].split() == ["Line", "Description", "Base", "Amount"]  # columns without anything are left out
    assert printed[4].split() == ["101", "Sales", "and", "other", "revenue", "300.00"]
    assert "No gaps and no duplicates." in report(shop, tmp_path, "numbers")
    csv, pdf = tmp_path / "sales.csv", tmp_path / "sales.pdf"
    report(shop, tmp_path, "sales", "--by", "customer", "--csv", str(csv))
    assert csv.read_text("utf-8-sig").splitlines() == [
        "customer,documents,net,tax,total",
        "'=Café,1,200.00,10.00,210.00",
        "Boulangerie Tremblay,1,100.00,5.00,105.00",
    ]
    report(shop, tmp_path, "sales", "--by", "customer", "--pdf", str(pdf))
    text = PdfReader(pdf).pages[0].extract_text()
    assert "Sales by customer" in text
    assert "=Café" in text
    assert "315.00" in text


def test_what_a_return_converts_and_what_it_cannot(shop: Shop, tmp_path: Path) -> None:
    """As text, JSON, CSV and PDF."""
    _euro, lost, also = (
        issue_invoice(shop.store, save_draft(shop.store, replace(shop.draft(), currency=currency, exchange_rate=rate)))
        for currency, rate in (("EUR", "1.4703"), ("USD", ""), ("USD", ""))
    )
    asked = ("tax", "--by", "return", "--period", "all")
    found = json.loads(report(shop, tmp_path, *asked, "--json"))
    assert [(row["line"], row["base"], row["amount"]) for row in found["rows"]] == [
        ("101", 14703, None),
        ("103", None, 735),
        ("105", None, 735),
    ]
    assert found["converted"] == [{"currency": "EUR", "documents": 1}]
    assert found["not_converted"] == [{"currency": "USD", "documents": 2, "numbers": [lost.number, also.number]}]
    assert "converted at their exchange rates: 1 in EUR" in report(shop, tmp_path, *asked)
    left_out = f"2 documents in USD have no exchange rate and are not included: {lost.number}, {also.number}"
    assert left_out in said_aside(shop, tmp_path, *asked)
    csv, pdf = tmp_path / "return.csv", tmp_path / "return.pdf"
    report(shop, tmp_path, *asked, "--csv", str(csv))
    lines = csv.read_text("utf-8-sig").splitlines()
    assert lines[0] == "line,what,tax,percent,category,base,amount,currency,not_converted"
    assert lines[1:2] + lines[-1:] == ["101,sales,,,,147.03,,CAD,", f",,,,,,,USD,{lost.number} {also.number}"]
    report(shop, tmp_path, *asked, "--pdf", str(pdf))
    text = " ".join(PdfReader(pdf).pages[0].extract_text().split())
    assert left_out in text
    assert "1 in EUR" in text
    sold = json.loads(report(shop, tmp_path, "sales", "--period", "all", "--json"))
    assert (sold["rows"], sold["other_currencies"]) == ([], ["EUR", "USD"])
    assert report(shop, tmp_path, "sales", "--period", "all").splitlines()[1] == "All dates · CAD only"


def test_options_that_do_not_go_together_are_refused(shop: Shop, tmp_path: Path) -> None:
    for arguments, problem in (
        (("aging", "--by", "item"), "customer"),
        (("sales", "--basis", "cash"), "only to tax reports"),
        (("sales", "--period", "all", "--from", "2026-01-01"), "either"),
        (("sales", "--from", "2026-02-01", "--to", "2026-01-01"), "ends before"),
    ):
        with pytest.raises(InputError, match=problem):
            report(shop, tmp_path, *arguments)

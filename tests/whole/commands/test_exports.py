"""Exports and the import of a company, as scripts run them."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import State
from facturier.models.exports.lists import LISTS, column_names
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.store.opening import open_company
from tests.models.making import in_state
from tests.whole.program import ROOT, Program
from tests.whole.setting_up import add_drafts, make_company


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A company with two invoices of different months, and a draft."""
    program = Program(tmp_path / "home", company=tmp_path / "me.facturier")
    make_company(program, "Me & Co")
    for day in ("2026-10-31", "2026-11-02", "2026-11-03"):
        line = {"description": "Café", "item": "Café", "quantity": "-2", "rate": "150.00"}
        add_drafts(program, {"customer": {"name": "=Acme"}, "lines": [line], "date": day})
    assert program.company is not None
    store = open_company(program.company)
    for invoice_id in (1, 2):
        issue_invoice(store, get_invoice(store, invoice_id))
    return program


def test_lists_go_to_files_and_streams(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "invoices.csv"
    november = ("export", "invoices", "--from", "2026-11-01", "--to", "2026-11-02")
    program.good(*november, "--columns", "number,customer,total,date", "-o", str(file))
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfnumber,")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig")))) == [
        ["number", "customer", "total", "date"],
        ["1002", "'=Acme", "-300.00", "2026-11-02"],
    ]
    latin = Program(program.home, company=program.company, more={"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"})
    assert "number,date" in latin.good("export", "invoices")
    found = json.loads(program.good("export", "invoices", "--json", "--status", "draft"))
    assert [(one["number"], one["total"]) for one in found] == [(None, "-300.00")]
    for kind in LISTS:
        json.loads(program.good("export", kind, "--json"))
    assert program.shell("export invoices", ">/dev/full").returncode == 1
    for arguments, said in (
        ([*november, "-o", str(file)], "already exists"),
        (["export", "customers", "--from", "2026-11-01"], "--from and --to are for"),
        (["export", "items", "--search", "x"], "is for invoices, estimates"),
        (["export", "pdfs"], "-o FILE.zip"),
        (["export", "company", "--csv"], "as JSON"),
        (["export", "items", "--columns", "price"], "Unknown column"),
        (["export", "invoices", "-o", str(program.company), "--force"], "is a company file"),
    ):
        done = program.run(*arguments)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert program.run("export", "invoices", "--from", "yesterday").returncode == 2


def test_a_company_is_exported_and_imported(program: Program, tmp_path: Path) -> None:
    export, new = tmp_path / "acme.json", tmp_path / "new.facturier"
    assert program.company is not None
    store = open_company(program.company)
    in_state(store, State.SENT, SenderKind.DEFAULT, invoice=get_invoice(store, 3))
    program.good("export", "company", "-o", str(export))
    said = program.good("import", "company", str(export), str(new))
    assert f"Created {new}." in said
    assert program.good("--company", str(new), "export", "company") == export.read_text(encoding="utf-8")
    assert len(json.loads(program.good("--company", str(new), "list", "--json"))) == 3
    # What was sent is sent. The messages stayed in the other file, so the PDF is made again.
    [sent] = json.loads(program.good("--company", str(new), "list", "--status", "sent", "--json"))
    assert (sent["number"], sent["delivery"]) == ("1003", "sent")
    program.good("--company", str(new), "show", "1003", "--pdf", str(tmp_path / "1003.pdf"))
    assert (tmp_path / "1003.pdf").read_bytes().startswith(b"%PDF")
    done = program.run("--company", str(new), "show", "1003", "--eml", str(tmp_path / "1003.eml"))
    assert (done.returncode, "does not have the message" in done.stderr) == (1, True), done.stderr
    done = program.run("import", "company", str(export), str(new))
    assert (done.returncode, "already exists" in done.stderr) == (1, True)


def test_the_pdfs_of_a_month_are_one_zip_file(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "november.zip"
    done = program.run("export", "pdfs", "--from", "2026-11-01", "-o", str(file))
    assert (done.returncode, "1 PDF was written." in done.stderr) == (0, True), done.stderr
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist() == ["Invoice-1002-Me-Co.pdf"]
        assert archive.testzip() is None
        assert archive.read("Invoice-1002-Me-Co.pdf").startswith(b"%PDF")


def test_the_page_of_commands_names_every_column() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for kind in LISTS:
        [row] = [line for line in page.splitlines() if line.startswith(f"- **{kind}**:")]
        usual, _also, more = row.partition("; also ")
        assert [f"`{name}`" in usual for name in column_names(kind)] == [
            name in column_names(kind, usual=True) for name in column_names(kind)
        ]
        assert not [name for name in column_names(kind) if f"`{name}`" not in usual + more]

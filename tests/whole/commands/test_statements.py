"""Statements of account on the command line."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from facturier.models.books.invoice import Customer
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.whole.program import Program
from tests.whole.setting_up import make_company


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A company with a folder as its sender, and two customers with a balance: one of them without an address."""
    made = Program(tmp_path / "home", "http://127.0.0.1:9", tmp_path / "me.facturier")
    make_company(made, "Me")
    (tmp_path / "out").mkdir()
    store, today = open_company(tmp_path / "me.facturier"), datetime.now().astimezone().date()
    sender = DefaultSender(kind="folder", address="hello@me.example", folder=str(tmp_path / "out"))
    save_company(store, replace(read_company(store), sender=sender))
    for name, email in (("Zénith", "zoe@localhost.example"), ("Nobody", "")):
        customer = save_customer(store, Customer(name=name, email=email))
        for currency, rate in (("CAD", "100"), ("EUR", "7")) if email else (("CAD", "5"),):
            draft = replace(new_draft(store, today, customer), lines=(Line("x", rate=rate),), currency=currency)
            issue_invoice(store, save_draft(store, replace(draft, due=today + timedelta(30))))
    with store.writing():
        store.write("UPDATE invoice SET reached = 1")
    return made


def test_statements_are_shown_saved_and_sent_once_a_day_by_two_processes(program: Program, tmp_path: Path) -> None:
    listed = json.loads(program.good("statements", "--json"))
    assert [(one["customer"]["name"], one["currency"], one["owed"], one["last_sent"]) for one in listed] == [
        ("Nobody", "CAD", 5_00, None),
        ("Zénith", "CAD", 100_00, None),
        ("Zénith", "EUR", 7_00, None),
    ]
    asked = program.run("statement", "zenith")
    assert (asked.returncode, "CAD, EUR" in asked.stderr, "--currency" in asked.stderr) == (1, True, True)
    pdf = tmp_path / "statement.pdf"
    one = json.loads(program.good("statement", "zenith", "--currency", "eur", "--pdf", str(pdf), "--json"))
    assert pdf.read_bytes().startswith(b"%PDF")
    assert (one["balance"], one["balance_text"], one["aging"]["not_due"], one["from"]) == (7_00, "7.00", 7_00, None)
    assert [(line["kind"], line["total"], line["days_overdue"]) for line in one["lines"]] == [("invoice", 7_00, 0)]
    assert (one["email"]["to"], one["findings"], one["sent_today"]) == (["zoe@localhost.example"], [], False)
    month = json.loads(
        program.good("statement", "zenith", "--currency", "CAD", "--from", "2026-10-01", "--to", "2026-10-31", "--json")
    )
    assert (month["from"], month["to"], month["opening"], month["lines"]) == ("2026-10-01", "2026-10-31", 0, [])
    text = program.good("statement", "zenith", "--currency", "CAD", "--from", "-30")
    assert "Opening balance" in text
    assert "Closing balance  CAD\xa0100.00" in text
    tried = program.run("statements", "--dry-run")
    assert tried.returncode == 1  # one of them has no address
    assert "Zénith  ready  hello@me.example → zoe@localhost.example  CAD 100.00" in tried.stdout
    assert "error: “To” is empty." in tried.stdout

    both = [program.start("statements", "--send", "--json") for _process in range(2)]
    done = [json.loads(process.communicate(timeout=60)[0]) for process in both]
    found = sorted(one["result"] for result in done for one in result)
    assert found == ["error", "error", "sent", "sent", "sent_today", "sent_today"]
    assert len(list((tmp_path / "out").glob("*.eml"))) == 2
    again = program.run("statements", "--send")
    assert (again.returncode, again.stdout.count("already queued or sent today")) == (1, 2)
    assert program.run("statement", "zenith", "--currency", "EUR", "--send").returncode == 1
    assert len(list((tmp_path / "out").glob("*.eml"))) == 2
    sent = [one["last_sent"] for one in json.loads(program.good("statements", "--json"))]
    assert [bool(moment) for moment in sent] == [False, True, True]

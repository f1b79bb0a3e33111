"""Credit notes on the command line."""

import argparse
import io
import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from facturier.mail.locations import Locations
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Settlement
from facturier.models.drafts.creditable import credit_notes_of
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError, StoreError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.payments import record_payment
from facturier.tui.cli.commands import module_name
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, WRONG_USAGE
from tests.tui.support.sample import Shop


def run(shop: Shop, tmp_path: Path, verb: str, *arguments: str) -> tuple[int, str]:
    """Return the exit status and what was printed."""
    said = io.StringIO()
    shell = Shell(Locations(tmp_path / "data", tmp_path / "log"), shop.store.path, stdout=said, stderr=io.StringIO())
    module = import_module(module_name(verb))
    parser = argparse.ArgumentParser()
    module.add(parser)
    status = module.run(parser.parse_args(arguments), shell)
    return status, said.getvalue()


def test_an_invoice_is_credited_in_parts_and_the_credit_is_applied(shop: Shop, tmp_path: Path) -> None:
    invoice, other = shop.issued(rate="100"), shop.issued(rate="20")
    status, said = run(shop, tmp_path, "credit", "1001", "--amount", "25.00", "--json")
    first = json.loads(said)
    assert (status, first["invoice"], first["total"], first["total_text"]) == (DONE, invoice.id, -2500, "-25.00")
    with pytest.raises(InputError, match="at most 2 decimals"):
        run(shop, tmp_path, "credit", "1001", "--amount", "25.001")
    with pytest.raises(InputError, match="at most 80"):  # the line is there in full, but not the total
        run(shop, tmp_path, "credit", "1001", "--lines", "1")
    for lines, problem in (("2", "no line 2"), ("0", "not a list of line numbers"), ("1,x", "not a list")):
        with pytest.raises(InputError, match=problem):
            run(shop, tmp_path, "credit", "1002", "--lines", lines)
    assert run(shop, tmp_path, "credit", "1002", "--lines", "1", "--amount", "5")[0] == WRONG_USAGE
    status, said = run(shop, tmp_path, "credit", "1001")
    rest = credit_notes_of(shop.store, invoice.id or 0)[-1]
    assert said == f"@{rest.id}: draft credit note for CAD 80.00. Send it with: facturier send @{rest.id}\n"
    with pytest.raises(StoreError, match="credited in full"):
        run(shop, tmp_path, "credit", "1001")
    record_payment(shop.store, invoice.id or 0, shop.today, 10500)  # so the credit is not applied to it
    for note in credit_notes_of(shop.store, invoice.id or 0):
        run(shop, tmp_path, "issue", f"@{note.id}")
    status, said = run(shop, tmp_path, "apply", "CN-2", "1002", "--amount", "20.00", "--json")
    assert json.loads(said) == {
        "credit": "CN-2",
        "invoice": "1002",
        "currency": "CAD",
        "amount": 2000,
        "amount_text": "20.00",
        "credit_left": 6000,
        "balance": 100,
    }
    assert run(shop, tmp_path, "apply", "CN-1", "1002") == (
        DONE,
        "CAD 1.00 of CN-1 applied to 1002. Balance: CAD 0.00.\n",
    )
    with pytest.raises(StoreError, match="has no balance"):
        run(shop, tmp_path, "apply", "CN-1", "1002")
    listed = {one["number"]: one for one in json.loads(run(shop, tmp_path, "list", "--json")[1])}
    assert (listed["CN-1"]["kind"], listed["CN-1"]["settlement"], listed["CN-1"]["balance"]) == (
        "credit_note",
        "credit",
        -2400,
    )
    shown = json.loads(run(shop, tmp_path, "show", "CN-1", "--json")[1])
    assert (shown["kind"], shown["source"]) == ("credit_note", "1001")
    assert "Credit for  invoice 1001" in run(shop, tmp_path, "show", "CN-1")[1]
    assert get_invoice(shop.store, other.id or 0).owed(shop.today).settlement is Settlement.PAID


def test_an_issued_invoice_gets_an_exchange_rate(shop: Shop, tmp_path: Path) -> None:
    issue_invoice(shop.store, save_draft(shop.store, replace(shop.draft(), currency="USD")))
    assert run(shop, tmp_path, "rate", "1001", "1.3640") == (DONE, "Invoice 1001: 1\u00a0USD = 1.364\u00a0CAD.\n")
    with pytest.raises(StoreError, match="already has an exchange rate"):
        run(shop, tmp_path, "rate", "1001", "1.4")

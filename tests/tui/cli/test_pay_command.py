"""Payments on the command line."""

import argparse
import io
import json
from importlib import import_module
from pathlib import Path

import pytest

from facturier.mail.locations import Locations
from facturier.models.errors import InputError, StoreError
from facturier.tui.cli.commands import module_name
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
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


def test_a_payment_is_booked_once_and_its_rest_is_credit(shop: Shop, tmp_path: Path) -> None:
    for rate in ("100", "20", "10"):
        shop.issued(rate=rate)
    typed = ("1001", "1002", "--amount", "130.00", "--method", "transfer", "--key", "bank-1", "--json")
    first, second = (run(shop, tmp_path, "pay", *typed) for _time in range(2))
    assert first == second
    booked = json.loads(first[1])
    assert (first[0], booked["amount"], booked["credit"], booked["customer_owes"]) == (DONE, 13000, 400, 650)
    assert [(one["number"], one["amount"]) for one in booked["invoices"]] == [("1001", 10500), ("1002", 2100)]
    with pytest.raises(InputError, match="already used"):
        run(shop, tmp_path, "pay", "1001", "--amount", "130.00", "--key", "bank-1")
    [customer] = json.loads(run(shop, tmp_path, "customers", "--json")[1])
    assert [(one["owed"], one["credit"]) for one in customer["balances"]] == [(650, 400)]
    assert run(shop, tmp_path, "pay", "1003", "--from-credit") == (
        DONE,
        "CAD 4.00 of the credit applied to 1003. Balance: CAD 6.50.\n",
    )
    written = json.loads(run(shop, tmp_path, "pay", "1003", "--write-off", "bank fee", "--amount", "0.50", "--json")[1])
    assert (written["written_off"], written["balance"]) == (50, 600)
    # Without an amount, the balance is paid, and a repeated call gets the same date and amount.
    for _time in range(2):
        said = run(shop, tmp_path, "pay", "1003", "--key", "bank-2")[1]
        assert said.splitlines()[1] == "1003: CAD 6.00. Balance: CAD 0.00."
    name = customer["name"]
    run(shop, tmp_path, "pay", "--customer", name, "--amount", "5", "--date", "2026-11-02", "--reference", "7")
    with pytest.raises(InputError, match=r"credit is only 5\.00"):
        run(shop, tmp_path, "pay", "--customer", name, "--amount", "-6")
    assert "Refund of CAD 5.00" in run(shop, tmp_path, "pay", "--customer", name, "--amount", "-5")[1]
    listed = json.loads(run(shop, tmp_path, "payments", "--json", "--customer", name)[1])
    assert sorted(one["amount"] for one in listed) == [-500, 500, 600, 13000]
    whole = next(one for one in listed if one["amount"] == 13000)
    assert "1001, 1002, 1003" in run(shop, tmp_path, "payments")[1]
    for more in ((), ("--customer", name)):
        searched = json.loads(run(shop, tmp_path, "payments", "--search", "130.00 transfer", *more, "--json")[1])
        assert [one["id"] for one in searched] == [whole["id"]]
    assert run(shop, tmp_path, "payments", "--search", "131") == (DONE, "")
    assert "was removed" in run(shop, tmp_path, "payments", "--remove", str(whole["id"]))[1]
    # A script that repeats its call does not book it again, whatever it asks for.
    for again in (typed, ("1003", "--key", "bank-1", "--json")):
        status, said = run(shop, tmp_path, "pay", *again)
        answer = json.loads(said)
        assert (status, answer["status"], answer["key"], answer["amount"]) == (REFUSED, "removed", "bank-1", 13000)
    assert run(shop, tmp_path, "pay", *typed[:-1]) == (REFUSED, "")
    other = json.loads(run(shop, tmp_path, "pay", *typed[:-2], "bank-3", "--account", "Main", "--json")[1])
    assert (other["status"], other["key"], other["account"]) == ("recorded", "bank-3", "Main")
    assert "transfer · Main" in run(shop, tmp_path, "payments")[1]
    with pytest.raises(StoreError, match="no longer exists"):
        run(shop, tmp_path, "payments", "--remove", str(whole["id"]))


def test_wrong_usage_of_pay_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.issued(), shop.issued()
    for wrong in ((), ("1001", "--customer", "X"), ("--customer", "X"), ("1001", "1002", "--from-credit")):
        assert run(shop, tmp_path, "pay", *wrong)[0] == WRONG_USAGE
    for exact in (("1001",), ("1001", "--write-off", "x"), ("--customer", "Boulangerie Tremblay")):
        with pytest.raises(InputError, match="at most 2 decimals"):
            run(shop, tmp_path, "pay", *exact, "--amount", "10.005")
    with pytest.raises(InputError, match="one invoice at a time"):
        run(shop, tmp_path, "pay", "1001", "1002", "--amount", "-5")

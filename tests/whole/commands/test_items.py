"""Items on the command line: create, change the price, rename, archive, delete."""

import json
from pathlib import Path

import pytest

from tests.whole.program import Program
from tests.whole.setting_up import make_company


@pytest.fixture
def program(tmp_path: Path) -> Program:
    program = Program(tmp_path / "home", company=tmp_path / "me.facturier")
    make_company(program, "Me & Co")
    return program


def test_an_item_from_its_first_price_to_its_end(program: Program) -> None:
    made = program.good(
        *("item", "Audit", "--new", "--rate", "1500.00", "--rate", "usd=1100", "--unit", "heures", "--sku", "A-1"),
        *("--description", "Year-end audit", "--description-fr", "Audit de fin d’exercice", "--json"),
    )
    audit = {
        "name": "Audit",
        "sku": "A-1",
        "description": "Year-end audit",
        "description_fr": "Audit de fin d’exercice",
        "unit": "HUR",
        "rates": {"CAD": "1500", "USD": "1100"},
        "tax": "",
        "archived": False,
    }
    assert json.loads(made) == audit
    changed = program.good("item", "audit", "--rate", "1650.50", "--rate", "USD=", "--rename", "Audit 2026", "--json")
    audit |= {"name": "Audit 2026", "rates": {"CAD": "1650.5"}}
    assert json.loads(changed) == audit == json.loads(program.good("item", "Audit 2026", "--json"))
    assert "CAD 1650.5" in program.good("items", "--search", "a-1")
    program.good("item", "Audit 2026", "--archive")
    assert json.loads(program.good("items", "--json")) == []
    assert json.loads(program.good("items", "--archived", "--json")) == [audit | {"archived": True}]
    for arguments, said in (
        (["item", "Audit 2026", "--rate", "1,650"], "not a decimal number"),
        (["item", "Audit 2026", "--new"], "already exists"),
        (["item", "Audit"], "Cannot find the item"),
    ):
        done = program.run(*arguments)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    program.good("item", "Audit 2026", "--delete")
    assert json.loads(program.good("items", "--archived", "--json")) == []

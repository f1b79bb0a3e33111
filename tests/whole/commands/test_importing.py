"""Importing on the command line: preview, faults, mapping, and a second import that changes nothing."""

import json
from pathlib import Path

from facturier.models.books.customers import all_customers
from facturier.models.items.items import all_items
from facturier.models.store.opening import open_company
from tests.whole.program import Program
from tests.whole.setting_up import make_company

CONTACTS = "Entreprise;Courriel;Ville\nÎles & Fils;iles@fils.example;Laval\nRoy inc.;roy@@x;Lévis\n"


def test_customers_and_items_are_imported_once(tmp_path: Path) -> None:
    program = Program(tmp_path / "home", company=tmp_path / "me.facturier")
    make_company(program, "Me & Co")
    contacts = tmp_path / "contacts.csv"
    contacts.write_bytes(CONTACTS.encode("cp1252"))
    customers = ("import", "customers", str(contacts))

    shown = program.run(*customers)
    assert shown.returncode == 1
    assert "     3  faulty     Roy inc." in shown.stdout
    assert "two @ signs" in shown.stdout
    assert "Nothing was imported." in shown.stderr
    dry = json.loads(program.good(*customers, "--skip-faulty", "--dry-run", "--json"))
    assert (dry["imported"], dry["counts"]["new"], dry["counts"]["faulty"]) == (0, 1, 1)
    store = open_company(tmp_path / "me.facturier")
    assert all_customers(store) == []

    for imported in (1, 0):
        found = json.loads(program.good(*customers, "--skip-faulty", "--json"))
        assert (found["layout"], found["imported"]) == ("CSV file", imported)
    assert [(one.name, one.email, one.city) for one in all_customers(store)] == [
        ("Îles & Fils", "iles@fils.example", "Laval")
    ]

    unknown = program.run("import", "items", "-", stdin="What,Costs\nHour,120\n")
    assert unknown.returncode == 1
    assert "Columns: What, Costs." in unknown.stderr
    mapped = ("import", "items", "-", "--map", "name=What,rate=Costs")
    assert "New entry 1" in program.good(*mapped, stdin="What,Costs\nHour,120\n")
    assert [(one.name, one.rate) for one in all_items(store)] == [("Hour", "120")]

    # What Facturier exports is what it has.
    for what in ("customers", "items"):
        exported = program.good("export", what, "--csv")
        assert "Unchanged 1" in program.good("import", what, "-", stdin=exported)

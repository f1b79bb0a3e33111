"""Import customers on the screen: the file, its columns, the preview, and what is written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.events import Paste

from facturier.models.books.customers import all_customers, customer_named
from facturier.models.books.invoice import Customer, Entry
from facturier.models.customers.saving import save_customer
from facturier.models.imports.fields import Kind
from facturier.models.imports.importing import Undone
from facturier.tui.app import FacturierApp
from facturier.tui.screens.customers.screen import CustomersScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.imports.columns_screen import ColumnScreen, ColumnsScreen
from facturier.tui.screens.imports.file_screen import ImportFileScreen
from facturier.tui.screens.imports.screen import ImportScreen
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.words.imports import undone_words
from facturier.tui.words.journal import journal_words
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys

# No column has a name that is known.
FILE = (
    "Who;Where to;Reach\n"
    "Îles & Fils [x];Laval;iles@fils.example\n"
    "Known;;new@known.example\n"
    "Bad;;a@@b\n"
    "Two;;two@x.example\n"
    "Three;;three@x.example\n"
)


async def test_a_file_is_mapped_previewed_and_imported(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known = save_customer(shop.store, Customer(name="Known", email="old@known.example"))
    (tmp_path / "contacts.csv").write_bytes(FILE.encode("utf-16"))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await keys(pilot, "C", "colon", "=import customers", "enter")
        await until(pilot, lambda: isinstance(app.screen, ImportFileScreen))
        field = app.screen.query_one(Field)
        home = field.text
        assert home == f"{Path.home()}/"
        await keys(pilot, "=a/")
        assert field.text == f"{home}a/"
        field.text = home
        app.post_message(Paste(str(tmp_path / "missing.csv")))  # replaces the proposed folder
        await until(pilot, lambda: field.text == str(tmp_path / "missing.csv"))
        field.text = home
        await keys(pilot, "=/tmp/x~/y")  # also where a terminal sends a paste as keys
        assert field.text == "/tmp/x~/y"
        field.text = str(tmp_path / "missing.csv")
        await pilot.press("enter")
        await sees(pilot, "Cannot read")
        for name in (".contacts", "contacts.old"):
            (tmp_path / name).touch()
        await keys(pilot, "end", "ctrl+u", "=cont")  # Tab completes a path, as in a shell
        await sees(pilot, "contacts.csv")
        await keys(pilot, "tab")
        assert field.text == "contacts.csv"
        await keys(pilot, "ctrl+u", "=../" + tmp_path.name[:-1])
        await sees(pilot, f"../{tmp_path.name}/")
        await keys(pilot, "right", "=contacts.csv", "enter")

        # The columns, because nobody can know them.
        await until(pilot, lambda: isinstance(app.screen, ColumnsScreen))
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, ColumnScreen) and "Where to  Laval" in text_of(app))
        await keys(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, ColumnsScreen) and "Îles & Fils [x]" in text_of(app))
        await keys(pilot, *["down"] * 5, "enter", "down", "down", "enter")
        await sees(pilot, "iles@fils.example")
        await keys(pilot, "f9")

        # What needs a decision is first.
        await until(pilot, lambda: isinstance(app.screen, ImportScreen) and "3 will be imported" in text_of(app))
        await sees(pilot, "✗\u00a0Fault\u00a01")
        await sees(pilot, "two @ signs")
        await keys(pilot, "down")
        await sees(pilot, "“Known” has the email address old@known.example.")
        await keys(pilot, "space", "end")
        await sees(pilot, "Email: three@x.example")  # what would be written
        await keys(pilot, "space")  # the doubtful one is included, the last one excluded
        await until(pilot, lambda: "3 will be imported" in text_of(app) and "– New entry" in text_of(app))
        # Somebody else adds a customer of the file meanwhile: the preview says so.
        save_customer(shop.store, Customer(name="Two", email="two@x.example"))
        await until(pilot, lambda: "2 will be imported" in text_of(app) and "Unchanged\u00a01" in text_of(app))
        await keys(pilot, "f9")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        await keys(pilot, "y")
        await until(
            pilot,
            lambda: isinstance(app.screen, CustomersScreen) and "2 customers imported. u to undo." in text_of(app),
        )
        await sees(pilot, "Îles & Fils [x]")
        names = [customer.name for customer in all_customers(shop.store)]
        assert names == ["Known", "Two", "Îles & Fils [x]"]
        changed = customer_named(shop.store, "known")
        assert changed is not None
        assert (changed.id, changed.email) == (known.id, "new@known.example")
        await keys(pilot, "u")
        await sees(pilot, "Import undone: 1 customer removed, 1 customer changed back.")
        assert [(one.name, one.email) for one in all_customers(shop.store)] == [
            ("Known", "old@known.example"),
            ("Two", "two@x.example"),
        ]
        assert "Îles" not in text_of(app)


def test_an_undone_import_says_what_is_kept_and_why() -> None:
    customers, items = Kind.CUSTOMERS, Kind.ITEMS
    assert undone_words(Undone(customers, removed=3, restored=0, kept=0)) == "Import undone: 3 customers removed."
    assert undone_words(Undone(customers, removed=1, restored=2, kept=1)) == (
        "Import partly undone: 1 customer removed, 2 customers changed back. 1 customer was kept: they have invoices"
        " or payments, or were changed after the import."
    )
    assert undone_words(Undone(items, removed=0, restored=0, kept=2)) == (
        "Nothing was undone. 2 items were kept: invoices use them, or they were changed after the import."
    )
    counts = {"file": "a.csv", "removed": "1", "restored": "2"}
    cases: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "Import from “a.csv” undone: 1 removed, 2 changed back"),
        ({"kept": "0"}, "Import from “a.csv” undone: 1 removed, 2 changed back"),
        ({"kept": "4"}, "Import from “a.csv” partly undone: 1 removed, 2 changed back, 4 not undone"),
    )
    for kept, words in cases:
        entry = Entry(1, None, datetime.now(UTC), "", "import_undone", {**counts, **kept})
        assert journal_words(entry) == words

"""Items: what a line takes from them, changing and renaming them, and what they do not change."""

from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.invoice import Customer, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, NoSuchItem
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import (
    all_items,
    archive_item,
    check_item,
    delete_item,
    find_items,
    get_item,
    keep_new_items,
    retax_items,
    save_item,
)
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax_text import parse_rates
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store

AUDIT = Item(
    "Audit",
    "Year-end audit",
    "150",
    sku="A-1",
    description_fr="Audit de fin d’exercice",
    unit="HUR",
    rates={"USD": "110.50"},
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def test_everything_of_an_item_is_kept_and_found(store: Store) -> None:
    save_item(store, AUDIT)
    assert get_item(store, "Audit") == get_item(store, "audit") == AUDIT
    for text in ("aud", "YEAR-END", "exercice", "a-1"):
        assert find_items(store, text) == [AUDIT]
    assert find_items(store, "hur") == []


def test_an_invoice_gets_the_language_and_the_currency_of_its_customer() -> None:
    french = AUDIT.offered("fr", "USD", "CAD")
    assert (french.description, french.rate) == ("Audit de fin d’exercice", "110.50")
    english = AUDIT.offered("en", "CAD", "CAD")
    assert (english.description, english.rate) == ("Year-end audit", "150")
    # A rate in another currency would be a wrong price. A description in the other language is better than none.
    euro = replace(AUDIT, description="").offered("en", "EUR", "CAD")
    assert (euro.description, euro.rate) == ("Audit de fin d’exercice", "")


def test_an_item_that_a_line_names_first_has_the_rate_of_its_currency_and_the_language_of_its_text(
    store: Store,
) -> None:
    lines = [Line("Vérification", "Audit", "2", "90", unit="HUR"), Line("", "Slip", "", "")]
    assert keep_new_items(store, lines, "USD", "fr") == {"Audit": ""}
    assert all_items(store) == [Item("Audit", description_fr="Vérification", unit="HUR", rates={"USD": "90"})]
    assert keep_new_items(store, lines, "USD", "fr") == {}


def test_a_new_item_gets_the_tax_of_its_line_unless_somebody_changed_it(store: Store) -> None:
    save_company(store, replace(read_company(store), rates=parse_rates("GST 5\nQST 9.975")))
    lines = [Line("", name, "1", "90", "GST") for name in ("Audit", "Review", "Old", "Audit")]
    for name in ("Audit", "Old"):
        save_item(store, Item(name))
    save_item(store, Item("Review", tax="QST"))
    lines[3] = replace(lines[3], tax="QST")  # the first line counts
    assert retax_items(store, [replace(lines[0], tax="no tax yet")], {"Audit": ""}) == {}
    assert retax_items(store, lines, {"Audit": "", "Review": ""}) == {"Audit": "GST"}
    assert {item.name: item.tax for item in all_items(store)} == {"Audit": "GST", "Review": "QST", "Old": ""}


def test_a_renamed_item_stays_one_item_and_drafts_follow(store: Store) -> None:
    save_item(store, AUDIT)
    draft = new_draft(store, TODAY, Customer(name="Tremblay"))
    draft = replace(draft, lines=(Line("Year-end audit", "Audit", "1", "150"), Line("", "Other", "1", "1")))
    issued = issue_invoice(store, save_draft(store, draft))
    waiting = save_draft(store, draft)
    renamed = replace(AUDIT, name="Audit 2026", rate="165")
    save_item(store, renamed, was="Audit")
    assert all_items(store) == [renamed]
    lines = get_invoice(store, waiting.id or 0).lines
    assert [(line.item, line.rate) for line in lines] == [("Audit 2026", "150"), ("Other", "1")]
    assert keep_new_items(store, lines[:1], "CAD") == {}
    assert get_invoice(store, issued.id or 0) == issued
    with pytest.raises(NoSuchItem, match="deleted or renamed"):
        save_item(store, renamed, was="Audit")


def test_two_windows_that_edit_one_item_lose_nothing(store: Store) -> None:
    save_item(store, AUDIT)
    save_item(store, replace(AUDIT, rate="175"), "Audit", seen=AUDIT)
    both = save_item(store, replace(AUDIT, sku="A-9"), "Audit", seen=AUDIT)
    assert (both.rate, both.sku) == ("175", "A-9")
    assert get_item(store, "Audit") == both
    with pytest.raises(ChangedElsewhere):
        save_item(store, replace(AUDIT, rate="160"), "Audit", seen=AUDIT)


def test_archived_items_are_not_suggested_and_deleted_ones_change_no_invoice(store: Store) -> None:
    save_item(store, AUDIT)
    draft = new_draft(store, TODAY, Customer(name="Tremblay"))
    saved = save_draft(store, replace(draft, lines=(Line("", "Audit", "1", "150"),)))
    archive_item(store, "Audit")
    assert find_items(store) == []
    assert [item.archived for item in all_items(store)] == [True]
    archive_item(store, "Audit", archived=False)
    assert find_items(store) == [AUDIT]
    delete_item(store, "Audit")
    assert all_items(store) == []
    assert get_invoice(store, saved.id or 0) == saved


def test_what_an_item_cannot_be_is_refused(store: Store) -> None:
    save_company(store, replace(read_company(store), rates=parse_rates("GST 5")))
    save_item(store, AUDIT)
    for wrong, said in (
        (Item(" "), "needs a name"),
        (Item("\x00\r"), "needs a name"),
        (Item("AUDIT"), "already exists"),
        (Item("New", rate="ten"), "not a number"),
        (Item("New", rate="USD 10"), "different currency"),
        (Item("New", rates={"XXL": "1"}), "not a currency"),
        (Item("New", tax="PST"), "Unknown tax"),
    ):
        with pytest.raises(InputError, match=said):
            check_item(store, wrong)
    assert check_item(store, replace(AUDIT, name="audit"), was="Audit").name == "audit"
    typed = Item(" New ", rate="1,250.50", rates={"usd": "7,000", "cad": ""}, tax="gst", unit="hours")
    assert check_item(store, typed) == Item("New", rate="1250.5", rates={"USD": "7000"}, tax="GST", unit="HUR")

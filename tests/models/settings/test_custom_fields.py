"""Custom fields: as typed, as stored, on the document and in a search."""

from dataclasses import replace
from pathlib import Path

import pytest

from facturier.mail.document.texts.invoice import document_content
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.settings.company import CustomField
from facturier.models.settings.custom_fields import custom_fields_text, parse_custom_fields
from facturier.models.settings.settings import read_company
from tests.models.making import TODAY, a_draft, a_store

FIELDS = (CustomField("Site"), CustomField("Cost centre", printed=False))


def test_fields_are_typed_one_per_line_in_any_language() -> None:
    assert parse_custom_fields(custom_fields_text(FIELDS)) == FIELDS
    assert parse_custom_fields(" Site \n\nCost centre (Non imprimé)\n") == FIELDS
    for typed, problem in (
        ("a\nb\nc\nd\ne\nf\ng", "There can be at most 6"),
        ("Site\nsite", "is listed twice"),
        ("x" * 41, "longer than 40"),
        ("(not printed)", "Enter a name before"),
    ):
        with pytest.raises(InputError, match=problem):
            parse_custom_fields(typed)


def test_a_field_is_stored_searched_and_printed_unless_it_is_hidden(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), custom_fields=FIELDS))
    company = read_company(store)
    assert company.custom_fields == FIELDS
    draft = save_draft(store, replace(a_draft(store), custom={"Site": "Dock 4", "Cost centre": "K77", "Old": "kept"}))
    facts = {fact.label: fact.text for fact in document_content(draft, company, "1001").facts}
    assert (facts["Site"], facts["Old"]) == ("Dock 4", "kept")
    assert "Cost centre" not in facts
    assert [row.id for row in Listing(store, View(text="k77"), TODAY).first(5)] == [draft.id]


def test_a_damaged_setting_is_noted_and_replaced(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.writing():
        store.write("INSERT INTO setting VALUES ('custom_fields', '[[\"Site\", 1]]')")
    assert read_company(store).custom_fields == ()
    assert store.damaged

"""Cleaning text from outside."""

import sqlite3
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.books.customers import find_customers
from facturier.models.books.invoice import Customer
from facturier.models.books.journal import read_journal, write_journal
from facturier.models.customers.saving import save_customer
from facturier.models.listing.saved_views import save_view, saved_views
from facturier.models.listing.view import View
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import create_company
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.search_text import fold
from tests.models.making import a_store


@pytest.mark.parametrize(
    ("dirty", "safe"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\x00b\x07c\x7f\x9b", "abc"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\xadhyphen", "softhyphen"),
        ("tag\U000e0041", "tag"),
        ("lone\ud800", "lone"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("line\u2028separator", "line separator"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),  # composed after the character between them is removed
        ("  spaces  ", "spaces"),
        ("Îles & Fils [EU] [/x]", "Îles & Fils [EU] [/x]"),
        ("日本語 العربية 😀", "日本語 العربية 😀"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian
        ("ශ්\u200dරී", "ශ්\u200dරී"),  # Sinhala
        ("क्\u200dष", "क्\u200dष"),  # Devanagari
        ("👩\u200d💻 ❤\ufe0f\u200d🔥 👩🏽\u200d🌾", "👩\u200d💻 ❤\ufe0f\u200d🔥 👩🏽\u200d🌾"),
        ("ac\u200dme\u200c 1\u200d0", "acme 10"),
        ("می\u200c\u200cخ \u200dمی\u200c", "میخ می"),
        ("😀\u200c😀 😀\u200d a\u200d😀", "😀😀 😀 a😀"),
        ("می\u200ca", "میa"),
        ("می\u202e\u200cخ", "می\u200cخ"),
    ],
)
def test_deceptive_characters_are_removed_and_typed_ones_stay(dirty: str, safe: str) -> None:
    assert clean(dirty) == safe


def test_lines_and_tabs_stay_in_multi_line_text() -> None:
    assert clean_lines("a\r\nb\rc\nd\x0be\u2029f\tg\x1b") == "a\nb\nc\nd\ne\nf\tg"


@given(st.text())
def test_cleaning_gives_one_safe_line_and_is_idempotent(text: str) -> None:
    safe = clean(text)
    assert clean(safe) == safe
    assert clean_lines(clean_lines(text)) == clean_lines(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in safe)
    assert not any(
        unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for letter in safe
    )
    assert safe == safe.strip()


@given(st.text())
def test_multi_line_text_is_safe_too(text: str) -> None:
    safe = clean_lines(text)
    assert not any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in safe)


def test_folding_ignores_case_and_accents() -> None:
    assert fold("Îles & Fils") == "iles & fils"
    assert fold("ŒUVRE Łódź Straße") == "oeuvre lodz strasse"


def test_deceptive_characters_neither_enter_nor_leave_the_store(tmp_path: Path) -> None:
    store = create_company(tmp_path / "a.facturier")
    save_customer(store, Customer(name="Evil\x1b[2J \u202eltd", contact="a\x00b"))
    [found] = find_customers(store, "evil")
    assert (found.name, found.contact) == ("Evil[2J ltd", "ab")

    other = sqlite3.connect(store.path)  # another program writes text that ours never would
    with other:
        other.execute("UPDATE customer SET name = 'Evil' || char(27) || ']52;c;x' || char(7)")
    other.close()
    assert find_customers(store, "evil")[0].name == "Evil]52;c;x"


def test_escaped_characters_in_json_are_cleaned(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.writing():
        store.write("INSERT OR REPLACE INTO setting VALUES ('prefix', ?)", '"\\u001b]0;owned\\u0007A-"')
    assert read_company(store).series_of("invoice").pattern == "]0;ownedA-{n}"
    save_view(store, "late", View(text="x"))
    with store.writing():
        store.write("UPDATE setting SET value = replace(value, 'late', 'late\\u202e') WHERE key = 'views'")
    assert list(saved_views(store)) == ["late"]


def test_a_line_end_of_another_system_in_json_is_kept_as_one(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with store.writing():
        write_journal(store, "voided", 1, reason="one\x85two\u2028three")
    assert read_journal(store, 1)[-1].detail == {"reason": "one\ntwo\nthree"}


def test_joiners_do_not_distinguish_names() -> None:
    assert fold("می\u200cخواهم") == fold("میخواهم")

"""The documentation of keys is generated from the bindings."""

from scripts.keys import PAGE, page


def test_the_page_matches_the_bindings() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make keys"


def test_the_page_names_keys_as_they_are_on_a_keyboard() -> None:
    lines = page().splitlines()
    assert "| `?` or `F1` | **Help**: Show all keys for this screen. |" in lines
    assert any(line.startswith("| `/` | **Search**") for line in lines)
    assert any(line.startswith("| `F9` or `Ctrl+S` | **Save**") for line in lines)

"""Terminals that cannot show every character, with an independent emulator that uses the terminal's encoding."""

import os
import unicodedata
from pathlib import Path

import pytest

from facturier.models.store.opening import create_company
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

UTF_8 = {"LANG": "en_CA.UTF-8"}
LATIN_1 = {"PYTHONUTF8": "", "LC_ALL": "fr_CA.ISO-8859-1"}  # not installed on most machines, so Python would use UTF-8
TERMINALS = [
    pytest.param("linux", UTF_8, "utf-8", id="linux-console"),
    pytest.param("vt100", UTF_8, "utf-8", id="vt100"),
    pytest.param("xterm-256color", {**UTF_8, "FACTURIER_GLYPHS": "ascii"}, "utf-8", id="setting"),
    pytest.param("xterm-256color", LATIN_1, "latin-1", id="latin-1"),
    pytest.param("xterm-256color", {"PYTHONUTF8": "", "LC_ALL": "C"}, "ascii", id="LC_ALL=C"),
]
# What these can show is found out in another way, then the screens are the same.
ALIKE = [
    pytest.param({"PYTHONUTF8": "", "LANG": "C"}, "ascii", id="LANG=C"),
    pytest.param({"PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}, "latin-1", id="python-latin-1"),
]


@pytest.mark.parametrize(("environment", "encoding"), ALIKE)
def test_the_list_uses_only_what_the_terminal_can_show(
    tmp_path: Path, environment: dict[str, str], encoding: str
) -> None:
    create_company(tmp_path / "a.facturier")
    program = Program(tmp_path / "home", company=tmp_path / "a.facturier", more=environment)
    with terminal(program.command, program.environment, encoding=encoding) as screen:
        screen.wait_for("Enter", ": ")
        check(screen, encoding)


@pytest.mark.parametrize(("term", "environment", "encoding"), TERMINALS)
def test_every_screen_uses_only_what_the_terminal_can_show(
    tmp_path: Path, term: str, environment: dict[str, str], encoding: str
) -> None:
    create_company(tmp_path / "a.facturier")
    program = Program(tmp_path / "home", company=tmp_path / "a.facturier", more=environment)
    typed = "Zoe" if encoding == "ascii" else "Zoé"
    with terminal(program.command, program.environment, encoding=encoding, term=term) as screen:
        screen.wait_for("Enter", ": ")
        check(screen, encoding)
        screen.press("n")
        screen.wait_for("F9")
        os.write(screen.fd, typed.encode(encoding))
        screen.wait_for(typed)
        check(screen, encoding)
        screen.press("escape", "tab", "tab", "x", "escape", "escape")  # a project, so that the draft is kept
        screen.wait_for("o Draft" if "LC_ALL" not in environment or encoding == "ascii" else "o Brouillon", typed)
        check(screen, encoding)
        for key, shown in ((",", "^s"), (":", "Enter")):  # a list beside fields, and a dialog with a border
            screen.press(key)
            screen.wait_for(shown)
            check(screen, encoding)
            screen.press("escape")
            screen.wait_for(typed)


def check(screen: Terminal, encoding: str) -> None:
    """Check that there is no escape or question mark, that all lines fit, and that only letters are not ASCII."""
    text = screen.text
    assert "\\u" not in text
    assert "\\x" not in text
    assert "\N{REPLACEMENT CHARACTER}" not in text
    assert {len(line) <= 80 for line in screen.lines} == {True}
    symbols = {letter for letter in text if not letter.isascii() and unicodedata.category(letter)[0] != "L"}
    assert symbols <= set(bytes(range(0xA0, 0x100)).decode("latin-1") if encoding != "ascii" else "")
    assert "??" not in text

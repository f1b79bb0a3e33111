"""Over a slow line: few bytes for each key, and time to undo a send once the screen says so."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.company.save_settings import save_company
from facturier.models.settings.settings import read_company
from facturier.tui.screen import PATIENCE
from tests.tui.support.sample import Shop
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

UNDO = 2  # seconds to undo a send
# The most bytes that a key may cost at 80 by 24; a line of 9,600 bit/s takes 960 a second.
SCREEN, LIST, FIELD, ROW, LETTER = 3500, 1500, 600, 400, 200


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    save_company(shop.store, replace(read_company(shop.store), undo=UNDO))
    for name in ("Tremblay", "Harbour", "Zénith"):
        shop.draft(name)
    return shop


@pytest.fixture
def screen(shop: Shop, tmp_path: Path) -> Iterator[Terminal]:
    program = Program(tmp_path / "home", "http://127.0.0.1:9", shop.store.path)
    with terminal(program.command, program.environment, answers=True) as opened:
        opened.wait_for("Tremblay", ": ")
        opened.wait_for_rest()
        yield opened


def cost(screen: Terminal, *keys: str) -> int:
    """Press keys, and return the bytes that they cost."""
    screen.wait_for_rest()
    screen.written = b""
    screen.press(*keys)
    screen.wait_for_rest()
    print(*keys, len(screen.written))  # noqa: T201 (shown if a test fails)
    return len(screen.written)


def test_a_window_that_has_its_earlier_size_again_is_drawn_again(screen: Terminal) -> None:
    """What did not fit into it for a moment is gone from the terminal."""
    before = screen.lines
    screen.resize(40, 15)
    screen.resize(80, 24)
    screen.wait_for("Tremblay", ": ")
    screen.wait_for_rest()
    assert screen.lines == before


def test_keys_cost_few_bytes(screen: Terminal) -> None:
    assert cost(screen, "down") < ROW
    assert cost(screen, "n") < SCREEN  # a new invoice
    assert cost(screen, "H") < LIST  # the first letter opens the list of customers
    assert cost(screen, "a") < LIST
    assert cost(screen, "enter") < LIST  # the list closes, and the customer is filled in
    assert cost(screen, "C") < LIST  # in the cell of an item: a line is added
    assert cost(screen, "o") < LETTER
    assert cost(screen, "escape", "escape") < SCREEN
    assert cost(screen, "f2") < SCREEN  # the settings
    assert cost(screen, "tab") < FIELD
    assert cost(screen, "tab") < FIELD
    assert cost(screen, "x") < LETTER


def test_the_time_to_undo_begins_when_the_terminal_shows_it(screen: Terminal, shop: Shop) -> None:
    screen.press("s")
    screen.wait_for("✓ Ready")
    time.sleep(PATIENCE)  # they read it
    screen.press("f9")
    time.sleep(UNDO + 1.5)  # nothing arrives at the terminal in the meantime
    assert not [*shop.mail.glob("*.eml")]
    screen.wait_for("u to undo")
    assert not [*shop.mail.glob("*.eml")]
    screen.written = b""
    screen.wait_for("✓ Sent")
    assert len(screen.written) < 1000  # the countdown, and the changes of one row
    assert len([*shop.mail.glob("*.eml")]) == 1


def test_the_screen_can_be_drawn_again(screen: Terminal) -> None:
    for key, shown in (("", "Tremblay"), ("ctrl+c", "Quit Facturier?")):  # a list, and a dialog
        if key:
            screen.press(key)
        screen.wait_for(shown)
        screen.wait_for_rest()
        before = screen.text
        screen._stream.feed(b"\x1b[3;1HBroadcast message: the machine restarts\r\n\r\n\r\n")
        assert screen.text != before
        screen.press("ctrl+r")
        screen.wait_for_rest()
        assert screen.text == before

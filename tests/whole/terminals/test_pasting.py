"""Pastes as terminals send them."""

from pathlib import Path

import pytest

from facturier.mail.sending.compose import compose
from tests.tui.support.sample import Shop
from tests.whole.program import Program
from tests.whole.terminal import terminal

# Line breaks as terminals send them, and as tmux sends them in a pop-up with either encoding of keys.
BREAKS = ("\r", "\x1b[106;5u", "\x1b[27;5;106~", "\x1b[13;1u")


@pytest.mark.parametrize("brk", BREAKS)
def test_pasted_addresses_keep_their_order_and_their_lines(tmp_path: Path, brk: str) -> None:
    shop = Shop(tmp_path)
    shop.draft()
    program = Program(tmp_path / "home", "http://127.0.0.1:9", shop.store.path)
    with terminal(["-m", "facturier"], program.environment) as screen:
        screen.wait_for("Boulangerie")
        screen.press("s")
        screen.wait_for("✓ Ready")
        # Into To, then Cc, where the addresses arrive in one piece with the keys around them.
        sent = brk.join(("a@example.com", "b@example.com", "c@example.com"))
        screen.press("tab", f"\tx@example.com, \x1b[200~{sent}\x1b[201~, y@example.com")
        screen.wait_for("y@exa")
        screen.press("escape")  # saves what was entered
        screen.wait_for("○ Draft")
    assert compose(shop.ws, 1).cc == "x@example.com, a@example.com, b@example.com, c@example.com, y@example.com"

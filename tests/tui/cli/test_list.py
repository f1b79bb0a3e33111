"""`facturier list` in a terminal."""

import argparse
import io
import os
import termios
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from facturier.mail.locations import Locations
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.invoices.list import add, run
from tests.tui.support.sample import Shop

NAME = "Société d’électricité 東京 et des environs de Trois-Rivières"


@pytest.fixture
def listed(shop: Shop, tmp_path: Path) -> Callable[[int], list[str]]:
    """Return the lines of the list in a terminal of a width, or outside a terminal for 0."""
    parser = argparse.ArgumentParser()
    add(parser)

    def lines(columns: int) -> list[str]:
        places = Locations(tmp_path / "data", tmp_path / "log")
        if not columns:
            piped = io.StringIO()
            run(parser.parse_args([]), Shell(places, shop.store.path, stdout=piped))
            return piped.getvalue().splitlines()
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (24, columns))
        with os.fdopen(theirs, "w", encoding="utf-8") as stdout:
            run(parser.parse_args([]), Shell(places, shop.store.path, stdout=stdout))
            said = b""
            while said.count(b"\n") < 2:
                said += os.read(ours, 10_000)
        os.close(ours)
        return said.decode().splitlines()

    return lines


def test_the_list_fits_the_terminal_and_is_whole_elsewhere(shop: Shop, listed: Callable[[int], list[str]]) -> None:
    shop.issued(NAME, "1234.50")
    shop.draft("Zoé", "1")
    date = shop.ws.today().isoformat()
    for columns, dated, name in (
        (130, True, NAME),
        (100, True, "Société d’électricité 東京"),
        (80, False, "Société d’é"),
    ):
        draft, issued = listed(columns)
        assert max(map(cell_len, (draft, issued))) <= columns
        assert (date in issued, name in issued, "…" in issued) == (dated, True, name != NAME)
        assert issued.index("1001") + 4 == draft.index("@2") + 2
        assert issued.split()[-1] == "due"
    assert listed(0)[1].startswith(f"    1001  {date}  {NAME[:32]}  ")

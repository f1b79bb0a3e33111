"""Whatever is typed, pasted, clicked and resized, the program keeps running and no escape sequence leaks."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models.company.save_settings import save_company
from facturier.models.settings.settings import read_company
from tests.tui.support.sample import Shop
from tests.whole.hostile.monkey import Monkey
from tests.whole.program import Program
from tests.whole.terminal import Terminal

# The variables are removed because they would override the size of the terminal after every resize.
START = "import os; os.environ.pop('COLUMNS'); os.environ.pop('LINES');from facturier.tui.main import run; run()"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A company with enough invoices of every kind to fill more than one page."""
    shop = Shop(tmp_path)
    save_company(shop.store, replace(read_company(shop.store), undo=3600))
    for number in range(40):
        shop.issued(f"Customer {number}", str(100 + number), shop.today - timedelta(3 * number))
    for number in range(10):
        shop.draft(f"Draft {number}")
    shop.sent()
    shop.failed()
    shop.doubtful()
    shop.queued()
    return shop


def run(shop: Shop, tmp_path: Path, seed: int, seconds: float) -> None:
    program = Program(tmp_path / "home", "http://127.0.0.1:9", shop.store.path, {"HOME": str(tmp_path)})

    def start() -> Terminal:
        screen = Terminal(["-c", START], program.environment, 80, 24)
        screen.wait_for("Customer")
        return screen

    monkey = Monkey(start, tmp_path / "home" / "facturier.log", seed)
    monkey.run(seconds)


def test_no_keys_end_the_program(shop: Shop, tmp_path: Path) -> None:
    run(shop, tmp_path, 1, 10)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_no_keys_end_the_program_in_ten_minutes(shop: Shop, tmp_path: Path, seed: int) -> None:
    run(shop, tmp_path, seed, 60)

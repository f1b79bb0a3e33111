"""The first minutes of a new user, in a pseudo-terminal of 80 by 24: the demo, then a company of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.program import ROOT, Program
from tests.whole.terminal import terminal

FACTURIER = ["-m", "facturier"]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program for a person with an empty home."""
    return Program(tmp_path / "own", more={"HOME": str(tmp_path)})


def test_from_the_welcome_screen_through_the_demo_to_a_company_of_ones_own(program: Program, tmp_path: Path) -> None:
    with terminal(FACTURIER, program.environment) as screen:
        screen.wait_for("Welcome", "1 Try the demo", "2 Create my company", "To start Facturier again: ")
        screen.press("enter")
        screen.wait_for("Acme Conseil inc.", "no email is sent", "F3  My own company", "5 alerts", seconds=30)

        # The newest message exists as soon as somebody opens it.
        screen.press("down", "down", "down", "enter")
        screen.wait_for("Deliveries")
        screen.press("m")
        screen.wait_for("Subject:")
        screen.press("escape", "escape")
        screen.wait_for("5 alerts")

        screen.press("f3")
        screen.wait_for("Create my own company…")
        screen.press("enter")
        screen.wait_for("New company")
        screen.press("Bakery", "tab", "hello@bakery.example")
        screen.wait_for("~/Facturier/Bakery.facturier")
        screen.press("enter")
        screen.wait_for("Set up your company: 0 of 6 done", "6  First invoice")
        assert "no email is sent" not in screen.text

        screen.press("2")
        screen.wait_for("Tax numbers", "Contact info")
        screen.press("GST 1", "ctrl+s")
        screen.wait_for("✓ Saved")
        screen.press("escape")
        screen.wait_for("1 of 6 done", "✓ 2  Tax numbers")
        screen.press("q")
        assert screen.ended() == 0
    # This company opens by default now, and the checklist stays dismissed.
    with terminal(FACTURIER, program.environment) as screen:
        screen.wait_for("Bakery", "1 of 6 done")
        screen.press("d")
        screen.read(1)
        # Back to the demo; their own company remains the default.
        screen.press("f3")
        screen.wait_for("Try the demo company…")
        screen.press("end", "enter")
        screen.wait_for("Acme Conseil inc.", "no email is sent")
        screen.press("q")
        assert screen.ended() == 0
    with terminal(FACTURIER, program.environment) as screen:
        screen.wait_for("Bakery", "No invoices yet")
        screen.read(1)
        assert "of 6 done" not in screen.text
    assert (tmp_path / "Facturier/Bakery.facturier").stat().st_mode & 0o777 == 0o600


def test_the_command_that_new_prints_opens_the_company(program: Program, tmp_path: Path) -> None:
    made = program.good("new", str(tmp_path / "my books.facturier"), "--name", "Bakery", "--email", "a@bakery.example")
    printed = made.strip().partition("Open it with: ")[2]
    with terminal(["sh", "-c", printed], program.environment, direct=True) as screen:
        screen.wait_for("Bakery", "Set up your company")
        screen.press("q")
        assert screen.ended() == 0


def test_the_command_of_a_checkout(tmp_path: Path) -> None:
    environment = tmp_path / "a folder/.venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin/python"
    subprocess.run([str(python), str(ROOT / "scripts/command.py")], check=True)
    done = subprocess.run(
        [str(environment / "bin/facturier"), "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.startswith("facturier ")

"""A document that cannot be drawn, on the screen and at the command line: the program goes on, and ends when told to."""

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.settings import read_company, save_company
from tests.tui.sample import Shop
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
SIZE = (100, 30)


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def preview(screen: Terminal) -> None:
    screen.wait_for("Boulangerie")
    screen.press("enter")
    screen.wait_for("Boulangerie", "F9")

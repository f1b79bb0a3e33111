"""A renderer that hangs or crashes while the screens or the command line use it."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.tui.support.sample import Shop
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def program(shop: Shop, tmp_path: Path) -> Program:
    return Program(tmp_path / "home", google="http://127.0.0.1:9", company=shop.store.path)


def the_renderer(pid: int) -> int:
    """Return the process id of the renderer of this process, once it has started."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        for child in (child for task in tasks for child in (task / "children").read_text().split()):
            if b"document/worker.py" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        time.sleep(0.005)
    raise AssertionError("nothing draws")


def look_at_the_document(screen: Terminal) -> int:
    """Open the document of the only draft in the preview. Return the process id of the renderer, which is stopped."""
    screen.wait_for("Boulangerie")
    screen.press("s")
    screen.wait_for("Send invoice", "Attached:")
    renderer = the_renderer(screen.pid)
    screen.press("ctrl+t")
    screen.wait_for("Bill to")
    os.kill(renderer, signal.SIGSTOP)
    screen.press("t")
    screen.read(0.5)
    return renderer


def test_quitting_does_not_wait_for_a_document(shop: Shop, program: Program) -> None:
    shop.draft()
    with terminal(["-m", "facturier"], program.environment, 100, 30) as screen:
        renderer = look_at_the_document(screen)
        began = time.monotonic()
        screen.press("ctrl+q")
        assert screen.ended() == 0
        assert time.monotonic() - began < 20
    assert not Path(f"/proc/{renderer}").exists()


def test_closing_the_preview_stops_its_document(shop: Shop, program: Program) -> None:
    shop.draft()
    with terminal(["-m", "facturier"], program.environment, 100, 30) as screen:
        renderer = look_at_the_document(screen)
        screen.press("escape")
        deadline = time.monotonic() + 30
        while Path(f"/proc/{renderer}").exists():
            assert time.monotonic() < deadline
            screen.read(0.1)
        screen.press("s")
        screen.wait_for("Send invoice", "Attached:")


def test_the_preview_survives_a_crash_of_the_renderer(shop: Shop, program: Program) -> None:
    shop.draft()
    with terminal(["-m", "facturier"], program.environment, 100, 30) as screen:
        renderer = look_at_the_document(screen)
        os.kill(renderer, signal.SIGKILL)
        screen.wait_for("page 1 of 1")
        assert the_renderer(screen.pid) != renderer


def test_the_command_line_ends_at_once_when_interrupted(shop: Shop, program: Program, tmp_path: Path) -> None:
    draft = shop.draft()
    process = program.start("show", f"@{draft.id}", "--pdf", str(tmp_path / "one.pdf"))
    renderer = the_renderer(process.pid)
    os.kill(renderer, signal.SIGSTOP)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert not Path(f"/proc/{renderer}").exists()

"""The terminal is lost, or a signal ends the program: it ends once, quickly, and keeps what was entered."""

import os
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.store.opening import create_company, open_company
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

SOON = 10  # seconds


@pytest.fixture
def program(tmp_path: Path) -> Program:
    create_company(tmp_path / "a.facturier")
    return Program(tmp_path / "home", company=tmp_path / "a.facturier")


def begun(program: Program) -> list[str]:
    """Return the customers of the saved drafts."""
    assert program.company is not None
    store = open_company(program.company)
    return [row.customer for row in Listing(store, View(), store.clock().date()).first(5)]


def type_a_draft(screen: Terminal) -> None:
    screen.wait_for("n New")
    screen.press("n")
    screen.wait_for("New invoice")
    screen.press("Zoe")
    screen.wait_for("Zoe")


@pytest.mark.parametrize("leader", ["make", "wrapper that ignores SIGHUP"])
def test_a_closed_terminal_ends_the_program_where_another_process_leads_the_session(
    program: Program, tmp_path: Path, leader: str
) -> None:
    status = tmp_path / "status"
    run = f"{shlex.join([sys.executable, *program.command])}; echo $? > {shlex.quote(str(status))}"
    (tmp_path / "Makefile").write_text(f"run:\n\t@{run.replace('$', '$$')}\n")
    command = ["make", "-C", str(tmp_path), "run"] if leader == "make" else ["sh", "-c", f"trap '' HUP; {run}"]
    with terminal(command, program.environment, direct=True) as screen:
        type_a_draft(screen)
        screen.hang_up()
        deadline = time.monotonic() + SOON
        while not (status.exists() and status.read_text()):
            assert time.monotonic() < deadline, "still running"
            time.sleep(0.05)
    assert status.read_text() == f"{128 + signal.SIGHUP}\n"
    assert begun(program) == ["Zoe"]


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_many_signals_end_the_program_once_with_the_status_of_the_first(
    program: Program, first: signal.Signals
) -> None:
    with terminal(program.command, program.environment) as screen:
        type_a_draft(screen)
        screen.signal(first)
        time.sleep(0.01)  # two signals that arrive together have no order
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * 200:
            try:
                screen.signal(number)
            except ProcessLookupError:
                break
            time.sleep(0.002)
        assert screen.ended() == 128 + first
    assert begun(program) == ["Zoe"]
    assert "Traceback" not in screen.written.decode(errors="replace")


def test_keys_not_yet_read_are_saved_at_sigterm(program: Program) -> None:
    with terminal(program.command, program.environment) as screen:
        screen.wait_for("n New")
        screen.press("n")
        screen.wait_for("New invoice")
        os.write(screen.fd, b"Zoe Zimmermann and daughters")
        screen.read(0.15)
        screen.signal(signal.SIGTERM)
        assert screen.ended() == 128 + signal.SIGTERM
    assert begun(program) == ["Zoe Zimmermann and daughters"]


def test_a_wrong_size_in_the_environment_is_ignored(program: Program) -> None:
    more = Program(program.home, company=program.company, more={"LINES": "99999", "COLUMNS": "99999"})
    with terminal(program.command, more.environment, own_size=False) as screen:
        screen.wait_for("n New")
        assert screen.lines[-1].strip(), "the keys stand on the last line of the window"


def test_invalid_utf_8_from_the_terminal_is_ignored(program: Program) -> None:
    with terminal(program.command, program.environment) as screen:
        screen.wait_for("n New")
        os.write(screen.fd, b"\xff\xe9\xc3")
        screen.read(0.3)
        type_a_draft(screen)


def test_over_a_slow_line_a_key_may_arrive_in_two_pieces(program: Program) -> None:
    program.home.mkdir(mode=0o700)
    (program.home / "preferences.json").write_text('{"line": "slow"}')
    with terminal(program.command, program.environment) as screen:
        type_a_draft(screen)
        for piece in (b"\x1b", b"[B") * 3:
            os.write(screen.fd, piece)
            screen.read(0.35)
        screen.read(0.4)
        assert "n New" not in screen.text
    assert begun(program) == ["Zoe"]

"""Two people at two terminals on one company, and a program that is suspended while it sends."""

import json
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from facturier.tui.screen import PATIENCE
from tests.tui.support.sample import Shop
from tests.whole.program import ROOT, Program
from tests.whole.terminal import Terminal, terminal

DRAFT = {"customer": {"name": "Boulangerie Tremblay", "email": "a@b.example"}, "lines": [{"rate": "150.00"}]}


@pytest.fixture
def company(tmp_path: Path) -> Store:
    """A company with one draft, mail into a folder, and three seconds to undo a send."""
    path = tmp_path / "me.facturier"
    program = Program(tmp_path / "home", company=path)
    program.good("new", str(path), "--name", "Me", "--email", "hello@me.example")
    store = open_company(path)
    (tmp_path / "out").mkdir()
    sender = DefaultSender(kind="folder", address="hello@me.example", folder=str(tmp_path / "out"))
    save_company(store, replace(read_company(store), sender=sender, undo=3))
    program.good("draft", "-", stdin=json.dumps(DRAFT))
    return store


def someone(company: Store, name: str) -> Program:
    # No Google runs here. With an address for it, the preview does not ask DNS.
    return Program(company.path.parent / name, "http://127.0.0.1:9", company.path)


def test_a_send_in_one_window_updates_the_badge_in_the_other_within_a_second(company: Store) -> None:
    open_ = ["-m", "facturier"]
    with (
        terminal(open_, someone(company, "marie").environment) as hers,
        terminal(open_, someone(company, "paul").environment) as his,
    ):
        for screen in (hers, his):
            screen.wait_for("Boulangerie T", "○ Draft")
        hers.press("s")
        hers.wait_for("✓ Ready")
        time.sleep(PATIENCE)  # she reads it
        hers.press("f9")
        assert lag(company, his, State.QUEUED, "↻ Queued") < 1
        assert lag(company, his, State.SENT, "✓ Sent") < 1
        hers.wait_for("✓ Sent")
    assert len(list((company.path.parent / "out").glob("*.eml"))) == 1


def lag(company: Store, screen: Terminal, state: State, badge: str) -> float:
    """Return the seconds between the change in the company file and the change on the screen."""
    reached = until(lambda: any(found.state is state for found in deliveries_of(company, 1)))

    def shown() -> bool:
        screen.read(0.01)
        return badge in screen.text

    return until(shown) - reached


def until(true: Callable[[], object], seconds: float = 20) -> float:
    """Wait until something is true, and return the time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return time.monotonic()


def test_a_program_stopped_during_a_send_finishes_it_when_continued(tmp_path: Path) -> None:
    """SIGTSTP, as from a shell's job control or a debugger. A machine that goes to sleep has the same effect."""
    shop = Shop(tmp_path)
    delivery = shop.queued(seconds=0)
    program = Program(tmp_path / "home", "http://127.0.0.1:9")
    arguments = ["-m", "tests.tui.support.program", str(shop.store.path), str(tmp_path), "2"]
    with terminal(arguments, {**program.environment, "PYTHONPATH": str(ROOT)}) as screen:
        screen.wait_for("◐ Sending")
        screen.signal(signal.SIGTSTP)
        until(lambda: stopped(screen.pid))
        screen.read(0.2)
        assert b"\x1b[?1049l" in screen.written  # the terminal was given back to the shell
        time.sleep(2.5)  # longer than the answer of the server takes
        assert shop.invoice(delivery.invoice_id).delivery is State.HANDING_OVER
        screen.signal(signal.SIGCONT)
        screen.wait_for("✓ Sent")
        screen.press("q")
        assert screen.ended() == 0
    assert [found.state for found in deliveries_of(shop.store, delivery.invoice_id)] == [State.SENT]
    assert len(list(shop.mail.glob("*.eml"))) == 1


def stopped(pid: int) -> bool:
    """Return whether a process is stopped (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

"""The program in a pseudo-terminal: it writes nothing while idle, and ends in a correct state."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest
from ptyprocess import PtyProcess

from facturier.models.books.status import State
from facturier.models.drafts.drafts import save_draft
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from tests.tui.support.sample import Shop

ROOT = Path(__file__).parents[3]


class Terminal:
    """An 80x24 terminal with the program in it."""

    def __init__(self, shop: Shop, *, seconds: float = 0, under_shell: bool = False, **environment: str) -> None:
        arguments = [sys.executable, "-m", "tests.tui.support.program", str(shop.store.path), str(shop.mail.parent)]
        variables = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
        variables.pop("COLORTERM", None)
        arguments.append(str(seconds))
        command = ["bash", "--norc", "-i"] if under_shell else arguments
        self.process = PtyProcess.spawn(command, dimensions=(24, 80), cwd=ROOT, env=variables)
        self.screen = pyte.Screen(80, 24)
        self.written = 0
        self._stream = pyte.ByteStream(self.screen)
        os.set_blocking(self.process.fd, False)
        if under_shell:
            self.type(f"sh -c {shlex.quote(f'{shlex.join(arguments)}; true')}\r")

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self) -> None:
        try:
            while chunk := os.read(self.process.fd, 65536):
                self.written += len(chunk)
                self._stream.feed(chunk)
        except (BlockingIOError, OSError):
            pass  # there is nothing to read now, or the other end is closed

    def until(self, true: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read()
            if true():
                return
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s; the terminal shows:\n{self.text}")

    def type(self, keys: str) -> None:
        os.write(self.process.fd, keys.encode())

    def ended(self) -> bool:
        return not self.process.isalive()


@pytest.fixture
def started(shop: Shop) -> Iterator[Callable[..., Terminal]]:
    terminals: list[Terminal] = []

    def start(**options: object) -> Terminal:
        terminals.append(Terminal(shop, **options))  # type: ignore[arg-type]
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.process.terminate(force=True)
        terminal.process.close()


def test_an_idle_program_writes_nothing_and_a_change_writes_little(
    shop: Shop, started: Callable[..., Terminal]
) -> None:
    for name in ("One", "Two", "Three"):
        draft = shop.draft(name)
    terminal = started()
    terminal.until(lambda: "All 3" in terminal.text and "Draft" in terminal.text)
    quiet(terminal)
    before = terminal.written
    time.sleep(2)
    terminal.read()
    assert terminal.written == before
    terminal.type("\x1b[B")
    terminal.until(lambda: terminal.written > before)
    quiet(terminal)
    assert terminal.written - before < 700, "one cursor move"
    save_draft(shop.store, draft)
    quiet(terminal)
    assert terminal.written - before < 800, "a change of which nothing is in view"


def test_keys_that_arrive_at_once_reach_the_screens_that_earlier_keys_open(
    shop: Shop, started: Callable[..., Terminal]
) -> None:
    shop.draft("Dyno Tremblay")
    shop.draft("Harbour Systems")
    terminal = started()
    terminal.until(lambda: "n New" in terminal.text)
    terminal.type("/dyno")  # in the list instead of the search, `d` and `y` would delete a draft
    terminal.until(lambda: "Search dyno" in terminal.text and "Harbour" not in terminal.text)
    terminal.type("\x1b")
    terminal.until(lambda: "Harbour" in terminal.text)
    terminal.type("nped")
    terminal.until(lambda: "Draft for ped" in terminal.text)


def test_without_a_shell_the_program_cannot_be_suspended(shop: Shop, started: Callable[..., Terminal]) -> None:
    """When a terminal, tmux or SSH runs the program directly."""
    terminal = started()
    terminal.until(lambda: "n New" in terminal.text)
    terminal.type("\x1a")
    terminal.until(lambda: "This terminal cannot suspend a program." in terminal.text)
    terminal.type("n")
    terminal.until(lambda: "New invoice" in terminal.text)


def test_a_shell_suspends_and_resumes_the_program(shop: Shop, started: Callable[..., Terminal]) -> None:
    """Even if another program waits for it in between, such as `make`."""
    terminal = started(under_shell=True)
    terminal.until(lambda: "n New" in terminal.text)
    terminal.type("\x1a")
    terminal.until(lambda: "Stopped" in terminal.text)
    terminal.screen.reset()  # removes what the program had drawn
    terminal.type("fg\r")
    terminal.until(lambda: "n New" in terminal.text)


def test_no_colour_still_shows_where_the_cursor_is(shop: Shop, started: Callable[..., Terminal]) -> None:
    shop.draft()
    terminal = started(NO_COLOR="1")
    terminal.until(lambda: "Boulangerie" in terminal.text)
    quiet(terminal)
    line = next(y for y, text in enumerate(terminal.screen.display) if "Boulangerie" in text)
    cells = terminal.screen.buffer[line]
    assert terminal.screen.display[line].startswith("▌")
    assert cells[20].reverse
    assert {cells[x].bg for x in range(80)} == {"default"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_typed_text_is_saved_when_the_terminal_is_lost(
    shop: Shop, started: Callable[..., Terminal], number: signal.Signals
) -> None:
    terminal = started()
    terminal.until(lambda: "n New" in terminal.text)
    terminal.type("n")
    terminal.until(lambda: "New invoice" in terminal.text)
    terminal.type("Zoe")
    terminal.until(lambda: "Zoe" in terminal.text)
    terminal.process.kill(number)
    terminal.until(terminal.ended)
    assert [row.customer for row in Listing(shop.store, View(), shop.today).first(5)] == ["Zoe"]
    shop.store.check()


@pytest.mark.parametrize("keys", ["q", "\x03", "\x11"])
def test_quitting_waits_for_a_send_under_way_and_says_so(
    shop: Shop, started: Callable[..., Terminal], keys: str
) -> None:
    delivery = shop.queued(seconds=0)
    terminal = started(seconds=3)
    terminal.until(lambda: "Sending" in terminal.text)
    terminal.type(keys)
    if keys == "\x03":
        terminal.until(lambda: "Quit Facturier?" in terminal.text)
        terminal.type("y")
    terminal.until(lambda: "is being sent" in terminal.text)
    assert not terminal.ended()
    terminal.until(terminal.ended)
    assert shop.invoice(delivery.invoice_id).delivery is State.SENT
    assert terminal.process.exitstatus == 0


def test_a_send_under_way_is_finished_even_without_a_terminal(shop: Shop, started: Callable[..., Terminal]) -> None:
    delivery = shop.queued(seconds=0)
    terminal = started(seconds=2)
    terminal.until(lambda: "Sending" in terminal.text)
    terminal.process.kill(signal.SIGHUP)
    terminal.until(terminal.ended)
    assert shop.invoice(delivery.invoice_id).delivery is State.SENT


def quiet(terminal: Terminal, seconds: float = 0.6) -> None:
    """Wait until nothing has been written for a while."""
    last = time.monotonic()
    while time.monotonic() - last < seconds:
        before = terminal.written
        terminal.read()
        if terminal.written != before:
            last = time.monotonic()
        time.sleep(0.02)

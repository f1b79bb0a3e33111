"""A page as a real picture, in a pseudo-terminal that identifies itself as kitty."""

import base64
import fcntl
import math
import os
import re
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from ptyprocess import PtyProcess

from facturier.mail.document.document import make_pages
from facturier.models.books.invoice import Invoice
from facturier.models.drafts.drafts import save_draft
from facturier.models.settings.settings import read_company
from facturier.tui.widgets.kitty import MOST, cells, sending, shows_pictures
from tests.tui.support.sample import Shop

ROOT = Path(__file__).parents[3]
COMMAND = re.compile(rb"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\")


class Kitty:
    """A terminal with the cells that pyte emulates, and the graphics commands, which pyte does not support."""

    def __init__(self, shop: Shop, **environment: str) -> None:
        variables = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-kitty", "COLORTERM": "truecolor", **environment}
        arguments = [
            sys.executable,
            "-m",
            "tests.tui.support.program",
            str(shop.store.path),
            str(shop.mail.parent),
            "0",
        ]
        self.process = PtyProcess.spawn(arguments, dimensions=(24, 80), cwd=ROOT, env=variables)
        # Cells of 10 by 25 pixels.
        fcntl.ioctl(self.process.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 800, 600))
        self.commands: list[tuple[dict[str, str], bytes]] = []
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self._left = b""
        os.set_blocking(self.process.fd, False)

    def read(self) -> None:
        try:
            while chunk := os.read(self.process.fd, 65536):
                self._left += chunk
        except (BlockingIOError, OSError):
            pass  # there is nothing to read now, or the other end is closed
        for keys, content in COMMAND.findall(self._left):
            self.commands.append((dict(re.findall(r"(\w)=(\w+)", keys.decode())), content))
        whole, begun, rest = COMMAND.sub(b"", self._left).partition(b"\x1b_")
        if not begun and whole.endswith(b"\x1b"):  # perhaps the first byte of a command
            whole, begun = whole[:-1], b"\x1b"
        self._stream.feed(whole)
        self._left = begun + rest

    def until(self, true: Callable[[], object], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "\n".join(self.screen.display)
            self.read()
            time.sleep(0.02)

    def shows(self, text: str) -> bool:
        return text in "\n".join(self.screen.display)

    def type(self, keys: str) -> None:
        os.write(self.process.fd, keys.encode())

    @property
    def picture(self) -> bytes:
        """The last picture that was sent."""
        first = max(at for at, (keys, _) in enumerate(self.commands) if keys.get("a") == "T")
        content = b""
        for keys, chunk in self.commands[first:]:
            content += chunk
            if keys["m"] == "0":
                break
        return base64.b64decode(content)

    def sent(self) -> list[dict[str, str]]:
        return [keys for keys, _ in self.commands if keys.get("a") == "T"]

    def removed(self) -> list[str]:
        return [keys["i"] for keys, _ in self.commands if keys.get("a") == "d"]

    def parts(self) -> set[tuple[int, str]]:
        """Return the visible parts of a picture: its number, and the part as two combining marks."""
        return {
            (int(cell.fg, 16), cell.data[1:])
            for row in self.screen.buffer.values()
            for cell in row.values()
            if cell.data.startswith("\U0010eeee")
        }


@contextmanager
def kitty_at_the_document(shop: Shop, draft: Invoice, **environment: str) -> Iterator[Kitty]:
    kitty = Kitty(shop, **environment)
    try:
        kitty.until(lambda: kitty.shows(draft.customer.name[:11]))
        kitty.type("s")
        kitty.until(lambda: kitty.shows("Ready."))
        kitty.type("\x14")  # ctrl+t
        kitty.until(lambda: kitty.shows("Bill to"))
        kitty.type("t")
        kitty.until(lambda: kitty.shows("page 1 of"))
        yield kitty
    finally:
        kitty.process.close(force=True)


def test_a_page_is_sent_once_and_removed_when_it_is_replaced_or_closed(shop: Shop) -> None:
    draft = shop.draft()
    draft = save_draft(shop.store, replace(draft, lines=draft.lines * 60))
    with kitty_at_the_document(shop, draft) as kitty:
        kitty.until(kitty.parts)
        (sent,) = kitty.sent()
        number, columns, rows = int(sent["i"]), int(sent["c"]), int(sent["r"])
        company = read_company(shop.store)
        assert kitty.picture == make_pages(draft, company, draft.number_with(company), width=columns * 12)[0]
        wide, high = struct.unpack(">II", kitty.picture[16:24])
        assert rows == math.ceil(columns * 10 * high / wide / 25)  # without empty space above and below the page
        assert (sent["U"], sent["f"], sent["q"]) == ("1", "100", "2")
        whole, top = parts_of(number, columns, rows), parts_of(number, columns, 10)
        kitty.until(lambda: top <= kitty.parts() <= whole)
        seen = kitty.parts()
        kitty.type("\x1b[6~")  # page down: the same picture, scrolled
        kitty.until(lambda: kitty.parts() - seen and kitty.parts() <= whole)
        assert len(kitty.sent()) == 1
        kitty.type("+")
        kitty.until(lambda: kitty.removed() == [sent["i"]])  # the larger one replaces it
        kitty.until(lambda: {part[0] for part in kitty.parts()} == {int(kitty.sent()[-1]["i"])})
        kitty.type("\x1b")
        kitty.until(lambda: kitty.removed() == [each["i"] for each in kitty.sent()])
        kitty.until(lambda: not kitty.parts())


@pytest.mark.parametrize("environment", [{"TERM": "tmux-256color"}, {"COLORTERM": ""}])
def test_without_support_half_blocks_are_shown(shop: Shop, environment: dict[str, str]) -> None:
    with kitty_at_the_document(shop, shop.draft(), **environment) as kitty:
        kitty.until(lambda: kitty.shows("▀"))
        assert kitty.commands == []


def parts_of(number: int, columns: int, rows: int) -> set[tuple[int, str]]:
    return {
        (number, part)
        for line in cells(number, columns, rows).plain.split("\n")
        for part in line.split("\U0010eeee")[1:]
    }


def test_every_part_of_the_largest_picture_has_marks_of_its_own() -> None:
    text = cells(0xABCDEF, MOST, MOST)
    assert len(parts_of(0xABCDEF, MOST, MOST)) == MOST * MOST == 297 * 297
    assert text.plain.startswith("\U0010eeee\u0305\u0305\U0010eeee\u0305\u030d")
    assert str(text.style) == "#abcdef"
    assert {line.cell_len for line in text.split()} == {MOST}


def test_a_terminal_is_known_by_its_name_and_asked_for_nothing() -> None:
    assert shows_pictures({"TERM": "xterm-kitty"})
    assert shows_pictures({"TERM": "xterm-ghostty"})
    assert not shows_pictures({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"})
    assert not shows_pictures({})
    assert all("q=2" in command for command in sending(bytes(9000), 7, 3, 2).split("\x1b\\")[:-1])

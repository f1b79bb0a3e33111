"""Measure every screen: the time it takes to open, the bytes, and the cost of a key in a field of each form.

A screen is opened and closed several times, in turns with a screen of one line in an empty Textual program: compare the
ratios of the processor time. Before each key the program is left alone until it rests. The processor time is that of
the whole process up to the last byte painted, so other programs change it little. The time to the last byte grows on a
busy machine, where the least value says more than the median.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from terminal import Drawing, Terminal

INVOICES = 120  # of a company of its own
SCREEN_BYTES, KEY_BYTES = 3_500, 1_500  # the most that a screen or a key may cost
_SLOW = 960  # bytes a second on a line of 9,600 bit/s
OPEN_GOAL, KEY_GOAL, PROCESSOR_GOAL = 150.0, 16.0, 8.0  # milliseconds
_QUIET = 0.25  # seconds without output after which a screen counts as painted: it may come in several parts
_ISSUED = "3"  # the filter whose first row is an issued invoice; the first row of all is a draft
_NEXT_TAB = "\x14"  # Ctrl+T

Row = tuple[str, str, str, str]


class Opening(NamedTuple):
    """A screen: the key that opens it, a word that only it paints, and the keys that lead to where that key counts."""

    name: str
    key: str
    mark: str
    before: tuple[str, ...] = ()


class Typing(NamedTuple):
    """A field: the keys that lead to it from the list, and what is typed into it."""

    name: str
    before: tuple[str, ...]
    letter: str = "a"


OPENINGS = (
    Opening("editor, n", "n", "Totals"),
    Opening("editor of a draft, Enter", "enter", "Totals"),
    Opening("details of an invoice, Ctrl+L", "\x0c", "Shipping", ("n",)),
    Opening("customer of an invoice, F4", "f4", "Contact", ("enter",)),
    Opening("invoice, Enter", "enter", "Payments", (_ISSUED,)),
    Opening("preview, s", "s", "Subject"),
    Opening("payment, p", "p", "Method", (_ISSUED,)),
    Opening("filter, f", "f", "Maximum"),
    Opening("settings, F2", "f2", "Undo"),
    Opening("palette, :", ":", "would"),
    Opening("help, ?", "?", "search"),
    Opening("outbox, O", "O", "Outbox"),
    Opening("reminders due today, H", "H", "due today"),
    Opening("alerts, a", "a", "attention"),
    Opening("companies, F3", "f3", "Companies"),
    Opening("customers, C", "C", "Customers"),
    Opening("items, I", "I", "Items"),
)
TYPINGS = (
    Typing("search", ("/",)),
    Typing("palette", (":",)),
    Typing("editor, customer", ("n",)),
    Typing("editor, quantity", ("enter", "up", *["tab"] * 2), "1"),
    Typing("editor, rate", ("enter", "up", *["tab"] * 3), "1"),
    Typing("editor, message", ("enter", "f6")),
    Typing("customer of an invoice, name", ("enter", "f4")),
    Typing("preview, subject", ("s", *["tab"] * 3)),
    Typing("preview, message", ("s", *["tab"] * 4)),
    Typing("payment, amount", (_ISSUED, "p"), "1"),
    Typing("filter, customer", ("f",)),
    Typing("filter, from date", ("f", "tab"), "1"),
    Typing("settings, email", ("f2", *["tab"] * 2)),
    Typing("settings, address", ("f2", *["tab"] * 3)),
    Typing("settings, tax numbers", ("f2", *["tab"] * 5)),
    Typing("settings, tax rates", ("f2", *[_NEXT_TAB] * 8, "tab")),
)


class Screens:
    """The rows of the table. `ready` starts the program at its list of invoices, `empty` an empty program."""

    def __init__(self, ready: Callable[[], Terminal], empty: Callable[[], Terminal], rounds: int) -> None:
        self._ready = ready
        self._rounds = rounds
        self._terminal: Terminal | None = None
        self._empty = empty()
        self._empty.until(b"ready")
        self._empty.rest()

    def rows(self, names: Sequence[str] = ()) -> Iterator[Row]:
        """Measure the screens and fields whose name begins with one of `names`, or all of them."""

        def wanted(name: str) -> bool:
            return not names or name.startswith(tuple(names))

        bare = [self._bare() for _round in range(self._rounds)]
        yield "open an empty Textual screen; processor", f"{_span(bare)}; {_span(bare, 'drawing')}", "", ""
        for opening in OPENINGS:
            if wanted(opening.name):
                yield from self._open(opening)
        for typing in TYPINGS:
            if wanted(typing.name):
                yield from self._type(typing)
        self._empty.close()
        if self._terminal:
            self._terminal.close()

    def _open(self, opening: Opening) -> Iterator[Row]:
        terminal = self._at(opening.before)
        took: list[Drawing] = []
        bare: list[Drawing] = []
        for _round in range(self._rounds + 1):
            terminal.rest()
            took.append(terminal.press(opening.key, quiet=_QUIET, mark=opening.mark.encode()))
            if opening.mark.encode() not in terminal.written:
                self._end()
                yield f"open {opening.name}", "did not open", "", ""
                return
            terminal.rest()
            terminal.press("escape", quiet=_QUIET)
            bare.append(self._bare())
        self._back(len(opening.before))
        again = took[1:]  # the first one loads modules
        ratio = statistics.median(each.drawing for each in again) / statistics.median(each.drawing for each in bare)
        words = f"{_span(again)}, first {took[0].seconds * 1000:.0f}"
        used = f"{_span(again, 'drawing')}, first {took[0].drawing * 1000:.0f}"
        yield f"open {opening.name}; processor", f"{words}; {used}", f"{ratio:.1f}", f"at most {OPEN_GOAL:.0f} ms"
        yield _slow(again, SCREEN_BYTES)

    def _type(self, typing: Typing) -> Iterator[Row]:
        terminal = self._at(typing.before)
        took: list[Drawing] = []
        for key in (typing.letter, "backspace") * (self._rounds + 1):
            terminal.rest()
            took.append(terminal.press(key))
        self._back(len(typing.before))
        again = took[2:]
        words = f"{_span(again, 'first')}; {_span(again)}; {_span(again, 'drawing')}"
        goal = f"at most {KEY_GOAL:.0f}; –; {PROCESSOR_GOAL:.0f} ms"
        yield f"key in {typing.name}: its letter; all; processor", words, "", goal
        yield _slow(again, KEY_BYTES)

    def _bare(self) -> Drawing:
        self._empty.rest()
        drawn = self._empty.press("s", quiet=_QUIET)
        self._empty.rest()
        self._empty.press("escape", quiet=_QUIET)
        return drawn

    def _at(self, keys: Sequence[str]) -> Terminal:
        terminal = self._terminal = self._terminal or self._ready()
        for key in ("1", "home", *keys):
            terminal.send(key)
            terminal.rest()
        return terminal

    def _back(self, times: int) -> None:
        """Close what was opened. What Escape does not close is left with the program."""
        assert self._terminal
        for _key in range(times):
            self._terminal.written = b""
            self._terminal.send("escape")
            self._terminal.rest()
        if times and b"Delivery" not in self._terminal.written:
            self._end()

    def _end(self) -> None:
        if self._terminal:
            self._terminal.close()
            self._terminal = None


def _slow(drawings: Sequence[Drawing], most: int) -> Row:
    """The bytes, and the seconds that they take on a slow line."""
    count = statistics.median(each.bytes for each in drawings)
    return "  bytes; at 9,600 bit/s", f"{count:,.0f}; {count / _SLOW:.1f} s", "", f"at most {most:,}"


def _span(drawings: Sequence[Drawing], part: str = "seconds") -> str:
    """The least and the median milliseconds of a part of each drawing: to the first or the last byte, or of the
    processor time."""
    took = sorted(getattr(each, part) * 1000 for each in drawings)
    return f"{took[0]:.1f}, {statistics.median(took):.1f} ms"

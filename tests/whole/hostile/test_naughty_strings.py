"""Naughty strings as customer, item, description, message and a server's reply, through every screen."""

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from facturier.models.drafts.drafts import save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.listing.saved_views import save_view
from facturier.models.listing.view import View
from facturier.models.settings.line import Line
from tests.tui.support.sample import Shop
from tests.whole.hostile.naughty_strings import STRINGS
from tests.whole.program import Program
from tests.whole.terminal import KEYS, Terminal, terminal

# All that the program itself writes to a terminal with sixteen colours: styles and colours, moving to a cell, erasing
# the rest of a line, modes and questions, the shape of the pointer. None of the strings has one of these.
_OWN = re.compile(
    r"\x1b(?:\[(?:(?:[0-47]|2[2-79]|[349][0-79]|10[0-7])(?:;|(?=m)))*m|\[\d+(?:;\d+)?H|\[\d+C|\[K|\[6n"
    r"|\[\?(?:25l|7l|1049h|100[0346]h|1015h|2004h|2048h)"
    r"|\[>25u|\[\?20(?:26|48)\$p|\[\?2026[hl]|\[c|\]22;(?:default|pointer|text)\x07)|\r+\n"
)
_HARMLESS = "\u200c\u200d"  # between letters or pictures that they join
_AMOUNT = re.compile(r"\d\.\d\d$")
_MOVED = re.compile(r" \d+\.\d\d(?: *.|  *. (?:Draft|Failed) *)$")  # an amount at the end of a line


def test_naughty_strings_are_shown_as_text(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    fill(shop)
    program = Program(tmp_path / "home", "http://127.0.0.1:9", shop.store.path, {"HOME": str(tmp_path)})
    with terminal(program.command, program.environment, 80, 50) as screen:
        walk = Walk(screen)
        walk.wait_for("Everything", "Send")
        rows = 0
        for _page in range(4):  # every string as a customer
            rows += walk.check_amounts("Total")
            walk.press("\x1b[6~")
        assert rows > 140
        walk.press(KEYS["home"])

        walk.open("\r", "Totals")  # the editor: every string as an item and as a description
        walk.press("\x1b[17~")
        for _page in range(4):
            assert walk.check_amounts("Amount")
            walk.press(*[KEYS["down"]] * 36)
        walk.press("\x1b[17~", "\x1b[6~")
        walk.close("Everything")

        walk.open("s", "Subject")
        walk.press("\x14", "\x1b[6~", "\x1b[6~", "t", "\x1b[6~", "\x14")
        walk.close("Everything")

        walk.press(KEYS["down"])
        walk.open("\r", "Amount")
        for _page in range(4):
            assert walk.check_amounts("Amount") or _page
            walk.press("\x1b[6~")
        walk.press("h", KEYS["end"])
        walk.close("Everything")

        for key, title in (("O", "Outbox"), ("a", "d Dismiss")):
            walk.open(key, title)
            walk.press("\x1b[6~", "\x1b[6~", KEYS["end"])
            walk.close("Everything")
        walk.open(":", "What would you")
        walk.press("show", "\x1b[6~", "\x1b[6~")
        walk.check_frame()
        walk.close("Everything")
        for key, title in (("f", "Filter invoices"), ("/", "Search")):
            walk.open(key, title)
            for start in range(0, len(STRINGS), 30):
                walk.press("\x1b[200~" + "\n".join(STRINGS[start : start + 30]) + "\x1b[201~", "\x15")
                if key == "f":
                    walk.check_frame()
            walk.close("Everything")
    log = tmp_path / "home" / "facturier.log"
    assert not log.exists() or not log.read_text(), log.read_text()


class Walk:
    """Goes through the screens, and checks everything that the program writes."""

    def __init__(self, screen: Terminal) -> None:
        self._screen = screen
        self._read = 0
        self._ends: dict[str, int] = {}

    def wait_for(self, *texts: str) -> None:
        self._screen.wait_for(*texts)
        self._screen.wait_for_rest()
        self._look()

    def open(self, key: str, title: str) -> None:
        self.press(key)
        self.wait_for(title)

    def close(self, title: str) -> None:
        """Press Escape until the list is there again."""
        for _time in range(4):
            self.press(KEYS["escape"])
            self._screen.read(0.3)
            if title in self._screen.text and "N New".lower() in self._screen.text.lower():
                break
        self.wait_for(title)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._screen.press_at_once(key)
        self._screen.wait_for_rest()
        self._look()

    def _look(self) -> None:
        """Nothing but the program's own sequences was written, and no character that does something unseen."""
        written, self._read = self._screen.written[self._read :], len(self._screen.written)
        text = _OWN.sub("", written.decode())
        for place, letter in enumerate(text):
            wrong = unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Cs") and letter not in _HARMLESS
            assert not wrong, f"{letter!r} in {text[max(place - 40, 0) : place + 40]!r}"

    def check_amounts(self, heading: str) -> int:
        """The column of amounts ends in the same cell in each row. Returns how many there are."""
        lines = ["".join((cell or "\0")[0] for cell in self._screen.cells(line)) for line in range(50)]
        headed = next((place for place, line in enumerate(lines) if heading in line), None)
        if headed is not None:  # else it has scrolled away
            self._ends[heading] = lines[headed].index(heading) + len(heading)
            del lines[: headed + 1]
        end = self._ends[heading]
        found = [line for line in lines if _AMOUNT.search(line[:end]) and not line[end : end + 1].strip()]
        moved = [line for line in lines if _MOVED.search(line) and line not in found]
        assert not moved, f"not below {heading}, which ends in column {end}: {moved}"
        return len(found)

    def check_frame(self) -> None:
        """The sides of a dialog are straight."""
        lines = [self._screen.cells(line) for line in range(50)]
        top = next(place for place, cells in enumerate(lines) if "╭" in cells)
        sides = [column for column, cell in enumerate(lines[top]) if cell in "╭╮"]
        for cells in lines[top + 1 :]:
            if "╰" in cells:
                return
            assert [cells[column] for column in sides] == ["│", "│"], "".join(cells)
        raise AssertionError(self._screen.text)


def fill(shop: Shop) -> None:
    """Every string as a customer and as a reply of a server; all of them in one draft and in one invoice."""
    lines = tuple(Line(text, text[:200], "1", str(100 + number), "GST") for number, text in enumerate(STRINGS))
    for number, text in enumerate(STRINGS):
        shop.draft(text, str(100 + number), shop.today - timedelta(2 + number))
        if not number % 12:
            save_view(shop.store, f"{text[:60]} {number}", View(customer=text))
    for number in range(0, len(STRINGS), 8):
        shop.failed(STRINGS[number], " · ".join(STRINGS[number : number + 8]))
    for name, days in (("Everything", 2), ("Issued", 1)):
        draft = shop.draft(name, day=shop.today + timedelta(days))
        customer = replace(draft.customer, contact=STRINGS[1], address="\n".join(STRINGS[:20]))
        changed = replace(
            draft, customer=customer, lines=lines, message="\n".join(STRINGS)[:9000], reference=STRINGS[0]
        )
        draft = save_draft(shop.store, changed)
    issue_invoice(shop.store, draft)

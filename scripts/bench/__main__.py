"""How fast the screens are, side by side with other programs in one run: `make bench`.

    python scripts/bench [--invoices 1000000] [--rounds 9] [--only start search]

Everything runs in a pseudo-terminal of 80 by 24. Programs that are compared take turns, so that a busy moment of the
machine meets both. What is printed are medians; the ratios are what counts.
"""

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from books import FOLDER, books
from peers import journal, mailbox, python_peer, system_peer
from terminal import Drawing, Terminal

from facturier.models.store.backups import keep_copy
from facturier.models.store.store import open_company

ROOT = Path(__file__).parent.parent.parent
SMALL = 100
PARTS = ("start", "keys", "wire", "search", "rest", "changes", "saving")
_WORDS = ("tremblay", "audit laval", "1149", "harb")


class Bench:
    def __init__(self, invoices: int, rounds: int, home: Path) -> None:
        self.invoices = invoices
        self.rounds = rounds
        self.home = home
        self.large, self.small = books(invoices), books(SMALL)
        self._copies = home / "copies"
        for path in (self.large, self.small):  # or the first program of the run would be busy with today's copy
            keep_copy(open_company(path), self._copies)
        self.rows: list[tuple[str, str, str, str]] = []

    # Programs

    def ours(self, path: Path, *, slow: bool = False) -> Terminal:
        home = self.home / ("slow" if slow else "fast")
        home.mkdir(exist_ok=True)
        if not (home / "copies").exists():
            (home / "copies").symlink_to(self._copies)
        (home / "preferences.json").write_text('{"line": "slow"}' if slow else "{}")
        variables = {"FACTURIER_HOME": str(home), "PYTHONPATH": str(ROOT)}
        return Terminal([sys.executable, "-m", "facturier", str(path)], variables)

    def empty(self) -> Terminal:
        return Terminal([sys.executable, str(ROOT / "scripts" / "bench" / "empty.py")], {})

    def ready(self, terminal: Terminal) -> Terminal:
        terminal.until(b"Delivery")
        terminal.settle()
        return terminal

    # What is told

    def tell(self, what: str, measured: str, ratio: str = "", goal: str = "") -> None:
        self.rows.append((what, measured, ratio, goal))
        print(f"{what:58} {measured:>24} {ratio:>12}   {goal}", flush=True)

    def run(self, only: Sequence[str]) -> None:
        print(f"{self.invoices:,} invoices; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        self.tell("what", "measured", "ratio", "goal")
        for name in only or PARTS:
            getattr(self, name)()
        print(f"\nload of the machine at the end {os.getloadavg()[0]:.1f}")

    def start(self) -> None:
        """From exec to the first rows; the peers to their first screen."""
        programs: dict[str, tuple[Callable[[], Terminal], bytes]] = {
            "empty": (self.empty, b"ready"),
            "large": (lambda: self.ours(self.large), b"Delivery"),
            "small": (lambda: self.ours(self.small), b"Delivery"),
        }
        missing = []
        files = self.home
        found = python_peer("posting", "posting")
        if found:
            programs["Posting"] = (lambda f=found: Terminal([f], {"HOME": str(files)}), b"Collection")  # type: ignore[misc]
        else:
            missing.append("Posting")
        found = python_peer("harlequin", "harlequin")
        if found:
            arguments = [found, "-a", "sqlite", str(self.small)]
            programs["Harlequin"] = (lambda a=arguments: Terminal(a, {"HOME": str(files)}), b"Query Editor")  # type: ignore[misc]
        else:
            missing.append("Harlequin")
        found = python_peer("hledger-textual", "hledger-textual")
        if found and system_peer("hledger"):
            book = journal(files / "books.journal", SMALL)
            arguments = [found, "-f", str(book)]
            # Its first screen may come without data (it needs hledger 1.40 to read any): it is timed to the frame.
            programs["hledger-textual"] = (lambda a=arguments: Terminal(a, {"HOME": str(files)}), b"Summary")  # type: ignore[misc]
        else:
            missing.append("hledger-textual")
        took: dict[str, list[float]] = {name: [] for name in programs}
        for _round, name in itertools.product(range(self.rounds), programs):
            begin, mark = programs[name]
            if name in missing:
                continue
            terminal = begin()
            try:
                took[name].append(terminal.until(mark, 60))
            except (TimeoutError, EOFError):
                missing.append(name)
            terminal.close()
        middle = {name: statistics.median(times) for name, times in took.items() if name not in missing}
        ours, goals = middle["large"], {"Posting": 0.3, "Harlequin": 0.25, "hledger-textual": 0.4}
        self.tell("start to first rows", ms(ours))
        self.tell("  an empty Textual program", ms(middle["empty"]), times(ours / middle["empty"]), "at most 1.25")
        self.tell(f"  the same with {SMALL} invoices", ms(middle["small"]), times(ours / middle["small"]), "within 5 %")
        for name, goal in goals.items():
            if name in middle:
                self.tell(f"  {name}", ms(middle[name]), times(ours / middle[name]), f"at most {goal}")
            else:
                self.tell(f"  {name}", "missing here", "", f"at most {goal}")

    def keys(self) -> None:
        """From a key to the last byte that it draws."""
        large, small = self.ready(self.ours(self.large)), self.ready(self.ours(self.small))
        empty = self.empty()
        empty.until(b"ready")
        empty.settle()
        for names, goal in ((("down", "up"), 1.1), (("pagedown", "pageup"), 1.1), (("end", "home"), 1.1)):
            drawn: dict[str, list[float]] = {"large": [], "small": [], "empty": []}
            pair = [("large", large), ("small", small)]
            for _round in range(self.rounds * 2):
                pair.reverse()  # whoever comes second finds the processor awake
                for name, terminal in pair:
                    drawn[name].append(terminal.press(names[0]).seconds)
                    terminal.press(names[1])
                drawn["empty"].append(empty.press("down").seconds)
            ours, few, least = (statistics.median(drawn[name]) for name in drawn)
            self.tell(f"{names[0]}, key to paint", ms(ours), times(ours / few), f"of {SMALL} invoices, at most {goal}")
            if names[0] == "down":
                self.tell("  an empty Textual program’s key", ms(least), times(ours / least), "at most 1.25")
        memory = (large.memory, small.memory)
        self.tell("memory", f"{memory[0] / 1e6:.1f} MB", times(memory[0] / memory[1]), f"of {SMALL}, at most 1.1")
        for terminal in (large, small, empty):
            terminal.close()

    def wire(self) -> None:
        """Bytes to the terminal."""
        terminal = self.ours(self.large)
        terminal.until(b"Delivery")
        terminal.settle()
        first, frame = len(terminal.written), max(len(part) for part in terminal.written.split(b"\x1b[?2026h"))
        terminal.close()
        self.tell("bytes of the first screen", f"{first:,}", f"{first / frame:.2f} frames", "at most 2.5 frames")
        neomutt = self._neomutt()
        for slow, move, held in ((False, 450, 3.5), (True, 120, 2.2)):
            words = ", slow line" if slow else ""
            terminal = self.ready(self.ours(self.large, slow=slow))
            moves = [terminal.press("down").bytes for _round in range(self.rounds)]
            self.tell(f"bytes of a cursor move{words}", f"{statistics.median(moves):.0f}", "", f"at most {move}")
            terminal.press("home")
            mine = self._held(terminal)
            ratio = times(mine / neomutt) if neomutt else ""
            self.tell(f"bytes a row, Down held for 200{words}", f"{mine:.0f}", ratio, f"of neomutt, at most {held}")
            terminal.close()
        self.tell("  neomutt", f"{neomutt:.0f}" if neomutt else "missing here")

    def _neomutt(self) -> float:
        program = system_peer("neomutt")
        if not program:
            return 0
        box = mailbox(self.home / "box", 2000)
        (self.home / "Mail").mkdir()
        terminal = Terminal([program, "-n", "-F", "/dev/null", "-R", "-f", str(box)], {"HOME": str(self.home)})
        terminal.until(b"Invoice")
        terminal.settle()
        per_row = self._held(terminal, key="j")
        terminal.close()
        return per_row

    def _held(self, terminal: Terminal, key: str = "down") -> float:
        """A key held down repeats thirty times a second."""
        total = 0
        for _repeat in range(200):
            total += terminal.press(key, quiet=0.033).bytes
        return total / 200

    def search(self) -> None:
        """Each key of several searches, to the first results."""
        took: list[float] = []
        firsts: list[float] = []
        for _round in range(max(self.rounds // 3, 1)):
            for word in _WORDS:
                terminal = self.ready(self.ours(self.large))
                terminal.press("/")
                drawn: list[Drawing] = [terminal.press(letter, quiet=0.1) for letter in word]
                firsts.append(drawn[0].seconds)
                took += [each.seconds for each in drawn]
                terminal.close()
        self.tell("search, each key to first results", ms(statistics.median(took)), "", "at most 15 ms")
        self.tell("  the first key", ms(statistics.median(firsts)), "", "at most 15 ms")
        self.tell("  the slowest of all", ms(max(took)))

    def rest(self) -> None:
        terminal = self.ready(self.ours(self.large))
        terminal.idle(40)  # by then a large file has been checked behind the screen
        used, written = terminal.idle(10)
        terminal.close()
        self.tell("idle", f"{used * 100:.2f} % of a core", "", "under 0.5 %")
        self.tell("  bytes a second", f"{written / 10:.0f}", "", "0")

    def changes(self) -> None:
        """Another process changes the status of a thousand invoices, one transaction each."""
        terminal = self.ready(self.ours(self.large))
        writer = subprocess.Popen([sys.executable, str(Path(__file__).parent / "change.py"), str(self.large), "1000"])
        waits: list[float] = []
        began = time.perf_counter()
        while writer.poll() is None:
            waits.append(terminal.press("down").first)
            waits.append(terminal.press("up").first)
        took = time.perf_counter() - began
        ended = terminal.press("down", quiet=0.6)
        terminal.close()
        self.tell("1,000 changes by another process", f"{took:.1f} s", "", "all shown")
        self.tell("  longest wait for a key meanwhile", ms(max([*waits, ended.first])), "", "at most 50 ms")
        self.tell("  middle wait for a key meanwhile", ms(statistics.median(waits)))

    def saving(self) -> None:
        """What a save costs beyond the database, and what a list costs beyond Peewee."""
        from saving import LISTED, listing, saving

        for rows in (saving(self.large, 200), listing(books(LISTED), self.rounds)):
            for row in rows:
                self.tell(*row)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def times(ratio: float) -> str:
    return f"{ratio:.2f}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=FOLDER if FOLDER.exists() else None) as home:
        Bench(options.invoices, options.rounds, Path(home)).run(options.only)
    if not options.only:
        subprocess.run([sys.executable, str(ROOT / "scripts" / "bench_documents.py")], check=False)


if __name__ == "__main__":
    if sys.argv[1:2] == ["saving"]:
        from saving import main as saving

        saving(sys.argv[2:])
    else:
        main(sys.argv[1:])

"""Benchmark the screens: `make bench`.

    python scripts/bench [--invoices 1000000] [--rounds 9] [--only start search]
    python scripts/bench --only reports --check    (see reports.py and checks.py)
    python scripts/bench --invoices 100 --only screens --named editor settings
    python scripts/bench send    (the cost of the safeguards per delivery, see sending.py)

Everything runs in a pseudo-terminal of 80 by 24. The programs being compared take turns, so that other load on the
machine affects both. The results are medians; compare the ratios, not the times. `make bench-peers` compares with other
programs.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from books import FOLDER, books
from measuring import ROOT, SMALL, Measuring, ms, times
from terminal import Drawing, Terminal

PARTS = ("start", "keys", "wire", "search", "rest", "changes", "saving", "reports", "screens")
_WORDS = ("tremblay", "audit laval", "1149", "harb")


class Bench(Measuring):
    check = False  # whether to compare the figures of the reports, too
    named: Sequence[str] = ()  # the screens to measure; all of them if there are none

    def empty(self) -> Terminal:
        return Terminal([sys.executable, str(ROOT / "scripts" / "bench" / "empty.py")], {})

    def start(self) -> None:
        """Measure the time from exec to the first rows."""
        took = self.starts(
            {
                "empty": (self.empty, b"ready"),
                "large": (lambda: self.ours(self.large), b"Delivery"),
                "small": (lambda: self.ours(self.small), b"Delivery"),
            }
        )
        ours = took["large"]
        self.tell("start to first rows", ms(ours))
        self.tell("  an empty Textual program", ms(took["empty"]), times(ours / took["empty"]), "at most 1.25")
        self.tell(f"  the same with {SMALL} invoices", ms(took["small"]), times(ours / took["small"]), "within 5 %")

    def keys(self) -> None:
        """Measure the time from a key to the last byte drawn."""
        large, small = self.ready(self.ours(self.large)), self.ready(self.ours(self.small))
        empty = self.empty()
        empty.until(b"ready")
        empty.settle()
        for names, goal in ((("down", "up"), 1.1), (("pagedown", "pageup"), 1.1), (("end", "home"), 1.1)):
            drawn: dict[str, list[float]] = {"large": [], "small": [], "empty": []}
            pair = [("large", large), ("small", small)]
            for _round in range(self.rounds * 2):
                pair.reverse()  # the second one benefits from a processor that is already awake
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
        """Measure the bytes sent to the terminal."""
        terminal = self.ours(self.large)
        terminal.until(b"Delivery")
        terminal.settle()
        first, frame = len(terminal.written), max(len(part) for part in terminal.written.split(b"\x1b[?2026h"))
        terminal.close()
        self.tell("bytes of the first screen", f"{first:,}", f"{first / frame:.2f} frames", "at most 2.5 frames")
        for slow, move in ((False, 450), (True, 120)):
            words = ", slow line" if slow else ""
            terminal = self.ready(self.ours(self.large, slow=slow))
            moves = [terminal.press("down").bytes for _round in range(self.rounds)]
            self.tell(f"bytes of a cursor move{words}", f"{statistics.median(moves):.0f}", "", f"at most {move}")
            terminal.press("home")
            self.tell(f"bytes a row, Down held for 200{words}", f"{self.held(terminal):.0f}")
            terminal.close()

    def search(self) -> None:
        """Measure the time from each key of several searches to the first results."""
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
        terminal.idle(40)  # long enough for the background check of a large file
        used, written = terminal.idle(10)
        terminal.close()
        self.tell("idle", f"{used * 100:.2f} % of a core", "", "under 0.5 %")
        self.tell("  bytes a second", f"{written / 10:.0f}", "", "0")

    def changes(self) -> None:
        """Measure the wait for a key while another process changes the status of a thousand invoices, one transaction
        each."""
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

    def screens(self) -> None:
        """Measure how long each screen takes to open, and what a key in a field of each form costs."""
        from screens import INVOICES, Screens

        for old in FOLDER.glob(f"books-{INVOICES}-*"):
            old.unlink()  # drafts are saved while somebody types
        path = books(INVOICES)
        for row in Screens(lambda: self.ready(self.ours(path)), self.empty, self.rounds).rows(self.named):
            self.tell(*row)

    def saving(self) -> None:
        """What a save costs beyond the database, and what a list costs beyond Peewee."""
        from saving import LISTED, listing, saving

        for rows in (saving(self.large, 200), listing(books(LISTED), self.rounds)):
            for row in rows:
                self.tell(*row)

    def reports(self) -> None:
        """Measure how long each report, the chase list and statements take."""
        from reports import reports

        for row in reports(self.large):
            self.tell(*row)
        if self.check:
            from checks import checks

            for what, equal in checks(self.large):
                self.tell(f"  {what}", "equal to SQL over the tables" if equal else "DIFFERENT")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[])
    parser.add_argument("--named", nargs="+", default=[], help="the screens and fields to measure")
    parser.add_argument("--check", action="store_true", help="compare the figures of the reports with SQL")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=FOLDER if FOLDER.exists() else None) as home:
        bench = Bench(options.invoices, options.rounds, Path(home))
        bench.named, bench.check = options.named, options.check
        bench.run(options.only or PARTS)
    if not options.only:
        subprocess.run([sys.executable, str(ROOT / "scripts" / "bench_documents.py")], check=False)


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        import sending

        sending.main(sys.argv[2:])
    elif sys.argv[1:2] == ["saving"]:
        import saving

        saving.main(sys.argv[2:])
    else:
        main(sys.argv[1:])

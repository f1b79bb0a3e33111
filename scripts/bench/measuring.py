"""Shared by the screen benchmarks: start the program in a terminal, and print a table of results."""

import itertools
import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from books import books
from terminal import Terminal

from facturier.models.store.backups.backups import keep_copy
from facturier.models.store.opening import open_company

ROOT = Path(__file__).parent.parent.parent
SMALL = 100

Programs = Mapping[str, tuple[Callable[[], Terminal], bytes]]


class Measuring:
    """Benchmarks on a large and a small company file, with a table that is printed row by row. `home` is an empty
    folder."""

    def __init__(self, invoices: int, rounds: int, home: Path) -> None:
        self.invoices = invoices
        self.rounds = rounds
        self.home = home
        self.large, self.small = books(invoices), books(SMALL)
        self._backups = home / "copies"
        for path in (self.large, self.small):  # otherwise the first program would spend time on today's backup
            keep_copy(open_company(path), self._backups)

    def run(self, parts: Sequence[str]) -> None:
        """Run the methods with these names and print the results."""
        print(f"{self.invoices:,} invoices; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
        self.tell("what", "measured", "ratio", "goal")
        for name in parts:
            getattr(self, name)()
        print(f"\nload of the machine at the end {os.getloadavg()[0]:.1f}")

    def tell(self, what: str, measured: str, ratio: str = "", goal: str = "") -> None:
        print(f"{what:58} {measured:>30} {ratio:>12}   {goal}", flush=True)

    def ours(self, path: Path, *, slow: bool = False) -> Terminal:
        home = self.home / ("slow" if slow else "fast")
        home.mkdir(exist_ok=True)
        if not (home / "copies").exists():
            (home / "copies").symlink_to(self._backups)
        (home / "preferences.json").write_text('{"line": "slow"}' if slow else "{}")
        variables = {"FACTURIER_HOME": str(home), "PYTHONPATH": str(ROOT)}
        return Terminal([sys.executable, "-m", "facturier", str(path)], variables)

    def ready(self, terminal: Terminal) -> Terminal:
        terminal.until(b"Delivery")
        terminal.settle()
        return terminal

    def starts(self, programs: Programs) -> dict[str, float]:
        """Return the median time in seconds from exec until each program has written its mark. Programs that fail are
        omitted."""
        took: dict[str, list[float]] = {name: [] for name in programs}
        failed = set()
        for _round, name in itertools.product(range(self.rounds), programs):
            if name in failed:
                continue
            begin, mark = programs[name]
            terminal = begin()
            try:
                took[name].append(terminal.until(mark, 60))
            except (TimeoutError, EOFError):
                failed.add(name)
            terminal.close()
        return {name: statistics.median(times) for name, times in took.items() if name not in failed}

    def held(self, terminal: Terminal, key: str = "down") -> float:
        """Return the bytes written per row while a key is held down, with thirty repeats per second."""
        return sum(terminal.press(key, quiet=0.033).bytes for _repeat in range(200)) / 200


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def times(ratio: float) -> str:
    return f"{ratio:.2f}"

"""Compare the screens and the PDFs with other programs: `make bench-peers`.

    python scripts/bench_peers [--invoices 1000000] [--rounds 9] [--only start wire documents]

Each program is installed into its own environment under `.bench/peers`, which needs the network the first time.
Programs that cannot be installed are reported as missing.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))

import bench_documents
from books import FOLDER
from installed import journal, mailbox, python_peer, python_with, system_peer
from measuring import SMALL, Measuring, ms, times
from terminal import Terminal

PARTS = ("start", "wire", "documents")


class Peers(Measuring):
    def start(self) -> None:
        """Measure the time from exec to Facturier's first rows, and to the first screen of the others."""
        took = self.starts(
            {
                "ours": (lambda: self.ours(self.large), b"Delivery"),
                **self._posting(),
                **self._harlequin(),
                **self._hledger(),
            }
        )
        ours = took["ours"]
        self.tell("start to first rows", ms(ours))
        for name, goal in {"Posting": 0.3, "Harlequin": 0.25, "hledger-textual": 0.4}.items():
            measured = (ms(took[name]), times(ours / took[name])) if name in took else ("missing", "")
            self.tell(f"  {name}", *measured, f"at most {goal}")

    def _begin(self, *arguments: str) -> Callable[[], Terminal]:
        return lambda: Terminal(arguments, {"HOME": str(self.home)})

    def _posting(self) -> dict[str, tuple[Callable[[], Terminal], bytes]]:
        found = python_peer("posting", "posting")
        return {"Posting": (self._begin(found), b"Collection")} if found else {}

    def _harlequin(self) -> dict[str, tuple[Callable[[], Terminal], bytes]]:
        found = python_peer("harlequin", "harlequin")
        return {"Harlequin": (self._begin(found, "-a", "sqlite", str(self.small)), b"Query Editor")} if found else {}

    def _hledger(self) -> dict[str, tuple[Callable[[], Terminal], bytes]]:
        """Its first screen may be empty, because data needs hledger 1.40. So the time is measured to the frame."""
        found = python_peer("hledger-textual", "hledger-textual")
        if not (found and system_peer("hledger")):
            return {}
        book = journal(self.home / "books.journal", SMALL)
        return {"hledger-textual": (self._begin(found, "-f", str(book)), b"Summary")}

    def wire(self) -> None:
        """Measure the bytes sent to the terminal."""
        neomutt = self._neomutt()
        self.tell("bytes a row, Down held for 200: neomutt", f"{neomutt:.0f}" if neomutt else "missing")
        for slow, goal in ((False, 3.5), (True, 2.2)):
            terminal = self.ready(self.ours(self.large, slow=slow))
            mine = self.held(terminal)
            ratio = times(mine / neomutt) if neomutt else ""
            self.tell(f"  ours{', slow line' if slow else ''}", f"{mine:.0f}", ratio, f"at most {goal}")
            terminal.close()

    def _neomutt(self) -> float:
        program = system_peer("neomutt")
        if not program:
            return 0
        box = mailbox(self.home / "box", 2000)
        (self.home / "Mail").mkdir()
        terminal = self._begin(program, "-n", "-F", "/dev/null", "-R", "-f", str(box))()
        terminal.until(b"Invoice")
        terminal.settle()
        per_row = self.held(terminal, key="j")
        terminal.close()
        return per_row

    def documents(self) -> None:
        bench_documents.compare({name: python_with(name) for name in bench_documents.PEERS})


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="make bench-peers")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=FOLDER if FOLDER.exists() else None) as home:
        Peers(options.invoices, options.rounds, Path(home)).run(options.only)


if __name__ == "__main__":
    main(sys.argv[1:])

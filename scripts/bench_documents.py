"""Benchmark PDF generation: `python scripts/bench_documents.py`.

`python scripts/bench_documents.py process` measures the cost of the separate rendering process instead.

`make bench-peers` calls `compare` to measure WeasyPrint and ReportLab on the same invoices in the same run. All three
print the same texts in a similar layout. Facturier makes PDF/A-3b and PDF/UA-1 with the logo and the payment code, and
its time includes converting an invoice to texts. The others make plain PDFs of finished texts, which favours them.

The invoices belong to one company but share nothing else: customers, dates, lines and amounts differ.
"""

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from io import BytesIO
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent.parent))

from sample_invoices import sample_invoices

from facturier.mail.document.document import make_document
from facturier.mail.document.texts.invoice import document_content
from facturier.models.books.invoice import Invoice
from facturier.models.settings.line import Line

DOCUMENT_PEERS = Path(__file__).parent / "bench_peers" / "document_peers.py"
SAMPLES = {"document": 100, "document-200-lines": 12}
ROUNDS = 3
SECONDS = 3.0
PEERS = {"weasyprint": "WeasyPrint", "reportlab": "ReportLab"}
MISSING = {
    "weasyprint": "missing here: it needs Pango (apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)",
    "reportlab": "missing here",
}
_NAMES = ("Tremblay", "Gagnon", "Roy", "Côté", "Bouchard", "Morin", "Lavoie", "Fortin", "Gagné", "Ouellet", "Bélanger")
_TRADES = ("Boulangerie", "Garage", "Atelier", "Café", "Librairie", "Menuiserie", "Clinique", "Studio", "Épicerie")
_WORK = ("audit", "review", "migration", "training", "travel", "support", "workshop", "plan", "licence", "repair")


def different(invoice: Invoice, count: int) -> list[Invoice]:
    """Return `count` invoices of the same length as `invoice`, each with its own customer, dates and lines. The result
    is deterministic."""
    chance = random.Random(count)
    return [_other(invoice, chance, at) for at in range(count)]


def _other(invoice: Invoice, chance: random.Random, at: int) -> Invoice:
    day = date(2026, 1, 1) + timedelta(chance.randrange(365))
    name = chance.choice(_NAMES)
    customer = replace(
        invoice.customer,
        name=f"{chance.choice(_TRADES)} {name}",
        contact=f"Marie {name}",
        address=f"{chance.randrange(1, 999)}, avenue du Parc\nMontréal (Québec) H2W 1S{chance.randrange(9)}",
    )
    return replace(
        invoice,
        number=str(2000 + at),
        customer=customer,
        date=day,
        due=day + timedelta(30),
        lines=tuple(_line(line, chance) for line in invoice.lines),
    )


def _line(line: Line, chance: random.Random) -> Line:
    words = chance.choices(_WORK, k=4)
    return replace(
        line,
        item=f"{words[0].title()} {words[1]}",
        description=f"{words[2].title()} and {words[3]}, {chance.randrange(1, 31)} October" if line.description else "",
        quantity=str(chance.randrange(1, 40)),
        rate=f"{chance.randrange(1, 300)}.{chance.randrange(100):02}",
    )


def ours(folder: Path, seconds: str = "", sample: str = "document") -> None:
    """Make the first document. With `seconds`, make as many as fit, and print the seconds of each as JSON. Same
    interface as `document_peers.py`."""
    first, company = sample_invoices(folder)[sample]
    make_document(first, company)
    took: list[float] = []
    for invoice in cycle(different(first, SAMPLES[sample])) if seconds else ():
        began = time.perf_counter()
        make_document(invoice, company)
        took.append(time.perf_counter() - began)
        if sum(took) > float(seconds):
            break
    print(json.dumps(took))


class _Stopwatch:
    """Measures the wall and CPU time of each call in milliseconds. The CPU time includes the renderer process."""

    def __init__(self, renderer: int | None = None) -> None:
        self._clock = None if renderer is None else (~renderer << 3) | 2  # clock_getcpuclockid(3), on Linux
        self.wall: list[float] = []
        self.processor: list[float] = []

    def _used(self) -> float:
        return time.process_time() + (0 if self._clock is None else time.clock_gettime(self._clock))

    def time(self, work: Callable[[], object]) -> None:
        used, began = self._used(), time.perf_counter()
        work()
        self.wall.append((time.perf_counter() - began) * 1000)
        self.processor.append((self._used() - used) * 1000)


def _echo(rounds: int) -> list[float]:
    """Measure the milliseconds to send 12 kB to another process and 40 kB back: the minimum for any separate
    process."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if not (child := os.fork()):
            ours.close()
            while theirs.recv(12_000, socket.MSG_WAITALL):
                theirs.sendall(b"x" * 40_000)
            os._exit(0)
        theirs.close()
        watch = _Stopwatch()
        for _round in range(rounds):
            watch.time(lambda: (ours.sendall(b"x" * 12_000), ours.recv(40_000, socket.MSG_WAITALL)))
            time.sleep(0.004)  # the time of a page, so that the other process falls asleep between requests
    os.waitpid(child, 0)
    return watch.wall


def process_cost(rounds: int = 150) -> None:
    """Run the same requests in the rendering process and in this process, in turn. On a busy machine the hand-over
    waits for a processor, so the minimum and the CPU time tell more than the median."""
    from facturier.mail.document import renderer as rendering
    from facturier.mail.document import worker

    asked: list[rendering.Request] = []
    render = rendering.Renderer.render
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(
            rendering.Renderer,
            "render",
            lambda self, request, *rest: [asked.append(request), render(self, request, *rest)][1],
        ),
    ):
        first, company = sample_invoices(Path(folder))["document"]
        for invoice in different(first, rounds):
            make_document(invoice, company)
    through = rendering.renderer()
    assert through._worker is not None
    process = through._worker._process.pid
    empty = rendering.Request({"main.typ": ""}, {"format": "pdf"})
    print("\n| | in process, ms | in a process of its own, ms | more |\n|---|---|---|---|")
    for name, requests in (
        ("nothing but the exchange", [empty] * rounds),
        ("the same page again", asked[:1] * rounds),
        ("one page, only the company in common", asked),
    ):
        here, there = _Stopwatch(), _Stopwatch(process)
        with tempfile.TemporaryDirectory() as root:
            for request in requests:
                header, files = worker.receive(BytesIO(request.message(rendering.SECONDS)).read)
                here.time(lambda header=header, files=files: worker._compiled(header, files, Path(root)))  # type: ignore[misc]
                there.time(lambda request=request: through.render(request, "a page"))  # type: ignore[misc]
        if name == "nothing but the exchange":
            there_and_back = _echo(rounds)
            print(f"| the same bytes to a process that sends them back, least | | | +{min(there_and_back):.2f} |")
            print(f"| the same bytes…, median | | | +{statistics.median(there_and_back):.2f} |")
        for what, mine, its in (
            ("least", min(here.wall), min(there.wall)),
            ("median", statistics.median(here.wall), statistics.median(there.wall)),
            ("processor, median", statistics.median(here.processor), statistics.median(there.processor)),
        ):
            print(f"| {name}, {what} | {mine:.2f} | {its:.2f} | {its - mine:+.2f} ({its / mine - 1:+.0%}) |")
    print(f"\nload of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def run(command: list[str]) -> tuple[float, list[float]]:
    """Run a command. Return the seconds that it took, and the list that it printed as JSON."""
    began = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - began, json.loads(done.stdout)


def main() -> None:
    if sys.argv[1:] == ["process"]:
        process_cost()
    elif len(sys.argv) > 1:
        ours(Path(sys.argv[1]), *sys.argv[2:])
    else:
        compare({})


def compare(pythons: dict[str, str]) -> None:
    """Measure Facturier and the `PEERS`. `pythons` maps each peer to a Python that can import it, or to an empty string
    if it is missing."""
    with tempfile.TemporaryDirectory() as folder:
        for sample, count in SAMPLES.items():
            invoice, company = sample_invoices(Path(folder))[sample]
            contents = [asdict(document_content(each, company)) for each in (invoice, *different(invoice, count))]
            Path(folder, f"{sample}.json").write_text(json.dumps(contents))
            Path(folder, f"{sample}-first.json").write_text(json.dumps(contents[:1]))
        print_table(pythons, Path(folder))


def print_table(pythons: dict[str, str], folder: Path) -> None:
    """Print the medians as Markdown for docs/development/documents.md. The programs take turns."""

    def command(name: str, sample: str, seconds: str) -> list[str]:
        if name == "ours":
            return [sys.executable, __file__, str(folder), *([seconds, sample] if seconds else [])]
        contents = folder / f"{sample}{'' if seconds else '-first'}.json"
        return [pythons[name], str(DOCUMENT_PEERS), name, str(contents), seconds]

    names = ["ours", *(name for name, python in pythons.items() if python)]
    firsts: dict[str, list[float]] = {name: [] for name in names}
    pages: dict[tuple[str, str], list[float]] = {(name, sample): [] for name in names for sample in SAMPLES}
    load = os.getloadavg()[0]
    for _round in range(ROUNDS):
        for name in names:
            firsts[name] += [run(command(name, "document", ""))[0] for _time in range(2)]
            for sample in SAMPLES:
                pages[name, sample] += run(command(name, sample, str(SECONDS)))[1]
    print("\n| | first document, s | one page, ms | a second | 200 lines, ms |\n|---|---|---|---|---|")
    for name in names:
        first = statistics.median(firsts[name])
        one, long = (statistics.median(pages[name, sample]) * 1000 for sample in SAMPLES)
        shown = PEERS.get(name, "Facturier")
        print(f"| {shown} | {first:.2f} | {one:.1f} | {1000 / one:.1f} | {long:.0f} |")
        if name != "ours":
            mine = (
                statistics.median(firsts["ours"]),
                *(statistics.median(pages["ours", sample]) * 1000 for sample in SAMPLES),
            )
            ratios = [of / by for of, by in zip((first, one, long), mine, strict=True)]
            print(f"| {shown} takes so many times as long | {ratios[0]:.1f} | {ratios[1]:.1f} | | {ratios[2]:.1f} |")
    for name, python in pythons.items():
        if not python:
            print(f"{PEERS[name]}: {MISSING[name]}")
    print(f"\nload of the machine {load:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()

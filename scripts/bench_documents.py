"""How fast PDFs are made: `python scripts/bench_documents.py`.

`make bench-peers` calls `compare` to measure WeasyPrint and ReportLab beside ours, on the same invoices in one run. All
three print the same texts in the same kind of layout. Ours is PDF/A-3b and PDF/UA-1 with the logo and the payment code,
and its time includes turning an invoice into texts; the others make plain PDFs of finished texts, which favours them.

The invoices are of one company and have nothing else in common: other customers, days, lines and sums.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sample_invoices import sample_invoices

from facturier.mail.document.content import document_content
from facturier.mail.document.document import make_document
from facturier.models.books.invoice import Invoice
from facturier.models.settings.tax import Line

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
    """Invoices as long as this one, each with a customer, days and lines of its own; always the same ones."""
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
    """As `document_peers.py`: the first document, or the seconds that each took, as JSON."""
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


def run(command: list[str]) -> tuple[float, list[float]]:
    """How long the process took, and what it printed."""
    began = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - began, json.loads(done.stdout)


def main() -> None:
    if len(sys.argv) > 1:
        ours(Path(sys.argv[1]), *sys.argv[2:])
    else:
        compare({})


def compare(pythons: dict[str, str]) -> None:
    """`pythons` is the Python that can import each of `PEERS`; empty where one is missing."""
    with tempfile.TemporaryDirectory() as folder:
        for sample, count in SAMPLES.items():
            invoice, company = sample_invoices(Path(folder))[sample]
            contents = [asdict(document_content(each, company)) for each in (invoice, *different(invoice, count))]
            Path(folder, f"{sample}.json").write_text(json.dumps(contents))
            Path(folder, f"{sample}-first.json").write_text(json.dumps(contents[:1]))
        print_table(pythons, Path(folder))


def print_table(pythons: dict[str, str], folder: Path) -> None:
    """Medians, as Markdown for docs/development/documents.md. The programs take turns."""

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

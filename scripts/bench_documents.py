"""Documents per second, beside WeasyPrint and ReportLab where they are installed, on the same invoices in one run.

    python -m pip install weasyprint reportlab     (WeasyPrint also needs Pango)
    python scripts/bench_documents.py

All three print the same texts (`document_content`) in the same kind of layout. Ours is PDF/A-3b and PDF/UA-1 with the
payment code; the others are plain PDFs, which is in their favour.
"""

import importlib.util
import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from sample_invoices import sample_invoices

from facturier.mail.document import make_document
from facturier.mail.document_content import Content, document_content
from facturier.models.company import Company
from facturier.models.invoice import Invoice

FONT = Path(__file__).parent.parent / "facturier" / "mail" / "fonts" / "Inter-Regular.ttf"
SECONDS = 4.0


def ours(invoice: Invoice, company: Company) -> bytes:
    return make_document(invoice, company)


def weasyprint(invoice: Invoice, company: Company) -> bytes:
    from weasyprint import HTML

    return HTML(string=page(document_content(invoice, company))).write_pdf()


def page(content: Content) -> str:
    rows = "".join(
        f"<tr><td><b>{escape(row.title)}</b><br>{escape(row.description)}</td><td>{row.quantity}</td>"
        f"<td>{row.price}</td><td>{escape(row.tax)}</td><td>{row.amount}</td></tr>"
        for row in content.rows
    )
    sums = "".join(
        f"<tr><td>{escape(s.label)}</td><td>{escape(s.text)}</td></tr>" for s in (*content.sums, content.due)
    )
    facts = "".join(f"<tr><td>{escape(f.label)}</td><td>{escape(f.text)}</td></tr>" for f in content.facts)
    style = (
        f"@font-face {{ font-family: Inter; src: url('{FONT.as_uri()}') }} @page {{ size: letter; margin: 18mm; "
        "@bottom-right { content: counter(page) ' / ' counter(pages) } } body { font: 9.5pt Inter } "
        "table { width: 100%; border-collapse: collapse } td { border-bottom: .5pt solid #ddd; padding: 5pt 0 }"
    )
    heads = content.headings
    return (
        f"<style>{style}</style><h1>{content.title} {content.number}</h1><p>{escape(content.company)}<br>"
        f"{escape(content.company_lines)}</p><p>{escape(content.billed)}<br>{escape(content.billed_lines)}</p>"
        f"<table>{facts}</table><table><thead><tr><th>{heads.description}<th>{heads.quantity}<th>{heads.price}"
        f"<th>{heads.tax}<th>{heads.amount}</tr></thead>{rows}</table><table>{sums}</table>"
        f"<p>{escape(content.message)}</p><p>{escape(content.payment_text)}</p>"
    )


def reportlab(invoice: Invoice, company: Company) -> bytes:
    from reportlab.lib.pagesizes import letter
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    if "Inter" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Inter", str(FONT)))
    text = ParagraphStyle("text", fontName="Inter", fontSize=9.5, leading=13)
    big = ParagraphStyle("big", fontName="Inter", fontSize=22, leading=28)
    style = [("FONT", (0, 0), (-1, -1), "Inter", 9.5), ("LINEBELOW", (0, 0), (-1, -1), 0.5, "#dddddd")]
    content = document_content(invoice, company)
    heads = content.headings
    rows = [[heads.description, heads.quantity, heads.price, heads.tax, heads.amount]]
    rows += [
        [
            Paragraph(f"{escape(row.title)}<br/>{escape(row.description)}", text),
            row.quantity,
            row.price,
            row.tax,
            row.amount,
        ]
        for row in content.rows
    ]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=letter).build(
        [
            Paragraph(f"{content.title} {content.number}", big),
            *(
                Paragraph(escape(part).replace("\n", "<br/>"), text)
                for part in (content.company, content.company_lines)
            ),
            *(Paragraph(escape(part).replace("\n", "<br/>"), text) for part in (content.billed, content.billed_lines)),
            Table([[fact.label, fact.text] for fact in content.facts], style=style),
            Spacer(1, 12),
            Table(rows, colWidths=[220, 50, 70, 80, 80], repeatRows=1, style=style),
            Table([[s.label, s.text] for s in (*content.sums, content.due)], style=style),
            Paragraph(escape(content.message), text),
            Paragraph(escape(content.payment_text), text),
        ]
    )
    return target.getvalue()


MAKERS: dict[str, Callable[[Invoice, Company], bytes]] = {
    "ours": ours,
    "weasyprint": weasyprint,
    "reportlab": reportlab,
}


def first(name: str) -> float:
    """Seconds from the start of Python to the first document, median of five new processes."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, __file__, name], check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def each(make: Callable[[Invoice, Company], bytes], invoice: Invoice, company: Company) -> float:
    """Seconds a document, median of as many as fit in SECONDS; the first one is not counted. Each has its own number,
    because Typst remembers what it has set before."""
    make(invoice, company)
    took: list[float] = []
    while sum(took) < SECONDS:
        numbered = replace(invoice, number=str(2000 + len(took)))
        began = time.perf_counter()
        make(numbered, company)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        samples = sample_invoices(Path(folder))
        if len(sys.argv) > 1:
            MAKERS[sys.argv[1]](*samples["document"])
            return
        print(f"{'':12}{'first, s':>10}{'one page, ms':>14}{'a second':>10}{'200 lines, ms':>15}")
        for name, make in MAKERS.items():
            if name != "ours" and importlib.util.find_spec(name) is None:
                print(f"{name:12}  not installed")
                continue
            one, long = each(make, *samples["document"]), each(make, *samples["document-200-lines"])
            print(f"{name:12}{first(name):10.2f}{one * 1000:14.1f}{1 / one:10.1f}{long * 1000:15.0f}")


if __name__ == "__main__":
    main()

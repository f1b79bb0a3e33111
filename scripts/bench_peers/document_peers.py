"""Make documents with another library, in an environment that has only that library.

    python document_peers.py NAME CONTENTS [SECONDS]

CONTENTS is a JSON file with a list of document contents (`Content`). Without SECONDS, only the first document is made.
With SECONDS, as many of the others as fit are made, and the seconds of each are printed as JSON.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from html import escape
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace

FONT = Path(__file__).parent.parent.parent / "facturier" / "mail" / "document" / "fonts" / "Inter-Regular.ttf"


def weasyprint(content: SimpleNamespace) -> bytes:
    from weasyprint import HTML

    return bytes(HTML(string=page(content)).write_pdf())


def page(content: SimpleNamespace) -> str:
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


def reportlab(content: SimpleNamespace) -> bytes:
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

    def written(*parts: str) -> list[Paragraph]:
        return [Paragraph(escape(part).replace("\n", "<br/>"), text) for part in parts]

    heads = content.headings
    rows = [[heads.description, heads.quantity, heads.price, heads.tax, heads.amount]]
    rows += [
        [*written(f"{row.title}\n{row.description}"), row.quantity, row.price, row.tax, row.amount]
        for row in content.rows
    ]
    target = io.BytesIO()
    SimpleDocTemplate(target, pagesize=letter).build(
        [
            Paragraph(f"{content.title} {content.number}", big),
            *written(content.company, content.company_lines, content.billed, content.billed_lines),
            Table([[fact.label, fact.text] for fact in content.facts], style=style),
            Spacer(1, 12),
            Table(rows, colWidths=[220, 50, 70, 80, 80], repeatRows=1, style=style),
            Table([[s.label, s.text] for s in (*content.sums, content.due)], style=style),
            *written(content.message, content.payment_text),
        ]
    )
    return target.getvalue()


MAKERS: dict[str, Callable[[SimpleNamespace], bytes]] = {"weasyprint": weasyprint, "reportlab": reportlab}


def main(name: str, path: str, seconds: str = "") -> None:
    make = MAKERS[name]
    contents = json.loads(Path(path).read_text(), object_hook=lambda said: SimpleNamespace(**said))
    assert make(contents[0]).startswith(b"%PDF")
    took: list[float] = []
    for content in cycle(contents[1:]) if seconds else ():
        began = time.perf_counter()
        make(content)
        took.append(time.perf_counter() - began)
        if sum(took) > float(seconds):
            break
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])

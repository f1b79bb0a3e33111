"""Make a PDF of a plain table with a title, such as a report. It has the look of the company's documents."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from facturier.mail.document.branding import company_colour
from facturier.mail.document.document import STANDARDS
from facturier.mail.document.font_folder import font_files
from facturier.mail.document.glyphs import check_marks, glyph_error
from facturier.mail.document.renderer import Request, TypstRefused, renderer
from facturier.mail.document.texts.content import paper_for
from facturier.mail.errors import DocumentError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _, spoken

_TEMPLATE = Path(__file__).parent / "table.typ"
MOST = 5_000  # rows; more take too long, and nobody reads them on paper
_WIDE = 6  # columns from which the page is landscape


@dataclass(frozen=True, slots=True)
class Table:
    """The texts of a table. `right` says which columns are aligned to the right. `total` may be empty; otherwise it has
    a text for each column, as the rows have. `empty` is shown if there are no rows."""

    title: str
    subtitle: str
    headings: tuple[str, ...]
    right: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    empty: str = ""
    note: str = ""


def make_table(table: Table, company: Company, currency: str, day: date) -> bytes:
    """Return the PDF of a table in the language of the interface. `day` is the day on which it was made.

    Raises DocumentError if it has more than MOST rows or a character that no font has, and RenderingStopped if it takes
    too much time or memory.
    """
    if len(table.rows) > MOST:
        raise DocumentError(
            _("The PDF would have more than {most} rows.").format(most=MOST),
            todo=_("Choose a shorter period, or export it as CSV."),
        )
    look = {
        "language": spoken(),
        "company": company.name,
        "colour": company_colour(company.colour),
        "paper": paper_for(currency or company.currency),
        "wide": len(table.headings) >= _WIDE,
        "page": _("Page {page} of {pages}"),
    }
    text = json.dumps(asdict(table) | look, ensure_ascii=False)
    check_marks(text)
    request = Request(
        texts={"main.typ": _TEMPLATE.read_text(encoding="utf-8"), "data.json": text},
        fonts=font_files(company.fonts) if company.fonts else (),
        how={
            "format": "pdf",
            "pdf_standards": STANDARDS,
            "timestamp": int(datetime.combine(day, time(12), UTC).timestamp()),
        },
    )
    try:
        return b"".join(renderer().render(request, _("the PDF of “{title}”").format(title=table.title)))
    except TypstRefused as refused:
        if missing := glyph_error(refused.diagnostic):
            raise missing from None
        raise DocumentError(
            _("Cannot create the PDF: {reason}").format(reason=refused.diagnostic.split("\n")[0])
        ) from None

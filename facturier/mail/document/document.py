"""Make the document: an invoice or a statement of account as a PDF, with Typst and one template.

The PDF conforms to both PDF/A-3b and PDF/UA-1, embeds its fonts, and is byte-for-byte the same for the same invoice.
Typst runs in its own process. It sees our template, the fonts, and a private folder that contains only the company's
logo; the invoice is passed as JSON. So no text of an invoice can become code, Typst cannot read or fetch anything else,
and a document that is too much for Typst fails alone.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from facturier.mail.document.branding import company_colour, read_logo
from facturier.mail.document.font_folder import font_files
from facturier.mail.document.glyphs import check_marks, glyph_error
from facturier.mail.document.payment_code import check_pay_link, payment_code
from facturier.mail.document.renderer import Request, TypstRefused, renderer
from facturier.mail.document.texts.content import PAPER_INCHES, Content
from facturier.mail.document.texts.invoice import document_content
from facturier.mail.errors import DocumentError
from facturier.models.books.invoice import Invoice
from facturier.models.books.naming import named
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _

_TEMPLATE = Path(__file__).parent / "document.typ"
# The template breaks words of this length. They are at least as long in JSON.
_LONG_WORD = re.compile(r"\S{32}")
# Maximum characters of the company's name in the header of later pages, and of the whole footer of each page.
_HEAD, _FOOT = 60, 400
STANDARDS = ("a-3b", "ua-1")

_PICTURE = """#set page(width: 1in, height: auto, margin: 0pt)
#image("/document.pdf", page: int(sys.inputs.page), width: 100%)"""
# Typst writes how many pages there are into the metadata (XMP, "Paged-text" schema).
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d{1,6})</xmpTPg:NPages>")


def make_document(invoice: Invoice, company: Company, number: str = "") -> bytes:
    """Return the PDF of an invoice. `number` is the number that a draft is about to get.

    Raises DocumentError if no font has a character, or if the logo, the font folder, the IBAN or the pay link cannot be
    used. Raises RenderingStopped if the document takes too much time or memory.
    """
    content = document_content(invoice, company, number)
    code = payment_code(invoice, company, content.number)
    return pdf_of(content, company, invoice.date, _named(invoice, content), code=code)


def make_pages(
    invoice: Invoice,
    company: Company,
    number: str = "",
    *,
    width: int = 600,
    abandoned: Callable[[], bool] = lambda: False,
) -> list[bytes]:
    """Return the pages of the document as PNG images, `width` pixels wide.

    Characters without a glyph are drawn as boxes. Raises DocumentError for all other problems of `make_document`, and
    RenderingStopped soon after `abandoned` returns True.
    """
    content = document_content(invoice, company, number)
    code = payment_code(invoice, company, content.number)
    return pages_of(
        content, company, invoice.date, _named(invoice, content), code=code, width=width, abandoned=abandoned
    )


def pdf_of(content: Content, company: Company, day: date, name: str, *, code: str = "") -> bytes:
    """Return the PDF of any document that has the form of `Content`. `day` is its date, `name` is what errors call it,
    and `code` is the SVG image to scan. Raises as `make_document` does."""
    return b"".join(_compiled(content, company, day, name, code, format="pdf", pdf_standards=STANDARDS))


def pages_of(
    content: Content,
    company: Company,
    day: date,
    name: str,
    *,
    code: str = "",
    width: int = 600,
    abandoned: Callable[[], bool] = lambda: False,
) -> list[bytes]:
    """Return the pages of the same document as PNG images. Raises as `make_pages` does."""
    ppi = width / PAPER_INCHES[content.paper]
    return _compiled(content, company, day, name, code, abandoned, format="png", ppi=ppi)


def draw_page(
    document: bytes, page: int, *, width: int, abandoned: Callable[[], bool] = lambda: False
) -> tuple[bytes, int]:
    """A page (from 0, the last one at most) of a PDF that `make_document` made before, from its bytes alone: what was
    sent is shown as it was sent. As PNG, `width` pixels wide; and how many pages there are.

    Raises DocumentError if it cannot be drawn, and RenderingStopped soon after `abandoned` says that nobody waits."""
    found = _PAGES.search(document)
    pages = max(int(found[1]), 1) if found else 1
    request = Request(
        texts={"main.typ": _PICTURE},
        blobs={"document.pdf": document},
        inputs={"page": str(min(page, pages - 1) + 1)},
        how={"format": "png", "ppi": width},
    )
    try:
        [drawn] = renderer().render(request, _("the PDF"), abandoned)
    except TypstRefused as refused:
        reason = refused.diagnostic.split("\n")[0]
        raise DocumentError(_("Cannot show the PDF: {reason}").format(reason=reason)) from None
    return drawn, pages


def _compiled(
    content: Content,
    company: Company,
    day: date,
    called: str,
    code: str,
    abandoned: Callable[[], bool] = lambda: False,
    **how: Any,
) -> list[bytes]:
    name, picture = read_logo(company.logo) if company.logo else ("", b"")
    said = asdict(content)
    text = json.dumps(said, ensure_ascii=False)
    check_marks(text)
    look = {
        "colour": company_colour(company.colour),
        "logo": f"/{name}" if name else "",
        "code": code,
        "pdf_title": f"{content.title} {content.number}".strip(),
        "head": content.company if len(content.company) <= _HEAD else content.company[: _HEAD - 1] + "…",
        "foot": _foot(content),
        "long_words": bool(_LONG_WORD.search(text)),
    }
    if content.pay_link:
        check_pay_link(content.pay_link)
    request = Request(
        texts={"main.typ": _TEMPLATE.read_text(encoding="utf-8"), "data.json": json.dumps(said | look)},
        blobs={name: picture} if name else {},
        fonts=font_files(company.fonts) if company.fonts else (),
        how=how | {"timestamp": int(datetime.combine(day, time(12), UTC).timestamp())},
    )
    try:
        return renderer().render(request, called, abandoned)
    except TypstRefused as refused:
        raise _explained(refused.diagnostic, company) from None


def _named(invoice: Invoice, content: Content) -> str:
    """Return the name of the document for errors."""
    if content.number:
        return _("the PDF of {document}").format(document=named(invoice.kind, content.number))
    return _("the PDF of the draft for {customer}").format(customer=content.billed)


def _foot(content: Content) -> str:
    """Return the footer of every page. Raises DocumentError if it is too long."""
    foot = " · ".join(part for part in (content.company, *content.tax_numbers.split("\n")) if part)
    if len(foot) > _FOOT:
        raise DocumentError(
            _(
                "The company’s name and tax numbers do not fit at the foot of a page: they have {count} characters."
            ).format(count=len(foot)),
            todo=_("Shorten them to {most} characters in total.").format(most=_FOOT),
        )
    return foot


def _explained(diagnostic: str, company: Company) -> DocumentError:
    if missing := glyph_error(diagnostic):
        return missing
    if company.logo and ("image(path" in diagnostic or "logo.svg" in diagnostic):
        return DocumentError(
            _("The logo {path} is not an image that can be printed.").format(path=company.logo),
            todo=_("Choose a PNG or SVG file as the logo, or none."),
        )
    return DocumentError(_("Cannot create the PDF: {reason}").format(reason=diagnostic.split("\n")[0]))

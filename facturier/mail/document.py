"""The document: an invoice as a PDF, by Typst from one template.

It is PDF/A-3b and PDF/UA-1 at once, has its fonts inside, and comes out the same to the byte from the same invoice.
Typst sees our template, our fonts, and a private folder that holds nothing but the company's logo; the invoice reaches
it as JSON. So no text of an invoice can become code, and nothing is read or fetched on its behalf.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from facturier.mail.colours import company_colour
from facturier.mail.document_content import PAPER_INCHES, Content, document_content
from facturier.mail.errors import DocumentError
from facturier.mail.glyphs import glyph_error
from facturier.mail.logo import place_logo
from facturier.mail.payment_code import check_pay_link, payment_code
from facturier.mail.scratch import scratch_folder
from facturier.models.company import Company
from facturier.models.invoice import Invoice
from facturier.models.language import _
from facturier.models.paths import is_folder

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "document.typ"
_FONTS = _HERE / "fonts"
# Inter is ours; the other two come inside Typst and stand in for what Inter lacks (Hebrew, Arabic, arrows).
_FIRST = "Inter"
_LAST = ("Libertinus Serif", "DejaVu Sans Mono")
# The template breaks words of this length; in JSON they are at least as long.
_LONG_WORD = re.compile(r"\S{32}")
STANDARDS = ("a-3b", "ua-1")


def make_document(invoice: Invoice, company: Company, number: str = "") -> bytes:
    """The PDF of an invoice. `number` is the one that a draft is about to get.

    Raises DocumentError: a character that no font has, a logo, a font folder, an IBAN or a pay link that cannot be
    used.
    """
    content = document_content(invoice, company, number)
    made = _compiled(content, invoice, company, format="pdf", pdf_standards=list(STANDARDS))
    return made if isinstance(made, bytes) else b"".join(made)


def make_pages(invoice: Invoice, company: Company, number: str = "", *, width: int = 600) -> list[bytes]:
    """The document's pages as PNG pictures, `width` pixels wide. Characters without a glyph are boxes here. Raises
    DocumentError for the rest."""
    content = document_content(invoice, company, number)
    made = _compiled(content, invoice, company, format="png", ppi=width / PAPER_INCHES[content.paper])
    return [made] if isinstance(made, bytes) else made


def _compiled(content: Content, invoice: Invoice, company: Company, **how: Any) -> bytes | list[bytes]:
    import typst

    fonts, families = _fonts(company.fonts, _age(company.fonts))
    said = asdict(content)
    with scratch_folder() as root:
        look = {
            "colour": company_colour(company.colour),
            "fonts": families,
            "logo": place_logo(company.logo, Path(root)) if company.logo else "",
            "code": payment_code(invoice, company, content.number),
            "pdf_title": f"{content.title} {content.number}".strip(),
            "footer": _footer(content),
            "long_words": bool(_LONG_WORD.search(json.dumps(said))),
        }
        if content.pay_link:
            check_pay_link(content.pay_link)
        # Files by name, because Typst can tell only 65,535 apart in the life of a process, and because what it has set
        # for one invoice it uses again for the next only where their names, and its inputs, are the same.
        compiler = typst.Compiler(
            {"main.typ": _TEMPLATE.read_bytes(), "data.json": json.dumps(said | look).encode()},
            root=root,
            font_paths=fonts,
            ignore_system_fonts=True,
            package_path=root,
            package_cache_path=root,
        )
        try:
            made = compiler.compile(timestamp=datetime.combine(invoice.date, time(12), UTC), **how)
        except typst.TypstError as error:
            raise _explained(error.diagnostic, company) from error
    assert made is not None, "Typst returns what it was given no file for"
    return made


def _footer(content: Content) -> str:
    return " · ".join(part for part in (content.company, *content.tax_numbers.split("\n")) if part)


def _explained(diagnostic: str, company: Company) -> DocumentError:
    if missing := glyph_error(diagnostic):
        return missing
    if company.logo and ("image(path" in diagnostic or "logo.svg" in diagnostic):
        return DocumentError(
            _("The logo {path} is not a picture that can be printed.").format(path=company.logo),
            todo=_("Choose a PNG or SVG file in Settings, or leave it empty."),
        )
    return DocumentError(_("The document cannot be made: {reason}").format(reason=diagnostic.split("\n")[0]))


def _age(folder: str) -> int:
    """Another number once a font was put into the folder or taken out. Raises DocumentError where there is none."""
    if folder and not is_folder(Path(folder)):
        raise DocumentError(
            _("There is no folder {path} with fonts.").format(path=folder), todo=_("Correct it in Settings.")
        )
    return Path(folder).stat().st_mtime_ns if folder else 0


@lru_cache(4)
def _fonts(folder: str, age: int) -> tuple[Any, list[str]]:  # noqa: ARG001 - only tells one state of it from the next
    """Fonts with their families in the order in which they are tried. Kept, because reading a folder takes time."""
    import typst

    further = typst.Fonts(False, False, [folder]).families() if folder else []
    fonts = typst.Fonts(False, True, [str(_FONTS), *([folder] if folder else [])])
    return fonts, list(dict.fromkeys((_FIRST, *further, *_LAST)))

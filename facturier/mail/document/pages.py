"""Draw the pages of an existing PDF from its bytes alone, so that a sent document appears as it was sent."""

import re
from collections.abc import Callable

from facturier.mail.document.renderer import Request, TypstRefused, renderer
from facturier.mail.errors import DocumentError
from facturier.models.text.i18n import _

_TEMPLATE = """#set page(width: 1in, height: auto, margin: 0pt)
#image("/document.pdf", page: int(sys.inputs.page), width: 100%)"""
# Typst writes the number of pages into the metadata (XMP, "Paged-text" schema).
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d{1,6})</xmpTPg:NPages>")


def draw_page(
    document: bytes, page: int, *, width: int, abandoned: Callable[[], bool] = lambda: False
) -> tuple[bytes, int]:
    """Return a page of a PDF made by `make_document` as PNG, `width` pixels wide, and the number of pages.

    `page` counts from 0; a number past the end gives the last page. Raises DocumentError if the page cannot be drawn,
    and RenderingStopped soon after `abandoned` returns True.
    """
    found = _PAGES.search(document)
    pages = max(int(found[1]), 1) if found else 1
    request = Request(
        texts={"main.typ": _TEMPLATE},
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

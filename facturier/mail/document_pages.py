"""Draw the pages of a document that was made before, from its bytes alone: what was sent is shown as it was sent."""

import re
from pathlib import Path

from facturier.mail.errors import DocumentError
from facturier.mail.scratch import scratch_folder
from facturier.models.language import _

_TEMPLATE = b"""#set page(width: 1in, height: auto, margin: 0pt)
#image("/document.pdf", page: int(sys.inputs.page), width: 100%)"""
# Typst writes how many pages there are into the metadata (XMP, "Paged-text" schema).
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d{1,6})</xmpTPg:NPages>")


def draw_page(document: bytes, page: int, *, width: int) -> tuple[bytes, int]:
    """A page (from 0, the last one at most) of a PDF made by `make_document`, as PNG, `width` pixels wide; and how many
    pages there are. Raises DocumentError where it cannot be drawn."""
    import typst

    found = _PAGES.search(document)
    pages = int(found[1]) if found else 1
    with scratch_folder() as root:
        Path(root, "document.pdf").write_bytes(document)
        # A file, because Typst can tell only 65,535 templates without a name apart in the life of a process.
        template = Path(root, "page.typ")
        template.write_bytes(_TEMPLATE)
        try:
            made = typst.Compiler(
                template, root=root, ignore_system_fonts=True, package_path=root, package_cache_path=root
            ).compile(format="png", ppi=width, sys_inputs={"page": str(min(page, pages - 1) + 1)})
        except typst.TypstError as error:
            reason = error.diagnostic.split("\n")[0]
            raise DocumentError(_("The document cannot be shown: {reason}").format(reason=reason)) from error
    assert made is not None, "Typst returns what it was given no file for"
    return (made if isinstance(made, bytes) else made[0]), pages

"""The PDFs of a period as one zip file."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from facturier.mail.sending.pdf import invoice_pdf
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import SortKey, View
from facturier.models.text.file_names import free_name

_PAGE = 500


def write_pdfs(ws: Workspace, file: BinaryIO, since: date | None, until: date | None) -> int:
    """Write the PDFs of all invoices that have a number and a date from `since` to `until` into a zip file, as the
    customers have them. Return how many there are.

    Raises FacturierError if one of them cannot be read or made.
    """
    names: set[str] = set()
    with ZipFile(file, "w") as archive:  # PDFs are compressed already
        for invoice_id in _numbered(ws, since, until):
            invoice = get_invoice(ws.store, invoice_id)
            name, content = invoice_pdf(ws, invoice)
            name = free_name(name, names)
            names.add(name.casefold())
            entry = ZipInfo(name, (max(invoice.date.year, 1980), *invoice.date.timetuple()[1:6]))
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return len(names)


def _numbered(ws: Workspace, since: date | None, until: date | None) -> Iterator[int]:
    first, last = (day.isoformat() if day else "" for day in (since, until))
    view = View(sort=SortKey.NUMBER, descending=False, since=first, until=last)
    listing = Listing(ws.store, view, ws.today())
    page = listing.first(_PAGE)
    while page:
        yield from (row.id for row in page if row.number)
        page = listing.after(page[-1].id, _PAGE)

"""Marking many rows of the list at once."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.listing.listing import Listing
from facturier.models.text.i18n import _, ngettext
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.words.formatting import counted


async def mark_all(screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing) -> None:
    """All rows of a listing, in view or not."""
    await _mark(screen, rows, listing, None, None)


async def mark_range(screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing) -> None:
    """From the row that was marked last to the one under the cursor."""
    if rows.chosen is None:
        return
    if rows.last_marked is None or rows.last_marked not in rows.marked:
        screen.notify(_("Mark the first row with Space, then go to the last one."), markup=False)
        return
    await _mark(screen, rows, listing, rows.last_marked, rows.chosen.id)


async def _mark(
    screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing, one: int | None, other: int | None
) -> None:
    # A million ids take a second to read: not on the screen's thread.
    rows.mark_these(await asyncio.to_thread(listing.ids, one, other))
    many = len(rows.marked)
    words = ngettext("{count} invoice is marked.", "{count} invoices are marked.", many)
    screen.notify(words.format(count=counted(many)), markup=False)

"""Marking many rows of the invoice list at once: from one to another, or all that it shows."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.models.invoice import InvoiceRow
from facturier.models.language import _, ngettext
from facturier.models.listing import Listing
from facturier.tui.amounts import counted
from facturier.tui.opening import Then
from facturier.tui.widgets.row_list import RowList


def mark_all(screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing, then: Then) -> None:
    """All rows of a listing, in view or not."""
    screen.run_worker(_mark(screen, rows, listing, None, None, then), group="mark", exclusive=True)


def mark_range(screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing, then: Then) -> None:
    """From the row that was marked last to the one under the cursor."""
    if rows.chosen is None:
        return
    if rows.last_marked is None or rows.last_marked not in rows.marked:
        screen.notify(_("Mark the first row with Space, then go to the last one."), markup=False)
        return
    screen.run_worker(
        _mark(screen, rows, listing, rows.last_marked, rows.chosen.id, then), group="mark", exclusive=True
    )


async def _mark(
    screen: Screen[Any], rows: RowList[InvoiceRow], listing: Listing, one: int | None, other: int | None, then: Then
) -> None:
    # A million ids take a second to read: not on the screen's thread.
    rows.mark_these(await asyncio.to_thread(listing.ids, one, other))
    then()
    many = len(rows.marked)
    words = ngettext("{count} invoice is marked.", "{count} invoices are marked.", many)
    screen.notify(words.format(count=counted(many)), markup=False)

"""Sending from the list: the chosen invoice, all marked ones, all of a filter; and taking back what has not left."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from facturier.mail.sending.batch import MOST, these, to_send
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import InvoiceRow
from facturier.models.books.status import State
from facturier.models.errors import FacturierError
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.outbox.deliveries import deliveries_of, leaving_soon
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui import opening
from facturier.tui.formatting import counted
from facturier.tui.opening import Then
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.invoice_list.undo_line import SOON
from facturier.tui.widgets.rows.row_list import RowList

_NAMED = 5  # how many of those that the list does not show are named


def send(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, then: Then) -> None:
    """The preview of the one that is marked or chosen; a batch of several marked ones. Where the list does not show
    some of them now, that is asked about first."""
    hidden = _hidden(ws, rows.marked, view)
    if not hidden:
        _send(screen, ws, rows, then)
        return
    question = ngettext(
        "{count} marked invoice is not shown here. Continue anyway?",
        "{count} marked invoices are not shown here. Continue anyway?",
        len(hidden),
    ).format(count=counted(len(hidden)))
    detail = ", ".join(row.number or clean(row.customer) for row in hidden[:_NAMED])
    detail += ", …" if len(hidden) > _NAMED else ""
    asked = ConfirmScreen(question, _("{names}. u clears all marks.").format(names=detail), grave=True)
    screen.app.push_screen(asked, lambda yes: _send(screen, ws, rows, then) if yes else None)


def _hidden(ws: Workspace, marked: set[int], view: View) -> list[InvoiceRow]:
    """Those of the marked that the view does not show. More than can be sent at once are refused anyway."""
    if not 0 < len(marked) <= MOST:
        return []
    shown = {row.id for row in Listing(ws.store, view, ws.today()).rows(tuple(marked))}
    return these(ws.store, marked - shown, ws.today()) if marked - shown else []


def _send(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], then: Then) -> None:
    if len(rows.marked) > 1:
        _send_batch(screen, ws, rows, lambda: these(ws.store, rows.marked, ws.today()), then)
        return
    chosen = next(iter(rows.marked), rows.chosen.id if rows.chosen else None)
    if chosen is None:
        return

    def sent(queued: bool) -> None:
        if queued:
            rows.marked.discard(chosen)
            rows.refresh()
        then()

    opening.send_invoice(screen, ws, chosen, sent)


def send_all(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, then: Then) -> None:
    """A batch of everything that the list shows and that can be sent."""
    _send_batch(screen, ws, rows, lambda: to_send(ws.store, view, ws.today()), then)


def take_back(screen: Screen[Any], ws: Workspace, chosen: InvoiceRow | None, then: Then) -> None:
    """The chosen invoice while it waits; else the only one that is about to leave; else the person chooses."""
    if chosen is not None and chosen.delivery is State.QUEUED:
        leaving = deliveries_of(ws.store, chosen.id)[-1:]
    else:
        leaving = leaving_soon(ws.store, SOON)
    if len(leaving) > 1:
        opening.open_outbox(screen, ws, then)
    elif leaving:
        opening.take_back(screen, ws, leaving[0], then)
    else:
        screen.notify(_("No invoice is waiting to be sent."), markup=False)


def _send_batch(
    screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], find: Callable[[], list[InvoiceRow]], then: Then
) -> None:
    """What went into the outbox is marked no more, and is followed there."""
    try:
        batch = find()
    except FacturierError as error:
        screen.app.push_screen(ProblemScreen(error))
        return
    if not batch:
        screen.notify(_("None of these invoices can be sent now."), markup=False)
        return

    def sent(queued: frozenset[int]) -> None:
        rows.marked -= queued
        rows.refresh()
        then()
        if queued:
            opening.open_outbox(screen, ws, then)

    opening.send_batch(screen, ws, batch, sent)


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

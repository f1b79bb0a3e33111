"""Sending from the list: the chosen invoice, all marked ones, all of a filter; and undoing a send."""

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
from facturier.tui.formatting import counted
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice_list.undo_line import SOON
from facturier.tui.widgets.rows.row_list import RowList

_NAMED = 5  # how many of those that the list does not show are named

Renew = Callable[[], None]  # reads again what the list shows


async def send(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, renew: Renew) -> None:
    """The preview of the one that is marked or chosen; a batch of several marked ones. Where the list does not show
    some of them now, ask first."""
    if (hidden := _hidden(ws, rows.marked, view)) and not await _send_hidden(screen, hidden):
        return
    if len(rows.marked) > 1:
        await _send_batch(screen, ws, rows, lambda: these(ws.store, rows.marked, ws.today()), renew)
        return
    chosen = next(iter(rows.marked), rows.chosen.id if rows.chosen else None)
    if chosen is None:
        return
    from facturier.tui.screens.preview.open_preview import send_invoice

    if await send_invoice(screen, ws, chosen):
        rows.marked.discard(chosen)
        rows.refresh()
    renew()


async def _send_hidden(screen: Screen[Any], hidden: list[InvoiceRow]) -> bool:
    question = ngettext(
        "{count} marked invoice is not shown here. Continue anyway?",
        "{count} marked invoices are not shown here. Continue anyway?",
        len(hidden),
    ).format(count=counted(len(hidden)))
    detail = ", ".join(row.number or clean(row.customer) for row in hidden[:_NAMED])
    detail += ", …" if len(hidden) > _NAMED else ""
    asked = ConfirmScreen(question, _("{names}. u clears all marks.").format(names=detail), grave=True)
    return await screen.app.push_screen_wait(asked)


def _hidden(ws: Workspace, marked: set[int], view: View) -> list[InvoiceRow]:
    """Those of the marked that the view does not show. More than can be sent at once are refused anyway."""
    if not 0 < len(marked) <= MOST:
        return []
    shown = {row.id for row in Listing(ws.store, view, ws.today()).rows(tuple(marked))}
    return these(ws.store, marked - shown, ws.today()) if marked - shown else []


async def send_all(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, renew: Renew) -> None:
    """A batch of everything that the list shows and that can be sent."""
    await _send_batch(screen, ws, rows, lambda: to_send(ws.store, view, ws.today()), renew)


async def undo_send(screen: Screen[Any], ws: Workspace, chosen: InvoiceRow | None) -> None:
    """Cancel sending the chosen invoice if it is waiting, or the only one that is about to be sent. Of several, the
    person chooses in the outbox."""
    from facturier.tui.screens.outbox.screen import OutboxScreen, cancel_sending

    if chosen is not None and chosen.delivery is State.QUEUED:
        leaving = deliveries_of(ws.store, chosen.id)[-1:]
    else:
        leaving = leaving_soon(ws.store, SOON)
    if len(leaving) > 1:
        await screen.app.push_screen_wait(OutboxScreen(ws))
    elif leaving:
        await cancel_sending(screen, ws, leaving[0])
    else:
        screen.notify(_("No invoice is waiting to be sent."), markup=False)


async def _send_batch(
    screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], find: Callable[[], list[InvoiceRow]], renew: Renew
) -> None:
    """What went into the outbox is no longer marked, and the person follows it there."""
    from facturier.tui.screens.outbox.batch_screen import BatchScreen
    from facturier.tui.screens.outbox.screen import OutboxScreen

    try:
        batch = find()
    except FacturierError as error:
        show_problem(screen, error)
        return
    if not batch:
        screen.notify(_("None of these invoices can be sent now."), markup=False)
        return
    queued = await screen.app.push_screen_wait(BatchScreen(ws, batch)) or frozenset()
    rows.marked -= queued
    rows.refresh()
    renew()
    if queued:
        await screen.app.push_screen_wait(OutboxScreen(ws))
        renew()

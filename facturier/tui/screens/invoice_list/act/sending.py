"""Send from the list: the selected invoice, all marked ones, or all of a filter. Undo a send."""

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
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.invoice_list.parts.undo_line import SOON
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.words.formatting import counted

_NAMED = 5  # how many of those that the list does not show are named

Renew = Callable[[], None]  # reads again what the list shows


async def send(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, renew: Renew) -> set[int]:
    """Open the preview of the marked or selected invoice, or a batch of several marked ones. Ask first if the list does
    not show some of them now. Return the ids of what was queued."""
    if (hidden := _hidden(ws, rows.marked, view)) and not await _send_hidden(screen, hidden):
        return set()
    if len(rows.marked) > 1:
        return await _send_batch(screen, ws, rows, lambda: these(ws.store, rows.marked, ws.today()), renew)
    chosen = next(iter(rows.marked), rows.chosen.id if rows.chosen else None)
    if chosen is None:
        return set()
    from facturier.tui.screens.preview.open_preview import send_invoice

    queued = await send_invoice(screen, ws, chosen)
    if queued:
        rows.marked.discard(chosen)
        rows.refresh()
    renew()
    return {chosen} if queued else set()


async def _send_hidden(screen: Screen[Any], hidden: list[InvoiceRow]) -> bool:
    question = ngettext(
        "{count} marked invoice is not shown here. Continue anyway?",
        "{count} marked invoices are not shown here. Continue anyway?",
        len(hidden),
    ).format(count=counted(len(hidden)))
    detail = ", ".join(row.number or clean(row.customer) for row in hidden[:_NAMED])
    detail += ", …" if len(hidden) > _NAMED else ""
    asked = ConfirmScreen(question, _("{names}. Esc in the list clears all marks.").format(names=detail), grave=True)
    return await screen.app.push_screen_wait(asked)


def _hidden(ws: Workspace, marked: set[int], view: View) -> list[InvoiceRow]:
    """Those of the marked that the view does not show. More than can be sent at once are refused anyway."""
    if not 0 < len(marked) <= MOST:
        return []
    shown = {row.id for row in Listing(ws.store, view, ws.today()).rows(tuple(marked))}
    return these(ws.store, marked - shown, ws.today()) if marked - shown else []


async def send_all(screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], view: View, renew: Renew) -> set[int]:
    """Open a batch of everything that the list shows and that can be sent. Return as `send` does."""
    return await _send_batch(screen, ws, rows, lambda: to_send(ws.store, view, ws.today()), renew)


async def undo_send(screen: Screen[Any], ws: Workspace, chosen: InvoiceRow | None) -> None:
    """Undo the send of the selected invoice if it is waiting, or else of the only one that is about to be sent. Of
    several, the user chooses in the outbox."""
    from facturier.tui.screens.dialogs.cancelling import cancel_sending
    from facturier.tui.screens.outbox.screen import OutboxScreen

    if chosen is not None and chosen.delivery is State.QUEUED:
        leaving = deliveries_of(ws.store, chosen.id)[-1:]
    else:
        leaving = leaving_soon(ws.store, SOON)
    if len(leaving) > 1:
        await screen.app.push_screen_wait(OutboxScreen(ws))
    elif leaving:
        await cancel_sending(screen, ws, leaving[0])
    else:
        screen.notify(_("There is nothing to undo."), markup=False)


async def undo_marked(screen: Screen[Any], ws: Workspace, marked: set[int]) -> None:
    """Undo the sends of those of the marked invoices that are waiting, after one question."""
    with problems_shown(screen):
        waiting = [row for row in these(ws.store, marked, ws.today()) if row.delivery is State.QUEUED]
        if not waiting:
            screen.notify(_("None of the marked invoices is waiting to be sent."), markup=False)
            return
        count = len(waiting)
        question = ngettext("Cancel sending {count} invoice?", "Cancel sending {count} invoices?", count)
        if await screen.app.push_screen_wait(ConfirmScreen(question.format(count=counted(count)))):
            late = await asyncio.to_thread(_cancel, ws, waiting)
            words = ngettext("Sending of {count} invoice undone.", "Sending of {count} invoices undone.", count - late)
            parts = [words.format(count=counted(count - late))]
            if late:
                words = ngettext("{count} was already being sent.", "{count} were already being sent.", late)
                parts.append(words.format(count=counted(late)))
            screen.notify(" ".join(parts), severity="warning" if late else "information", markup=False)


def _cancel(ws: Workspace, waiting: list[InvoiceRow]) -> int:
    """Cancel their deliveries. Return how many could not be cancelled because they were being sent."""
    from facturier.mail.sending.queue import cancel_all

    latest = (deliveries_of(ws.store, row.id)[-1:] for row in waiting)
    return cancel_all(ws, [delivery for found in latest for delivery in found])


async def _send_batch(
    screen: Screen[Any], ws: Workspace, rows: RowList[InvoiceRow], find: Callable[[], list[InvoiceRow]], renew: Renew
) -> set[int]:
    """Unmark what was queued and show it in the outbox. Return as `send` does."""
    from facturier.tui.screens.outbox.batch_screen import BatchScreen
    from facturier.tui.screens.outbox.screen import OutboxScreen

    try:
        batch = find()
    except FacturierError as error:
        show_problem(screen, error)
        return set()
    if not batch:
        screen.notify(_("None of these invoices can be sent now."), markup=False)
        return set()
    queued = await screen.app.push_screen_wait(BatchScreen(ws, batch)) or frozenset()
    rows.marked -= queued
    rows.refresh()
    renew()
    if queued:
        await screen.app.push_screen_wait(OutboxScreen(ws))
        renew()
    return set(queued)

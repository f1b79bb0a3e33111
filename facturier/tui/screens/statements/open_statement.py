"""Open the statement of a customer, and say what was queued and how to undo it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.receivables.statements import currencies
from facturier.models.text.i18n import ngettext
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.statements.sending import cancel_all


async def show_statement(screen: Screen[Any], ws: Workspace, customer_id: int) -> int | None:
    """Show the statement of a customer in the company's currency, or else in the customer's first one. Return the id of
    the delivery if it was queued."""
    from facturier.tui.screens.statements.statement_screen import StatementScreen

    with problems_shown(screen):
        found, own = await asyncio.to_thread(currencies, ws.store, customer_id), ws.company().currency
        currency = own if own in found or not found else found[0]
        delivery: int | None = await screen.app.push_screen_wait(StatementScreen(ws, customer_id, currency))
        if delivery is not None:
            tell_queued(screen, 1)
        return delivery
    return None


def tell_queued(screen: Screen[Any], count: int) -> None:
    """Say that statements are in the outbox, and how to undo that."""
    words = ngettext(
        "{count} statement is in the outbox · u to undo", "{count} statements are in the outbox · u to undo", count
    )
    screen.notify(words.format(count=count), markup=False)


async def undo_statements(screen: Screen[Any], ws: Workspace, deliveries: Sequence[int]) -> None:
    """Cancel the deliveries that are still waiting, and say how many."""
    with problems_shown(screen):
        undone, late = await asyncio.to_thread(cancel_all, ws, deliveries)
        said = []
        if undone:
            words = ngettext("Sending undone: {count} statement.", "Sending undone: {count} statements.", undone)
            said.append(words.format(count=undone))
        if late:
            words = ngettext("{count} was already being sent.", "{count} were already being sent.", late)
            said.append(words.format(count=late))
        screen.notify(" ".join(said), severity="warning" if late else "information", markup=False)

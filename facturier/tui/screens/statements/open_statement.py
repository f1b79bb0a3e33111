"""Open the statement of a customer, and say what was queued and how to undo it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.outbox.delivery import Delivery
from facturier.models.receivables.statements import currencies
from facturier.models.text.i18n import ngettext
from facturier.tui.screens.dialogs.cancelling import say_queued
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say


async def show_statement(screen: Screen[Any], ws: Workspace, customer_id: int, say: Say) -> None:
    """Show the statement of a customer in the company's currency, or else in the customer's first one. Say so if it was
    queued."""
    from facturier.tui.screens.statements.statement_screen import StatementScreen

    with problems_shown(screen):
        found, own = await asyncio.to_thread(currencies, ws.store, customer_id), ws.company().currency
        currency = own if own in found or not found else found[0]
        delivery: Delivery | None = await screen.app.push_screen_wait(StatementScreen(ws, customer_id, currency))
        if delivery is not None:
            tell_queued(screen, ws, say, [delivery])


def tell_queued(screen: Screen[Any], ws: Workspace, say: Say, deliveries: Sequence[Delivery]) -> None:
    """Say that statements are in the outbox, and how to undo that."""
    count = len(deliveries)
    words = ngettext("{count} statement is in the outbox.", "{count} statements are in the outbox.", count)
    say_queued(screen, ws, say, words.format(count=count), deliveries)

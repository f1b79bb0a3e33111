"""Open the preview of an invoice from other screens."""

from typing import Any

from textual.screen import Screen

from facturier.mail.sending.compose import compose, for_refused
from facturier.mail.workspace import Workspace
from facturier.models.errors import StoreError
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.deliveries import get_delivery, refused_of
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.preview.screen import PreviewScreen


async def send_invoice(screen: Screen[Any], ws: Workspace, invoice_id: int, first: Composition | None = None) -> bool:
    """Open the preview, which starts with `first`. Return whether the person queued the invoice."""
    try:
        preview = PreviewScreen(ws, invoice_id, first)
    except StoreError as error:
        show_problem(screen, error)
        return False
    return await screen.app.push_screen_wait(preview) is not None


async def send_to_refused(screen: Screen[Any], ws: Workspace, delivery_id: int) -> bool:
    """Open the preview of a new delivery to the refused recipients only. Return whether it was queued."""
    try:
        delivery = get_delivery(ws.store, delivery_id)
        refused = refused_of(ws.store, delivery_id)
        first = for_refused(compose(ws, delivery.invoice_id), delivery, refused)
    except StoreError as error:
        show_problem(screen, error)
        return False
    return await send_invoice(screen, ws, delivery.invoice_id, first)

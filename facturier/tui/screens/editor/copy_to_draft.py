"""Duplicate an invoice as a new draft, and open it in the editor."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.drafts.drafts import copy_invoice
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.editor.screen import EditorScreen


async def copy_to_draft(screen: Screen[Any], ws: Workspace, invoice_id: int) -> int | None:
    """Create and open a draft with the same customer and lines. Return its id if the person kept it."""
    with problems_shown(screen):
        draft = await asyncio.to_thread(copy_invoice, ws.store, invoice_id, ws.today())
        return await screen.app.push_screen_wait(EditorScreen(ws, draft.id))
    return None

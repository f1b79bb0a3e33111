"""Opening an invoice from other screens: a draft is edited, an issued invoice is shown."""

from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.tui.screens.dialogs.problems import show_problem


async def open_invoice(screen: Screen[Any], ws: Workspace, invoice_id: int) -> None:
    """Open a draft in the editor and an issued invoice on its own screen. Return when that screen is closed."""
    try:
        draft = get_invoice(ws.store, invoice_id).book_status is BookStatus.DRAFT
    except StoreError as error:
        show_problem(screen, error)
        return
    if draft:
        from facturier.tui.screens.editor.screen import EditorScreen

        await screen.app.push_screen_wait(EditorScreen(ws, invoice_id))
    else:
        from facturier.tui.screens.invoice.screen import InvoiceScreen

        await screen.app.push_screen_wait(InvoiceScreen(ws, invoice_id))

"""Open or save the PDF of an invoice."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.dialogs.save_as import save_as


async def open_pdf(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> None:
    """Show the PDF of an invoice as it was sent. See `show_pdf`."""
    from facturier.mail.sending.pdf import invoice_pdf

    with problems_shown(screen):
        await show_pdf(screen, ws, *await asyncio.to_thread(invoice_pdf, ws, invoice))


async def show_pdf(screen: Screen[Any], ws: Workspace, name: str, content: bytes) -> None:
    """Show a PDF in the system's viewer. If there is none, offer to save it, and say where it was saved."""
    from facturier.tui.terminal.viewer import show_document

    with problems_shown(screen):
        if await asyncio.to_thread(show_document, name, content):
            screen.notify(_("Opened {name}").format(name=name), markup=False)
        else:
            await save_as(screen, ws, _("No PDF viewer here. Save the PDF instead"), name, lambda: content)


async def save_pdf(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> None:
    """Save the PDF as it was sent. The proposed name is the one that the customer sees."""
    from facturier.mail.message import attachment_name
    from facturier.mail.sending.pdf import invoice_pdf

    name = attachment_name(invoice, ws.company(), invoice.known_number)
    await save_as(screen, ws, _("Save the PDF"), name, lambda: invoice_pdf(ws, invoice)[1])

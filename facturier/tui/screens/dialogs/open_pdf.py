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
    """Show the PDF in the system's viewer. Where there is none, offer to save it, and say where it was saved."""
    from facturier.mail.sending.pdf import invoice_pdf
    from facturier.tui.terminal.viewer import show_document

    def show() -> tuple[str, bytes, bool]:
        name, content = invoice_pdf(ws, invoice)
        return name, content, show_document(name, content)

    with problems_shown(screen):
        name, content, shown = await asyncio.to_thread(show)
        if shown:
            screen.notify(_("Opened {name}").format(name=name), markup=False)
        else:
            await save_as(screen, ws, _("No PDF viewer here. Save the PDF"), name, lambda: content)


async def save_pdf(screen: Screen[Any], ws: Workspace, invoice: Invoice) -> None:
    """Save the PDF as it was sent, under the name that the customer sees unless the user chooses another one."""
    from facturier.mail.message import attachment_name
    from facturier.mail.sending.pdf import invoice_pdf

    name = attachment_name(invoice, ws.company(), invoice.number or "")
    await save_as(screen, ws, _("Save the PDF"), name, lambda: invoice_pdf(ws, invoice)[1])

"""What the list does with one invoice besides sending and payments. Each function says why if it cannot be done."""

from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.naming import named_first
from facturier.models.books.sent import last_sent
from facturier.models.books.status import BookStatus, State
from facturier.models.outbox.deliveries import LEFT, deliveries_of, message_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.words.formatting import moment


async def edit(screen: Screen[Any], ws: Workspace, row: InvoiceRow, say: Say) -> None:
    """Open a draft in the editor. Void or credit an issued invoice and continue with a draft of the same lines."""
    if row.book_status is BookStatus.VOID:
        _tell(
            screen, _("{document} is void. Press c to duplicate it.").format(document=named_first(row.kind, row.number))
        )
    elif row.book_status is BookStatus.ISSUED:
        from facturier.tui.screens.invoice.correct import correct

        with problems_shown(screen):
            await correct(screen, ws, get_invoice(ws.store, row.id), say)
    else:
        from facturier.tui.screens.invoice.open_invoice import open_invoice

        await open_invoice(screen, ws, row.id)


async def issue(screen: Screen[Any], ws: Workspace, row: InvoiceRow, say: Say) -> None:
    """Issue a draft without sending it, or mark an issued invoice as sent."""
    from facturier.tui.screens.invoice.issuing import issue_without_sending

    await issue_without_sending(screen, ws, row.id, say)


async def make_recurring(screen: Screen[Any], ws: Workspace, row: InvoiceRow, say: Say) -> None:
    """Create a schedule from the invoice, or change the one that it belongs to."""
    from facturier.tui.screens.schedule.make_recurring import make_recurring

    await make_recurring(screen, ws, row.id, say)


async def open_document(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Show the PDF in the system's viewer."""
    from facturier.tui.screens.dialogs.open_pdf import open_pdf

    with problems_shown(screen):
        await open_pdf(screen, ws, get_invoice(ws.store, row.id))


async def save_document(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    from facturier.tui.screens.dialogs.open_pdf import save_pdf

    with problems_shown(screen):
        await save_pdf(screen, ws, get_invoice(ws.store, row.id))


async def copy_something(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Let the user choose what to copy to the clipboard."""
    from facturier.tui.screens.dialogs.copy_text import copy_of_invoice

    with problems_shown(screen):
        await copy_of_invoice(screen, get_invoice(ws.store, row.id))


async def save_email(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Save the message that was sent last or, if none was sent, the last one that was queued."""
    from facturier.tui.screens.dialogs.save_as import save_as

    deliveries = deliveries_of(ws.store, row.id)
    if (delivery := _latest(screen, deliveries)) is not None:
        title = _("Save the email of {moment}").format(moment=moment(delivery.queued))
        await save_as(screen, ws, title, f"{delivery.number}.eml", lambda: message_of(ws.store, delivery.id))


async def show_message(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Show the message that `save_email` would save."""
    from facturier.tui.screens.invoice.delivery.sent_message import SentScreen

    deliveries = deliveries_of(ws.store, row.id)
    if (delivery := _latest(screen, deliveries)) is not None:
        await screen.app.push_screen_wait(SentScreen(ws, deliveries, deliveries.index(delivery)))


async def try_again(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    """Send again to the recipients that the mail server refused."""
    deliveries = deliveries_of(ws.store, row.id)
    if not deliveries or deliveries[-1].state is not State.PARTLY_SENT:
        _tell(screen, _("No recipient of this invoice was refused. Press s to send it again."))
        return
    from facturier.tui.screens.preview.open_preview import send_to_refused

    await send_to_refused(screen, ws, deliveries[-1].id)


async def settle_doubt(screen: Screen[Any], ws: Workspace, row: InvoiceRow) -> None:
    deliveries = deliveries_of(ws.store, row.id)
    if not deliveries or deliveries[-1].state is not State.IN_DOUBT:
        _tell(screen, _("This invoice is not in doubt."))
        return
    from facturier.tui.screens.invoice.delivery.in_doubt import DoubtScreen

    await screen.app.push_screen_wait(DoubtScreen(ws, deliveries[-1].id))


async def report_bounce(screen: Screen[Any], ws: Workspace, row: InvoiceRow, say: Say) -> None:
    if not any(delivery.state in LEFT for delivery in deliveries_of(ws.store, row.id)):
        _tell(screen, _("This invoice was not sent, so no email can have bounced."))
        return
    from facturier.tui.screens.invoice.delivery.bounce import BounceScreen

    delivery = await screen.app.push_screen_wait(BounceScreen(ws, row.number or ""))
    if delivery is not None:
        from facturier.tui.words.notices import bounce_words

        say(bounce_words(delivery))


def _latest(screen: Screen[Any], deliveries: list[Delivery]) -> Delivery | None:
    if not deliveries:
        _tell(screen, _("No email has been queued for this invoice yet."))
        return None
    return last_sent(deliveries) or deliveries[-1]


def _tell(screen: Screen[Any], words: str) -> None:
    screen.notify(words, severity="warning", markup=False)

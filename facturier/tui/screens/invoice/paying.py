"""Payments, from the list and from an invoice: recorded, removed, and either of them undone."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.widgets.payment_line import Booking, PaymentLine


async def take_payment(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Record a payment of an invoice that can be paid; say why where it cannot. Returns what was recorded."""
    from facturier.tui.screens.invoice.payment import PaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        show_problem(screen, error)
        return None
    if invoice.book_status is not BookStatus.ISSUED:
        message = {
            BookStatus.DRAFT: _("A draft cannot be paid. Send it first."),
            BookStatus.VOID: _("Invoice {number} is void: nothing is due on it.").format(number=invoice.number),
        }
        screen.notify(message[invoice.book_status], severity="warning", markup=False)
        return None
    return await screen.app.push_screen_wait(PaymentScreen(ws, invoice))


async def undo_or_remove(
    screen: Screen[Any], ws: Workspace, line: PaymentLine, invoice_id: int | None
) -> Booking | None:
    """Undo what the line says was booked last. Where it says nothing, let the person choose one of the invoice's
    payments to remove. Returns what was booked."""
    if line.booking is not None:
        return None if line.held.may_be() else await _undo(screen, ws, line, line.booking)
    if invoice_id is None:
        return None
    from facturier.models.books.payments import payments_of
    from facturier.tui.screens.invoice.remove_payment import RemovePaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        show_problem(screen, error)
        return None
    if invoice.book_status is BookStatus.ISSUED and payments_of(ws.store, invoice_id):
        return await screen.app.push_screen_wait(RemovePaymentScreen(ws, invoice))
    screen.notify(_("No payment is recorded for this invoice."), markup=False)
    return None


async def _undo(screen: Screen[Any], ws: Workspace, line: PaymentLine, booking: Booking) -> Booking | None:
    from facturier.models.books.payments import record_payment, remove_payment

    payment = booking.payment
    line.forget()  # a second key does not undo it twice
    with problems_shown(screen):
        if booking.removed:
            again = await asyncio.to_thread(
                record_payment, ws.store, payment.invoice_id, payment.date, payment.amount, payment.method
            )
            return Booking(booking.number, booking.currency, again)
        await asyncio.to_thread(remove_payment, ws.store, payment.id)
        return Booking(booking.number, booking.currency, payment, removed=True)
    return None

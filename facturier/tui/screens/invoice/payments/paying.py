"""Payments, from the list and from an invoice: record one, remove one, and undo either."""

import asyncio
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, PaymentKind
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.widgets.payment_line import Booking, PaymentLine


async def take_payment(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Record a payment, or show why the invoice cannot be paid. Return what was recorded."""
    from facturier.tui.screens.invoice.payments.payment import PaymentScreen

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


async def choose_payment_to_remove(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Let the person choose a payment of the invoice and remove it. Return what was removed."""
    from facturier.models.payments.payments import payments_of
    from facturier.tui.screens.invoice.payments.remove_payment import RemovePaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        show_problem(screen, error)
        return None
    if invoice.book_status is BookStatus.ISSUED and payments_of(ws.store, invoice_id):
        return await screen.app.push_screen_wait(RemovePaymentScreen(ws, invoice))
    screen.notify(_("No payment is recorded for this invoice."), markup=False)
    return None


async def undo_booking(screen: Screen[Any], ws: Workspace, line: PaymentLine) -> Booking | None:
    """Undo the payment or removal that the line shows. Return the new removal or payment, or None if there was none."""
    from facturier.models.payments.applying import apply_again
    from facturier.models.payments.payments import record_payment, remove_payment

    booking = line.booking
    if booking is None or line.held.may_be():
        return None
    payment = booking.payment
    line.forget()  # so that a second key does not undo it twice
    with problems_shown(screen):
        if booking.removed:
            if payment.kind is PaymentKind.CREDIT:
                applied = await asyncio.to_thread(apply_again, ws.store, payment)
                return replace(booking, payment=applied, removed=False)
            again = await asyncio.to_thread(
                record_payment, ws.store, payment.invoice_id, payment.date, payment.amount, payment.method
            )
            return replace(booking, payment=again, removed=False)
        await asyncio.to_thread(remove_payment, ws.store, payment.id)
        return replace(booking, removed=True)
    return None

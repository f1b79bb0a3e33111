"""Payments, from the list and from an invoice: recorded, removed, and either of them undone."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui import opening
from facturier.tui.widgets.payment_line import Booking, PaymentLine

# Told what was booked, or None where nothing was.
Then = Callable[[Booking | None], None]


def take_payment(screen: Screen[Any], ws: Workspace, invoice_id: int, then: Then) -> None:
    """Record a payment of an invoice that can be paid; say why where it cannot."""
    from facturier.tui.screens.invoice.payment import PaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        opening.show_problem(screen, error)
        return
    if invoice.book_status is not BookStatus.ISSUED:
        message = {
            BookStatus.DRAFT: _("A draft cannot be paid. Send it first."),
            BookStatus.VOID: _("Invoice {number} is void: nothing is owed on it.").format(number=invoice.number),
        }
        screen.notify(message[invoice.book_status], severity="warning", markup=False)
        return
    screen.app.push_screen(PaymentScreen(ws, invoice), then)


def undo_or_remove(screen: Screen[Any], ws: Workspace, line: PaymentLine, invoice_id: int | None, then: Then) -> None:
    """Undo what the line says was booked last; where it says nothing, let the person choose one of the invoice's
    payments to remove."""
    if line.booking is not None:
        if not line.held.may_be():
            _undo(screen, ws, line, line.booking, then)
        return
    if invoice_id is None:
        return
    from facturier.models.books.payments import payments_of
    from facturier.tui.screens.invoice.remove_payment import RemovePaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        opening.show_problem(screen, error)
        return
    if invoice.book_status is BookStatus.ISSUED and payments_of(ws.store, invoice_id):
        screen.app.push_screen(RemovePaymentScreen(ws, invoice), then)
    else:
        screen.notify(_("No payment is recorded for this invoice."), markup=False)


def _undo(screen: Screen[Any], ws: Workspace, line: PaymentLine, booking: Booking, then: Then) -> None:
    from facturier.models.books.payments import record_payment, remove_payment

    payment = booking.payment
    line.forget()  # a second key does not undo it twice
    done: list[Booking] = []

    async def work() -> None:
        if booking.removed:
            again = await asyncio.to_thread(
                record_payment, ws.store, payment.invoice_id, payment.date, payment.amount, payment.method
            )
            done.append(Booking(booking.number, booking.currency, again))
        else:
            await asyncio.to_thread(remove_payment, ws.store, payment.id)
            done.append(Booking(booking.number, booking.currency, payment, removed=True))

    opening.attempt(screen, work, lambda: then(done[0] if done else None))

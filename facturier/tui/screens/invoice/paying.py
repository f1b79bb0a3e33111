"""Payments, from the list and from an invoice: recorded, removed, and either of them undone."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Desk
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Standing
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.tui import opening
from facturier.tui.widgets.payment_line import Booking, PaymentLine

# Told what was booked, or None where nothing was.
Then = Callable[[Booking | None], None]


def take_payment(screen: Screen[Any], desk: Desk, invoice_id: int, then: Then) -> None:
    """Record a payment of an invoice that can be paid; say why where it cannot."""
    from facturier.tui.screens.invoice.payment import PaymentScreen

    try:
        invoice = get_invoice(desk.store, invoice_id)
    except StoreError as error:
        opening.show_problem(screen, error)
        return
    if invoice.standing is not Standing.ISSUED:
        message = {
            Standing.DRAFT: _("A draft cannot be paid. Send it first."),
            Standing.VOID: _("Invoice {number} is void: nothing is owed on it.").format(number=invoice.number),
        }
        screen.notify(message[invoice.standing], severity="warning", markup=False)
        return
    screen.app.push_screen(PaymentScreen(desk, invoice), then)


def undo_or_remove(screen: Screen[Any], desk: Desk, line: PaymentLine, invoice_id: int | None, then: Then) -> None:
    """Undo what the line says was booked last; where it says nothing, let the person choose one of the invoice's
    payments to remove."""
    if line.booking is not None:
        if not line.held.may_be():
            _undo(screen, desk, line, line.booking, then)
        return
    if invoice_id is None:
        return
    from facturier.models.books.payments import payments_of
    from facturier.tui.screens.invoice.remove_payment import RemovePaymentScreen

    try:
        invoice = get_invoice(desk.store, invoice_id)
    except StoreError as error:
        opening.show_problem(screen, error)
        return
    if invoice.standing is Standing.ISSUED and payments_of(desk.store, invoice_id):
        screen.app.push_screen(RemovePaymentScreen(desk, invoice), then)
    else:
        screen.notify(_("No payment is recorded for this invoice."), markup=False)


def _undo(screen: Screen[Any], desk: Desk, line: PaymentLine, booking: Booking, then: Then) -> None:
    from facturier.models.books.payments import record_payment, remove_payment

    payment = booking.payment
    line.forget()  # a second key does not undo it twice
    done: list[Booking] = []

    async def work() -> None:
        if booking.removed:
            again = await asyncio.to_thread(
                record_payment, desk.store, payment.invoice_id, payment.date, payment.amount, payment.method
            )
            done.append(Booking(booking.number, booking.currency, again))
        else:
            await asyncio.to_thread(remove_payment, desk.store, payment.id)
            done.append(Booking(booking.number, booking.currency, payment, removed=True))

    opening.attempt(screen, work, lambda: then(done[0] if done else None))

"""Payments, from the list, an invoice and a customer: record, change and remove them, write off, and undo."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.widgets.done_line import Booking, DoneLine, Say
from facturier.tui.words.formatting import long_day, with_currency


async def take_payment(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Record a payment, or show why the invoice cannot be paid. Return what was recorded."""
    from facturier.tui.screens.invoice.payments.payment import PaymentScreen

    try:
        invoice = get_invoice(ws.store, invoice_id)
    except StoreError as error:
        show_problem(screen, error)
        return None
    if _refused(screen, invoice):
        return None
    return await screen.app.push_screen_wait(PaymentScreen(ws, invoice))


def _refused(screen: Screen[Any], invoice: Invoice) -> bool:
    """Say if the invoice cannot be paid because it is a draft or void. Return whether that is so."""
    if invoice.book_status is BookStatus.ISSUED:
        return False
    message = {
        BookStatus.DRAFT: _("A draft cannot be paid. Send it first."),
        BookStatus.VOID: _("{document} is void: nothing is due on it.").format(document=invoice.called_first),
    }
    screen.notify(message[invoice.book_status], severity="warning", markup=False)
    return True


async def pay_from_credit(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Apply a credit to an invoice, or a credit note to another invoice. Return what was applied."""
    from facturier.tui.screens.invoice.payments.apply_credit import choose_and_apply

    with problems_shown(screen):
        invoice = get_invoice(ws.store, invoice_id)
        if not _refused(screen, invoice):
            return await choose_and_apply(screen, ws, invoice)
    return None


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


async def undo_booking(screen: Screen[Any], line: DoneLine) -> Booking | None:
    """Undo the booking that the line shows. Return the booking of that, or None if there was none."""
    booking = line.booking
    if booking is None or not line.may_undo():
        return None
    line.forget()  # so that a second key does not undo it twice
    with problems_shown(screen):
        return await asyncio.to_thread(booking.undo)
    return None


async def take_payments(screen: Screen[Any], ws: Workspace, invoice_ids: Collection[int]) -> Booking | None:
    """Record one payment of several invoices, or show why that is not possible. Return what was recorded."""
    from facturier.tui.screens.invoice.payments.several import SeveralScreen

    if len(invoice_ids) == 1:
        return await take_payment(screen, ws, *invoice_ids)
    with problems_shown(screen):
        invoices = [get_invoice(ws.store, invoice_id) for invoice_id in sorted(invoice_ids)]
        if problem := _not_together(invoices):
            screen.notify(problem, severity="warning", markup=False)
            return None
        invoices.sort(key=lambda one: (one.date, one.id or 0))
        customer = invoices[0].customer
        return await screen.app.push_screen_wait(SeveralScreen(ws, customer, invoices[0].currency, invoices))
    return None


def _not_together(invoices: Sequence[Invoice]) -> str:
    """Return why one payment cannot be for all these invoices, or an empty text."""
    open_ = [one for one in invoices if one.book_status is BookStatus.ISSUED and one.balance.minor > 0]
    if len(open_) < len(invoices):
        words = _("A payment can only be recorded for issued invoices with a balance. Unmark the others.")
    elif len({one.customer.id for one in invoices}) > 1 or invoices[0].customer.id is None:
        words = _("A payment can only be recorded for invoices of one customer. Unmark the others.")
    elif len({one.currency for one in invoices}) > 1:
        words = _("A payment can only have one currency. Unmark the invoices in other currencies.")
    else:
        return ""
    return words


async def pay_as_customer(screen: Screen[Any], ws: Workspace, customer_id: int, currency: str = "") -> Booking | None:
    """Record a payment of a customer in a currency, by default their own: for their open invoices, or for none."""
    from facturier.models.customers.upkeep import need_customer
    from facturier.models.payments.receiving import open_balances
    from facturier.tui.screens.invoice.payments.several import SeveralScreen

    with problems_shown(screen):
        customer = need_customer(ws.store, customer_id)
        currency = currency or customer.currency or ws.company().currency
        invoices = [get_invoice(ws.store, one) for one, _balance in open_balances(ws.store, customer_id, currency)]
        return await screen.app.push_screen_wait(SeveralScreen(ws, customer, currency, invoices, propose=False))
    return None


async def edit_payment(screen: Screen[Any], ws: Workspace, payment_id: int) -> Booking | None:
    """Change what a customer paid. Return what was changed."""
    from facturier.models.customers.upkeep import need_customer
    from facturier.models.payments.customer_payment import get_payment
    from facturier.models.payments.receiving import open_balances
    from facturier.tui.screens.invoice.payments.several import SeveralScreen

    with problems_shown(screen):
        payment = get_payment(ws.store, payment_id)
        customer = need_customer(ws.store, payment.customer_id or 0)
        ids = dict.fromkeys(payment.allocation)
        if payment.amount > 0:
            ids |= dict.fromkeys(one for one, _ in open_balances(ws.store, customer.id or 0, payment.currency))
        invoices = sorted((get_invoice(ws.store, one) for one in ids), key=lambda one: (one.date, one.id or 0))
        return await screen.app.push_screen_wait(
            SeveralScreen(ws, customer, payment.currency, invoices, before=payment)
        )
    return None


async def remove_whole(screen: Screen[Any], ws: Workspace, payment_id: int) -> Booking | None:
    """Remove what a customer paid, after a question. Return what was removed."""
    from facturier.models.payments.changing import remove_customer_payment
    from facturier.models.payments.customer_payment import get_payment
    from facturier.models.receivables.customer_payments import numbers_of
    from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
    from facturier.tui.screens.invoice.payments.bookings import removed

    with problems_shown(screen):
        payment = get_payment(ws.store, payment_id)
        numbers = ", ".join(numbers_of(ws.store, {*payment.allocation}).values())
        amount = with_currency(Money(payment.amount, payment.currency))
        words = _("{day}, {amount} {numbers}. Both the payment and its removal stay in the history.")
        detail = words.format(day=long_day(payment.date), amount=amount, numbers=f"({numbers})" if numbers else "")
        question = ConfirmScreen(_("Remove this payment?"), detail.replace(" .", "."), grave=True)
        if await screen.app.push_screen_wait(question):
            return removed(ws.store, await asyncio.to_thread(remove_customer_payment, ws.store, payment_id))
    return None


async def send_receipt_of(screen: Screen[Any], ws: Workspace, payment_id: int, say: Say) -> None:
    """Queue the receipt of a payment after a question, also if one was sent before."""
    from facturier.mail.notices.notice import send_notice
    from facturier.mail.notices.receipt import receipt_notice
    from facturier.models.payments.customer_payment import get_payment
    from facturier.tui.screens.dialogs.cancelling import say_queued
    from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

    with problems_shown(screen):
        payment = get_payment(ws.store, payment_id)
        notice = await asyncio.to_thread(receipt_notice, ws, payment, again=True)
        people = ", ".join(notice.envelope.recipients)
        words = _("“{subject}”, to {people}. It is attached as a PDF.")
        if notice.key.count(":") > 1:
            words = _(
                "A receipt was already sent for this payment. The customer will get it again: “{subject}”, to {people}."
            )
        detail = words.format(subject=notice.subject, people=people)
        question = ConfirmScreen(_("Send the receipt?"), detail)
        if bool(notice.problems) or await screen.app.push_screen_wait(question):
            delivery = await asyncio.to_thread(send_notice, ws, notice)
            say_queued(screen, ws, say, _("The receipt is in the outbox."), [delivery])


async def write_off_rest(screen: Screen[Any], ws: Workspace, invoice_id: int) -> Booking | None:
    """Write off the balance of an invoice, after a reason. Return what was written off."""
    from facturier.models.books.status import InvoiceKind
    from facturier.models.receivables.write_off import write_off
    from facturier.tui.screens.dialogs.dialogs import ReasonScreen
    from facturier.tui.screens.invoice.payments.bookings import written_off

    with problems_shown(screen):
        invoice = get_invoice(ws.store, invoice_id)
        balance = invoice.balance.minor
        issued = invoice.book_status is BookStatus.ISSUED and invoice.kind is InvoiceKind.INVOICE
        if not issued or balance <= 0:
            screen.notify(_("Only an issued invoice with a balance can be written off."), markup=False)
            return None
        words = _("Write off {amount} of invoice {number}?")
        question = words.format(amount=with_currency(invoice.balance), number=invoice.number)
        detail = _("The customer no longer owes it. It does not count as money received.")
        if reason := await screen.app.push_screen_wait(ReasonScreen(question, detail)):
            done = await asyncio.to_thread(write_off, ws.store, invoice_id, ws.today(), reason, seen=balance)
            return written_off(ws.store, done)
    return None

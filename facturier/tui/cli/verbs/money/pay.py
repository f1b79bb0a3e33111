"""facturier pay: record what a customer paid, for one or several invoices or for none."""

import argparse
import functools
from datetime import date

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.customers.figures import read_balance
from facturier.models.customers.upkeep import find_customer
from facturier.models.errors import AlreadySent, FacturierError, InputError
from facturier.models.payments.customer_payment import CustomerPayment, payment_with_key
from facturier.models.payments.receiving import receive_payment
from facturier.models.payments.removed_keys import PaymentRemoved, check_key
from facturier.models.receivables.credit import apply_paid
from facturier.models.receivables.customer_payments import numbers_of, payment_object
from facturier.models.receivables.write_off import write_off
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.models.text.money import Money, read_amount
from facturier.tui.cli.arguments import day
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from facturier.tui.words.formatting import with_currency


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="*", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument(
        "--customer",
        type=clean,
        metavar="NAME",
        help=_("without an invoice: the payment is added to the credit of this customer (a name, or @id)"),
    )
    parser.add_argument(
        "--amount", metavar="A", help=_("such as 25.00; by default the balances of the invoices. Negative for a refund")
    )
    parser.add_argument("--date", type=day, metavar="D", help=_("the day of the payment, by default today"))
    parser.add_argument("--method", type=clean, default="", metavar="M", help=_("such as transfer or cheque"))
    parser.add_argument("--reference", type=clean, default="", metavar="R", help=_("such as the number of the cheque"))
    parser.add_argument("--account", type=clean, default="", metavar="A", help=_("where the money was deposited"))
    parser.add_argument("--note", type=clean, default="", metavar="TEXT", help=_("a note for yourself"))
    parser.add_argument("--currency", metavar="C", help=_("the currency of a payment without an invoice"))
    parser.add_argument(
        "--key",
        type=clean,
        metavar="TEXT",
        help=_("a key of your choice: a payment with this key is recorded only once"),
    )
    parser.add_argument(
        "--receipt", action="store_true", help=_("put a receipt for the customer in the outbox; post sends it")
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--from-credit", action="store_true", help=_("pay one invoice from the credit of its customer")
    )
    instead.add_argument("--write-off", type=clean, metavar="REASON", help=_("write off the balance of one invoice"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    problem = _wrong_usage(options)
    if problem:
        shell.tell(f"facturier pay: {problem}")
        return WRONG_USAGE
    ws = shell.workspace(looking=not options.receipt)
    try:
        return _run(ws, options, shell)
    except PaymentRemoved as error:
        if options.json:
            removed = error.payment
            shell.say_json(
                {
                    "status": "removed",
                    "key": removed.key,
                    "date": removed.date.isoformat(),
                    "currency": removed.currency,
                    "amount": removed.amount,
                    "amount_text": Money(removed.amount, removed.currency).plain(),
                    "removed": removed.removed.isoformat(),
                }
            )
        shell.fail(error)
        return REFUSED


def _run(ws: Workspace, options: argparse.Namespace, shell: Shell) -> int:
    if options.key:
        check_key(ws.store, options.key)
    invoices = [find_invoice(ws.store, ref) for ref in dict.fromkeys(options.refs)]
    if options.from_credit or options.write_off is not None:
        return _without_money(ws, options, shell, invoices[0])
    payment = receive_payment(
        ws.store,
        _entered(ws, options, invoices),
        _allocation(options, invoices),
        among=[one.id or 0 for one in invoices],
    )
    receipt = _send_receipt(ws, payment, shell) if options.receipt else None
    numbers = numbers_of(ws.store, {*payment.allocation})
    left = read_balance(ws.store, payment.customer_id, payment.currency).owed if payment.customer_id else None
    if options.json:
        booked = payment_object(payment, numbers)
        shell.say_json({"status": "recorded", **booked, "customer_owes": left, "receipt": receipt})
        return DONE if receipt is not False else REFUSED
    amount = functools.partial(_amount, currency=payment.currency)
    words = _("Payment of {amount} recorded.") if payment.amount > 0 else _("Refund of {amount} recorded.")
    shell.say(words.format(amount=amount(abs(payment.amount))))
    for invoice_id, part in payment.allocation.items():
        balance = get_invoice(ws.store, invoice_id).balance.minor
        words = _("{number}: {amount}. Balance: {balance}.")
        shell.say(words.format(number=numbers[invoice_id], amount=amount(part), balance=amount(balance)))
    if payment.rest > 0:
        shell.say(_("{amount} was added to the customer’s credit.").format(amount=amount(payment.rest)))
    if receipt:
        shell.say(_("The receipt is in the outbox."))
    return DONE if receipt is not False else REFUSED


def _send_receipt(ws: Workspace, payment: CustomerPayment, shell: Shell) -> bool:
    """Queue the receipt. Return whether it is queued or was sent before: the payment is booked either way."""
    from facturier.mail.notices.receipt import send_receipt

    try:
        send_receipt(ws, payment)
    except AlreadySent:  # by an earlier call with the same key
        return True
    except FacturierError as error:
        shell.tell(_("The receipt was not sent: {reason}").format(reason=error))
        return False
    return True


def _wrong_usage(options: argparse.Namespace) -> str:
    if bool(options.refs) == (options.customer is not None):
        return _("name invoices, or a customer with --customer")
    if options.customer is not None and options.amount is None:
        return _("a payment without an invoice needs --amount")
    if (options.from_credit or options.write_off is not None) and len(options.refs) != 1:
        return _("this is done for one invoice at a time")
    return ""


def _entered(ws: Workspace, options: argparse.Namespace, invoices: list[Invoice]) -> CustomerPayment:
    """Return what was entered. A repeated call with a key gets the date and the amount of the first one by default."""
    before = payment_with_key(ws.store, options.key) if options.key else None
    if invoices:
        customer_id, currency = invoices[0].customer.id, invoices[0].currency
    else:
        customer = find_customer(ws.store, options.customer)
        customer_id, currency = customer.id, options.currency or customer.currency or ws.company().currency
    if options.amount is not None:
        amount = read_amount(options.amount, currency)
    else:
        amount = before.amount if before is not None else sum(one.balance.minor for one in invoices)
    return CustomerPayment(
        customer_id=customer_id,
        date=options.date or (before.date if before is not None else ws.today()),
        currency=currency,
        amount=amount,
        method=options.method,
        reference=options.reference,
        account=options.account,
        note=options.note,
        key=options.key,
    )


def _allocation(options: argparse.Namespace, invoices: list[Invoice]) -> dict[int, int] | None:
    """Return the allocation of a payment for no invoice and of a refund. None pays the oldest invoices first."""
    if not invoices:
        return {}
    if options.amount is None or not options.amount.strip().startswith("-"):
        return None
    if len(invoices) > 1:
        raise InputError(_("A refund can only be recorded for one invoice at a time."))
    return {invoices[0].id or 0: read_amount(options.amount, invoices[0].currency)}


def _without_money(ws: Workspace, options: argparse.Namespace, shell: Shell, invoice: Invoice) -> int:
    """Apply credit, or write off."""
    amount = read_amount(options.amount, invoice.currency) if options.amount is not None else None
    on: date = options.date or ws.today()
    if options.from_credit:
        done = sum(part.amount for part in apply_paid(ws.store, invoice.id or 0, on, amount))
        words = _("{amount} of the credit applied to {number}. Balance: {balance}.")
    else:
        done = write_off(ws.store, invoice.id or 0, on, options.write_off, amount).amount
        words = _("{amount} of {number} written off. Balance: {balance}.")
    balance = get_invoice(ws.store, invoice.id or 0).balance.minor
    if options.json:
        what = "from_credit" if options.from_credit else "written_off"
        shell.say_json(
            {
                "invoice": invoice.number,
                "currency": invoice.currency,
                what: done,
                f"{what}_text": Money(done, invoice.currency).plain(),
                "balance": balance,
            }
        )
    else:
        figures = {"amount": done, "balance": balance}
        said = {name: _amount(minor, currency=invoice.currency) for name, minor in figures.items()}
        shell.say(words.format(number=invoice.number, **said))
    return DONE


def _amount(minor: int, *, currency: str) -> str:
    return with_currency(Money(minor, currency))

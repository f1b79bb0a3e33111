"""facturier payments: what customers paid; remove a payment, or email its receipt."""

import argparse

from facturier.models.books.customers import get_customer
from facturier.models.customers.upkeep import find_customer
from facturier.models.payments.changing import remove_customer_payment
from facturier.models.payments.customer_payment import get_payment
from facturier.models.receivables.customer_payments import all_payments, numbers_of, payment_object
from facturier.models.receivables.payment_list import listed_payments
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE

_MOST = 1_000_000


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--customer", type=clean, metavar="NAME", help=_("only of this customer (a name, or @id)"))
    parser.add_argument(
        "--search",
        type=clean,
        default="",
        metavar="TEXT",
        help=_("only with these words: a customer, amount, invoice number, method or reference"),
    )
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--remove", type=int, metavar="ID", help=_("remove the payment with this id"))
    act.add_argument(
        "--receipt",
        type=int,
        metavar="ID",
        help=_("email the receipt of the payment with this id, also if one was sent before"),
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=options.remove is None and options.receipt is None)
    store = ws.store
    if options.receipt is not None:
        from facturier.mail.notices.receipt import send_receipt

        found = [get_payment(store, options.receipt)]
        send_receipt(ws, found[0], again=True)
    elif options.remove is not None:
        found = [remove_customer_payment(store, options.remove)]
    else:
        whose = find_customer(store, options.customer).id if options.customer is not None else None
        if options.search:
            rows = listed_payments(store, options.search, customer_id=whose)
            found = [get_payment(store, row.id) for row in rows if row.id > 0]
        else:
            found = all_payments(store, _MOST, whose)
    numbers = numbers_of(store, {invoice_id for payment in found for invoice_id in payment.allocation})
    one = options.remove is not None or options.receipt is not None
    if options.json:
        objects = [payment_object(payment, numbers) for payment in found]
        shell.say_json(objects[0] if one else objects)
        return DONE
    for payment in found:
        customer = get_customer(store, payment.customer_id) if payment.customer_id is not None else None
        parts = (
            f"{payment.id:<6}",
            payment.date.isoformat(),
            f"{Money(payment.amount, payment.currency).text(spoken()):>14} {payment.currency}",
            (customer.name if customer is not None else "")[:24].ljust(24),
            ", ".join(numbers[invoice_id] for invoice_id in payment.allocation)
            + (" +" if payment.rest and payment.allocation else ""),
            " · ".join(filter(None, (payment.method, payment.reference, payment.account))),
        )
        shell.say("  ".join(parts).rstrip())
    if options.receipt is not None:
        shell.say(_("The receipt is in the outbox."))
    if options.remove is not None:
        shell.say(_("Payment {id} was removed.").format(id=options.remove))
    return DONE

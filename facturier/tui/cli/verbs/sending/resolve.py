"""facturier resolve: say what became of a delivery in doubt."""

import argparse

from facturier.mail.sending.in_doubt import resolve
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.errors import FacturierError, InputError
from facturier.models.outbox.deliveries import deliveries_of, notices_of
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", type=clean, metavar="REF", help=_("the invoice"))
    answer = parser.add_mutually_exclusive_group(required=True)
    answer.add_argument("--sent", action="store_true", help=_("it was sent: someone saw it in the Sent folder"))
    answer.add_argument("--not-sent", action="store_true", help=_("it was not sent"))
    parser.add_argument(
        "--reason", type=clean, required=True, metavar="TEXT", help=_("how you know; saved in the history")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    reason = clean(options.reason)
    if not reason:
        raise InputError(_("Enter how you know. It is saved in the history."))
    invoice = find_invoice(ws.store, options.ref)
    assert invoice.id is not None
    # The invoice itself first, then a reminder and the like.
    deliveries = (*notices_of(ws.store, invoice.id), *deliveries_of(ws.store, invoice.id))
    doubtful = [found for found in deliveries if found.state is State.IN_DOUBT]
    if not doubtful:
        raise FacturierError(_("{ref} has no delivery in doubt.").format(ref=options.ref))
    delivery = resolve(ws, doubtful[-1].id, sent=options.sent, reason=reason)
    kind = "" if delivery.kind is DeliveryKind.INVOICE else f"  {delivery.kind}"
    shell.say(f"{delivery.number}{kind}  {delivery.state}")
    return DONE

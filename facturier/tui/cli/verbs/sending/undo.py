"""facturier undo: undo sends that are still waiting in the outbox, and issues without a send."""

import argparse

from facturier.mail.sending.queue import cancel
from facturier.mail.workspace import Workspace
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import BookStatus, DeliveryKind, State
from facturier.models.errors import StoreError
from facturier.models.outbox.changes.draft_again import undo_last_issue
from facturier.models.outbox.deliveries import deliveries_of, notices_of
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace()
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            done = _undo(ws, ref)
        except StoreError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        objects.append(done)
        if not options.json:
            shell.say(_words(done).format(number=done["number"]))
    if options.json:
        shell.say_json(objects)
    return status


def _words(done: dict[str, object]) -> str:
    if done["id"] is None:
        if done["draft_again"]:
            return _("{number}: the invoice is a draft again and keeps its number.")
        return _("{number}: no longer marked as sent.")
    if done["draft_again"]:
        return _("{number}: sending undone. The invoice is a draft again and keeps its number.")
    return _(_UNDONE[DeliveryKind(str(done["kind"]))])


_UNDONE = {
    DeliveryKind.INVOICE: N_("{number}: sending undone."),
    DeliveryKind.REMINDER: N_("{number}: sending of the reminder undone."),
    DeliveryKind.RECEIPT: N_("{number}: sending of the receipt undone."),
    DeliveryKind.STATEMENT: N_("{number}: sending of the statement undone."),
}


def _undo(ws: Workspace, ref: str) -> dict[str, object]:
    """Raises NoSuchInvoice, LostClaim if sending has begun, and StoreError if nothing is waiting."""
    invoice = find_invoice(ws.store, ref)
    assert invoice.id is not None
    deliveries = [*deliveries_of(ws.store, invoice.id), *notices_of(ws.store, invoice.id)]
    queued = [one for one in deliveries if one.state is State.QUEUED]
    waiting = max(queued, key=lambda one: one.id, default=None)  # what was done last
    if waiting is None:
        return _undo_issue(ws, invoice.id)
    draft_again = cancel(ws, waiting)
    return {
        "id": waiting.id,
        "invoice": invoice.id,
        "number": waiting.number,
        "state": str(State.CANCELLED),
        "draft_again": draft_again,
        "kind": str(waiting.kind),
    }


def _undo_issue(ws: Workspace, invoice_id: int) -> dict[str, object]:
    """Raises StoreError if the last thing that was done with the invoice was something else."""
    undone = undo_last_issue(ws.store, invoice_id)
    if undone is None:
        raise StoreError(_("This invoice is not waiting to be sent."), kept=_("Nothing was changed."))
    return {
        "id": None,
        "invoice": invoice_id,
        "number": undone.known_number,
        "state": None,
        "draft_again": undone.book_status is BookStatus.DRAFT,
        "kind": str(DeliveryKind.INVOICE),
    }

"""facturier issue: give drafts their numbers without sending them, and record how customers get them."""

import argparse

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import BookStatus, ByHand, delivery_word
from facturier.models.errors import FacturierError, StoreError
from facturier.models.issuing.by_hand import check_complete, check_reason, issue_by_hand, mark_sent
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.store.store import Store
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--mark-sent", action="store_true", help=_("record that the customer has it"))
    parser.add_argument(
        "--how", choices=[str(how) for how in ByHand], help=_("how the customer got it; implies --mark-sent")
    )
    parser.add_argument("--reason", type=clean, default="", metavar="TEXT", help=_("saved in the history"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store
    how = ByHand(options.how) if options.how else ByHand.OTHER if options.mark_sent else None
    if how is not None:
        check_reason(how, options.reason)
    status, objects = DONE, []
    for ref in dict.fromkeys(options.refs):
        try:
            invoice = _issue(store, find_invoice(store, ref), how, options.reason)
        except FacturierError as error:
            shell.tell(labelled(ref, error))
            status = REFUSED
            continue
        objects.append(
            {
                "id": invoice.id,
                "number": invoice.number,
                "delivery": delivery_word(invoice.book_status, invoice.delivery, invoice.handed_over),
                **({"handed_over": invoice.handed_over} if invoice.handed_over else {}),
            }
        )
        if not options.json:
            sent, not_sent = _("{ref}: issued as {number}, marked as sent."), _("{ref}: issued as {number}, not sent.")
            words = sent if how else not_sent
            shell.say(words.format(ref=ref, number=invoice.number))
    if options.json:
        shell.say_json(objects)
    return status


def _issue(store: Store, invoice: Invoice, how: ByHand | None, reason: str) -> Invoice:
    """Raises StoreError, and InputError if an issued invoice is marked as sent without a reason."""
    assert invoice.id is not None
    if invoice.book_status is BookStatus.DRAFT:
        if how is not None:
            return issue_by_hand(store, invoice, how, reason)
        check_complete(invoice)
        return issue_invoice(store, invoice)
    if how is None:
        raise StoreError(
            _("{document} has been issued.").format(document=invoice.called_first),
            kept=_("Nothing was changed."),
        )
    return mark_sent(store, invoice.id, how, reason)

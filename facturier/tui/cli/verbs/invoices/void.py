"""facturier void: void issued invoices that the customer does not have."""

import argparse
from typing import Any

from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.payments.voiding import void_invoice
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.each_ref import each_ref
from facturier.tui.cli.shell import Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--reason", type=clean, required=True, metavar="TEXT", help=_("saved in the history"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store

    def void(ref: str) -> tuple[dict[str, Any], str]:
        invoice_id = find_invoice(store, ref).id or 0
        void_invoice(store, invoice_id, options.reason)
        voided = get_invoice(store, invoice_id)
        words = _("{ref}: void. Its number is not used again.").format(ref=ref)
        return {"id": voided.id, "number": voided.number, "status": str(voided.book_status)}, words

    return each_ref(options, shell, void)

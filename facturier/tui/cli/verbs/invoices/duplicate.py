"""facturier duplicate: create drafts with the customer and lines of other invoices."""

import argparse
from typing import Any

from facturier.models.books.invoices import find_invoice
from facturier.models.drafts.drafts import copy_invoice
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.each_ref import each_ref
from facturier.tui.cli.shell import Shell
from facturier.tui.words.formatting import with_currency


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("an invoice number, or @id"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)

    def duplicate(ref: str) -> tuple[dict[str, Any], str]:
        source = find_invoice(ws.store, ref)
        draft = copy_invoice(ws.store, source.id or 0, ws.today())
        total = draft.total
        found = {
            "id": draft.id,
            "source": source.id,
            "customer": draft.customer.name,
            "total": total.minor,
            "total_text": total.plain(),
        }
        customer = clean(draft.customer.name) or _("an unnamed customer")
        words = _("{ref}: draft for {customer}, {amount}.")
        return found, words.format(ref=draft.ref, customer=customer, amount=with_currency(total))

    return each_ref(options, shell, duplicate)

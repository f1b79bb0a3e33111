"""facturier delete: delete drafts."""

import argparse
from typing import Any

from facturier.models.books.invoices import find_invoice
from facturier.models.issuing.deleting import delete_draft
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.cli.each_ref import each_ref
from facturier.tui.cli.shell import Shell


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", type=clean, metavar="REF", help=_("@ and the id of a draft"))
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    store = shell.workspace(looking=True).store

    def delete(ref: str) -> tuple[dict[str, Any], str]:
        draft = find_invoice(store, ref)
        delete_draft(store, draft.id or 0)
        return {"id": draft.id, "customer": draft.customer.name}, _("{ref}: deleted.").format(ref=ref)

    return each_ref(options, shell, delete)

"""facturier list: the invoices with both statuses."""

import argparse
from datetime import date, datetime

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.sent import when_sent
from facturier.models.books.status import delivery_word
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE

_PAGE = 500


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--status",
        choices=[str(show) for show in InvoiceFilter],
        default=str(InvoiceFilter.ALL),
        help=_("only invoices with this status"),
    )
    parser.add_argument(
        "--search", type=clean, default="", metavar="TEXT", help=_("only invoices that contain all these words")
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON, for programs"))


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    today = ws.today()
    with ws.store.reading():
        listing = Listing(ws.store, View(InvoiceFilter(options.status), options.search), today)
        rows = page = listing.first(_PAGE)
        while len(page) == _PAGE:
            page = listing.after(page[-1].id, _PAGE)
            rows += page
        sent = when_sent(ws.store, [row.id for row in rows]) if options.json else {}
    if options.json:
        shell.say_json([as_object(row, today, sent.get(row.id)) for row in rows])
    else:
        for row in rows:
            shell.say(_as_text(row, today))
    return DONE


def as_object(row: InvoiceRow, today: date, sent: datetime | None) -> dict[str, object]:
    """One invoice for programs: amounts in minor units, and as decimal text beside them; `sent` is when it was sent
    last."""
    return {
        "id": row.id,
        "number": row.number,
        "kind": str(row.kind),
        "customer": row.customer,
        "date": row.date.isoformat(),
        "due": row.due.isoformat(),
        "currency": row.currency,
        "total": row.total,
        "total_text": Money(row.total, row.currency).plain(),
        "balance": row.balance,
        "balance_text": Money(row.balance, row.currency).plain(),
        "delivery": delivery_word(row.book_status, row.delivery, row.handed_over),
        "sent": sent.isoformat() if sent else None,
        "settlement": str(row.owed(today).settlement),
        **({"reserved_number": row.reserved} if row.reserved else {}),
        **({"handed_over": row.handed_over} if row.handed_over else {}),
        **({"damaged": row.damaged} if row.damaged else {}),
    }


def _as_text(row: InvoiceRow, today: date) -> str:
    balance = Money(row.balance, row.currency).text(spoken())
    parts = (
        f"{row.number or row.reserved or f'@{row.id}':>8}",
        row.date.isoformat(),
        f"{row.customer[:32]:32}",
        row.due.isoformat(),
        f"{balance:>14} {row.currency}",
        f"{delivery_word(row.book_status, row.delivery, row.handed_over):12}",
        str(row.owed(today).settlement),
    )
    return "  ".join(parts)

"""facturier list: the invoices with both statuses."""

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TextIO

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
from facturier.tui.words.states import state_word

_PAGE = 500
# Where the columns of `_cells` are, and how much of a customer's name is worth more than the date.
_NUMBER, _DATE, _CUSTOMER, _BALANCE = 0, 1, 2, 4
_NAME = 24


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
        columns = terminal_columns(shell.stdout)
        for line in _fitted(rows, today, columns) if columns else (_as_text(row, today) for row in rows):
            shell.say(line)
    return DONE


def terminal_columns(stream: TextIO) -> int:
    """Return the width of the terminal that a stream writes to, or 0 if it is not a terminal or does not say."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


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


def _fitted(rows: Sequence[InvoiceRow], today: date, room: int) -> Iterator[str]:
    """Yield a line for each invoice, at most `room` columns wide where that is possible.

    The customer gets what the other columns leave. The date is left out if that is too little for a name.
    """
    from rich.cells import cell_len, set_cell_size

    table = [_cells(row, today) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    room -= sum(widths) - widths[_CUSTOMER] + 2 * (len(widths) - 1)
    dated = room >= min(_NAME, widths[_CUSTOMER])
    room += 0 if dated else widths[_DATE] + 2
    customer = max(min(widths[_CUSTOMER], room), 10)
    for cells in table:
        fitted = [
            " " * (width - cell_len(cell)) + cell if place in (_NUMBER, _BALANCE) else set_cell_size(cell, width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        name = cells[_CUSTOMER]
        cut = cell_len(name) > customer
        fitted[_CUSTOMER] = set_cell_size(name, customer - 1) + "…" if cut else set_cell_size(name, customer)
        if not dated:
            del fitted[_DATE]
        yield "  ".join(fitted).rstrip()


def _cells(row: InvoiceRow, today: date) -> tuple[str, ...]:
    return (
        row.number or row.reserved or f"@{row.id}",
        row.date.isoformat(),
        clean(row.customer),
        row.due.isoformat(),
        f"{Money(row.balance, row.currency).text(spoken())} {row.currency}",
        state_word(delivery_word(row.book_status, row.delivery, row.handed_over)),
        state_word(row.owed(today).settlement),
    )


def _as_text(row: InvoiceRow, today: date) -> str:
    balance = Money(row.balance, row.currency).text(spoken())
    parts = (
        f"{row.number or row.reserved or f'@{row.id}':>8}",
        row.date.isoformat(),
        f"{row.customer[:32]:32}",
        row.due.isoformat(),
        f"{balance:>14} {row.currency}",
        f"{state_word(delivery_word(row.book_status, row.delivery, row.handed_over)):12}",
        state_word(row.owed(today).settlement),
    )
    return "  ".join(parts)

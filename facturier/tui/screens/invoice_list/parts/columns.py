"""The columns of the invoice list."""

from collections.abc import Callable
from datetime import date, datetime

from rich.cells import cell_len
from rich.text import Text

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import BookStatus, InvoiceKind, Settlement
from facturier.models.listing.view import SortKey
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import (
    CREDIT,
    delivery_status,
    delivery_width,
    glyph_of,
    scheduled,
    settlement,
    settlement_with_balance,
)
from facturier.tui.words.formatting import day_width, short_day, with_currency


def invoice_columns(
    today: Callable[[], date], currency: str, clock: Callable[[], datetime], next_number: str = ""
) -> tuple[Column[InvoiceRow], ...]:
    """Amounts in another currency than the company's `currency` carry its code. `next_number` shows how long
    numbers are."""

    def amount(minor: int, of: str) -> Text:
        money = Money(minor, of)
        return Text(money.text(spoken()) if of == currency else with_currency(money))

    def number(row: InvoiceRow) -> Text:
        return Text(row.number) if row.number else Text(row.reserved or draft, "italic")

    def delivery(row: InvoiceRow) -> Text:
        if row.leaves is not None and not row.alerts and (later := scheduled(row.leaves, clock())) is not None:
            return later
        status = delivery_status(row.book_status, row.delivery, row.handed_over)
        return status._replace(glyph="⚠").text() if row.alerts else status.text()

    def owed(row: InvoiceRow) -> Text:
        if row.kind is InvoiceKind.CREDIT_NOTE and row.book_status is BookStatus.DRAFT:
            return CREDIT.text()
        return settlement(row.owed(today()))

    def owed_with_balance(row: InvoiceRow) -> Text:
        status = row.owed(today())
        if status.settlement in (Settlement.OVERDUE, Settlement.PARTLY_PAID) and row.paid > 0:
            return settlement_with_balance(status, amount(row.balance, row.currency).plain)
        return owed(row)

    widest_number = max(5, cell_len(next_number))
    draft = _("draft") if cell_len(_("draft")) <= widest_number else "–"  # the delivery says it, too
    widest_day = day_width(lambda day: short_day(day, today()), today())

    def customer(width: int, rank: int, short: Column[InvoiceRow] | None) -> Column[InvoiceRow]:
        def name(row: InvoiceRow) -> Text:
            return Text(clean(row.customer))

        return Column(_("Customer"), name, width, rank, flex=True, key=SortKey.CUSTOMER, short=short)

    # The highest rank goes first. A customer of 13 letters is kept longer than the date. The delivery shrinks to its
    # glyph before the total goes.
    status: Column[InvoiceRow] = Column("", lambda row: glyph_of(delivery(row)), 1, rank=2)
    due: Column[InvoiceRow] = Column(_("Due"), owed_with_balance, 12, rank=0, key=SortKey.DUE, figures=True)
    return (
        Column(_("No."), number, widest_number, rank=1, key=SortKey.NUMBER),
        Column(_("Date"), lambda row: Text(short_day(row.date, today())), widest_day, rank=7, key=SortKey.DATE),
        customer(16, 8, customer(13, 5, customer(10, 0, None))),
        Column(_("PO number"), lambda row: Text(clean(row.reference)), 12, rank=10),
        Column(_("Project"), lambda row: Text(clean(row.project)), 14, rank=11),
        Column(_("Due"), owed, 12, rank=0, key=SortKey.DUE, without=(SortKey.BALANCE, due)),
        Column(_("Total"), lambda row: amount(row.total, row.currency), 12, rank=4, right=True, key=SortKey.TOTAL),
        Column(
            _("Balance"), lambda row: amount(row.balance, row.currency), 12, rank=9, right=True, key=SortKey.BALANCE
        ),
        Column(_("Delivery"), delivery, delivery_width(), rank=6, short=status),
    )

"""The columns of the invoice list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from rich.text import Text

from facturier.models.clean import clean
from facturier.models.invoice import InvoiceRow
from facturier.models.language import _, spoken
from facturier.models.listing import Sort
from facturier.models.money import Money
from facturier.tui.dates import short_day
from facturier.tui.widgets.columns import Column
from facturier.tui.widgets.status import delivery_status, settlement


def invoice_columns(today: Callable[[], date], currency: str) -> tuple[Column[InvoiceRow], ...]:
    """Amounts in another currency than the company's `currency` carry its code."""

    def amount(minor: int, of: str) -> Text:
        written = Money(minor, of).text(spoken())
        return Text(written if of == currency else f"{of} {written}")

    def number(row: InvoiceRow) -> Text:
        return Text(row.number) if row.number else Text(_("draft"), "italic")

    def delivery(row: InvoiceRow) -> Text:
        status = delivery_status(row.standing, row.delivery)
        return replace(status, glyph="⚠").text() if row.alerts else status.text()

    return (
        Column(_("No."), number, 7, rank=1, key=Sort.NUMBER),
        Column(_("Date"), lambda row: Text(short_day(row.date, today())), 7, rank=4, key=Sort.DATE),
        Column(_("Customer"), lambda row: Text(clean(row.customer)), 14, flex=True, key=Sort.CUSTOMER),
        Column(_("Due"), lambda row: settlement(row.owed(today())), 12, rank=3, key=Sort.DUE),
        Column(_("Total"), lambda row: amount(row.total, row.currency), 13, rank=5, right=True, key=Sort.TOTAL),
        Column(_("Balance"), lambda row: amount(row.balance, row.currency), 13, rank=2, right=True, key=Sort.BALANCE),
        Column(_("Delivery"), delivery, 11),
    )

"""The columns of the list of estimates, and the orders that it can be in."""

from collections.abc import Callable
from datetime import date

from rich.cells import cell_len
from rich.text import Text

from facturier.models.estimates.estimate_list import EstimateRow, progressing
from facturier.models.listing.view import SortKey
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.estimate_status import progress_text, progress_width
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import delivery_status, delivery_width
from facturier.tui.words.formatting import short_day, with_currency

_NUMBER = 7  # cells
SORTS = (SortKey.DATE, SortKey.NUMBER, SortKey.CUSTOMER, SortKey.DUE, SortKey.TOTAL)


def estimate_columns(today: Callable[[], date], currency: str) -> tuple[Column[EstimateRow], ...]:
    """Amounts in another currency than the company's `currency` carry its code."""

    def number(row: EstimateRow) -> Text:
        one = row.invoice
        return Text(one.number) if one.number else Text(one.reserved or draft, "italic")

    def total(row: EstimateRow) -> Text:
        money = Money(row.invoice.total, row.invoice.currency)
        return Text(money.text(spoken()) if money.currency == currency else with_currency(money))

    def status(row: EstimateRow) -> Text:
        text = progress_text(row.invoice, progressing(row, today()))
        return Text(f"⚠{text.plain[1:]}", WARNING) if row.invoice.alerts else text

    def delivery(row: EstimateRow) -> Text:
        one = row.invoice
        return delivery_status(one.book_status, one.delivery, one.handed_over).text()

    def customer(width: int, rank: int, short: Column[EstimateRow] | None) -> Column[EstimateRow]:
        def name(row: EstimateRow) -> Text:
            return Text(clean(row.invoice.customer))

        return Column(_("Customer"), name, width, rank, flex=True, key=SortKey.CUSTOMER, short=short)

    def until(title: str, width: int, rank: int, short: Column[EstimateRow] | None) -> Column[EstimateRow]:
        def day(row: EstimateRow) -> Text:
            return Text(short_day(row.invoice.due, today()))

        return Column(title, day, width, rank, key=SortKey.DUE, short=short)

    draft = _("draft") if cell_len(_("draft")) <= _NUMBER else "–"  # the state says it, too
    valid_until = _("Valid until")
    return (
        Column(_("No."), number, _NUMBER, rank=1, key=SortKey.NUMBER),
        Column(_("Date"), lambda row: Text(short_day(row.invoice.date, today())), 9, rank=3, key=SortKey.DATE),
        customer(20, 6, customer(12, 0, None)),
        until(valid_until, cell_len(valid_until), 7, until(_("Until"), 9, 4, None)),
        Column(_("Total"), total, 12, rank=2, right=True, key=SortKey.TOTAL),
        Column(_("State"), status, progress_width()),
        Column(_("Delivery"), delivery, delivery_width(), rank=8),
    )

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
from facturier.tui.widgets.estimate_status import progress_text
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import delivery_status
from facturier.tui.words.formatting import short_day, with_currency

SORTS = (SortKey.DATE, SortKey.NUMBER, SortKey.CUSTOMER, SortKey.DUE, SortKey.TOTAL)


def estimate_columns(today: Callable[[], date], currency: str) -> tuple[Column[EstimateRow], ...]:
    """Amounts in another currency than the company's `currency` carry its code."""

    def number(row: EstimateRow) -> Text:
        one = row.invoice
        return Text(one.number) if one.number else Text(one.reserved or _("draft"), "italic")

    def total(row: EstimateRow) -> Text:
        money = Money(row.invoice.total, row.invoice.currency)
        return Text(money.text(spoken()) if money.currency == currency else with_currency(money))

    def status(row: EstimateRow) -> Text:
        text = progress_text(row.invoice, progressing(row, today()))
        return Text(f"⚠{text.plain[1:]}", WARNING) if row.invoice.alerts else text

    def delivery(row: EstimateRow) -> Text:
        one = row.invoice
        return delivery_status(one.book_status, one.delivery, one.handed_over).text()

    widest = 2 + max(map(cell_len, (_("Billed {percent}%").format(percent=100), _("Accepted"), _("Declined"))))
    return (
        Column(_("No."), number, max(7, cell_len(_("draft"))), rank=1, key=SortKey.NUMBER),
        Column(_("Date"), lambda row: Text(short_day(row.invoice.date, today())), 9, rank=3, key=SortKey.DATE),
        Column(_("Customer"), lambda row: Text(clean(row.invoice.customer)), 14, flex=True, key=SortKey.CUSTOMER),
        Column(_("Valid until"), lambda row: Text(short_day(row.invoice.due, today())), 11, rank=4, key=SortKey.DUE),
        Column(_("Total"), total, 12, rank=2, right=True, key=SortKey.TOTAL),
        Column(_("State"), status, widest),
        Column(_("Delivery"), delivery, 12, rank=5),
    )

"""The columns of the customers, and of the invoices and payments of one."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import PaymentKind
from facturier.models.customers.customer_list import CustomerSort
from facturier.models.customers.figures import Balance, Figures
from facturier.models.receivables.customer_payments import PaymentOf
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui.themes.theme import ERROR, QUIET
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import delivery_status, delivery_width, glyph_of, settlement
from facturier.tui.words.formatting import amount, day_width, long_day, short_day

_NUMBER = 7  # cells

KINDS = {
    PaymentKind.PAYMENT: N_("Payment"),
    PaymentKind.DEPOSIT: N_("Deposit"),
    PaymentKind.CREDIT: N_("Credit"),
    PaymentKind.WRITE_OFF: N_("Write-off"),
}


class ListedCustomer(NamedTuple):
    """A customer with what the list shows. `figures` is None until they are read."""

    id: int
    name: str
    contact: str
    email: str
    archived: bool
    figures: Figures | None


def customer_columns(today: Callable[[], date], own: str) -> tuple[Column[ListedCustomer], ...]:
    """Amounts in another currency than the company's `own` carry its code. They are never added up."""

    def name(row: ListedCustomer) -> Text:
        return Text(clean(row.name), QUIET if row.archived else "")

    def amounts(row: ListedCustomer, of: Callable[[Balance], int]) -> list[str]:
        balances = row.figures.balances if row.figures is not None else ()
        shown = sorted(balances, key=lambda balance: (balance.currency != own, balance.currency))
        return [amount(of(balance), balance.currency, own) for balance in shown if of(balance)]

    def owed(row: ListedCustomer) -> Text:
        return Text(", ".join(amounts(row, lambda balance: balance.owed)))

    def owed_briefly(row: ListedCustomer) -> Text:
        return Text(briefly(amounts(row, lambda balance: balance.owed)))

    def overdue(row: ListedCustomer) -> Text:
        return Text(briefly(amounts(row, lambda balance: balance.overdue)), ERROR)

    def briefly(shown: list[str]) -> str:
        """Return the first amount, and how many more there are in other currencies."""
        return f"{shown[0]} +{len(shown) - 1}" if len(shown) > 1 else "".join(shown)

    def last(row: ListedCustomer) -> Text:
        day = row.figures.last if row.figures is not None else None
        return Text(short_day(day, today()) if day is not None else "")

    def owed_column(width: int, rank: int, short: Column[ListedCustomer] | None = None) -> Column[ListedCustomer]:
        cell = owed if short is not None else owed_briefly
        return Column(_("Owed"), cell, width, rank, right=True, key=CustomerSort.OWED, short=short)

    return (
        Column(_("Customer"), name, 20, flex=True, key=CustomerSort.NAME),
        Column(_("Email"), lambda row: Text(clean(row.email), QUIET), 18, rank=4, flex=True),
        owed_column(22, 3, owed_column(13, 0)),
        Column(_("Overdue"), overdue, 13, rank=1, right=True, key=CustomerSort.OVERDUE),
        Column(_("Last invoice"), last, 12, rank=2, key=CustomerSort.LAST),
    )


def _delivery(row: InvoiceRow) -> Text:
    return delivery_status(row.book_status, row.delivery, row.handed_over).text()


def invoice_columns(today: Callable[[], date], own: str) -> tuple[Column[InvoiceRow], ...]:
    draft = _("draft") if cell_len(_("draft")) <= _NUMBER else "–"  # the delivery says it, too
    widest_day = day_width(lambda day: short_day(day, today()), today())
    status: Column[InvoiceRow] = Column("", lambda row: glyph_of(_delivery(row)), 1, rank=4)
    return (
        Column(_("No."), lambda row: Text(row.number or row.reserved or draft), _NUMBER),
        Column(_("Date"), lambda row: Text(short_day(row.date, today())), widest_day, rank=3),
        Column(_("Due"), lambda row: settlement(row.owed(today())), 12, rank=1, flex=True),
        Column(_("Total"), lambda row: Text(amount(row.total, row.currency, own)), 12, rank=2, right=True),
        Column(_("Balance"), lambda row: Text(amount(row.balance, row.currency, own)), 12, right=True),
        Column(_("Delivery"), _delivery, delivery_width(), rank=5, short=status),
    )


def payment_columns(today: Callable[[], date], own: str) -> tuple[Column[PaymentOf], ...]:
    return (
        Column(_("Date"), lambda row: Text(long_day(row.date)), day_width(long_day, today())),
        Column(_("No."), lambda row: Text(row.numbers), 9, rank=1, flex=True),
        Column(_("Kind"), lambda row: Text(_(KINDS[row.kind])), 11, rank=3),
        Column(_("Method"), lambda row: Text(clean(row.method or row.reference)), 12, rank=2),
        Column(_("Amount"), lambda row: Text(amount(row.amount, row.currency, own)), 14, right=True),
        Column(
            _("Credit"),
            lambda row: Text(amount(row.rest, row.currency, own) if row.rest > 0 else ""),
            12,
            rank=4,
            right=True,
        ),
    )

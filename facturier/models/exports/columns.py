"""The columns of the lists that can be exported. Their names are the same in every language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from facturier.models.books.invoice import Customer, Invoice, InvoiceRow, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import delivery_word
from facturier.models.customers.figures import Figures
from facturier.models.estimates.estimate_list import ProgressStatus
from facturier.models.exports.formats import Cell
from facturier.models.store.store import Store
from facturier.models.text.money import Money


@dataclass
class OneInvoice:
    """An invoice of the list. What only some columns need is read when they ask for it."""

    store: Store
    row: InvoiceRow
    today: date
    sent: datetime | None

    @cached_property
    def whole(self) -> Invoice:
        return get_invoice(self.store, self.row.id)

    def amount(self, minor: int) -> str:
        return Money(minor, self.row.currency).plain()


class Column(NamedTuple):
    name: str
    cell: Callable[[Any], Cell]
    usual: bool = True  # whether it is exported if nobody chooses columns


def _delivery(one: OneInvoice) -> str:
    return delivery_word(one.row.book_status, one.row.delivery, one.row.handed_over)


_INVOICES = (
    Column("number", lambda one: one.row.number or one.row.reserved),
    Column("date", lambda one: one.row.date),
    Column("due", lambda one: one.row.due),
    Column("customer", lambda one: one.row.customer),
    Column("currency", lambda one: one.row.currency),
    Column("subtotal", lambda one: one.amount(one.whole.totals.subtotal)),
    Column("discount", lambda one: one.amount(one.whole.totals.discount)),
    Column("shipping", lambda one: one.amount(one.whole.totals.shipping)),
    Column("tax", lambda one: one.amount(sum(tax.amount for tax in one.whole.totals.taxes))),
    Column("total", lambda one: one.amount(one.row.total)),
    Column("paid", lambda one: one.amount(one.row.paid)),
    Column("balance", lambda one: one.amount(one.row.balance)),
    Column("status", lambda one: str(one.row.owed(one.today).settlement)),
    Column("delivery", _delivery),
    Column("sent", lambda one: one.sent),
    Column("reference", lambda one: one.whole.reference),
    Column("project", lambda one: one.whole.project, usual=False),
    Column("kind", lambda one: str(one.whole.kind), usual=False),
    Column("email", lambda one: one.whole.customer.email, usual=False),
    Column("exchange_rate", lambda one: one.whole.exchange_rate, usual=False),
    Column("notes", lambda one: one.whole.notes, usual=False),
    Column("id", lambda one: one.row.id, usual=False),
)


def _of_row(name: str, *, usual: bool = True) -> Column:
    return Column(name, lambda row: row[name], usual)


@dataclass
class OneEstimate(OneInvoice):
    billed: int
    stage: ProgressStatus


_ESTIMATES = (
    *(column for column in _INVOICES if column.name in ("number", "date", "due", "customer", "currency")),
    *(column for column in _INVOICES if column.name in ("subtotal", "discount", "shipping", "tax", "total")),
    Column("status", lambda one: str(one.stage.progressing)),
    Column("billed", lambda one: one.amount(one.billed)),
    Column("billed_percent", lambda one: one.stage.percent),
    *(column for column in _INVOICES if column.name in ("delivery", "sent", "reference")),
    *(column for column in _INVOICES if column.name in ("project", "email", "notes", "id")),
)


class OneCustomer(NamedTuple):
    """A customer of the list. `figures` reads what all customers owe when the first one asks for it."""

    row: dict[str, Any]
    figures: Callable[[], Mapping[int, Figures]]
    currency: str

    def __getitem__(self, name: Any) -> Any:
        return self.row[name]

    @property
    def owes(self) -> Figures:
        return self.figures().get(self.row["id"], Figures())

    def amount(self, part: str) -> str:
        return Money(getattr(self.owes.of(self.currency), part), self.currency).plain()

    @property
    def other(self) -> str:
        others = (balance for balance in self.owes.balances if balance.currency != self.currency)
        return ", ".join(f"{one.currency} {Money(one.owed, one.currency).plain()}" for one in others)


_CUSTOMERS = (
    *(_of_row(name) for name in ("name", "contact", "email", "cc", "bcc", "telephone", "address")),
    *(_of_row(name) for name in ("street", "city", "region", "postcode", "country")),
    *(_of_row(name) for name in ("language", "currency", "terms", "tax")),
    *(_of_row(name) for name in ("business_number", "qst_number", "vat_id")),
    *(_of_row(name, usual=False) for name in ("ship_to", "notes", "archived", "id")),
    Column("owed", lambda one: one.amount("owed"), usual=False),
    Column("overdue", lambda one: one.amount("overdue"), usual=False),
    Column("owed_other", lambda one: one.other, usual=False),
    Column("last_invoice", lambda one: one.owes.last, usual=False),
)
CUSTOMER_FIELDS = tuple(
    name for name in (column.name for column in _CUSTOMERS) if name in {field.name for field in fields(Customer)}
)


class OneItem(NamedTuple):
    item: Item
    currency: str


_ITEMS = (
    Column("name", lambda one: one.item.name),
    Column("sku", lambda one: one.item.sku),
    Column("description", lambda one: one.item.description),
    Column("description_fr", lambda one: one.item.description_fr),
    Column("unit", lambda one: one.item.unit),
    Column("currency", lambda one: one.currency),
    Column("rate", lambda one: one.item.rate),
    Column("other_rates", lambda one: ", ".join(f"{code} {rate}" for code, rate in one.item.rates.items())),
    Column("tax", lambda one: one.item.tax),
    Column("archived", lambda one: one.item.archived),
)
_PAYMENTS = (
    _of_row("date"),
    Column("invoice", lambda row: row["number"]),
    _of_row("customer"),
    _of_row("currency"),
    Column("amount", lambda row: Money(row["amount"], row["currency"]).plain()),
    Column("kind", lambda row: str(row["kind"])),
    *(_of_row(name) for name in ("method", "reference", "account")),
    _of_row("id", usual=False),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    "invoices": _INVOICES,
    "estimates": _ESTIMATES,
    "customers": _CUSTOMERS,
    "items": _ITEMS,
    "payments": _PAYMENTS,
}

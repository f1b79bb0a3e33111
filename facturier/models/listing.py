"""The invoice list: filtered, searched and sorted, read a page at a time by key, never by offset."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from facturier.models.fold import like
from facturier.models.invoice import InvoiceRow
from facturier.models.status import Standing, State
from facturier.models.store import Store

_COLUMNS = "id, number, standing, date, customer, due, currency, total, paid, delivery, alerts"


class Show(StrEnum):
    """Which invoices: the filters above the list."""

    ALL = "all"
    DRAFT = "draft"
    NOT_SENT = "not_sent"
    SENT = "sent"
    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"
    ALERTS = "alerts"


class Sort(StrEnum):
    """By what. The value is the column that it reads."""

    DATE = "date"
    NUMBER = "placed"
    CUSTOMER = "sorted"
    DUE = "due"
    TOTAL = "total"
    BALANCE = "balance"


_SHOWN = {
    Show.ALL: "1",
    Show.DRAFT: "standing = 'draft'",
    Show.NOT_SENT: "(delivery IS NULL OR delivery NOT IN ('sent', 'partly_sent')) AND standing != 'void'",
    Show.SENT: "delivery IN ('sent', 'partly_sent')",
    Show.DUE: "standing = 'issued' AND balance > 0 AND due >= :today",
    Show.OVERDUE: "standing = 'issued' AND balance > 0 AND due < :today",
    Show.PAID: "standing = 'issued' AND balance <= 0",
    Show.ALERTS: "alerts > 0",
}


@dataclass(frozen=True, slots=True)
class View:
    """What the list shows and in which order."""

    show: Show = Show.ALL
    text: str = ""
    sort: Sort = Sort.DATE
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Sum:
    """How many invoices, and what they come to in minor units of one currency."""

    show: Show
    currency: str
    count: int
    amount: int


class Listing:
    """The rows of one View, as of `today`. Every call is one short read; nothing is kept but the view."""

    def __init__(self, store: Store, view: View, today: date) -> None:
        self._store = store
        self.view = view
        self.today = today
        self._key = str(view.sort)
        self._where = _SHOWN[view.show].replace(":today", f"'{today.isoformat()}'")
        self._values: tuple[object, ...] = ()
        if view.text.strip():
            words = view.text.split()
            self._where += " AND folded LIKE ? ESCAPE '\\'" * len(words)
            self._values = tuple(like(word) for word in words)

    def count(self) -> int:
        found = self._store.row(f"SELECT count(*) FROM invoice WHERE {self._where}", *self._values)
        return int(found[0]) if found else 0

    def first(self, limit: int) -> list[InvoiceRow]:
        return self._page("1", (), self.view.descending, limit)

    def last(self, limit: int) -> list[InvoiceRow]:
        """The last rows, in the order of the list."""
        return self._page("1", (), not self.view.descending, limit)[::-1]

    def after(self, invoice_id: int, limit: int) -> list[InvoiceRow]:
        """The rows that follow one, which need not be shown itself any more."""
        return self._beside(invoice_id, limit, self.view.descending)

    def before(self, invoice_id: int, limit: int) -> list[InvoiceRow]:
        """The rows just above one, in the order of the list."""
        return self._beside(invoice_id, limit, not self.view.descending)[::-1]

    def rows(self, ids: tuple[int, ...]) -> list[InvoiceRow]:
        """These invoices as they are now, in the order of the list; those that the view does not show are left out."""
        return self._page(f"id IN ({', '.join('?' * len(ids))})", ids, self.view.descending, len(ids))

    def position(self, invoice_id: int) -> int:
        """How many rows stand above one."""
        up = ">" if self.view.descending else "<"
        found = self._store.row(
            f"SELECT count(*) FROM invoice WHERE {self._where} AND ({self._key}, id) {up}"
            f" (SELECT {self._key}, id FROM invoice WHERE id = ?)",
            *self._values,
            invoice_id,
        )
        return int(found[0]) if found else 0

    def find(self, prefix: str) -> int | None:
        """The first invoice, in the list's order, whose number or customer begins with what is typed."""
        pattern = like(prefix)[1:]
        order = "DESC" if self.view.descending else "ASC"
        found = self._store.row(
            f"SELECT id FROM invoice WHERE {self._where} AND"
            " (sorted LIKE ? ESCAPE '\\' OR number LIKE ? ESCAPE '\\')"
            f" ORDER BY {self._key} {order}, id {order} LIMIT 1",
            *self._values,
            pattern,
            pattern,
        )
        return int(found[0]) if found else None

    def _beside(self, invoice_id: int, limit: int, descending: bool) -> list[InvoiceRow]:
        than = "<" if descending else ">"
        where = f"({self._key}, id) {than} (SELECT {self._key}, id FROM invoice WHERE id = ?)"
        return self._page(where, (invoice_id,), descending, limit)

    def _page(self, where: str, values: tuple[object, ...], descending: bool, limit: int) -> list[InvoiceRow]:
        order = "DESC" if descending else "ASC"
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM invoice WHERE {self._where} AND {where}"
            f" ORDER BY {self._key} {order}, id {order} LIMIT ?",
            *self._values,
            *values,
            limit,
        )
        return [row_of(row) for row in found]


def sums(store: Store, today: date, currency: str) -> dict[Show, Sum]:
    """How many invoices each filter shows and what they come to in `currency`: balances, or totals where nothing is
    owed any more. Counts are over all currencies."""
    amounts = {Show.PAID: "total", Show.SENT: "total", Show.ALL: "total"}
    parts = []
    for show, where in _SHOWN.items():
        amount = amounts.get(show, "balance")
        parts.append(f"count(*) FILTER (WHERE {where})")
        parts.append(f"coalesce(sum({amount}) FILTER (WHERE {where} AND currency = :currency), 0)")
    sql = f"SELECT {', '.join(parts)} FROM invoice"
    found = store.row(
        sql.replace(":today", f"'{today.isoformat()}'").replace(":currency", "?"), *[currency] * len(_SHOWN)
    )
    assert found is not None
    return {
        show: Sum(show, currency, found[2 * position], found[2 * position + 1]) for position, show in enumerate(_SHOWN)
    }


def row_of(row: tuple[object, ...]) -> InvoiceRow:
    id_, number, standing, day, customer, due, currency, total, paid, delivery, alerts = row
    return InvoiceRow(
        id=int(str(id_)),
        number=None if number is None else str(number),
        standing=Standing(str(standing)),
        date=date.fromisoformat(str(day)),
        customer=str(customer),
        due=date.fromisoformat(str(due)),
        currency=str(currency),
        total=int(str(total)),
        paid=int(str(paid)),
        delivery=State(str(delivery)) if delivery else None,
        alerts=int(str(alerts)),
    )

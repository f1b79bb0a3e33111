"""The invoice list: filtered, searched, sorted, and read in pages by key instead of by offset.

At a million invoices a page costs what it costs at a hundred. Each order has an index that begins with the stage (see
`schema.sql`); a filter is a few stages, whose pages are merged. Where a condition leaves few invoices, these are
fetched and sorted; where it leaves many, a walk along the order meets them soon.

Plain SQL: which index is walked decides how long a page takes, and Peewee would take longer to build such a query than
SQLite to answer it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import Answer, BookStatus, InvoiceKind, State
from facturier.models.errors import DamagedRow
from facturier.models.listing.conditions import OPEN_CREDITS, STAGES, Condition, conditions
from facturier.models.listing.totals import Added
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.store import sqlite
from facturier.models.store.damaged_rows import reading_row
from facturier.models.store.store import Store
from facturier.models.text.clean import clean

# `facturier.models.books.sent.state_to_customer` as SQL.
_STATE = (
    "CASE WHEN invoice.delivery IN ('partly_sent', 'failed', 'cancelled', 'bounced') THEN coalesce("
    "(SELECT state FROM delivery WHERE delivery.invoice_id = invoice.id AND delivery.kind = 'invoice'"
    " AND state IN ('sent', 'partly_sent', 'bounced')"
    " ORDER BY CASE state WHEN 'sent' THEN 1 WHEN 'partly_sent' THEN 2 ELSE 3 END LIMIT 1), invoice.delivery)"
    " ELSE invoice.delivery END"
)
_COLUMNS = (
    f"id, number, standing, date, customer, due, currency, total, paid, {_STATE}, alerts, CASE invoice.delivery"
    " WHEN 'queued' THEN (SELECT not_before FROM delivery"
    " WHERE delivery.invoice_id = invoice.id AND delivery.kind = 'invoice' AND state = 'queued')"
    " END, reserved, reference, project, handed_over, kind, answer, CASE invoice.kind WHEN 'credit_note' THEN"
    " (SELECT -coalesce(sum(amount), 0) FROM payment"
    " WHERE payment.invoice_id = invoice.id AND payment.kind = 'payment') ELSE 0 END"
)
_INDEX = {
    SortKey.DATE: "invoice_date",
    SortKey.NUMBER: "invoice_placed",
    SortKey.CUSTOMER: "invoice_customer",
    SortKey.DUE: "invoice_due",
    SortKey.TOTAL: "invoice_total",
    SortKey.BALANCE: "invoice_balance",
}
# The column of a sort key, if its name differs.
_COLUMN = {SortKey.NUMBER: "placed", SortKey.CUSTOMER: "sorted"}
_PART = 20_000  # ids that are added up at once
_LENGTH = 3  # digits in front of a number in the column `placed`: the length of the number
_RANGES = 50  # so many parts of one compound query
# The position of a row in a sort order: the sort value and the row's id.
_Position = tuple[object, int]


class Listing:
    """The rows of one View, as of `today`. `stages` are other stages than those of the view's filter.

    Each call is one short read. Only the query plan is cached. Raises InputError if the view has a date or an amount
    that is not valid.
    """

    def __init__(self, store: Store, view: View, today: date, stages: Sequence[str] = ()) -> None:
        self._store = store
        self.view = view
        self.today = today
        self._key = _COLUMN.get(view.sort, str(view.sort))
        self._stages = tuple(stages) or STAGES[view.show]
        self._conditions = tuple(conditions(view, today, self._stages))
        self._where = "".join(f" AND {condition.where}" for condition in self._conditions)
        self._values = tuple(value for condition in self._conditions for value in condition.values)
        self._few: Condition | None = None
        self._planned = not self._conditions

    def count(self) -> int:
        return len(self.ids())

    def first(self, limit: int) -> list[InvoiceRow]:
        return self._page(None, limit, self.view.descending)

    def last(self, limit: int) -> list[InvoiceRow]:
        """Return the last rows, in list order."""
        return self._page(None, limit, not self.view.descending)[::-1]

    def after(self, invoice_id: int, limit: int) -> list[InvoiceRow]:
        """Return the rows that follow an invoice. The view need not show that invoice any longer."""
        place = self._place(invoice_id)
        return [] if place is None else self._page(place, limit, self.view.descending)

    def before(self, invoice_id: int, limit: int) -> list[InvoiceRow]:
        """Return the rows just above an invoice, in list order."""
        place = self._place(invoice_id)
        return [] if place is None else self._page(place, limit, not self.view.descending)[::-1]

    def rows(self, ids: tuple[int, ...]) -> list[InvoiceRow]:
        """Return the current rows of these invoices, in list order, without those that the view does not show."""
        order = "DESC" if self.view.descending else "ASC"
        found = self._store.rows(
            f"SELECT {_COLUMNS} FROM invoice WHERE id IN ({_marks(ids)}) AND stage IN ({_marks(self._stages)})"
            f"{self._where} ORDER BY +{self._key} {order}, +id {order}",
            *ids,
            *self._stages,
            *self._values,
        )
        return [self._row(row) for row in found]

    def ids(self, one: int | None = None, other: int | None = None) -> list[int]:
        """Return the ids of all rows, or of those from `one` to `other` in either direction, in no order."""
        where, values = self._where, self._values
        places = [place for id_ in (one, other) if id_ is not None and (place := self._place(id_)) is not None]
        if places:
            where += f" AND ({self._key}, id) >= (?, ?) AND ({self._key}, id) <= (?, ?)"
            values = (*values, *min(places), *max(places))
        among, found = self._among()
        ids = self._store.rows(
            f"SELECT id FROM invoice WHERE stage IN ({_marks(self._stages)}){where}{among}",
            *self._stages,
            *values,
            *found,
        )
        return [int(row[0]) for row in ids]

    def add_up(self, stopped: Callable[[], bool]) -> list[Added]:
        """Return the number of rows, their totals, balances and taxes by currency. A void invoice counts, with 0.
        A draft has no balance: nobody owes it yet.

        A million rows take seconds. They are read in parts, and what was read is returned once `stopped` returns True.
        """
        from facturier.models.listing.taxes import MOST, add_taxes

        with self._store.reading():
            found = self._add_up(stopped)
            taxes = None
            if sum(one.invoices for one in found) <= MOST:
                taxes = add_taxes(self._store, self.ids(), stopped)
        return [one._replace(tax=None if taxes is None else taxes.get(one.currency, 0)) for one in found]

    def _add_up(self, stopped: Callable[[], bool]) -> list[Added]:
        few = self._plan()
        if few is not None:
            return self._added(f"id IN ({few.ids})", few.found)
        found: dict[str, Added] = {}
        last = self._store.row("SELECT coalesce(max(id), 0) FROM invoice")
        for first in range(0, last[0] + 1 if last else 0, _PART):
            if stopped():
                break
            for one in self._added("id >= ? AND id < ?", (first, first + _PART)):
                before = found.get(one.currency, Added(one.currency, 0, 0, 0))
                sums = (before.invoices + one.invoices, before.total + one.total, before.balance + one.balance)
                found[one.currency] = Added(one.currency, *sums)
        return [found[currency] for currency in sorted(found)]

    def _added(self, among: str, values: tuple[object, ...]) -> list[Added]:
        found = self._store.rows(
            "SELECT currency, count(*), sum(CASE stage WHEN 'void' THEN 0 ELSE total END),"
            " sum(CASE stage WHEN 'draft' THEN 0 ELSE balance END) FROM invoice"
            f" WHERE {among} AND +stage IN ({_marks(self._stages)}){self._where} GROUP BY 1 ORDER BY 1",
            *values,
            *self._stages,
            *self._values,
        )
        return [Added(*row) for row in found]

    def find(self, typed: str) -> int | None:
        """Return the id of the row with the shortest and lowest number that starts with the typed text.

        If there is none, return the first row whose customer name starts with it, or None.
        """
        start = clean(typed)
        found = [hit for hit in (self._numbered(start), self._reserving(start)) if hit is not None]
        if found:
            return min(found)[1]
        named = Listing(self._store, replace(self.view, customer=start), self.today, self._stages)
        return next((row.id for row in named.first(1)), None)

    def _numbered(self, start: str) -> _Position | None:
        """Return the `placed` and the id of the lowest row whose number starts with this text.

        `placed` begins with the length of the number, so there is one range of the index for each length and stage.
        """
        among, found = self._among()
        ranges: list[tuple[object, ...]] = []
        for stage in self._stages:
            ends = self._store.row(
                "SELECT (SELECT min(placed) FROM invoice WHERE stage = ?1 AND placed > ''),"
                " (SELECT max(placed) FROM invoice WHERE stage = ?1 AND placed > '')",
                stage,
            )
            if ends is None or ends[0] is None:
                continue
            shortest, longest = int(str(ends[0])[:_LENGTH]), int(str(ends[1])[:_LENGTH])
            for length in range(max(shortest, len(start)), longest + 1):
                least = f"{length:0{_LENGTH}}{start}"
                ranges.append((stage, least, f"{least}\U0010ffff", *self._values, *found))
        one = (
            f"SELECT * FROM (SELECT placed, id FROM invoice {sqlite.walk(_INDEX[SortKey.NUMBER])}"
            f" WHERE stage = ? AND placed >= ? AND placed < ?{self._where}{among} ORDER BY placed LIMIT 1)"
        )
        lowest: _Position | None = None
        for at in range(0, len(ranges), _RANGES):
            some = ranges[at : at + _RANGES]
            sql = f"{' UNION ALL '.join([one] * len(some))} ORDER BY 1 LIMIT 1"
            row = self._store.row(sql, *(value for values in some for value in values))
            if row is not None and (lowest is None or str(row[0]) < str(lowest[0])):
                lowest = str(row[0]), int(str(row[1]))
        return lowest

    def _reserving(self, start: str) -> _Position | None:
        """Return the same for the drafts that have a number reserved. There are few of them."""
        if "draft" not in self._stages:
            return None
        among, found = self._among()
        row = self._store.row(
            f"SELECT printf('%0{_LENGTH}d', length(reserved)) || reserved, id FROM invoice"
            f" WHERE reserved >= ? AND reserved < ? AND +stage IN ({_marks(self._stages)}){self._where}{among}"
            " ORDER BY 1 LIMIT 1",
            *(start, f"{start}\U0010ffff", *self._stages, *self._values, *found),
        )
        return None if row is None else (str(row[0]), int(str(row[1])))

    def _among(self) -> tuple[str, tuple[object, ...]]:
        """Return an SQL condition that limits the rows to those of the plan, and its parameters."""
        few = self._plan()
        return (f" AND id IN ({few.ids})", few.found) if few else ("", ())

    def _place(self, invoice_id: int) -> _Position | None:
        found = self._store.row(f"SELECT {self._key}, id FROM invoice WHERE id = ?", invoice_id)
        return None if found is None else (found[0], found[1])

    def _page(self, beyond: _Position | None, limit: int, descending: bool) -> list[InvoiceRow]:
        order, than = ("DESC", "<") if descending else ("ASC", ">")
        where, values = self._where, self._values
        if beyond is not None:
            where += f" AND ({self._key}, id) {than} (?, ?)"
            values = (*values, *beyond)
        few = self._plan()
        if few is not None:
            sql = (
                f"SELECT {_COLUMNS} FROM invoice WHERE id IN ({few.ids}) AND +stage IN ({_marks(self._stages)}){where}"
                f" ORDER BY +{self._key} {order}, +id {order} LIMIT ?"
            )
            bound = (*few.found, *self._stages, *values, limit)
        else:
            walk = f"SELECT {self._key}, id FROM invoice {sqlite.walk(_INDEX[self.view.sort])} WHERE stage = ?{where}"
            credits = f"SELECT {self._key}, id {OPEN_CREDITS} AND +stage = ?{where}"
            parts = [credits if self._only_credits(stage) else walk for stage in self._stages]
            sql = (
                f"SELECT {_COLUMNS} FROM invoice WHERE id IN (SELECT id FROM"
                f" ({' UNION ALL '.join(parts)} ORDER BY 1 {order}, 2 {order} LIMIT ?))"
                f" ORDER BY +{self._key} {order}, +id {order}"
            )
            bound = (*(value for stage in self._stages for value in (stage, *values)), limit)
        return [self._row(row) for row in self._store.rows(sql, *bound)]

    def _only_credits(self, stage: str) -> bool:
        """Return whether the view has only the open credit notes of a stage: a walk would look for them among all that
        was paid."""
        return self.view.show is InvoiceFilter.NOT_SENT and stage == "paid_unsent"

    def _row(self, row: tuple[object, ...]) -> InvoiceRow:
        """Return a row. A damaged row is shown too, because pages are read from the position of a row."""
        try:
            with reading_row("invoice", row[0]):
                return row_of(row)
        except DamagedRow as error:
            self._store.note(error)
            words, day = error.happened, date.min
            return InvoiceRow(
                int(str(row[0])), None, BookStatus.VOID, day, words, day, "", 0, 0, None, 0, damaged=words
            )

    def _plan(self) -> Condition | None:
        """Return the condition that matches the fewest invoices, or None if all match too many to fetch and sort."""
        if not self._planned:
            self._planned = True
            fewest: float = math.inf
            for condition in self._conditions:
                if condition.ids:
                    sql = f"SELECT count(*) FROM (SELECT 1 FROM ({condition.ids}) LIMIT {condition.few})"
                    found = self._store.row(sql, *condition.found)
                    if found and found[0] < min(fewest, condition.few):
                        self._few, fewest = condition, found[0]
        return self._few


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def row_of(row: tuple[object, ...]) -> InvoiceRow:
    id_, number, book_status, day, customer, due, currency, total, paid, delivery, alerts, leaves, *texts = row
    reserved, reference, project, handed_over, kind, answer, refunded = texts
    return InvoiceRow(
        id=int(str(id_)),
        number=None if number is None else str(number),
        book_status=BookStatus(str(book_status)),
        date=date.fromisoformat(str(day)),
        customer=str(customer),
        due=date.fromisoformat(str(due)),
        currency=str(currency),
        total=int(str(total)),
        paid=int(str(paid)),
        delivery=State(str(delivery)) if delivery else None,
        alerts=int(str(alerts)),
        leaves=datetime.fromisoformat(str(leaves)) if leaves else None,
        reserved=None if reserved is None else str(reserved),
        kind=InvoiceKind(str(kind)),
        reference=str(reference),
        project=str(project),
        handed_over=str(handed_over),
        answer=Answer(str(answer)),
        refunded=int(str(refunded)),
    )

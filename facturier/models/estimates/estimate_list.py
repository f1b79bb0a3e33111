"""The list of estimates: the rows of the invoice list with other stages, and how far each estimate is billed."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import fn

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.status import Answer, BookStatus, InvoiceKind
from facturier.models.estimates.billing import Progress, billed_percent
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.store import sqlite, tables
from facturier.models.store.fields import Json
from facturier.models.store.prepared import Prepared, slot
from facturier.models.store.store import Store

_STAGES = ("estimate",)

_invoice = tables.Invoice
_billed = Prepared(
    lambda: (
        _invoice.select(_invoice.source_id, fn.SUM(_invoice.total).converter(int))
        .where(
            sqlite.is_among(_invoice.source_id, slot(Json(), "ids")),
            _invoice.kind == InvoiceKind.INVOICE,
            _invoice.book_status != BookStatus.VOID,
        )
        .group_by(_invoice.source_id)
    )
)
_source: Any = _invoice.alias("billing")
_credited = Prepared(
    lambda: (
        _invoice.select(_source.source_id, fn.SUM(_invoice.total).converter(int))
        .join(_source, on=_invoice.source_id == _source.id)
        .where(
            sqlite.is_among(_source.source_id, slot(Json(), "ids")),
            _source.kind == InvoiceKind.INVOICE,
            _invoice.kind == InvoiceKind.CREDIT_NOTE,
            _invoice.book_status == BookStatus.ISSUED,
        )
        .group_by(_source.source_id)
    )
)


class Progressing(StrEnum):
    """How far an estimate is."""

    DRAFT = "draft"
    OPEN = "open"  # no answer yet: see its delivery
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"  # no answer, and no longer valid
    BILLED = "billed"  # in part or in full
    VOID = "void"


class EstimateRow(NamedTuple):
    """One row of the list. `billed` is what its invoices come to, drafts included and without what was credited, in
    minor units."""

    invoice: InvoiceRow
    billed: int = 0

    @property
    def id(self) -> int:
        return self.invoice.id

    @property
    def damaged(self) -> str:
        return self.invoice.damaged


class ProgressStatus(NamedTuple):
    """How far an estimate is, and the percentage that is billed."""

    progressing: Progressing
    percent: int = 0


def progressing(row: EstimateRow, today: date) -> ProgressStatus:
    """Return how far an estimate is today. What is billed outranks the answer."""
    return _status(row.invoice, billed_percent(row.invoice.total, row.billed) if row.billed else 0, today)


def status_of(estimate: Invoice, progress: Progress, today: date) -> ProgressStatus:
    """Return how far an estimate is today. See `progressing`."""
    return _status(estimate, progress.percent if progress.invoices else 0, today)


def _status(one: Invoice | InvoiceRow, percent: int, today: date) -> ProgressStatus:
    if one.book_status is not BookStatus.ISSUED:
        void = one.book_status is BookStatus.VOID
        return ProgressStatus(Progressing.VOID if void else Progressing.DRAFT)
    if percent:
        return ProgressStatus(Progressing.BILLED, percent)
    if one.answer is not Answer.NONE:
        accepted = one.answer is Answer.ACCEPTED
        return ProgressStatus(Progressing.ACCEPTED if accepted else Progressing.DECLINED)
    return ProgressStatus(Progressing.EXPIRED if one.due < today else Progressing.OPEN)


class EstimateList:
    """The estimates that a View shows, whose filter does not matter: a source of rows for the screen.

    See `facturier.models.listing.listing.Listing` for its functions.
    """

    def __init__(self, store: Store, view: View, today: date) -> None:
        self._store = store
        self._listing = Listing(store, view, today, _STAGES)

    def count(self) -> int:
        return self._listing.count()

    def first(self, limit: int) -> list[EstimateRow]:
        return self._with_billed(self._listing.first(limit))

    def last(self, limit: int) -> list[EstimateRow]:
        return self._with_billed(self._listing.last(limit))

    def after(self, row_id: int, limit: int) -> list[EstimateRow]:
        return self._with_billed(self._listing.after(row_id, limit))

    def before(self, row_id: int, limit: int) -> list[EstimateRow]:
        return self._with_billed(self._listing.before(row_id, limit))

    def rows(self, ids: tuple[int, ...]) -> list[EstimateRow]:
        return self._with_billed(self._listing.rows(ids))

    def find(self, typed: str) -> int | None:
        return self._listing.find(typed)

    def all(self, page: int = 500) -> Iterable[EstimateRow]:
        """Return all rows, a page at a time."""
        rows = self.first(page)
        while rows:
            yield from rows
            rows = self.after(rows[-1].id, page)

    def _with_billed(self, rows: list[InvoiceRow]) -> list[EstimateRow]:
        ids = [row.id for row in rows]
        billed, credited = (dict(self._store.all(query(ids=ids))) if ids else {} for query in (_billed, _credited))
        return [EstimateRow(row, billed.get(row.id, 0) + credited.get(row.id, 0)) for row in rows]

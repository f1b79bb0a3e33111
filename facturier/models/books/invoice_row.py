"""One row of the invoice list: only what the list shows of an invoice, because the rest would take longer to load."""

from datetime import date as Day
from datetime import datetime
from typing import NamedTuple

from facturier.models.books.status import Answer, BookStatus, InvoiceKind, SettlementStatus, State, owed


class InvoiceRow(NamedTuple):
    """One row of the invoice list: only what a list shows.

    `total` and `paid` are in minor units. `leaves` is the time from which a queued delivery may be sent. `reserved` is
    the number that a draft keeps. `handed_over` says how the invoice reached the customer without email. `damaged` says
    that the row in the file cannot be read, and then the rest is empty.

    It is a named tuple, as other classes that the first screen needs: Python makes the class ten times as fast as a
    frozen dataclass, and a row three times as fast.
    """

    id: int
    number: str | None
    book_status: BookStatus
    date: Day
    customer: str
    due: Day
    currency: str
    total: int
    paid: int
    delivery: State | None
    alerts: int
    leaves: datetime | None = None
    damaged: str = ""
    reference: str = ""
    project: str = ""
    reserved: str | None = None
    kind: InvoiceKind = InvoiceKind.INVOICE
    handed_over: str = ""
    answer: Answer = Answer.NONE  # to an estimate
    refunded: int = 0  # what of a credit note was paid back

    @property
    def balance(self) -> int:
        return 0 if self.book_status is BookStatus.VOID else self.total - self.paid

    def owed(self, today: Day) -> SettlementStatus:
        return owed(self.book_status, self.due, self.total, self.paid, today, self.kind, self.refunded)

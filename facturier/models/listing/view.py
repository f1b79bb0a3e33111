"""What the invoice list can show, and in which order."""

from dataclasses import dataclass
from enum import StrEnum


class InvoiceFilter(StrEnum):
    """Which invoices: the filters above the list. An invoice that is not void is in one of NOT_SENT, DUE, OVERDUE and
    PAID: on its way from the company to the customer, then from the customer's debt to the company's money."""

    ALL = "all"
    DRAFT = "draft"
    NOT_SENT = "not_sent"  # not paid either: what is paid needs no sending any more
    SENT = "sent"
    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"
    PAID_LATELY = "paid_lately"
    ALERTS = "alerts"


class SortKey(StrEnum):
    """By what the list is sorted. Saved filters keep the value."""

    DATE = "date"
    NUMBER = "number"
    CUSTOMER = "customer"
    DUE = "due"
    TOTAL = "total"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class View:
    """What the list shows and in which order. `since` and `until` are days of invoices as people type them, `least` and
    `most` totals in `currency` as people type them, all four included in what is shown; empty where they do not matter.
    `customer` is the beginning of a name. `alerts`: only with an open alert."""

    show: InvoiceFilter = InvoiceFilter.ALL
    text: str = ""
    sort: SortKey = SortKey.DATE
    descending: bool = True
    customer: str = ""
    since: str = ""
    until: str = ""
    least: str = ""
    most: str = ""
    currency: str = ""
    alerts: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether more is asked for than one of the filters and a search."""
        return bool(self.customer or self.since or self.until or self.least or self.most or self.alerts)

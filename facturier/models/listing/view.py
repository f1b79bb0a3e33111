"""The filters, sort keys and conditions of the invoice list."""

from dataclasses import dataclass
from enum import StrEnum


class InvoiceFilter(StrEnum):
    """The filters above the list.

    Every invoice that is not void is in exactly one of NOT_SENT, DUE, OVERDUE and PAID. A credit note that is not used
    up is in NOT_SENT until it is sent.
    """

    ALL = "all"
    DRAFT = "draft"
    NOT_SENT = "not_sent"  # excludes paid invoices, which no longer need to be sent
    SENT = "sent"
    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"
    PAID_LATELY = "paid_lately"
    ALERTS = "alerts"


class SortKey(StrEnum):
    """The sort keys of the list. Saved views store the values."""

    DATE = "date"
    NUMBER = "number"
    CUSTOMER = "customer"
    DUE = "due"
    TOTAL = "total"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class View:
    """The filter, conditions and order of the list.

    `since` and `until` are invoice dates, and `least` and `most` are totals in `currency`. All four are text as a
    person types it, are inclusive, and are empty for no limit. `text` is a search. `customer` is the start of a
    customer name. `alerts` shows only invoices with an open alert.
    """

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
        """Whether the view has more conditions than a filter and a text search."""
        return bool(self.customer or self.since or self.until or self.least or self.most or self.alerts)

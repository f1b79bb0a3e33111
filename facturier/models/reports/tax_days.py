"""The taxes of each day in one currency, and the sales without taxes.

On the accrual basis they count on the date of the invoice. On the cash basis they count on the dates of its payments,
in proportion to what was paid: see `cash.py`.

Plain SQL: an index alone answers for a million invoices.
"""

from typing import NamedTuple

from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis
from facturier.models.store.store import Store


class DayTax(NamedTuple):
    """One rate on one day: `day` is an ISO date, `percent` decimal text, `base` and `tax` minor units."""

    day: str
    code: str
    percent: str
    category: str
    documents: int
    base: int
    tax: int


def tax_days(store: Store, period: Period, currency: str, basis: Basis) -> list[DayTax]:
    days = map(str, period)
    rate = "date, code, percent, category"
    if basis is Basis.CASH:
        # A document that was paid on several days counts on the first one in the period.
        found = store.rows(
            f"SELECT {rate}, sum(previous < ?2), sum(base), sum(tax) FROM paid_tax INDEXED BY paid_tax_date"
            f" WHERE currency = ?1 AND date BETWEEN ?2 AND ?3 GROUP BY {rate}",
            *(currency, *days),
        )
    else:
        found = store.rows(
            f"SELECT {rate}, count(*), sum(base), sum(tax) FROM sale_tax INDEXED BY sale_tax_date"
            f" WHERE currency = ? AND date BETWEEN ? AND ? GROUP BY {rate}",
            *(currency, *days),
        )
    return [DayTax(*row) for row in found]


def net_sales(store: Store, period: Period, currency: str, basis: Basis) -> int:
    """Return the sales without taxes."""
    table = "paid_sale" if basis is Basis.CASH else "sale"
    found = store.row(
        f"SELECT sum(net) FROM {table} WHERE currency = ? AND date BETWEEN ? AND ?", currency, *map(str, period)
    )
    return int((found and found[0]) or 0)

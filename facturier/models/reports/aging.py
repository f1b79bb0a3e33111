"""What customers owe on a day, by how long it is overdue.

The buckets count from the due date, whether or not the invoice was sent. Credit notes that are not used up,
overpayments and the credit of customers are in a column of their own, so that the row adds up to what is owed.

Plain SQL: an index alone answers for today.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from facturier.models.reports.period import Period
from facturier.models.reports.report import Behind, CellKind, Report, ReportColumn, ReportRow, column_totals
from facturier.models.reports.sales import customer_names
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import FIRST

# The first and the last day overdue of each bucket, None for no limit.
BUCKETS: dict[str, tuple[int | None, int | None]] = {
    "not_due": (None, 0),
    "days_1_30": (1, 30),
    "days_31_60": (31, 60),
    "days_61_90": (61, 90),
    "over_90": (91, None),
}
_COLUMNS = (
    ReportColumn("customer", CellKind.CUSTOMER),
    *(ReportColumn(name, CellKind.MONEY) for name in BUCKETS),
    ReportColumn("credits", CellKind.MONEY),
    ReportColumn("owed", CellKind.MONEY),
)
_KINDS = "kind IN ('invoice', 'credit_note')"
_OPEN = f"standing = 'issued' AND balance != 0 AND currency = ? AND {_KINDS}"
# The balance of each document on an earlier day: what is open now, and what was paid since.
_EARLIER = (
    "(SELECT customer_id, due, sum(balance) AS balance FROM ("
    f" SELECT id, customer_id, due, balance FROM invoice WHERE {_OPEN} AND date <= ?"
    " UNION ALL SELECT i.id, i.customer_id, i.due, p.amount FROM payment p INDEXED BY payment_date"
    " CROSS JOIN invoice i ON i.id = p.invoice_id"
    f" WHERE p.date > ? AND i.standing = 'issued' AND i.currency = ? AND i.{_KINDS} AND i.date <= ?"
    ") GROUP BY id)"
)


def aging(store: Store, day: date, today: date, currency: str) -> Report:
    """Return what each customer owes on a day. From `today` on, that is what they owe now.

    An earlier day is computed from the dates of the invoices and payments that are in the books now.
    """
    found: dict[int | None, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))
    for customer_id, *figures in _owed(store, day, today, currency):
        found[customer_id] = [one + more for one, more in zip(found[customer_id], figures, strict=True)]
    for customer_id, credit in _credit(store, day, today, currency):
        found[customer_id][-1] -= credit
    names = customer_names(store)
    rows = tuple(
        ReportRow((names.get(customer_id), *figures, sum(figures)), _behind(customer_id, currency, day))
        for customer_id, figures in sorted(found.items(), key=lambda one: -sum(one[1]))
        if any(figures)
    )
    total = column_totals(_COLUMNS, rows)
    return Report("aging", "customer", currency, Period(FIRST, day), _COLUMNS, rows, total, chart="owed")


def _behind(customer_id: int | None, currency: str, day: date) -> Behind:
    return Behind("owed", currency, (None, day), (("customer_id", customer_id),))


def _owed(store: Store, day: date, today: date, currency: str) -> list[tuple[Any, ...]]:
    ends = [(day - timedelta(days)).isoformat() for days in (0, 30, 60, 90)]
    sums = (
        "sum(iif(balance > 0 AND due >= ?1, balance, 0)), sum(iif(balance > 0 AND due < ?1 AND due >= ?2, balance, 0)),"
        " sum(iif(balance > 0 AND due < ?2 AND due >= ?3, balance, 0)),"
        " sum(iif(balance > 0 AND due < ?3 AND due >= ?4, balance, 0)),"
        " sum(iif(balance > 0 AND due < ?4, balance, 0)), sum(min(balance, 0))"
    )
    source, values = f"invoice INDEXED BY invoice_open WHERE {_OPEN}", [currency]
    if day < today:
        source, values = _EARLIER, [currency, str(day), str(day), currency, str(day)]
    return store.rows(f"SELECT customer_id, {sums} FROM {source} GROUP BY customer_id", *ends, *values)


def _credit(store: Store, day: date, today: date, currency: str) -> list[tuple[Any, ...]]:
    """Return the credit of customers: what they paid that is on no invoice."""
    if day >= today:
        return store.rows(
            "SELECT customer_id, sum(amount - allocated) FROM customer_payment INDEXED BY customer_payment_open"
            " WHERE allocated != amount AND currency = ? GROUP BY customer_id",
            currency,
        )
    return store.rows(
        "SELECT customer_id, sum(amount) FROM (SELECT customer_id, amount - allocated AS amount FROM customer_payment"
        " WHERE allocated != amount AND currency = ? AND date <= ?"
        " UNION ALL SELECT c.customer_id, p.amount FROM payment p CROSS JOIN customer_payment c"
        " ON c.id = p.customer_payment_id WHERE p.date > ? AND c.currency = ? AND c.date <= ?"
        # What was paid before the date of the invoice was credit until then.
        " UNION ALL SELECT i.customer_id, p.amount FROM invoice i CROSS JOIN payment p ON p.invoice_id = i.id"
        " WHERE i.date > ? AND i.standing = 'issued' AND i.currency = ? AND p.date <= ?"
        " AND (p.kind != 'credit' OR p.other_id IS NULL)) GROUP BY customer_id",
        *(currency, str(day), str(day), currency, str(day), str(day), currency, str(day)),
    )

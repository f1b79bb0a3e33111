"""The documents behind a figure of a report.

Plain SQL: the conditions are put together from the figure.
"""

from datetime import date, timedelta

from facturier.models.reports.report import Behind
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import FIRST, LAST

MOST = 5_000  # documents that are listed, the latest
_FAMILIES = {"GST": ("GST", "HST"), "QST": ("QST",)}


def documents_behind(store: Store, behind: Behind, today: date) -> list[int]:
    """Return the ids of the documents that a figure comes from, the latest first, at most MOST."""
    since, until = behind.days[0] or FIRST, behind.days[1] or LAST
    match behind.source:
        case "owed":
            return _owed(store, behind, until, today)
        case "payment":
            where, values = _payments(behind)
            both = (str(since), str(until))
            found = store.rows(
                "SELECT i.id FROM invoice i WHERE i.currency = ? AND i.id IN (SELECT p.invoice_id FROM payment p"
                f" LEFT JOIN customer_payment c ON c.id = p.customer_payment_id WHERE {where})"
                " ORDER BY i.date DESC, i.id DESC LIMIT ?",
                *(behind.currency, *both, *both, *values, MOST),
            )
        case source:
            where, values = _matching(behind)
            found = store.rows(
                f"SELECT DISTINCT invoice_id FROM {source} WHERE currency = ? AND date BETWEEN ? AND ?{where}"
                " ORDER BY date DESC, invoice_id DESC LIMIT ?",
                *(behind.currency, str(since), str(until), *values, MOST),
            )
    return [int(row[0]) for row in found]


def _matching(behind: Behind) -> tuple[str, tuple[object, ...]]:
    where = ""
    values: list[object] = []
    for name, value in behind.match:
        if name == "family":
            codes = _FAMILIES[str(value)]
            where += f" AND ({' OR '.join(['code = ? OR code LIKE ?'] * len(codes))})"
            values += [part for code in codes for part in (code, f"{code} %")]
        else:
            where += f" AND {name} IS ?"
            values.append(str(value) if name == "percent" else value)
    return where, tuple(values)


def _payments(behind: Behind) -> tuple[str, tuple[object, ...]]:
    """Return what a payment must meet. A part of a payment of a customer has the day and the method of that payment."""
    where = "CASE WHEN c.id IS NULL THEN p.date BETWEEN ? AND ? ELSE c.date BETWEEN ? AND ? END"
    for name, _value in behind.match:
        where += f" AND coalesce(c.{name}, p.{name}) = ?"
    return where, tuple(value for _name, value in behind.match)


def _owed(store: Store, behind: Behind, day: date, today: date) -> list[int]:
    """Return what is open on a day: what is open now, and what was paid since."""
    where, values = _matching(behind)
    open_then = "balance != 0"
    if day < today:
        day_after = (day + timedelta(1)).isoformat()
        open_then = (
            "date <= ? AND balance + coalesce((SELECT sum(amount) FROM payment WHERE invoice_id = invoice.id"
            " AND date >= ?), 0) != 0"
        )
        values = (str(day), day_after, *values)
    found = store.rows(
        "SELECT id FROM invoice WHERE standing = 'issued' AND kind IN ('invoice', 'credit_note') AND currency = ?"
        f" AND {open_then}{where} ORDER BY due, id LIMIT ?",
        *(behind.currency, *values, MOST),
    )
    return [int(row[0]) for row in found]

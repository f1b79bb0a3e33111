"""The documents behind a figure of a report.

Plain SQL: the conditions are put together from the figure.
"""

import json
from datetime import date, timedelta

from facturier.models.reports.report import Behind, Scope
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import FIRST, LAST

MOST = 5_000  # documents that are listed, the latest
# The exchange rate of a document, with the tables that it needs. A credit note without one has that of its invoice.
RATE = "CASE i.exchange_rate WHEN '' THEN coalesce(o.exchange_rate, '') ELSE i.exchange_rate END"
WITH_RATE = (
    " CROSS JOIN invoice i ON i.id = s.invoice_id"
    " LEFT JOIN invoice o ON i.kind = 'credit_note' AND o.id = i.source_id AND o.currency = i.currency"
)
_HAS_RATE = f"CAST({RATE} AS REAL) > 0"
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
        case _ if behind.scope is Scope.NO_RATE:
            return _in_currency(store, behind, behind.currency, f" AND NOT {_HAS_RATE}")
        case _ if behind.scope is Scope.CONVERTED:
            own = _in_currency(store, behind, behind.currency)
            others = [one for one in issued_currencies(store) if one != behind.currency]
            foreign = [each for one in others for each in _in_currency(store, behind, one, f" AND {_HAS_RATE}")]
            return _latest(store, [*own, *foreign]) if foreign else own
        case _:
            return _in_currency(store, behind, behind.currency)
    return [int(row[0]) for row in found]


def issued_currencies(store: Store) -> list[str]:
    """Return the currencies of the documents that can be in a report, sorted."""
    stages = "'unsent', 'owed', 'paid', 'paid_unsent'"  # not drafts, void documents and estimates
    return [row[0] for row in store.rows(f"SELECT DISTINCT currency FROM tally WHERE stage IN ({stages}) ORDER BY 1")]


def _in_currency(store: Store, behind: Behind, currency: str, rated: str = "") -> list[int]:
    """Return the documents in one currency. `rated` is a condition on their exchange rate."""
    where, values = _matching(behind, "s.")
    since, until = behind.days[0] or FIRST, behind.days[1] or LAST
    found = store.rows(
        f"SELECT DISTINCT s.invoice_id FROM {behind.source} s{WITH_RATE if rated else ''}"
        f" WHERE s.currency = ? AND s.date BETWEEN ? AND ?{rated}{where}"
        " ORDER BY s.date DESC, s.invoice_id DESC LIMIT ?",
        *(currency, str(since), str(until), *values, MOST),
    )
    return [int(row[0]) for row in found]


def _latest(store: Store, ids: list[int]) -> list[int]:
    found = store.rows(
        "SELECT id FROM invoice WHERE id IN (SELECT value FROM json_each(?)) ORDER BY date DESC, id DESC LIMIT ?",
        *(json.dumps(ids), MOST),
    )
    return [int(row[0]) for row in found]


def _matching(behind: Behind, prefix: str = "") -> tuple[str, tuple[object, ...]]:
    where = ""
    values: list[object] = []
    for name, value in behind.match:
        if name == "family":
            codes = _FAMILIES[str(value)]
            where += f" AND ({' OR '.join([f'{prefix}code = ? OR {prefix}code LIKE ?'] * len(codes))})"
            values += [part for code in codes for part in (code, f"{code} %")]
        else:
            where += f" AND {prefix}{name} IS ?"
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

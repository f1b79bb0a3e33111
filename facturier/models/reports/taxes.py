"""The taxes of a period: by rate, by month, or laid out for a return.

On the accrual basis they count on the date of the invoice. On the cash basis they count on the dates of its payments,
in proportion to what was paid: see `cash.py`.

Plain SQL: an index alone answers for a million invoices. Days are added up to months and periods here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from facturier.models.reports.period import Period
from facturier.models.reports.report import Basis, Behind, CellKind, Report, ReportColumn, ReportRow, column_totals
from facturier.models.reports.sales import within
from facturier.models.store.store import Store

_MONTH = ReportColumn("month", CellKind.MONTH)
_RATE = (
    ReportColumn("tax", CellKind.TAX),
    ReportColumn("percent", CellKind.PERCENT),
    ReportColumn("category", CellKind.CATEGORY),
    ReportColumn("documents", CellKind.COUNT),
    ReportColumn("base", CellKind.MONEY),
    ReportColumn("amount", CellKind.MONEY),
)
_RETURN = (
    ReportColumn("line", CellKind.TEXT),
    ReportColumn("what", CellKind.PART),
    ReportColumn("tax", CellKind.TAX),
    ReportColumn("percent", CellKind.PERCENT),
    ReportColumn("category", CellKind.CATEGORY),
    ReportColumn("base", CellKind.MONEY),
    ReportColumn("amount", CellKind.MONEY),
)


class _DayTax(NamedTuple):
    """One rate on one day: `day` is an ISO date, `percent` decimal text, `base` and `tax` minor units."""

    day: str
    code: str
    percent: str
    category: str
    documents: int
    base: int
    tax: int


class _Rate(NamedTuple):
    code: str
    percent: str
    category: str


def taxes(store: Store, by: str, period: Period, currency: str, basis: Basis = Basis.ACCRUAL) -> Report:
    """Return the taxes by `rate` or `month`, or laid out for a `return`."""
    found = _by_day(store, period, currency, basis)
    columns: tuple[ReportColumn, ...] = _RATE
    if by == "rate":
        rows = tuple(_by_rate(found, period, currency, basis))
    elif by == "month":
        columns = (_MONTH, *_RATE)
        rows = tuple(_by_month(found, period, currency, basis))
    else:
        columns = _RETURN
        rows = tuple(_return(found, _sold(store, period, currency, basis), period, currency, basis))
    total, chart = ((), "") if by == "return" else (_total(columns, rows), "amount")
    return Report("tax", by, currency, period, columns, rows, total, chart=chart, basis=basis)


def _total(columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...]) -> tuple[Any, ...]:
    """Add up the taxes only: a document with two taxes is in two rows."""
    sums = column_totals(columns, rows)
    return tuple(value if column.name == "amount" else None for column, value in zip(columns, sums, strict=False))


def _by_day(store: Store, period: Period, currency: str, basis: Basis) -> list[_DayTax]:
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
    return [_DayTax(*row) for row in found]


def _sold(store: Store, period: Period, currency: str, basis: Basis) -> int:
    """Return the sales without taxes."""
    table = "paid_sale" if basis is Basis.CASH else "sale"
    found = store.row(
        f"SELECT sum(net) FROM {table} WHERE currency = ? AND date BETWEEN ? AND ?", currency, *map(str, period)
    )
    return int((found and found[0]) or 0)


def _by_rate(found: Iterable[_DayTax], period: Period, currency: str, basis: Basis) -> Iterator[ReportRow]:
    sums: dict[_Rate, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in found:
        figures = sums[_Rate(one.code, one.percent, one.category)]
        for at, more in enumerate((one.documents, one.base, one.tax)):
            figures[at] += more
    for rate in sorted(sums, key=_order):
        yield ReportRow((*_cells(rate), *sums[rate]), _behind(currency, period, basis, rate))


def _by_month(found: Iterable[_DayTax], period: Period, currency: str, basis: Basis) -> Iterator[ReportRow]:
    months: dict[date, list[_DayTax]] = defaultdict(list)
    for one in found:
        months[date.fromisoformat(one.day).replace(day=1)].append(one)
    for month in sorted(months):
        for row in _by_rate(months[month], Period(*within(month, period)), currency, basis):
            yield row._replace(cells=(month, *row.cells))


def _return(found: Iterable[_DayTax], net: int, period: Period, currency: str, basis: Basis) -> Iterator[ReportRow]:
    """Yield the lines of the GST/HST and QST return, then VAT by rate and category, then other taxes.

    Only lines that come from sales: input tax credits, refunds and adjustments are not known here. Credit notes are
    subtracted.

    - Canada Revenue Agency, GST34-2 and GST62: line 101 (total sales and other revenue, zero-rated and exempt sales
      included), 103 (GST/HST collected or collectible), 105 (103 and the adjustments on 104). Source: canada.ca,
      “Instructions for preparing a GST/HST return”. Line 205 of that form is another one, about real property.
    - Revenu Québec, FPZ-500-V, on which a registrant in Quebec files both taxes, and its worksheet FP-500-V: the same
      lines 101, 103 and 105, and for QST 203 (collected or collectible) and 205 (203 and the adjustments on 204).
    - VAT: Directive 2006/112/EC, articles 250 and 251, asks for the tax, and for the value of the sales by what applies
      to them. In the United Kingdom (VAT100), box 1 is the total of the VAT and box 6 that of the sales.
    """
    rates = [(row.cells, row.behind) for row in _by_rate(found, period, currency, basis)]
    gst = [row for row in rates if _starts(row, "GST", "HST")]
    qst = [row for row in rates if _starts(row, "QST")]
    vat = [row for row in rates if row[0][2] or _starts(row, "VAT")]
    sales_behind = Behind("paid_sale" if basis is Basis.CASH else "sale", currency, period)
    if gst or qst or not vat:
        yield ReportRow(("101", "sales", None, None, None, net, None), sales_behind)
        tax = sum(row[0][-1] for row in gst)
        yield ReportRow(("103", "gst_collected", None, None, None, None, tax), _behind(currency, period, basis, "GST"))
        yield ReportRow(("105", "gst_total", None, None, None, None, tax))
    if qst:
        tax = sum(row[0][-1] for row in qst)
        yield ReportRow(("203", "qst_collected", None, None, None, None, tax), _behind(currency, period, basis, "QST"))
        yield ReportRow(("205", "qst_total", None, None, None, None, tax))
    elif vat:
        yield ReportRow(("", "sales", None, None, None, net, None), sales_behind)
    for (code, percent, category, _documents, base, tax), behind in vat:
        yield ReportRow(("", "vat", code, percent, category, base, tax), behind)
    if vat:
        yield ReportRow(("", "vat_total", None, None, None, None, sum(row[0][-1] for row in vat)))
    for row in rates:
        if row not in gst and row not in qst and row not in vat:
            (code, percent, category, _documents, base, tax), behind = row
            yield ReportRow(("", "other_tax", code, percent, category, base, tax), behind)


def _starts(row: tuple[tuple[Any, ...], Behind | None], *names: str) -> bool:
    return row[0][0].partition(" ")[0] in names


def _cells(rate: _Rate) -> tuple[object, ...]:
    return rate.code, Decimal(rate.percent), rate.category


def _order(rate: _Rate) -> tuple[int, str, Decimal]:
    first = rate.code.partition(" ")[0]
    known = ("GST", "HST", "QST", "PST", "VAT")
    return known.index(first) if first in known else len(known), rate.code, Decimal(rate.percent)


def _behind(currency: str, days: tuple[date, date], basis: Basis, rate: _Rate | str) -> Behind:
    source = "paid_tax" if basis is Basis.CASH else "sale_tax"
    if isinstance(rate, str):
        return Behind(source, currency, days, (("family", rate),))
    return Behind(source, currency, days, tuple(zip(("code", "percent", "category"), rate, strict=True)))

"""The taxes of a period: by rate, by month, or laid out for a return.

A tax is owed in the company's currency. So a report in that currency includes the documents in other currencies,
converted at their exchange rates (see `foreign.py`), and names those without a rate. A report in another currency has
the documents in that currency alone.

Days are added up to months and periods here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from facturier.models.reports.drill import issued_currencies
from facturier.models.reports.foreign import Foreign, foreign
from facturier.models.reports.period import Period
from facturier.models.reports.report import (
    Basis,
    Behind,
    CellKind,
    Report,
    ReportColumn,
    ReportRow,
    Scope,
    column_totals,
)
from facturier.models.reports.sales import within
from facturier.models.reports.tax_days import DayTax, net_sales, tax_days
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


class _Rate(NamedTuple):
    code: str
    percent: str
    category: str


class _Asked(NamedTuple):
    """What the documents behind a figure have in common."""

    period: Period
    currency: str
    basis: Basis
    scope: Scope

    def behind_rate(self, rate: _Rate | str, days: tuple[date, date]) -> Behind:
        """Return the documents behind a rate, or a family of taxes."""
        source = "paid_tax" if self.basis is Basis.CASH else "sale_tax"
        match = (("family", rate),) if isinstance(rate, str) else tuple(zip(_Rate._fields, rate, strict=True))
        return Behind(source, self.currency, days, match, self.scope)

    @property
    def behind_sales(self) -> Behind:
        source = "paid_sale" if self.basis is Basis.CASH else "sale"
        return Behind(source, self.currency, self.period, scope=self.scope)


def taxes(
    store: Store, by: str, period: Period, currency: str, basis: Basis = Basis.ACCRUAL, *, home: str = ""
) -> Report:
    """Return the taxes by `rate` or `month`, or laid out for a `return`. `home` is the company's currency."""
    others = [one for one in issued_currencies(store) if one != currency] if currency == home else []
    abroad = foreign(store, period, home, others, basis) if others else Foreign(0, [], (), ())
    asked = _Asked(period, currency, basis, Scope.CONVERTED if others else Scope.CURRENCY)
    found = [*tax_days(store, period, currency, basis), *abroad.taxes]
    columns: tuple[ReportColumn, ...] = _RATE
    if by == "rate":
        rows = tuple(_by_rate(found, asked, period))
    elif by == "month":
        columns = (_MONTH, *_RATE)
        rows = tuple(_by_month(found, asked))
    else:
        columns = _RETURN
        rows = tuple(_return(found, net_sales(store, period, currency, basis) + abroad.net, asked))
    return Report(
        "tax",
        by,
        currency,
        period,
        columns,
        rows,
        () if by == "return" else _total(columns, rows),
        chart="" if by == "return" else "amount",
        basis=basis,
        converted=abroad.converted,
        unconverted=abroad.unconverted,
    )


def _total(columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...]) -> tuple[Any, ...]:
    """Add up the taxes only: a document with two taxes is in two rows."""
    sums = column_totals(columns, rows)
    return tuple(value if column.name == "amount" else None for column, value in zip(columns, sums, strict=False))


def _by_rate(found: Iterable[DayTax], asked: _Asked, days: tuple[date, date]) -> Iterator[ReportRow]:
    sums: dict[_Rate, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in found:
        figures = sums[_Rate(one.code, one.percent, one.category)]
        for at, more in enumerate((one.documents, one.base, one.tax)):
            figures[at] += more
    for rate in sorted(sums, key=_order):
        yield ReportRow((*_cells(rate), *sums[rate]), asked.behind_rate(rate, days))


def _by_month(found: Iterable[DayTax], asked: _Asked) -> Iterator[ReportRow]:
    months: dict[date, list[DayTax]] = defaultdict(list)
    for one in found:
        months[date.fromisoformat(one.day).replace(day=1)].append(one)
    for month in sorted(months):
        for row in _by_rate(months[month], asked, within(month, asked.period)):
            yield row._replace(cells=(month, *row.cells))


def _return(found: Iterable[DayTax], net: int, asked: _Asked) -> Iterator[ReportRow]:
    """Yield the lines of the GST/HST and QST return, then VAT by rate and category, then other taxes.

    Only lines that come from sales: input tax credits, refunds and adjustments are not known here. Credit notes are
    subtracted.

    - Canada Revenue Agency, GST34-2 and GST62: line 101 (total sales and other revenue, zero-rated and exempt sales
      included), 103 (GST/HST collected or collectible), 105 (103 and the adjustments on 104). Source: canada.ca,
      “Instructions for preparing a GST/HST return”. Its line 205 is about real property.
    - Revenu Québec, FPZ-500-V, on which a registrant in Quebec files both taxes, and its worksheet FP-500-V: the same
      lines 101, 103 and 105, and for QST 203 (collected or collectible) and 205 (203 and the adjustments on 204). What
      comes from purchases is on 206 (input tax refunds), 207 (their adjustments) and 208 (206 and 207); 209 is the net
      tax, 205 less 208. Other programs that fill in this form agree; the form itself was not available to check.
    - VAT: Directive 2006/112/EC, articles 250 and 251, asks for the tax, and for the value of the sales by what applies
      to them. In the United Kingdom (VAT100), box 1 is the total of the VAT and box 6 that of the sales.
    """
    rates = [(row.cells, row.behind) for row in _by_rate(found, asked, asked.period)]
    gst = [row for row in rates if _starts(row, "GST", "HST")]
    qst = [row for row in rates if _starts(row, "QST")]
    vat = [row for row in rates if row[0][2] or _starts(row, "VAT")]
    if gst or qst or not vat:
        yield ReportRow(("101", "sales", None, None, None, net, None), asked.behind_sales)
        tax = sum(row[0][-1] for row in gst)
        yield ReportRow(("103", "gst_collected", None, None, None, None, tax), asked.behind_rate("GST", asked.period))
        yield ReportRow(("105", "gst_total", None, None, None, None, tax))
    if qst:
        tax = sum(row[0][-1] for row in qst)
        yield ReportRow(("203", "qst_collected", None, None, None, None, tax), asked.behind_rate("QST", asked.period))
        yield ReportRow(("205", "qst_total", None, None, None, None, tax))
    elif vat:
        yield ReportRow(("", "sales", None, None, None, net, None), asked.behind_sales)
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

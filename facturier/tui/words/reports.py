"""Reports in the reader's words: titles, headings, periods and cells."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from facturier.models.reports.period import ALL_DATES, Period, PeriodName, whole_months
from facturier.models.reports.report import Basis, CellKind, Report, ReportColumn, Unconverted
from facturier.models.settings.tax import tax_name
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import FIRST, LAST
from facturier.models.text.decimals import written
from facturier.models.text.i18n import N_, _, ngettext, spoken
from facturier.models.text.money import Money
from facturier.tui.words.formatting import counted, long_day

_MANY = 2_000  # documents whose figures take so long to compute that it is shown

# In the order of the menu: the title of each report, and what it shows.
REPORTS = {
    ("aging", "customer"): (N_("Aging"), N_("Who owes what, and how long it has been overdue")),
    ("sales", "month"): (N_("Sales by month"), N_("Invoices less credit notes, by date")),
    ("sales", "customer"): (N_("Sales by customer"), N_("Largest first")),
    ("sales", "item"): (N_("Sales by item"), N_("Quantities and amounts before tax")),
    ("payments", "day"): (N_("Payments by day"), N_("Money received, to compare with the bank")),
    ("payments", "month"): (N_("Payments by month"), N_("Money received; credits and write-offs separately")),
    ("payments", "method"): (N_("Payments by method"), N_("Cheque, transfer, card and others")),
    ("payments", "account"): (N_("Payments by account"), N_("Where the money was deposited")),
    ("tax", "rate"): (N_("Tax by rate"), N_("Tax charged, or collected on the cash basis")),
    ("tax", "month"): (N_("Tax by month"), N_("Tax charged or collected, by month")),
    ("tax", "return"): (N_("Tax return"), N_("The lines of a GST/HST, QST or VAT return")),
    ("numbers", ""): (N_("Numbers"), N_("Gaps and duplicates in the numbers")),
}
_HEADINGS = {
    "customer": N_("Customer"),
    "not_due": N_("Not due"),
    "days_1_30": N_("1–30"),
    "days_31_60": N_("31–60"),
    "days_61_90": N_("61–90"),
    "over_90": N_("90+"),
    "credits": N_("Credits"),
    "owed": N_("Owed"),
    "month": N_("Month"),
    "documents": N_("Documents"),
    "net": N_("Net"),
    "tax": N_("Tax"),
    "total": N_("Total"),
    "item": N_("Item"),
    "quantity": N_("Quantity"),
    "day": N_("Day"),
    "method": N_("Method"),
    "account": N_("Account"),
    "payments": N_("Payments"),
    "received": N_("Received"),
    "refunded": N_("Refunded"),
    "written_off": N_("Written off"),
    "percent": N_("Percent"),
    "category": N_("Category"),
    "base": N_("Base"),
    "amount": N_("Tax"),
    "line": N_("Line"),
    "what": N_("Description"),
    "problem": N_("Problem"),
    "kind": N_("Document"),
    "first": N_("First"),
    "last": N_("Last"),
    "count": N_("Count"),
}
PERIODS = {
    PeriodName.THIS_MONTH: N_("This month"),
    PeriodName.LAST_MONTH: N_("Last month"),
    PeriodName.THIS_QUARTER: N_("This quarter"),
    PeriodName.LAST_QUARTER: N_("Last quarter"),
    PeriodName.THIS_YEAR: N_("This year"),
    PeriodName.LAST_YEAR: N_("Last year"),
    PeriodName.ALL: N_("All dates"),
}
BASES = {Basis.ACCRUAL: N_("Accrual basis"), Basis.CASH: N_("Cash basis")}
_PARTS = {
    "sales": N_("Sales and other revenue"),
    "gst_collected": N_("GST/HST collected or collectible"),
    "gst_total": N_("Total GST/HST, before adjustments"),
    "qst_collected": N_("QST collected or collectible"),
    "qst_total": N_("Total QST, before adjustments"),
    "vat": N_("VAT"),
    "vat_total": N_("Total VAT"),
    "other_tax": N_("Other tax"),
}
# EN 16931, BT-151.
_CATEGORIES = {
    "S": N_("S – standard or reduced"),
    "Z": N_("Z – zero-rated"),
    "E": N_("E – exempt"),
    "AE": N_("AE – reverse charge"),
    "K": N_("K – intra-EU"),
    "G": N_("G – export"),
    "O": N_("O – outside VAT"),
}
_PROBLEMS = {"gap": N_("Gap"), "duplicate": N_("Duplicate number")}
_DOCUMENTS = {"invoice": N_("Invoice"), "credit_note": N_("Credit note"), "estimate": N_("Estimate")}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
}


def report_title(name: str, by: str) -> str:
    return _(REPORTS[name, by][0])


def heading(column: ReportColumn, report: Report) -> str:
    if report.name == "tax" and column.name == "tax":
        return _("Tax")
    if report.name == "tax" and column.name == "amount":
        return _("Amount")
    return _(_HEADINGS[column.name])


def month_text(month: date) -> str:
    """Return a month with its year, such as `November 2026`."""
    return f"{_MONTHS[spoken()][month.month - 1]} {month.year}"


def period_text(period: Period) -> str:
    """Return a period: `November 2026`, `Q4 2026`, `2026`, or its first and last day."""
    since, until = period
    if period == ALL_DATES:
        return _("All dates")
    months = whole_months(period)
    if months == 1:
        return month_text(since)
    if months == 3 and since.month % 3 == 1:
        return _("Q{quarter} {year}").format(quarter=(since.month + 2) // 3, year=since.year)
    if months == 12 and since.month == 1:
        return str(since.year)
    if since == FIRST:
        return _("Up to {day}").format(day=long_day(until))
    if until == LAST:
        return _("From {day}").format(day=long_day(since))
    return f"{long_day(since)} – {long_day(until)}"


def subtitle(report: Report) -> str:
    """Return the period, the currency and the basis of a report."""
    if report.name == "numbers":
        return ""
    when = period_text(report.period)
    if report.name == "aging":
        when = _("As of {day}").format(day=long_day(report.period.until))
    basis = _(BASES[report.basis]) if report.basis is not None else ""
    currency = _("{currency} only").format(currency=report.currency) if report.others else report.currency
    return " · ".join(part for part in (when, currency, basis) if part)


def cell_text(column: ReportColumn, value: Any, currency: str, *, whole: bool = False) -> str:
    """Return a cell. With `whole`, amounts have no cents."""
    match column.kind:
        case CellKind.CUSTOMER:
            return clean(value) if value is not None else _("No customer record")
        case CellKind.ITEM:
            return clean(value) or _("No item, or shipping")
        case CellKind.TEXT if column.name in ("method", "account"):
            return clean(value) or _("Not stated")
    if value is None:
        return ""
    match column.kind:
        case CellKind.MONEY:
            money = Money(value, currency)
            return written(money.amount, spoken(), 0) if whole else money.text(spoken())
        case CellKind.COUNT:
            return counted(value)
        case CellKind.PERCENT:
            return _percent(value)
        case CellKind.QUANTITY:
            return written(value, spoken(), max(-_exponent(value), 0))
        case CellKind.MONTH:
            return month_text(value)
        case CellKind.DAY:
            return long_day(value)
        case CellKind.TAX:
            return tax_name(value, spoken())
    words = {
        CellKind.PART: _PARTS,
        CellKind.CATEGORY: _CATEGORIES,
        CellKind.PROBLEM: _PROBLEMS,
        CellKind.DOCUMENT: _DOCUMENTS,
    }.get(column.kind, {})
    return _(words[value]) if value in words else clean(str(value))


def _percent(value: Decimal) -> str:
    number = written(value, spoken(), max(-_exponent(value), 0))
    return f"{number}\u00a0%" if spoken() == "fr" else f"{number}%"


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def converted_text(report: Report) -> str:
    """Say how many documents in other currencies a report includes; empty if there are none."""
    if not report.converted:
        return ""
    counts = _("{count} in {currency}")
    listed = ", ".join(counts.format(count=counted(count), currency=currency) for currency, count in report.converted)
    return _("Includes other currencies, converted at their exchange rates: {listed}").format(listed=listed)


def unconverted_label(unconverted: Unconverted) -> str:
    words = _("No exchange rate: {count} in {currency}")
    return words.format(count=counted(unconverted.documents), currency=unconverted.currency)


def left_out_text(report: Report, most: int = 5) -> str:
    """Name the documents that a report leaves out, `most` of each kind; empty if there are none."""
    texts = []
    if report.damaged:
        words = _("Not included, because their lines are damaged: {numbers}")
        texts.append(words.format(numbers=_listed(report.damaged, len(report.damaged), most)))
    for currency, count, numbers, _behind in report.unconverted:
        words = ngettext(
            "{count} document in {currency} has no exchange rate and is not included: {numbers}",
            "{count} documents in {currency} have no exchange rate and are not included: {numbers}",
            count,
        )
        listed = _listed(numbers, count, most)
        texts.append(words.format(count=counted(count), currency=currency, numbers=listed))
    return "\n".join(texts)


def _listed(numbers: Sequence[str], count: int, most: int) -> str:
    return ", ".join(map(clean, numbers[:most])) + ("…" if count > min(most, len(numbers)) else "")


def told_every(seconds: float, tell: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return a function that gets how many invoices of how many are prepared for the reports. It tells it in words, at
    most once in so many seconds, and not at all where it takes only a moment."""
    next_told = 0.0

    def told(done: int, of: int) -> None:
        nonlocal next_told
        if of > _MANY and time.monotonic() >= next_told:
            next_told = time.monotonic() + seconds
            words = _("Preparing reports: {done} of {of} invoices…")
            tell(words.format(done=counted(done), of=counted(of)))

    return told

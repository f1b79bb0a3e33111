"""The check of the numbers as a report: gaps and duplicates."""

from facturier.models.issuing.number_check import check_numbers
from facturier.models.reports.period import ALL_DATES
from facturier.models.reports.report import CellKind, Report, ReportColumn, ReportRow
from facturier.models.store.store import Store

_COLUMNS = (
    ReportColumn("problem", CellKind.PROBLEM),
    ReportColumn("kind", CellKind.DOCUMENT),
    ReportColumn("first", CellKind.TEXT),
    ReportColumn("last", CellKind.TEXT),
    ReportColumn("count", CellKind.COUNT),
)


def numbers(store: Store) -> Report:
    """Return the gaps and the duplicates among all numbers. A gap has the first and the last number that is missing."""
    found = check_numbers(store)
    gaps = [ReportRow(("gap", gap.kind, gap.first, gap.last, gap.size)) for gap in found.gaps]
    same = [ReportRow(("duplicate", None, some[0], some[-1], len(some))) for some in found.duplicates]
    return Report("numbers", "", "", ALL_DATES, _COLUMNS, (*gaps, *same))

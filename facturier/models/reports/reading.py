"""Read a report by its name, after the figures that are missing were computed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from facturier.models.errors import InputError
from facturier.models.listing.totals import currencies
from facturier.models.reports.aging import aging
from facturier.models.reports.drill import issued_currencies
from facturier.models.reports.figures import catch_up
from facturier.models.reports.numbers import numbers
from facturier.models.reports.payments import payments
from facturier.models.reports.period import Period, PeriodName, named_period
from facturier.models.reports.report import Basis, Report
from facturier.models.reports.sales import sales
from facturier.models.reports.taxes import taxes
from facturier.models.settings.settings import read_company
from facturier.models.store.damaged_rows import DAMAGE, damaged
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# What each report can be grouped by, the usual one first.
GROUPINGS = {
    "aging": ("customer",),
    "sales": ("month", "customer", "item"),
    "payments": ("day", "month", "method", "account"),
    "tax": ("rate", "month", "return"),
    "numbers": ("",),
}
_USUAL = {
    "aging": PeriodName.ALL,
    "sales": PeriodName.THIS_YEAR,
    "payments": PeriodName.THIS_MONTH,
    "tax": PeriodName.LAST_QUARTER,
    "numbers": PeriodName.ALL,
}

# Where the figures of a report are, for the sentence about a damaged one.
_TABLES = {"aging": "invoice", "sales": "sale", "payments": "payment", "tax": "sale_tax", "numbers": "invoice"}


@dataclass(frozen=True)
class Question:
    """Which report. Aging is as of the last day of the period, or today if that is later."""

    name: str
    by: str
    period: Period
    currency: str
    basis: Basis = Basis.ACCRUAL


def question(store: Store, name: str, by: str, today: date) -> Question:
    """Return a report for its usual period, in the company's currency.

    Raises InputError if the report cannot be grouped by that. An empty `by` is the usual grouping.
    """
    groupings = GROUPINGS[name]
    if by and by not in groupings:
        words = _("This report can be grouped by: {groupings}.")
        raise InputError(words.format(groupings=", ".join(filter(None, groupings)) or _("nothing")))
    period = named_period(_USUAL[name], today)
    return Question(name, by or groupings[0], period, read_company(store).currency)


def read_report(
    store: Store,
    asked: Question,
    today: date,
    told: Callable[[int, int], None] = lambda _done, _of: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Return a report. It may take minutes in the first run on a large file of an older version, so `told` gets how
    many documents are computed, and of how many. The result means nothing once `stopped` returns True. Raises
    DamagedRow.
    """
    with store.reading():
        numbers_left_out = () if asked.name == "numbers" else catch_up(store, told, stopped)
        # One transaction, so that all figures are of the same moment.
        with store.database.atomic("DEFERRED"):
            try:
                report = _read(store, asked, today)
                return replace(report, damaged=numbers_left_out, others=_others(store, asked))
            except DAMAGE as error:  # such as a figure that is no number, or a day that is no date
                table = "paid_tax" if asked.basis is Basis.CASH else _TABLES[asked.name]
                raise damaged(table, asked.by, str(error)) from error


def _read(store: Store, asked: Question, today: date) -> Report:
    match asked.name:
        case "aging":
            return aging(store, min(asked.period.until, today), today, asked.currency)
        case "sales":
            return sales(store, asked.by, asked.period, asked.currency)
        case "payments":
            return payments(store, asked.by, asked.period, asked.currency)
        case "tax":
            home = read_company(store).currency
            return taxes(store, asked.by, asked.period, asked.currency, asked.basis, home=home)
        case _:
            return numbers(store)


def _others(store: Store, asked: Question) -> tuple[str, ...]:
    """Return the currencies that are in reports of their own."""
    if asked.name == "numbers" or (asked.name == "tax" and asked.currency == read_company(store).currency):
        return ()
    return tuple(one for one in issued_currencies(store) if one != asked.currency)


def report_currencies(store: Store) -> list[str]:
    """Return the currencies of all documents and of the company, the company's first."""
    own = read_company(store).currency
    return [own, *(one for one in currencies(store) if one != own)]

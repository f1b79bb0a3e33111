"""Sales: terms and currency, and the numbers of invoices, credit notes and estimates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from textual.widgets import Label

from facturier.models.settings.company import Company
from facturier.models.settings.series import EXAMPLE, KINDS, check_pattern
from facturier.models.text.dates.terms import Terms, parse_terms, terms_text
from facturier.models.text.decimals import parse_currency
from facturier.models.text.i18n import N_, _
from facturier.tui.screens.settings.entries.fields import entry, parsed, whole
from facturier.tui.screens.settings.entries.pane import Entry, Section

_PATTERNS = {
    "invoice": N_("Invoices"),
    "credit_note": N_("Credit notes"),
    "estimate": N_("Estimates"),
}
_number = whole(1, 999_999_999)


def numbers(group: str, today: date) -> Section:
    """Return the section. The next numbers are those of the year of `today` if their pattern has a year."""
    return Section(
        "numbers",
        group,
        N_("Terms and numbers"),
        (
            Entry(
                "terms",
                N_("Terms"),
                lambda company: terms_text(Terms(company.terms, company.terms_rule)),
                _with_terms,
            ),
            entry("currency", N_("Currency"), parse_currency),
            *(one for kind in KINDS for one in (_pattern(kind), _next(kind, today))),
        ),
        N_(
            "Defaults for a new invoice. A document gets its number when it is issued, by the pattern of its kind: "
            "{n} is the number, {n:04} has at least four digits. With {year}, numbers start at 1 every year."
        ),
    )


def _with_terms(company: Company, typed: str) -> Company:
    terms = parse_terms(typed)
    return replace(company, terms=terms.days, terms_rule=terms.rule)


def _pattern(kind: str) -> Entry:
    def write(company: Company, typed: str) -> Company:
        series = company.series_of(kind)
        pattern = typed if typed == series.pattern else str(parsed(check_pattern, typed))
        return company.with_series(kind, series._replace(pattern=pattern))

    return Entry(
        f"pattern-{kind}",
        _PATTERNS[kind],
        lambda company: company.series_of(kind).pattern,
        write,
        placeholder=EXAMPLE,
    )


def _next(kind: str, today: date) -> Entry:
    def write(company: Company, typed: str) -> Company:
        series = company.series_of(kind)
        n = parsed(_number, typed)
        assert isinstance(n, int)
        return company.with_series(kind, series.continued(series.place(today)._replace(n=n)))

    return Entry(
        f"next-{kind}",
        N_("Next number"),
        lambda company: str(company.series_of(kind).place(today).n),
        write,
        follows=True,
    )


class NumberExamples(Label):
    """The next numbers with the patterns as they are typed."""

    DEFAULT_CLASSES = "pane-about"

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(markup=False, id="number-examples")
        self._today = today

    def show(self, company: Company) -> None:
        invoice, credit_note, estimate = (company.next_number(self._today(), kind) for kind in KINDS)
        words = _("Next: invoice {invoice}, credit note {credit_note}, estimate {estimate}.")
        self.update(words.format(invoice=invoice, credit_note=credit_note, estimate=estimate))

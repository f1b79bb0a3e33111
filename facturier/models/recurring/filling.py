"""What a recurring invoice of one period has instead of the placeholders in its template."""

import contextlib
import re
from dataclasses import replace
from datetime import date as Day
from typing import Any

from facturier.models.books.exchange_rates import NotedRate, newest_rate
from facturier.models.books.invoice import ONE_LINE, Invoice
from facturier.models.books.status import InvoiceKind, Prices
from facturier.models.errors import NoSuchItem
from facturier.models.items.items import get_item
from facturier.models.recurring.schedule import Schedule
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import LANGUAGES

_PLACEHOLDER = re.compile(r"\{(month|period|year)\}")


def rate_for(store: Store, template: Invoice, period: Day, home: str) -> NotedRate | None:
    """Return the exchange rate that the invoice of a period takes from another document; None if there is none, or if
    it needs none: it is in the company's currency, `home`, or its template has a rate."""
    if template.exchange_rate or template.currency == home:
        return None
    return newest_rate(store, template.currency, period)


def invoice_of(store: Store, template: Invoice, schedule: Schedule, period: Day) -> Invoice:
    """Return the invoice of a period, not saved yet. Its texts are in the customer's language.

    Service dates become those of the period. The rates of the lines are those that their items have now, if the
    schedule says so and the item has a rate in the currency of the invoice. In another currency than the company's, the
    exchange rate is that of the template, or the newest one that a person entered.
    """
    company = read_company(store)
    wanted = template.customer.language or company.language
    language = wanted if wanted in LANGUAGES else "en"
    last = schedule.rhythm.last_of(period)
    values = placeholder_values(period, last, language)

    def filled(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: values[found[1]], text)

    def line_of(line: Line) -> Line:
        dates: dict[str, Any] = (
            {"service_from": period, "service_to": last} if line.service_from or line.service_to else {}
        )
        rate = line.rate
        if schedule.prices is Prices.CURRENT and line.item:
            with contextlib.suppress(NoSuchItem):
                rate = get_item(store, line.item).rate_in(template.currency, company.currency) or rate
        return replace(line, description=filled(line.description), rate=rate, **dates)

    noted = rate_for(store, template, period, company.currency)
    whole: dict[str, Any] = (
        {"service_from": period, "service_to": last} if template.service_from or template.service_to else {}
    )
    one_line: dict[str, Any] = {name: filled(getattr(template, name)) for name in ONE_LINE}
    return replace(
        template,
        id=None,
        version=0,
        kind=InvoiceKind.INVOICE,
        date=period,
        due=template.payment_terms.due(period),
        lines=tuple(map(line_of, template.lines)),
        message=filled(template.message),
        notes=filled(template.notes),
        custom={name: filled(text) for name, text in template.custom.items()},
        own_number="",
        deposit="",
        exchange_rate=noted.rate if noted is not None else template.exchange_rate,
        source_id=None,
        source=None,
        **one_line,
        **whole,
    )


def placeholder_values(first: Day, last: Day, language: str) -> dict[str, str]:
    """Return the text of each placeholder for the period from `first` to `last`."""
    from babel.dates import format_date

    return {
        "month": format_date(first, "LLLL", locale=language),
        "period": _span(first, last, language),
        "year": str(first.year),
    }


def _span(first: Day, last: Day, language: str) -> str:
    """Return a period as text: `1 – 30 Nov 2026`, `15 Nov 2026 – 14 Feb 2027`."""
    ends = day_text(last, language)
    if first == last:
        return ends
    begins = day_text(first, language)
    if (first.year, first.month) == (last.year, last.month):
        begins = begins.partition(" ")[0]
    return f"{begins} – {ends}"

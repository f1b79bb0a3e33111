"""Save the settings of a company and apply their effects on drafts and deliveries."""

import json
from dataclasses import asdict, fields

from facturier.models.books.journal import write_journal
from facturier.models.drafts.drafts import tax_drafts_again
from facturier.models.errors import SeriesError
from facturier.models.issuing.numbering import continue_series, is_taken
from facturier.models.outbox.pauses import try_again
from facturier.models.settings.company import Company, check_sizes
from facturier.models.settings.series import EXAMPLE, KINDS, Place, check_pattern, overlap, write_series
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import write_rates
from facturier.models.store.setting import write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _


def save_company(store: Store, company: Company) -> None:
    """Save the settings and record in the journal which ones changed.

    Everything that differs from what is stored is written. So where others may change settings too, read them in the
    same transaction. A changed tax rate is applied to drafts. Raises InputError if the next number is already taken, a
    pattern is not valid or a text is too long.
    """
    check_sizes(company)
    with store.writing():
        before = read_company(store)
        changed = [
            field.name for field in fields(Company) if getattr(before, field.name) != getattr(company, field.name)
        ]
        if not changed:
            return
        told = ", ".join(changed)
        if "copies" in changed:
            company = company.with_copies_from(before, store.clock())
            changed.append("removed_copies")
        if "series" in changed:
            company = _checked_series(store, before, company)
        for name in changed:
            write_setting(store, name, json.dumps(_plain(name, company), ensure_ascii=False))
        if "rates" in changed or "per_line" in changed:
            tax_drafts_again(store, company)
        if "sender" in changed:
            try_again(store, before.sender.address or before.email)
        write_journal(store, "settings", changed=told)


def _checked_series(store: Store, before: Company, company: Company) -> Company:
    """Return the company with series that can be used.

    A series whose pattern is new continues after the numbers that are used already. Raises InputError if a pattern is
    not valid or too similar to another one, or if the next number is used.
    """
    for kind in KINDS:
        series, old = company.series_of(kind), before.series_of(kind)
        if series.pattern != old.pattern:
            check_pattern(series.pattern)
            others = [company.series_of(other) for other in KINDS if other != kind]
            if any(overlap(series, other) for other in others):
                words = _("“{pattern}” could give the same numbers as another pattern. Example: {example}")
                raise SeriesError(words.format(pattern=series.pattern, example=EXAMPLE), kind, "pattern")
            company = company.with_series(kind, continue_series(store, series))
        elif series != old:
            for period, n in series.next.items():
                number = series.at(Place(period, n))
                if is_taken(store, number):
                    raise SeriesError(_("Number {number} is already used.").format(number=number), kind, "next")
    return company


def _plain(name: str, company: Company) -> object:
    if name == "rates":
        return write_rates(company.rates)
    if name == "series":
        return write_series(company.series)
    if name == "reminders":
        from facturier.models.settings.reminders import write_levels

        return None if company.reminders is None else write_levels(company.reminders)
    if name == "removed_copies":
        return {address: at.isoformat() for address, at in company.removed_copies.items()}
    if name == "automatic_reminders":
        return asdict(company.automatic_reminders)
    if name == "sender":
        return asdict(company.sender)
    return getattr(company, name)

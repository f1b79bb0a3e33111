"""Reminders: their levels, interest and fees, and the text of each level in each language."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from facturier.mail.letter.reminder_letter import default_reminder, reminder_template
from facturier.models.settings.automatic import MOST_AT_ONCE, check_time
from facturier.models.settings.company import Company
from facturier.models.settings.reminders import (
    DEFAULT_LEVELS,
    Level,
    check_fee,
    check_interest,
    level_text,
    levels_text,
    parse_levels,
    with_level,
    with_text,
)
from facturier.models.text.i18n import LANGUAGES, N_, _
from facturier.tui.screens.settings.entries.fields import parsed, whole
from facturier.tui.screens.settings.entries.pane import Entry, Section
from facturier.tui.screens.settings.entries.sales import SALES, check_template_whole, titled


def reminder_sections(levels: Sequence[Level]) -> tuple[Section, ...]:
    """Return the sections for these levels. A level that is added has its text once it is saved."""
    return (_levels(levels), *(_texts(levels, language) for language in LANGUAGES))


def _levels(levels: Sequence[Level]) -> Section:
    late = [level.days for level in levels if level.days > 0]
    return Section(
        "reminders",
        SALES,
        N_("Reminders"),
        (
            Entry("levels", N_("Levels"), _read_levels, _write_levels, lines=2),
            *_automatic(levels),
            *(entry for days in late for entry in (_interest(days), _fee(days))),
        ),
        N_(
            "When reminders for an unpaid invoice are due. “Reminders due today” lists them. If they are sent "
            "automatically, this happens once a day, while Facturier or “facturier post” is running. Interest per year "
            "and fees are only mentioned in the email (+7: from 7 days after the due date): check what the law allows."
        ),
    )


def _automatic(levels: Sequence[Level]) -> tuple[Entry, ...]:
    def entry(name: str, label: str, parse: Callable[[str], object], *, answers: dict[str, str] | None = None) -> Entry:
        return Entry(
            f"automatic-{name}",
            label,
            lambda company: _stored(getattr(company.automatic_reminders, name)),
            lambda company, text: _with_automatic(company, **{name: parsed(parse, text)}),
            answers=answers or {},
            shown=lambda company: name == "on" or company.automatic_reminders.on,
        )

    last = {"": N_("all levels"), **{str(level.days): level_text(level.days) for level in levels}}
    return (
        entry("on", N_("Send automatically"), lambda text: text == "yes", answers={"no": N_("no"), "yes": N_("yes")}),
        entry("until", N_("Last level"), lambda text: int(text) if text else None, answers=last),
        entry("at", N_("Not before"), check_time),
        entry("most", N_("Ask if more than"), whole(0, MOST_AT_ONCE)),
    )


def _stored(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _with_automatic(company: Company, **changes: Any) -> Company:
    return replace(company, automatic_reminders=replace(company.automatic_reminders, **changes))


def _read_levels(company: Company) -> str:
    return levels_text(level.days for level in company.levels)


def _write_levels(company: Company, typed: str) -> Company:
    levels = parse_levels(typed, (*DEFAULT_LEVELS, *company.levels))
    return replace(company, reminders=None if levels == DEFAULT_LEVELS else levels)


def _interest(days: int) -> Entry:
    return Entry(
        f"interest-{days}",
        _("Interest %, +{days}").format(days=days),
        lambda company: _level(company, days).interest,
        lambda company, text: _with(
            company, replace(_level(company, days), interest=str(parsed(check_interest, text)))
        ),
        exists=partial(_has, days),
    )


def _fee(days: int) -> Entry:
    return Entry(
        f"fee-{days}",
        _("Fee, +{days}").format(days=days),
        lambda company: _level(company, days).fee,
        lambda company, text: _with(
            company,
            replace(_level(company, days), fee=str(parsed(lambda typed: check_fee(typed, company.currency), text))),
        ),
        exists=partial(_has, days),
    )


def _texts(levels: Sequence[Level], language: str) -> Section:
    return Section(
        f"reminders-{language}",
        SALES,
        titled(_("Reminders"), language),
        tuple(_text(level.days, language) for level in levels),
        N_(
            "The email of each level; the subject is that of the invoice. If a field is empty, the built-in text is "
            "sent. Placeholders: {contact}, {number}, {balance}, {due}, {days_late}, {charges}, {company}."
        ),
    )


def _text(days: int, language: str) -> Entry:
    def write(company: Company, text: str) -> Company:
        parsed(check_template_whole, text)
        level = _level(company, days)
        own = "" if text.strip() == default_reminder(level.tone, language).strip() else text
        return _with(company, with_text(level, language, own))

    name = str(days).replace("-", "before-")
    return Entry(
        f"reminder-{language}-{name}",
        level_text(days),
        lambda company: reminder_template(_level(company, days), language),
        write,
        lines=6,
        exists=partial(_has, days),
    )


def _has(days: int, company: Company) -> bool:
    return any(level.days == days for level in company.levels)


def _level(company: Company, days: int) -> Level:
    return next((level for level in company.levels if level.days == days), Level(days))


def _with(company: Company, level: Level) -> Company:
    """Return the company with a level replaced. A level that was removed stays removed."""
    levels = with_level(company.levels, level)
    return replace(company, reminders=None if levels == DEFAULT_LEVELS else levels)

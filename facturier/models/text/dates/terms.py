"""Payment terms: days after the invoice date, the end of the month, and a discount for early payment."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from facturier.models.errors import InputError
from facturier.models.text.dates.dates import LONGEST
from facturier.models.text.decimals import plain
from facturier.models.text.i18n import _, ngettext, spoken
from facturier.models.text.search_text import fold

# Compiled on first use, because the first screen needs none of them.
_DISCOUNT = r"(\d{1,2}(?:[.,]\d{1,3})?)\s*%?\s*/\s*(\d{1,3})(?:\s*(?:d|days?|j|jours?))?(?:\s*,)?(?:\s+(.*))?"
_DAYS = r"(?:net\s*|n\s*/\s*|\+\s*)?(\d{1,5})\s*(?:d|days?|j|jours?)?(?:\s*nets?)?"
_WEEKS = r"(?:net\s*)?(\d{1,3})\s*(?:w|weeks?|sem|semaines?)(?:\s*nets?)?"
_MONTH_END = r"(?:(?:net\s*)?(\d{1,4})\s*(?:d|days?|j|jours?)?(?:\s*nets?)?,?\s+)?(.+)"
_AT_ONCE = {
    *("on receipt", "due on receipt", "upon receipt", "due upon receipt", "at once", "immediate", "net"),
    *("a reception", "sur reception", "payable a reception", "comptant", "immediat"),
}
_RULE = r"(?:(\d{1,2}(?:\.\d{1,3})?)/(\d{1,3})(?: eom)?)?|eom"
_EOM = "eom"


class Terms(NamedTuple):
    """Payment terms. `days` are counted from the invoice date.

    `rule` is what the file stores besides the days: `2/10` for 2 % off within 10 days, `eom` for the end of the month
    in which the days end, or `2/10 eom`.
    """

    days: int = 0
    rule: str = ""

    @property
    def month_end(self) -> bool:
        return self.rule.endswith(_EOM)

    @property
    def discount(self) -> tuple[Decimal, int] | None:
        """The percentage for early payment and the number of days, or None."""
        found = re.fullmatch(_RULE, self.rule)
        return (Decimal(found[1]), int(found[2])) if found and found[1] else None

    def due(self, day: date) -> date:
        """Return the due date of an invoice of this day."""
        from facturier.models.text.dates.relative_days import month_end

        due = day + timedelta(self.days)
        return month_end(due) if self.month_end else due

    def discount_until(self, day: date) -> date | None:
        """Return the last day of the discount for an invoice of this day, or None."""
        return day + timedelta(self.discount[1]) if self.discount else None

    def without_month_end(self, days: int) -> "Terms":
        """Return the terms with this number of days, and the same discount if it ends before them."""
        keeps = self.discount is not None and self.discount[1] <= days
        return Terms(days, self.rule.removesuffix(_EOM).strip() if keeps else "")


def check_rule(rule: str) -> str:
    """Return a rule as the file stores it. Raises InputError if it is not one."""
    found = re.fullmatch(_RULE, rule)
    if found is None or (found[1] and not 0 < Decimal(found[1]) < 100):
        words = _("“{text}” is not a rule for terms. Examples: 2/10, eom, 2/10 eom.")
        raise InputError(words.format(text=rule))
    return rule


def parse_terms(text: str) -> Terms:
    """Return the terms that a person typed: `30`, `Net 30`, `2 weeks`, `on receipt`, `net 30 EOM` or `2/10 net 30`.

    Raises InputError if the text is not understood or the terms are longer than LONGEST.
    """
    typed = fold(text).strip()
    rule = ""
    if early := re.fullmatch(_DISCOUNT, typed):
        percent = Decimal(early[1].replace(",", ".")).normalize()
        rule = f"{percent:f}/{int(early[2])}"
        typed = (early[3] or "").strip()
    found = _parsed(typed)
    if found is None or (rule and not 0 < Decimal(rule.split("/")[0]) < 100):
        words = _("“{text}” is not a valid term. Enter 30, Net 30, 2 weeks, on receipt, end of month or 2/10 net 30.")
        raise InputError(words.format(text=text.strip()))
    if found.days > LONGEST:
        raise InputError(_("Terms can be at most {days} days.").format(days=LONGEST))
    terms = Terms(found.days, " ".join(filter(None, (rule, found.rule))))
    if terms.discount and not terms.month_end and terms.discount[1] > terms.days:
        raise InputError(_("The discount ends after the due date. Example: 2/10 net 30."))
    return terms


def _parsed(typed: str) -> Terms | None:
    if typed in _AT_ONCE:
        return Terms()
    if days := re.fullmatch(_DAYS, typed):
        return Terms(int(days[1]))
    if weeks := re.fullmatch(_WEEKS, typed):
        return Terms(7 * int(weeks[1]))
    from facturier.models.text.dates.relative_days import MONTH_END

    if (end := re.fullmatch(_MONTH_END, typed)) and end[2] in MONTH_END:
        return Terms(int(end[1] or 0), _EOM)
    return None


def terms_text(terms: Terms) -> str:
    """Return terms in the reader's words, as `parse_terms` reads them back: `Net 30`, `2/10 net 30, end of month`."""
    days = terms.days
    words = ngettext("Net {days}", "Net {days}", days).format(days=days) if days else _("Due on receipt")
    if terms.month_end:
        words = _("{terms}, end of month").format(terms=words) if days else _("End of month")
    if terms.discount:
        percent, within = terms.discount
        first = f"{plain(percent).replace('.', ',' if spoken() == 'fr' else '.')}/{within}"
        words = f"{first} {words[0].lower()}{words[1:]}"
    return words

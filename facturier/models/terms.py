"""Terms as people type them: `30`, `+30`, `Net 30`, `30 days`, `30 jours nets`, `on receipt`."""

import re

from facturier.models.errors import InputError
from facturier.models.fold import fold
from facturier.models.language import _, ngettext

LONGEST = 3650  # days

_DAYS = re.compile(r"(?:net\s*|\+\s*)?(\d{1,5})\s*(?:d|days?|j|jours?)?(?:\s*nets?)?")
_AT_ONCE = {"on receipt", "due on receipt", "at once", "net", "a reception", "sur reception", "comptant"}


def parse_terms(text: str) -> int:
    """How many days after its date an invoice is due. Raises InputError."""
    typed = fold(text).strip()
    if typed in _AT_ONCE:
        return 0
    days = _DAYS.fullmatch(typed)
    if not days:
        raise InputError(_("“{text}” are no terms. Type 30, Net 30 or on receipt.").format(text=text.strip()))
    if int(days[1]) > LONGEST:
        raise InputError(_("Terms can be {days} days at the most.").format(days=LONGEST))
    return int(days[1])


def terms_text(days: int) -> str:
    """Terms in the reader's words, as `parse_terms` reads them back: `Net 30`, `On receipt`."""
    return ngettext("Net {days}", "Net {days}", days).format(days=days) if days else _("On receipt")

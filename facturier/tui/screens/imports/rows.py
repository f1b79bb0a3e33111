"""The columns of the preview of an import, and what is said below it about the chosen row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from facturier.models.imports.plan import WRITTEN, Planned, Status
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.themes.theme import ERROR, SUCCESS, WARNING
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.imports import STATUS, new_words, row_words

# What needs a decision comes first.
_ORDER = {status: place for place, status in enumerate(STATUS)}
_STYLES = {Status.FAULTY: ERROR, Status.DOUBTFUL: WARNING}
_SIGNS = {Status.FAULTY: "✗ ", Status.DOUBTFUL: "⚠ "}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row of the file. `included` says whether it would be written."""

    planned: Planned[Any]
    included: bool

    @property
    def id(self) -> int:
        return self.planned.line

    @property
    def can_change(self) -> bool:
        """Whether a person can include or exclude it."""
        return self.planned.status in WRITTEN and self.planned.after is not None


def ordered(rows: Sequence[ImportRow]) -> list[ImportRow]:
    return sorted(rows, key=lambda row: (_ORDER[row.planned.status], row.id))


def import_columns() -> tuple[Column[ImportRow], ...]:
    width = max(cell_len(_(words)) for words in STATUS.values()) + 2
    return (
        Column(_("Line"), lambda row: Text(str(row.id)), 6, right=True),
        Column(_("Result"), _status, width),
        Column(_("Name"), lambda row: Text(clean(row.planned.name) or "–"), 16, flex=True),
        Column(_("Details"), lambda row: Text(clean(row_words(row.planned))), 20, flex=True, rank=1),
    )


def import_sum(rows: Sequence[ImportRow]) -> Text:
    """How many rows will be imported, and how many have each status."""
    parts = [Text(_("✓ {count} will be imported").format(count=sum(row.included for row in rows)), SUCCESS)]
    for status, words in STATUS.items():
        count = sum(row.planned.status is status for row in rows)
        if count:
            shown = f"{_SIGNS.get(status, '')}{_(words)} {count}".replace(" ", "\u00a0")
            parts.append(Text(shown, _STYLES.get(status, "")))
    return Text("  ").join(parts)


def import_detail(row: ImportRow) -> Text:
    """Every fault and doubt of the chosen row, or what is new or changes."""
    planned = row.planned
    if planned.reasons:
        style, sign = _STYLES.get(planned.status, ""), _SIGNS.get(planned.status, "")
        return Text("\n").join(Text(f"{sign}{clean(reason)}", style) for reason in planned.reasons)
    if planned.status is Status.NEW and planned.after is not None:
        return Text(new_words(planned.after))
    return Text(clean(row_words(planned)))


def _status(row: ImportRow) -> Text:
    status = row.planned.status
    words = _(STATUS[status])
    if row.included:
        return Text(f"✓ {words}", SUCCESS)
    return Text(_SIGNS.get(status, "– ") + words, _STYLES.get(status, "dim"))

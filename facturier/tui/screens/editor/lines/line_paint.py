"""Draw the rows of a line on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from facturier.models.settings.line import Line, LineKind
from facturier.models.text.i18n import _
from facturier.tui.screens.editor.lines.line_cells import (
    CELLS,
    NUMBERS,
    TITLES,
    CellBox,
    cell_boxes,
    details,
    has_details,
    shown,
)

_BOLD = Style(bold=True)


@dataclass(frozen=True, slots=True)
class GridStyles:
    """The styles of a grid."""

    plain: Style
    head: Style
    quiet: Style
    current: Style
    problem: Style


def height(line: Line, problems: Mapping[str, str], width: int, *, current: bool) -> int:
    """Return the number of rows of a line.

    The description, the numbers and the details need further rows if they do not fit into the first, and each problem
    needs one.
    """
    at = cell_boxes(width)
    below = [at["quantity"].row]
    if current or line.description:
        below.append(at["description"].row)
    if has_details(line):
        below.append(at["details"].row)
    return 1 + max(below) + len(problems)


def head(width: int, look: GridStyles, note: str) -> Strip:
    """Return the titles of the columns. `note` says which lines are in view if not all are."""
    at = cell_boxes(width)
    pieces = []
    for cell in (*CELLS, "amount"):
        title = _(TITLES[cell])
        if cell == "item" and note:
            title = f"{title}  {note}"
        elif cell == "item" and at["description"].row:
            title = whole if cell_len(whole := _("Item / description")) <= at[cell].width else title
        if not at[cell].row:
            pieces.append((at[cell], _fit(title, at[cell].width, right=cell in NUMBERS), look.head))
    return _strip(pieces, width, look.head)


def row(
    line: Line,
    number: int,
    problems: Mapping[str, str],
    part: int,
    width: int,
    look: GridStyles,
    *,
    currency: str,
    current: bool,
    section: str = "",
) -> Strip:
    """Return one row of a line. `part` 0 is the first row, and `section` is the amount of a subtotal."""
    at = cell_boxes(width)
    below = height(line, {}, width, current=current) - 1
    pieces: list[tuple[CellBox, str, Style]] = []
    if part == 0:
        mark = f"▌{number:>2}" if current else f"{number:>3}"
        pieces.append((at["number"], _fit(mark, 3, right=True), look.current if current else look.quiet))
    if part <= below:
        for cell in (*CELLS, "amount"):
            if at[cell].row == part:
                quiet = cell == "description" and part > 0
                style = look.problem if cell in problems else look.quiet if quiet else look.plain
                if line.kind is not LineKind.ITEM and not quiet:
                    style += _BOLD
                text = section if cell == "amount" and section else shown(line, cell, currency)
                pieces.append((at[cell], _fit(text, at[cell].width, right=cell in NUMBERS), style))
        if at["details"].row == part and has_details(line):
            pieces.append((at["details"], _fit(details(line, currency), at["details"].width, right=True), look.quiet))
        return _strip(sorted(pieces, key=lambda piece: piece[0].x), width, look.plain)
    cell, sentence = list(problems.items())[part - below - 1]
    # The sentence starts below its cell, or further left if it does not fit there.
    sentence = f"↑ {sentence}"
    x = max(min(at.get(cell, at["details"]).x, width - 1 - cell_len(sentence)), 4)
    return _strip([(CellBox(x, width - 1 - x), _fit(sentence, width - 1 - x), look.problem)], width, look.plain)


def _fit(text: str, width: int, *, right: bool = False) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"
    return " " * (width - length) + text if right else text


def _strip(pieces: list[tuple[CellBox, str, Style]], width: int, blank: Style) -> Strip:
    segments = []
    x = 0
    for place, text, style in pieces:
        if place.x > x:
            segments.append(Segment(" " * (place.x - x), blank))
        segments.append(Segment(text, style))
        x = place.x + cell_len(text)
    return Strip(segments).adjust_cell_length(width, blank)

"""What is overdue, due, not sent and paid lately: as figures, and under them the same money as a picture."""

from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.listing.totals import FilterTotals
from facturier.models.listing.view import InvoiceFilter
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.money import Money, digits
from facturier.tui.formatting import coded, counted
from facturier.tui.theme import ACTIVE, ERROR, QUIET, SUCCESS, WARNING

# Each its own shade and pattern, so that they differ without colour too, and a shorter word where the line is.
_PARTS = {
    InvoiceFilter.OVERDUE: (N_("Overdue"), N_("Late"), "█", ERROR),
    InvoiceFilter.DUE: (N_("Not yet due"), N_("Not due"), "▓", WARNING),
    InvoiceFilter.NOT_SENT: (N_("Not sent"), N_("Unsent"), "▒", ACTIVE),
    InvoiceFilter.PAID_LATELY: (N_("Paid last 30 days"), N_("Paid"), "░", SUCCESS),
}


class _Style(NamedTuple):
    """How much each figure says, and the gap between them."""

    words: bool
    counts: bool
    cents: bool
    gap: int


# Where it does not all fit, the counts go first, then the long words, then the cents; never what parts thousands.
_STYLES = (
    _Style(True, True, True, 3),
    _Style(True, False, True, 2),
    _Style(False, True, True, 2),
    _Style(False, False, True, 2),
    _Style(False, False, True, 1),
    _Style(False, False, False, 2),
    _Style(False, False, False, 1),
)


class MoneyBar(Widget, can_focus=False):
    """Two lines. A click on a figure is `Picked`. `coded`: figures and counts are of one currency of several; it is
    named."""

    DEFAULT_CLASSES: ClassVar[str] = "money-bar"

    sums: reactive[dict[InvoiceFilter, FilterTotals]] = reactive[dict[InvoiceFilter, FilterTotals]]({})
    coded: reactive[bool] = reactive(False)

    class Picked(Message):
        """A figure was chosen: show what it is made of."""

        def __init__(self, show: InvoiceFilter) -> None:
            super().__init__()
            self.show = show

    def render(self) -> RenderResult:
        if not self.sums:
            return Text("")
        figures, gap = self._figures()
        line = Text(" " * gap, no_wrap=True).join([part for _show, part in figures])
        line.truncate(self.size.width, overflow="ellipsis")
        return Text("\n").join([line, self._bar(self.size.width)])

    def on_click(self, event: Click) -> None:
        if event.y != 0 or not self.sums:
            return
        figures, gap = self._figures()
        left = 0
        for show, part in figures:
            left += part.cell_len + gap
            if event.x < left:
                self.post_message(self.Picked(show))
                return

    def _figures(self) -> tuple[list[tuple[InvoiceFilter, Text]], int]:
        """As much of each figure as fits into the line, and the gap between."""
        for style in _STYLES:
            figures = [(show, self._figure(show, style)) for show in _PARTS]
            if sum(part.cell_len + style.gap for _show, part in figures) - style.gap <= self.size.width:
                break
        return figures, style.gap

    def _figure(self, show: InvoiceFilter, style: _Style) -> Text:
        long, short, pattern, colour = _PARTS[show]
        found = self.sums[show]
        amount = Money(found.amount, found.currency).text(spoken())
        if not style.cents and (locations := digits(found.currency)):
            amount = amount[: -locations - 1]
        if self.coded and show is InvoiceFilter.OVERDUE:
            amount = coded(amount, found.currency)
        figure = Text.assemble((pattern, colour), f" {_(long if style.words else short)} ", (amount, "bold"))
        return figure.append(f" ({counted(found.of_currency)})") if style.counts else figure

    def _bar(self, width: int) -> Text:
        """Cells in proportion to the money; whoever has any money has a cell."""
        amounts = {show: max(self.sums[show].amount, 0) for show in _PARTS}
        whole = sum(amounts.values())
        line = Text(no_wrap=True, end="")
        if not whole:
            return line.append("─" * width, QUIET)
        cells = {show: max(round(width * amount / whole), 1) if amount else 0 for show, amount in amounts.items()}
        widest = max(cells, key=lambda show: cells[show])
        cells[widest] += width - sum(cells.values())
        for show, (_long, _short, pattern, colour) in _PARTS.items():
            line.append(pattern * cells[show], colour)
        return line

"""What is overdue, not due, not sent and paid: as figures and, in a tall window, as a picture of the same money."""

from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.listing.totals import FilterTotals
from facturier.models.listing.view import InvoiceFilter
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money, digits
from facturier.tui.screens.invoice_list.filtering.filters import filter_word
from facturier.tui.themes.theme import ACTIVE, ERROR, QUIET, SUCCESS, WARNING
from facturier.tui.words.formatting import coded, counted

# Each has its own pattern in the picture, so that they differ without colour, too.
_PARTS = {
    InvoiceFilter.OVERDUE: ("█", ERROR),
    InvoiceFilter.DUE: ("▓", WARNING),
    InvoiceFilter.NOT_SENT: ("▒", ACTIVE),
    InvoiceFilter.PAID_LATELY: ("░", SUCCESS),
}


class _Style(NamedTuple):
    """How much is said: of how many days the paid ones are, counts, cents; and the gap between the figures."""

    days: bool
    counts: bool
    cents: bool
    gap: int


# If not everything fits, the counts go first, then the days, then the cents. Digits stay grouped.
_STYLES = (
    _Style(True, True, True, 3),
    _Style(True, False, True, 2),
    _Style(False, False, True, 2),
    _Style(True, False, False, 2),
    _Style(False, False, False, 2),
    _Style(False, False, False, 1),
)


class MoneyBar(Widget, can_focus=False):
    """One line, or two with the picture if the styles make it that high. A click on a figure is `Picked`. With `coded`,
    the figures are of one currency of several, which is named."""

    DEFAULT_CLASSES: ClassVar[str] = "money-bar"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"money-bar--overdue", "money-bar--label"}

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
        return Text("\n").join([line, self._picture(self.size.width)]) if self._tall else line

    @property
    def _tall(self) -> bool:
        return self.size.height > 1

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
        """Return as much of each figure as fits into the line, and the gap between. Where not all fit, the last go."""
        for style in _STYLES:
            figures = [(show, self._figure(show, style)) for show in _PARTS]
            if self._fits(figures, style.gap):
                break
        while len(figures) > 1 and not self._fits(figures, style.gap):
            figures.pop()
        return figures, style.gap

    def _fits(self, figures: list[tuple[InvoiceFilter, Text]], gap: int) -> bool:
        return sum(part.cell_len + gap for _show, part in figures) - gap <= self.size.width

    def _figure(self, show: InvoiceFilter, style: _Style) -> Text:
        found = self.sums[show]
        amount = Money(found.amount, found.currency).text(spoken())
        if not style.cents and (locations := digits(found.currency)):
            amount = amount[: -locations - 1]
        if self.coded and show is InvoiceFilter.OVERDUE:
            amount = coded(amount, found.currency)
        short = show is InvoiceFilter.PAID_LATELY and not style.days  # never only "Paid", which is a tab with all
        word = _("Paid 30 d") if short else filter_word(show)
        quiet = self.get_component_rich_style("money-bar--label", partial=True)
        loud = self.get_component_rich_style("money-bar--overdue", partial=True)
        figure = Text()
        if self._tall:
            pattern, colour = _PARTS[show]
            figure.append(pattern, colour).append(" ")
        if show is InvoiceFilter.OVERDUE and found.amount > 0:
            figure.append(f" {word} {amount} ", loud)
        else:
            figure.append(f"{word} ", quiet).append(amount)
        return figure.append(f" ({counted(found.of_currency)})", quiet) if style.counts else figure

    def _picture(self, width: int) -> Text:
        """Return cells in proportion to the money. Each amount above zero has at least one."""
        amounts = {show: max(self.sums[show].amount, 0) for show in _PARTS}
        whole = sum(amounts.values())
        line = Text(no_wrap=True, end="")
        if not whole:
            return line.append("─" * width, QUIET)
        cells = {show: max(round(width * amount / whole), 1) if amount else 0 for show, amount in amounts.items()}
        widest = max(cells, key=lambda show: cells[show])
        cells[widest] += width - sum(cells.values())
        for show, (pattern, colour) in _PARTS.items():
            line.append(pattern * cells[show], colour)
        return line

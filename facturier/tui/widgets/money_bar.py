"""What is overdue, due, not sent and paid: as figures, and under them the same money as a picture."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.language import N_, _, spoken
from facturier.models.money import Money, digits
from facturier.models.tally import Sum
from facturier.models.view import Show

# Each its own shade and pattern, so that they differ without colour too.
_PARTS = {
    Show.OVERDUE: (N_("Overdue"), "█", "red"),
    Show.DUE: (N_("Due"), "▓", "yellow"),
    Show.NOT_SENT: (N_("Not sent"), "▒", "cyan"),
    Show.PAID: (N_("Paid"), "░", "green"),
}


class MoneyBar(Widget, can_focus=False):
    """Two lines. A click on a figure is `Picked`."""

    DEFAULT_CLASSES: ClassVar[str] = "money-bar"

    sums: reactive[dict[Show, Sum]] = reactive[dict[Show, Sum]]({})

    class Picked(Message):
        """A figure was chosen: show what it is made of."""

        def __init__(self, show: Show) -> None:
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

    def _figures(self) -> tuple[list[tuple[Show, Text]], int]:
        """As much of each figure as fits into the line, and the gap between: with counts, without, without cents."""
        for counts, cents, gap in ((True, True, 2), (False, True, 2), (False, False, 2), (False, False, 1)):
            figures = [(show, self._figure(show, counts, cents)) for show in _PARTS]
            if sum(part.cell_len + gap for _show, part in figures) - gap <= self.size.width:
                break
        return figures, gap

    def _figure(self, show: Show, counts: bool, cents: bool) -> Text:
        word, pattern, colour = _PARTS[show]
        found = self.sums[show]
        money = Money(found.amount, found.currency)
        amount = money.text(spoken())
        if not cents and (places := digits(found.currency)):
            amount = amount[: -places - 1]
        figure = Text.assemble((pattern, colour), f" {_(word)} ", (amount, "bold"))
        return figure.append(f" ({found.count})") if counts else figure

    def _bar(self, width: int) -> Text:
        """Cells in proportion to the money; whoever has any money has a cell."""
        amounts = {show: max(self.sums[show].amount, 0) for show in _PARTS}
        whole = sum(amounts.values())
        line = Text(no_wrap=True, end="")
        if not whole:
            return line.append("─" * width, "bright_black")
        cells = {show: max(round(width * amount / whole), 1) if amount else 0 for show, amount in amounts.items()}
        widest = max(cells, key=lambda show: cells[show])
        cells[widest] += width - sum(cells.values())
        for show, (_word, pattern, colour) in _PARTS.items():
            line.append(pattern * cells[show], colour)
        return line

"""The filters above the list, as tabs: which invoices, and how many of each there are."""

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.listing.totals import FilterTotals
from facturier.models.listing.view import InvoiceFilter
from facturier.models.text.decimals import written
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui.words.formatting import counted

# With a place for the count, so that French has another word here than for the status of one invoice.
FILTERS = {
    InvoiceFilter.ALL: N_("All {count}"),
    InvoiceFilter.NOT_SENT: N_("Not sent {count}"),
    InvoiceFilter.SENT: N_("Sent {count}"),
    InvoiceFilter.OVERDUE: N_("Overdue {count}"),
    InvoiceFilter.PAID: N_("Paid {count}"),
    InvoiceFilter.ALERTS: N_("Alerts {count}"),
}
MORE_FILTERS = {
    InvoiceFilter.DUE: N_("Not due {count}"),
    InvoiceFilter.DRAFT: N_("Drafts {count}"),
    InvoiceFilter.PAID_LATELY: N_("Paid (30 days) {count}"),
}


def filter_word(show: InvoiceFilter, count: str = "") -> str:
    """Return what a filter is called, with the count if there is one. The money bar uses the same words."""
    return _((FILTERS | MORE_FILTERS)[show]).format(count=count).rstrip()


class Filters(Widget, can_focus=False):
    """One line; a click on a tab is `Picked`."""

    DEFAULT_CLASSES: ClassVar[str] = "filters"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"filters--current"}

    current: reactive[InvoiceFilter] = reactive(InvoiceFilter.ALL)
    sums: reactive[dict[InvoiceFilter, FilterTotals]] = reactive[dict[InvoiceFilter, FilterTotals]]({})

    class Picked(Message):
        """Another filter was chosen."""

        def __init__(self, show: InvoiceFilter) -> None:
            super().__init__()
            self.show = show

    def render(self) -> RenderResult:
        tabs, gap = self._fitted()
        return Text(" " * gap, no_wrap=True, overflow="ellipsis").join([tab for _show, tab in tabs])

    def on_click(self, event: Click) -> None:
        left, (tabs, gap) = 0, self._fitted()
        for show, tab in tabs:
            if left <= event.x < left + tab.cell_len:
                self.post_message(self.Picked(show))
            left += tab.cell_len + gap

    def _fitted(self) -> tuple[list[tuple[InvoiceFilter, Text]], int]:
        """Return as much as fits: with room around, with none, with the counts of large companies rounded, with no
        counts. If that is not enough, the last tabs go, but not the current one."""
        for padding, counts in ((1, counted), (0, counted), (0, _rounded), (0, _none)):
            tabs = self._tabs(" " * padding, counts)
            spare = self.size.width - sum(tab.cell_len for _show, tab in tabs)
            gap = min(spare // max(len(tabs) - 1, 1), 2)
            if gap >= 1 - padding:
                break
        gap = max(gap, 1 - padding)
        while len(tabs) > 1 and sum(tab.cell_len + gap for _show, tab in tabs) - gap > self.size.width:
            del tabs[-2 if tabs[-1][0] is self.current else -1]
        return tabs, gap

    def _tabs(self, around: str, counts: Callable[[int], str]) -> list[tuple[InvoiceFilter, Text]]:
        current = self.get_component_rich_style("filters--current", partial=True)
        shown = dict(FILTERS)
        if self.current not in shown:  # a figure of the money bar that is no tab of its own
            shown[self.current] = MORE_FILTERS[self.current]
        tabs = []
        for show in shown:
            text = filter_word(show, counts(self.sums[show].count) if self.sums else "")
            tabs.append((show, Text(f"{around}{text}{around}", current if show is self.current else "")))
        return tabs


def _none(_count: int) -> str:
    return ""


def _rounded(count: int) -> str:
    """`247k`, `1.2M`."""
    if count < 10_000:
        return counted(count)
    return f"{count // 1000}k" if count < 1_000_000 else f"{written(Decimal(count) / 1_000_000, spoken(), 1)}M"

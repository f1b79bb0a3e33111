"""The filters above the list, as tabs: which invoices, and how many of each there are."""

from typing import ClassVar

from rich.text import Text
from textual.app import RenderResult
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from facturier.models.language import N_, _
from facturier.models.tally import Sum
from facturier.models.view import Show

FILTERS = {
    Show.ALL: N_("All"),
    Show.NOT_SENT: N_("Not sent"),
    Show.SENT: N_("Sent"),
    Show.OVERDUE: N_("Overdue"),
    Show.PAID: N_("Paid"),
    Show.ALERTS: N_("Alerts"),
}


class Filters(Widget, can_focus=False):
    """One line; a click on a tab is `Picked`."""

    DEFAULT_CLASSES: ClassVar[str] = "filters"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"filters--current"}

    current: reactive[Show] = reactive(Show.ALL)
    sums: reactive[dict[Show, Sum]] = reactive[dict[Show, Sum]]({})

    class Picked(Message):
        """Another filter was chosen."""

        def __init__(self, show: Show) -> None:
            super().__init__()
            self.show = show

    def render(self) -> RenderResult:
        tabs = [tab for _show, tab in self._tabs()]
        return Text(" " * self._gap(tabs), no_wrap=True, overflow="ellipsis").join(tabs)

    def on_click(self, event: Click) -> None:
        left, tabs = 0, self._tabs()
        for show, tab in tabs:
            if left <= event.x < left + tab.cell_len:
                self.post_message(self.Picked(show))
            left += tab.cell_len + self._gap([tab for _show, tab in tabs])

    def _gap(self, tabs: list[Text]) -> int:
        """Room between the tabs, where there is any."""
        spare = self.size.width - sum(tab.cell_len for tab in tabs)
        return max(min(spare // max(len(tabs) - 1, 1), 2), 0)

    def _tabs(self) -> list[tuple[Show, Text]]:
        current = self.get_component_rich_style("filters--current", partial=True)
        shown = dict(FILTERS)
        if self.current not in shown:  # a figure of the money bar that is no tab of its own
            shown[self.current] = N_("Due")
        tabs = []
        for show, word in shown.items():
            count = f" {self.sums[show].count}" if self.sums else ""
            tabs.append((show, Text(f" {_(word)}{count} ", current if show is self.current else "")))
        return tabs

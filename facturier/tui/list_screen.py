"""Screens that are mostly one list: what their rows, search and sorting have in common."""

from typing import ClassVar, Generic

from textual import on

from facturier.mail.workspace import Workspace
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.search_field import SearchField
from facturier.tui.widgets.rows.columns import RowT
from facturier.tui.widgets.rows.row_list import RowList


class ListScreen(ResultScreen[None], Generic[RowT]):
    """A list that has the focus. It is read again when the company changes."""

    def __init__(self, ws: Workspace, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._ws = ws

    def on_mount(self) -> None:
        self.rows.focus()
        self._renew()

    def on_company_changed(self) -> None:
        self._renew()

    def _renew(self) -> None:
        """Read the rows again and show them."""
        raise NotImplementedError

    @property
    def rows(self) -> RowList[RowT]:
        return self.query_one(RowList)

    @property
    def _row(self) -> RowT | None:
        """The selected row. None also before the list is there."""
        rows: RowList[RowT] | None = self.query_one_optional(RowList)
        return rows.chosen if rows is not None else None

    @on(RowList.Chosen)
    def _cursor_moved(self) -> None:
        self._moved()

    def _moved(self) -> None:
        """Show what depends on the selected row."""
        self.refresh_bindings()


class SearchedList(ListScreen[RowT]):
    """A list with a `SearchField`."""

    @property
    def _search(self) -> SearchField:
        return self.query_one(SearchField)

    def action_search(self) -> None:
        self._search.start()

    @on(Field.Changed, "#search")
    def _typed(self, event: Field.Changed) -> None:
        self._searched(event.text)

    def _searched(self, text: str) -> None:
        """Show the rows that match."""
        raise NotImplementedError

    @on(SearchField.Left)
    def _back_to_list(self) -> None:
        self.rows.focus()

    def action_back(self) -> None:
        """End the search, or clear the marks, or go back."""
        if self._search.text:
            self._search.action_clear()
        elif self.rows.marked:
            self.rows.unmark()
        else:
            self.dismiss(None)


class SortedList(ListScreen[RowT]):
    """A list in the order of one of its columns, whose keys are `SORTS`."""

    SORTS: ClassVar[tuple[str, ...]]
    _sort = ("name", False)  # the column, and whether the order is reversed

    def action_sort(self) -> None:
        key = self.SORTS[(self.SORTS.index(self._sort[0]) + 1) % len(self.SORTS)]
        self._sort_by(key, self._falls(key))

    def action_turn(self) -> None:
        self._sort_by(self._sort[0], not self._sort[1])

    @on(RowList.Headed)
    def _headed(self, event: "RowList.Headed") -> None:
        again = event.key == self._sort[0]
        self._sort_by(event.key, not self._sort[1] if again else self._falls(event.key))

    def _falls(self, key: str) -> bool:
        """Return whether a column starts with its largest value: names go from A to Z, amounts and days fall."""
        return key != "name"

    def _sort_by(self, key: str, descending: bool) -> None:
        self._sort = (key, descending)
        self._show_sorted()

    def _show_sorted(self) -> None:
        """Show the rows in their new order."""
        raise NotImplementedError


def no_match(text: str) -> str:
    """Return what an empty list says while somebody searches for `text`."""
    return _("No match for “{text}”. Esc ends the search.").format(text=clean(text))

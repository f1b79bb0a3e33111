"""The lines of an invoice, made to be typed into: one widget that draws them all, and one input that goes from cell to
cell, so that two hundred lines are as quick as two."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import ClassVar

from textual.app import ComposeResult
from textual.events import Click, MouseScrollDown, MouseScrollUp, Paste, Resize
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.text.i18n import _
from facturier.tui.screens.editor import line_paint
from facturier.tui.screens.editor.line_cells import CELLS, cell_boxes, pasted_rows, typed
from facturier.tui.screens.editor.line_list import LineList
from facturier.tui.screens.editor.suggestions import item_suggestions, tax_suggestions
from facturier.tui.widgets.inputs.lookup import LookupInput, Suggestion


class LineGrid(Widget, can_focus=False):
    """A grid of lines with an empty one at the end. `find_items` gives what a text in Item may mean, `item_taxes` the
    taxes that items have.

    `Changed` comes with every change of the lines, `Left` when the cursor wants to go on (1) or back (-1) to what
    stands beside the grid.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-grid--head",
        "line-grid--quiet",
        "line-grid--current",
        "line-grid--problem",
    }

    class Changed(Message):
        """The lines are other ones."""

    class Left(Message):
        """The cursor wants to leave: 1 on, -1 back."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(
        self,
        find_items: Callable[[str], Sequence[Item]],
        item_taxes: Callable[[], Sequence[str]],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._find_items = find_items
        self._item_taxes = item_taxes
        self._list = LineList()
        self._line = 0
        self._cell = CELLS[0]
        self._before = ""  # what the cell said when the cursor came to it
        self._top = 0  # the first row in view
        self._ends: list[int] = [1]  # the row after each line
        self._current = -1  # the line that is drawn with the cursor in it, -1 for none
        self._width = 0  # that `_ends` was measured for
        self._forming = False  # whether the tax that is being typed may yet become one
        self.input = _CellInput(self)

    def compose(self) -> ComposeResult:
        yield self.input
        yield self.input.suggestions

    # What the screen hands down and reads

    def show(self, lines: Sequence[Line], rates: Sequence[TaxRate], currency: str, usual_tax: str) -> None:
        """Show these lines, checked against these rates; a new one gets the usual tax."""
        self._list.usual_tax = usual_tax
        self._list.fill(lines, rates, currency)
        self._line = min(self._line, self._list.last)
        self._place()

    def recheck(self, rates: Sequence[TaxRate]) -> None:
        """Check the lines against other rates."""
        if self._list.recheck(rates):
            self._place()

    def price_in(self, currency: str) -> bool:
        """The amounts are in another currency; whether there are any."""
        self._list.price_in(currency)
        self._place()
        return any(line.rate for line in self._list)

    def retax(self, before: str, after: str) -> None:
        """The default tax changed: lines that have the previous one get the new one."""
        if before != after:
            self._list.retax(before, after)
            self._changed(self._line)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that have something in them."""
        return self._list.kept

    @property
    def active(self) -> bool:
        """Whether the cursor is in the grid."""
        return self.input.has_focus

    def first_problem(self) -> tuple[int, str] | None:
        """The first cell that cannot be right: line and cell."""
        return self._list.first_problem()

    def go(self, line: int, cell: str) -> None:
        """Put the cursor into a cell."""
        self._line = max(0, min(line, self._list.last))
        self._cell = cell
        self.input.focus(scroll_visible=False)
        self._enter()

    def go_first(self) -> None:
        self.go(0, CELLS[0])

    def go_last(self) -> None:
        """Into the empty line at the end."""
        self.go(self._list.last, CELLS[0])

    # Whole lines; the cursor goes with them

    def duplicate_line(self) -> None:
        if self._list.duplicate(self._line):
            self._changed(self._line + 1)

    def remove_line(self) -> None:
        if self._list.remove(self._line):
            self._changed(self._line)

    @property
    def can_put_back(self) -> bool:
        return self._retyped or self._list.removed > 0

    @property
    def _retyped(self) -> bool:
        """Whether the cell says something else than when the cursor came to it."""
        return typed(self._list[self._line], self._cell) != self._before

    def put_back(self) -> None:
        """What the cell said when the cursor came to it; where that still stands, the line that was removed last."""
        if self._retyped:
            self._list.write(self._line, self._cell, self._before)
            self._changed(self._line)
        elif (number := self._list.restore()) is not None:
            self._changed(number)

    def move_line(self, step: int) -> None:
        if self._list.move(self._line, step):
            self._changed(self._line + step)

    # Typing

    def type_text(self, text: str) -> None:
        """The text of the cell changed."""
        self._list.write(self._line, self._cell, text)
        self._place()
        self.post_message(self.Changed())

    def paste(self, text: str) -> bool:
        """Take pasted lines and spreadsheet cells as lines of the invoice; False for what fits into one cell."""
        rows = pasted_rows(text)
        if len(rows) < 2 and all(len(row) < 2 for row in rows):
            return False
        start, end = sorted(self.input.selection)
        rows[0][0] = self.input.value[:start] + rows[0][0] + self.input.value[end:]
        pasted = self._list.paste(self._line, self._cell, rows)
        self._changed(pasted + 1 if pasted + 1 == self._list.last else pasted)
        self.input.action_end()  # nothing is selected, so that what is pasted next replaces nothing
        return True

    def take(self, item: object, key: str) -> None:
        """An item was taken; or, with anything else, what was typed is to be a new one."""
        if isinstance(item, Item):
            self._list.take(self._line, item)
            self.post_message(self.Changed())
        self.go(self._line, "quantity" if isinstance(item, Item) and key == "enter" else "description")

    def take_tax(self, tax: str) -> None:
        """A tax was taken: the line has it, and the cursor goes on."""
        self.type_text(tax)
        self._go_on()

    def _changed(self, line: int) -> None:
        self._line = line
        self._enter()
        self.post_message(self.Changed())

    # Going from cell to cell

    def press(self, key: str) -> bool:
        """Go where a key goes; whether it goes anywhere."""
        steps: dict[str, Callable[[], None]] = {
            "enter": self._go_on,
            "tab": self._go_on,
            "shift+tab": self._go_back,
            "up": lambda: self._go_lines(-1),
            "down": lambda: self._go_lines(1),
            "ctrl+j": lambda: self.go(self._line + 1, self._cell),  # the end of a line, where pastes come as keys
            "pageup": lambda: self._go_lines(-self._page),
            "pagedown": lambda: self._go_lines(self._page),
            "ctrl+home": self.go_first,
            "ctrl+end": self.go_last,
        }
        if step := steps.get(key):
            step()
        return step is not None

    def _go_on(self) -> None:
        if self._line == self._list.last:
            self.post_message(self.Left(1))
        elif self._cell != CELLS[-1]:
            self.go(self._line, CELLS[CELLS.index(self._cell) + 1])
        else:
            self.go(self._line + 1, CELLS[0])

    def _go_back(self) -> None:
        if self._cell != CELLS[0]:
            self.go(self._line, CELLS[CELLS.index(self._cell) - 1])
        elif self._line:
            self.go(self._line - 1, CELLS[-1])
        else:
            self.post_message(self.Left(-1))

    def _go_lines(self, step: int) -> None:
        if step == -1 and not self._line:
            self.post_message(self.Left(-1))
        elif step == 1 and self._line == self._list.last:
            self.post_message(self.Left(1))
        else:
            self.go(self._line + step, self._cell)

    @property
    def _page(self) -> int:
        return max((self.size.height - 1) // 2, 1)

    def on_click(self, event: Click) -> None:
        row = self._top + event.y - 1
        if event.y < 1 or row >= self._ends[-1]:
            return
        number = bisect_right(self._ends, row)
        part = row - (self._ends[number - 1] if number else 0)
        for cell in CELLS:
            place = cell_boxes(self.size.width)[cell]
            if place.x <= event.x < place.end and place.row == part:
                self.go(number, cell)

    def on_mouse_scroll_down(self, _event: MouseScrollDown) -> None:
        self.go(self._line + 1, self._cell)

    def on_mouse_scroll_up(self, _event: MouseScrollUp) -> None:
        self.go(self._line - 1, self._cell)

    # Drawing

    def on_resize(self, _event: Resize) -> None:
        self._place()

    def on_descendant_focus(self) -> None:
        self._enter()

    def on_descendant_blur(self) -> None:
        self._place()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if width != self._width:  # painted before the news of another size has come
            self._measure(width)
        look = line_paint.GridStyles(
            self.rich_style,
            self.get_component_rich_style("line-grid--head"),
            self.get_component_rich_style("line-grid--quiet"),
            self.get_component_rich_style("line-grid--current"),
            self.get_component_rich_style("line-grid--problem"),
        )
        if y == 0:
            return line_paint.head(width, look, self._note())
        at = self._top + y - 1
        number = bisect_right(self._ends, at)
        if number >= len(self._ends):
            return Strip.blank(width, self.rich_style)
        return line_paint.row(
            self._list[number],
            number + 1,
            self._problems(number),
            at - (self._ends[number - 1] if number else 0),
            width,
            look,
            currency=self._list.currency,
            current=number == self._current,
        )

    def _note(self) -> str:
        """Which lines are in view, where not all are."""
        count = self._list.last
        if not count or self._ends[-1] <= self.size.height - 1:
            return ""
        first = min(bisect_right(self._ends, self._top) + 1, count)
        last = min(bisect_right(self._ends, self._top + self.size.height - 2) + 1, count)
        return _("{first}–{last} of {count}").format(first=first, last=last, count=count)

    def _problems(self, number: int) -> Mapping[str, str]:
        """What is said to be wrong with a line: not what it is to become, which is offered below it."""
        found = self._list.problems(number)
        if self._forming and number == self._line:
            return {cell: said for cell, said in found.items() if cell != "tax"}
        return found

    def _find(self, text: str) -> tuple[Sequence[Suggestion], int]:
        return item_suggestions(self._find_items(text), text, self._list.currency)

    def _find_taxes(self, text: str) -> tuple[Sequence[Suggestion], int]:
        return tax_suggestions(self._list.rates, [*self._list.taxes, *self._item_taxes()], text)

    def _enter(self) -> None:
        """The input shows the cell that the cursor has come to."""
        self.input.find = {"item": self._find, "tax": self._find_taxes}.get(self._cell)
        self.input.suggestions.set_class(self._cell == "tax", "-narrow")
        self._before = typed(self._list[self._line], self._cell)
        self.input.put(self._before)
        self.input.placeholder = _("Description") if self._cell == "description" else ""
        self._place()

    def _measure(self, width: int) -> None:
        self._width = width
        self._current = self._line if self.active else -1
        wrong = self.active and self._cell == "tax" and "tax" in self._list.problems(self._line)
        self._forming = wrong and bool(self._find_taxes(self._list[self._line].tax)[0])
        self._ends = list(
            accumulate(
                line_paint.height(line, self._problems(number), width, current=number == self._current)
                for number, line in enumerate(self._list)
            )
        )

    def _place(self) -> None:
        """Bring the cursor's cell into view and the input over it."""
        width, room = self.size.width, self.size.height - 1
        if width < 1 or room < 1:
            return
        self._measure(width)
        begin, end = (self._ends[self._line - 1] if self._line else 0), self._ends[self._line]
        if begin < self._top or end > self._top + room:
            # Half a page at a time: every scroll repaints the whole grid.
            self._top = begin - room // 2
        self._top = max(0, min(self._top, self._ends[-1] - room))
        place = cell_boxes(width)[self._cell]
        # While the focus is elsewhere the input waits above the grid, out of sight: hidden, it could not be focused.
        y = 1 + begin + place.row - self._top if self.active else -1
        self.input.styles.width = place.width
        self.input.styles.offset = (place.x, y)
        self.input.suggestions.styles.offset = (place.x, y + 1)
        self.refresh()


class _CellInput(LookupInput):
    """The input over the cells. It calls the grid instead of posting messages, so that of keys that come all at once
    (typed ahead over a slow line, or pasted) each lands in its own cell."""

    def __init__(self, grid: LineGrid) -> None:
        super().__init__()
        self._grid = grid

    def typed(self, text: str) -> None:
        super().typed(text)
        self._grid.type_text(text)

    def taken(self, suggestion: Suggestion, key: str) -> None:
        if isinstance(suggestion.value, str):
            self._grid.take_tax(suggestion.value)
        else:
            self._grid.take(suggestion.value, key)

    def press(self, key: str) -> bool:
        return super().press(key) or self._grid.press(key)

    def on_paste(self, event: Paste) -> None:
        if self._grid.paste(event.text):
            event.stop()
            event.prevent_default()

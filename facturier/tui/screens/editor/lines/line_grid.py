"""The lines of an invoice for editing.

One widget draws all lines, and one input moves from cell to cell, so two hundred lines are as fast as two.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.timer import Timer

from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate, tax_names
from facturier.models.text.i18n import _, spoken
from facturier.tui.screens.editor.lines.grid_view import GridView
from facturier.tui.screens.editor.lines.line_cells import CELLS, cell_boxes, cell_name, typed
from facturier.tui.screens.editor.lines.line_paste import pasted_table
from facturier.tui.screens.editor.lines.suggestions import item_suggestions, tax_choices, tax_suggestions, with_tax
from facturier.tui.widgets.inputs.labelled_field import REST
from facturier.tui.widgets.inputs.lookup import Suggestion


class LineGrid(GridView, can_focus=False):
    """A grid of lines, with an empty one at the end.

    `find_items` returns the items that match a text, and `item_taxes` the taxes of items. Posts `Changed` after every
    change of the lines, `Moved` when another cell becomes the current one, and `Left` when the cursor leaves the grid
    forward (1) or backward (-1).
    """

    class Changed(Message):
        """The lines were changed."""

    class Moved(Message):
        """Another cell is current, or the person has paused typing."""

    class Left(Message):
        """The cursor leaves the grid: 1 forward, -1 backward."""

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
        self._rest: Timer | None = None  # runs while the person types
        self._toggled = False  # whether the taxes are being chosen with Space

    def on_descendant_focus(self) -> None:
        self._enter()

    # Called by the screen

    def show(
        self, lines: Sequence[Line], rates: Sequence[TaxRate], currency: str, usual_tax: str, company_tax: str
    ) -> None:
        """Show these lines, checked against these rates. New lines get the customer's tax, or else the company's."""
        self._list.usual_tax, self._list.company_tax = usual_tax, company_tax
        self._list.fill(lines, rates, currency)
        self._line = min(self._line, self._list.last)
        self._place()

    def bring_back(self, lines: Sequence[Line], usual_tax: str) -> None:
        """Show these lines again, and move to the first one that was different."""
        self._list.usual_tax = usual_tax
        before = self.lines
        if before == tuple(lines):
            return
        differs = (at for at, (old, new) in enumerate(zip(before, lines, strict=False)) if old != new)
        self._list.refill(lines)
        self._line = min(next(differs, min(len(before), len(lines))), self._list.last)
        self._enter()

    def recheck(self, rates: Sequence[TaxRate]) -> None:
        """Check the lines against these rates."""
        if self._list.recheck(rates):
            self._place()

    def price_in(self, currency: str) -> bool:
        """Change the currency of the amounts. Return whether there are any."""
        self._list.price_in(currency)
        self._place()
        return any(line.rate for line in self._list)

    def retax(self, before: str, after: str) -> None:
        """Replace the previous default tax with the new one in the lines that have it."""
        if before != after:
            self._list.retax(before, after)
            self._changed(self._line)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are not empty."""
        return self._list.kept

    @property
    def at(self) -> tuple[int, str]:
        """The current line and cell."""
        return self._line, self._cell

    @property
    def typing(self) -> bool:
        """Whether the person has just typed into the cell. False after a change that affects more than the cell."""
        return self._rest is not None

    @property
    def where(self) -> str:
        """The current line and cell, in words for the person."""
        return _("Line {number}: {cell}").format(number=self._line + 1, cell=cell_name(self._cell))

    @property
    def problem(self) -> str:
        """The problem of the current cell, or an empty text while the person is typing."""
        return "" if self._rest is not None else self._list.problems(self._line).get(self._cell, "")

    @property
    def untaxed(self) -> list[int]:
        """The lines with an amount and no tax, if the company has tax rates."""
        return self._list.untaxed

    @property
    def line(self) -> Line:
        """The line with the cursor."""
        return self._list[self._line]

    def put_line(self, line: Line) -> None:
        """Replace the line with the cursor."""
        self._list.replace(self._line, line)
        self._changed(self._line)

    def go_to_problem(self) -> str:
        """Go to the first problem. Return its line, its cell and what is wrong in words, or an empty text."""
        if (found := self._list.first_problem()) is None:
            return ""
        number, cell = found
        self.go(number, cell if cell in CELLS else CELLS[0])  # a discount is edited in the details of the line
        problem = self._list.problems(number)[cell]
        return _("line {number}, {cell}: {problem}").format(number=number + 1, cell=cell_name(cell), problem=problem)

    def go(self, line: int, cell: str) -> None:
        """Make a cell the current one, and focus it."""
        self._line = max(0, min(line, self._list.last))
        self._cell = cell
        self.input.focus(scroll_visible=False)
        self._enter()

    def go_first(self) -> None:
        self.go(0, CELLS[0])

    def go_last(self) -> None:
        """Go to the empty line at the end."""
        self.go(self._list.last, CELLS[0])

    # Whole lines; the cursor moves with them

    def duplicate_line(self) -> None:
        if self._list.duplicate(self._line):
            self._changed(self._line + 1)

    def remove_line(self) -> None:
        if self._list.remove(self._line):
            self._changed(self._line)

    def move_line(self, step: int) -> None:
        if self._list.move(self._line, step):
            self._changed(self._line + step)

    # Typing

    def type_text(self, text: str) -> None:
        """Write the new text of the cell. It is checked when the person pauses or goes to another cell."""
        self._list.write(self._line, self._cell, text)
        self._toggled = False
        self._end_rest()
        self._rest = self.set_timer(REST, self._rested)
        self._place()
        self.post_message(self.Changed())

    def _rested(self) -> None:
        self._end_rest()
        self._place()
        self.post_message(self.Moved())

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    def paste(self, text: str) -> bool:
        """Use pasted lines and spreadsheet cells as lines. Return False for text that fits into one cell."""
        table = pasted_table(text, self._cell)
        if table is None:
            return False
        if not table.headed and self._cell in table.rows[0]:
            start, end = sorted(self.input.selection)
            before, after = self.input.value[:start], self.input.value[end:]
            table.rows[0][self._cell] = before + table.rows[0][self._cell] + after
        pasted = self._list.paste(self._line, table)
        self._changed(pasted + 1 if pasted + 1 == self._list.last else pasted)
        self.input.action_end()  # removes the selection, so that the next paste replaces nothing
        return True

    def take(self, value: object, key: str) -> None:
        """Use an item or a tax. With None, what was typed becomes a new item."""
        if isinstance(value, str):
            if not self._toggled:
                self.type_text(value)
            self._go_on()
            return
        if isinstance(value, Item):
            self._list.take(self._line, value)
            self.post_message(self.Changed())
        self.go(self._line, "quantity" if key == "enter" else "description")

    def toggle_tax(self) -> None:
        """Add the highlighted tax to the line, or remove it."""
        chosen = self.input.suggestions.chosen
        if chosen is not None:
            tax = with_tax(self._list[self._line].tax, str(chosen.value), self._list.rates)
            self.input.put(tax_names(tax, spoken()))
            self.type_text(tax)
            self._toggled = True
            self.input.suggestions.offer(*self._choices(highlighted=str(chosen.value)))

    def _changed(self, line: int) -> None:
        self._line = line
        self._enter()
        self.post_message(self.Changed())

    # Moving from cell to cell

    def press(self, key: str) -> bool:
        """Move as the key says. Return whether it moves."""
        steps: dict[str, Callable[[], None]] = {
            "enter": self._enter_cell,
            "tab": self._go_on,
            "shift+tab": self._go_back,
            "up": lambda: self._go_lines(-1),
            "down": lambda: self._go_lines(1),
            "ctrl+j": lambda: self.go(self._line + 1, self._cell),  # a line end, in terminals that paste as keys
            "pageup": lambda: self._go_lines(-self._page),
            "pagedown": lambda: self._go_lines(self._page),
            "ctrl+home": self.go_first,
            "ctrl+end": self.go_last,
        }
        if key == "space" and self._cell == "tax" and self.input.suggestions.chosen is not None:
            self.toggle_tax()
            return True
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

    def _enter_cell(self) -> None:
        """Enter goes from an item to its quantity, as it does from a suggestion; only Tab stops at the description."""
        if self._cell == "item" and self._line != self._list.last:
            self.go(self._line, "quantity")
        else:
            self._go_on()

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
        inside = event.get_content_offset(self)
        if inside is None or inside.y < 1 or (row := self._top + inside.y - 1) >= self._ends[-1]:
            return
        number = bisect_right(self._ends, row)
        part = row - (self._ends[number - 1] if number else 0)
        for cell in CELLS:
            place = cell_boxes(self.size.width)[cell]
            if place.x <= inside.x < place.end and place.row == part:
                self.go(number, cell)

    def on_mouse_scroll_down(self, _event: MouseScrollDown) -> None:
        self.go(self._line + 1, self._cell)

    def on_mouse_scroll_up(self, _event: MouseScrollUp) -> None:
        self.go(self._line - 1, self._cell)

    # Suggestions

    def _find(self, text: str) -> tuple[Sequence[Suggestion], int]:
        return item_suggestions(self._find_items(text), text, self._list.currency)

    def _find_taxes(self, text: str) -> tuple[Sequence[Suggestion], int]:
        return tax_suggestions(self._list.rates, [*self._list.taxes, *self._item_taxes()], text)

    def _choices(self, highlighted: str) -> tuple[Sequence[Suggestion], int]:
        taxes = [*self._list.taxes, *self._item_taxes()]
        return tax_choices(self._list.rates, taxes, self._list[self._line].tax, highlighted)

    def _enter(self) -> None:
        """Show the current cell in the input."""
        self._end_rest()
        self._toggled = False
        self.input.find = {"item": self._find, "tax": self._find_taxes}.get(self._cell)
        self.input.suggestions.set_class(self._cell == "tax", "-narrow")
        said = typed(self._list[self._line], self._cell)
        self.input.put(said)
        self.input.placeholder = _("Description") if self._cell == "description" else ""
        self._place()
        if self._cell == "tax" and self.active and self._line < self._list.last:
            self.input.suggestions.offer(*self._choices(highlighted=self._list[self._line].tax))
        self.post_message(self.Moved())

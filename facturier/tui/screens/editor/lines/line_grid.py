"""The lines of an invoice, made to be typed into: one widget that draws them all, and one input that goes from cell to
cell, so that two hundred lines are as quick as two."""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.timer import Timer

from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.models.text.i18n import _
from facturier.tui.screens.editor.lines.grid_view import GridView
from facturier.tui.screens.editor.lines.line_cells import CELLS, TITLES, cell_boxes, typed
from facturier.tui.screens.editor.lines.line_paste import pasted_table
from facturier.tui.screens.editor.lines.suggestions import item_suggestions, tax_choices, tax_suggestions, with_tax
from facturier.tui.widgets.inputs.labelled_field import REST
from facturier.tui.widgets.inputs.lookup import Suggestion


class LineGrid(GridView, can_focus=False):
    """A grid of lines with an empty one at the end. `find_items` gives what a text in Item may mean, `item_taxes` the
    taxes that items have.

    `Changed` comes with every change of the lines, `Moved` when the cursor is in another cell, `Left` when it wants to
    go on (1) or back (-1) to what is beside the grid.
    """

    class Changed(Message):
        """The lines were changed."""

    class Moved(Message):
        """The cursor is in another cell, or typing in it rests."""

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
        self._rest: Timer | None = None  # runs while the person types
        self._toggled = False  # whether the taxes are being chosen with Space

    def on_descendant_focus(self) -> None:
        self._enter()

    # What the screen hands down and reads

    def show(
        self, lines: Sequence[Line], rates: Sequence[TaxRate], currency: str, usual_tax: str, company_tax: str
    ) -> None:
        """Show these lines, checked against these rates. A new one gets the usual tax of the customer, else of the
        company."""
        self._list.usual_tax, self._list.company_tax = usual_tax, company_tax
        self._list.fill(lines, rates, currency)
        self._line = min(self._line, self._list.last)
        self._place()

    def bring_back(self, lines: Sequence[Line], usual_tax: str) -> None:
        """Show these lines again, and the cursor in the first that was different."""
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
    def at(self) -> tuple[int, str]:
        """The line and the cell that the cursor is in."""
        return self._line, self._cell

    @property
    def typing(self) -> bool:
        """Whether the person has just typed into the cell; false after a change that goes beyond it."""
        return self._rest is not None

    @property
    def where(self) -> str:
        """The line and the cell that the cursor is in, for the person."""
        return _("Line {number}: {cell}").format(number=self._line + 1, cell=_(TITLES[self._cell]))

    @property
    def problem(self) -> str:
        """What is wrong with the cell that the cursor is in, once typing rests."""
        return "" if self._rest is not None else self._list.problems(self._line).get(self._cell, "")

    @property
    def untaxed(self) -> list[int]:
        """The lines with an amount and without a tax, if the company has tax rates."""
        return self._list.untaxed

    @property
    def line(self) -> Line:
        """The line that the cursor is in."""
        return self._list[self._line]

    def put_line(self, line: Line) -> None:
        """Put another line in the place of the one that the cursor is in."""
        self._list.replace(self._line, line)
        self._changed(self._line)

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

    def move_line(self, step: int) -> None:
        if self._list.move(self._line, step):
            self._changed(self._line + step)

    # Typing

    def type_text(self, text: str) -> None:
        """The text of the cell changed. It is checked when the person pauses or leaves the cell."""
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
        """Take pasted lines and spreadsheet cells as lines of the invoice; False for what fits into one cell."""
        table = pasted_table(text, self._cell)
        if table is None:
            return False
        if not table.headed and self._cell in table.rows[0]:
            start, end = sorted(self.input.selection)
            before, after = self.input.value[:start], self.input.value[end:]
            table.rows[0][self._cell] = before + table.rows[0][self._cell] + after
        pasted = self._list.paste(self._line, table)
        self._changed(pasted + 1 if pasted + 1 == self._list.last else pasted)
        self.input.action_end()  # nothing is selected, so that what is pasted next replaces nothing
        return True

    def take(self, value: object, key: str) -> None:
        """An item or a tax was taken; or, with None, what was typed is to be a new item."""
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
        """Add the tax that is highlighted to the line, or remove it from there."""
        chosen = self.input.suggestions.chosen
        if chosen is not None:
            tax = with_tax(self._list[self._line].tax, str(chosen.value), self._list.rates)
            self.input.put(tax)
            self.type_text(tax)
            self._toggled = True
            self.input.suggestions.offer(*self._choices(highlighted=str(chosen.value)))

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
        """The input shows the cell that the cursor has come to."""
        self._end_rest()
        self._toggled = False
        self.input.find = {"item": self._find, "tax": self._find_taxes}.get(self._cell)
        self.input.suggestions.set_class(self._cell == "tax", "-narrow")
        said = typed(self._list[self._line], self._cell)
        self.input.put(said)
        self.input.placeholder = _("Description") if self._cell == "description" else ""
        self._place()
        if self._cell == "tax" and self.active and self._line < self._list.last:
            self.input.suggestions.offer(*self._choices(highlighted=said))
        self.post_message(self.Moved())

"""The lines of an invoice while they are edited, with the problems of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line, LineKind, line_problems
from facturier.models.settings.tax import TaxRate
from facturier.models.settings.totals import totals
from facturier.tui.screens.editor.lines.line_cells import edited
from facturier.tui.screens.editor.lines.line_paste import Table


class LineList:
    """Lines, with an empty one at the end.

    A line without a tax gets `usual_tax` (the customer's), or else the tax of the line above, or else `company_tax`.
    """

    def __init__(self) -> None:
        self.currency = ""
        self.usual_tax = ""
        self.company_tax = ""
        self._rates: Mapping[str, TaxRate] = {}
        self._lines: list[Line] = [Line()]
        self._problems: list[dict[str, str]] = [{}]

    def __getitem__(self, number: int) -> Line:
        return self._lines[number]

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    @property
    def last(self) -> int:
        """The number of the empty line at the end."""
        return len(self._lines) - 1

    @property
    def kept(self) -> tuple[Line, ...]:
        """The lines that are not empty."""
        return tuple(line for line in self._lines if not is_blank(line))

    @property
    def rates(self) -> Mapping[str, TaxRate]:
        """The rates that the lines are checked against, by code."""
        return self._rates

    @property
    def taxes(self) -> list[str]:
        """The valid taxes in the lines, without duplicates."""
        found = (line.tax for line, wrong in zip(self._lines, self._problems, strict=True) if "tax" not in wrong)
        return list(dict.fromkeys(filter(None, [self.usual_tax, *found])))

    def problems(self, number: int) -> Mapping[str, str]:
        """Return the problems of a line, by the name of the cell."""
        return self._problems[number]

    def first_problem(self) -> tuple[int, str] | None:
        """Return the line and cell of the first problem, or None."""
        found = ((number, cell) for number, wrong in enumerate(self._problems) for cell in wrong)
        return next(found, None)

    @property
    def untaxed(self) -> list[int]:
        """The lines with an amount and no tax, if the company has tax rates."""
        return [at for at, line in enumerate(self._lines) if line.rate and not line.tax] if self._rates else []

    def fill(self, lines: Sequence[Line], rates: Sequence[TaxRate], currency: str) -> None:
        """Set the lines, rates and currency."""
        self.currency = currency
        self._rates = {rate.code: rate for rate in rates}
        self.refill(lines)

    def refill(self, lines: Sequence[Line]) -> None:
        """Replace the lines. Currency and rates do not change."""
        self._lines = [*lines, Line()]
        self._problems = [self._check(line) for line in self._lines]

    def recheck(self, rates: Sequence[TaxRate]) -> bool:
        """Check all lines against these rates. Return whether the rates have changed."""
        found = {rate.code: rate for rate in rates}
        if found == self._rates:
            return False
        self._rates = found
        self._problems = [self._check(line) for line in self._lines]
        return True

    def price_in(self, currency: str) -> None:
        """Change the currency of the amounts. The numbers stay the same."""
        self.currency = currency
        self._problems = [self._check(line) for line in self._lines]

    def write(self, number: int, cell: str, text: str) -> None:
        """Change the text of a cell."""
        before = self._lines[number]
        line = edited(before, cell, text, self._rates, self.currency)
        self._set(number, self._charged(number, line) if line.rate and not before.rate else line)

    def replace(self, number: int, line: Line) -> None:
        """Replace one line."""
        self._set(number, line)

    def section(self, number: int) -> int:
        """Return the amount of the subtotal at `number`, in minor units."""
        sums = totals(self._lines[: number + 1], self._rates, self.currency).sections
        return sums[number] or 0

    def paste(self, number: int, table: Table) -> int:
        """Write the first row into a line, and each further one into a new line below. Return the number of the last.

        Nothing in other lines is lost. A table with headings starts in a line of its own.
        """
        start = number + 1 if table.headed and not is_blank(self._lines[number]) else number
        at = start
        for step, row in enumerate(table.rows):
            at = min(start + step, self.last)
            if (step or start > number) and not is_blank(self._lines[at]):
                self._insert(at, Line())
            for name, text in row.items():
                self.write(at, name, text)
        return at

    def take(self, number: int, item: Item) -> None:
        """Set the item of a line, with the item's description, rate and tax."""
        line = replace(self._lines[number], item=item.name, description=item.description, rate=item.rate)
        line = replace(line, unit=item.unit)
        line = edited(line, "tax", self.usual_tax or item.tax, self._rates, self.currency)
        self._set(number, self._charged(number, line) if line.rate else line)

    def retax(self, before: str, after: str) -> None:
        """Replace the previous customer's tax with the new one in the lines that have it. If a customer has none, it is
        the company's usual one."""
        self.usual_tax = after
        company_tax = self._known(self.company_tax)
        old, new = {before, before or company_tax}, after or company_tax
        for number, line in enumerate(self._lines):
            if line.rate and line.tax in old and line.tax != new:
                self._set(number, edited(line, "tax", new, self._rates, self.currency))

    def duplicate(self, number: int) -> bool:
        """Copy the line to a new line below it. Return False for an empty one."""
        if is_blank(self._lines[number]):
            return False
        self._insert(number + 1, self._lines[number])
        return True

    def remove(self, number: int) -> bool:
        """Remove a line. Return False for the empty one at the end."""
        if number == self.last:
            return False
        self._lines.pop(number)
        self._problems.pop(number)
        return True

    def move(self, number: int, step: int) -> bool:
        """Swap the line with the one above (-1) or below (1). Return False at either end."""
        there = number + step
        if not (0 <= there < self.last and number < self.last):
            return False
        line = self._lines.pop(number)
        self._problems.pop(number)
        self._insert(there, line)
        return True

    def _charged(self, number: int, line: Line) -> Line:
        """Return a line that has got a rate, with the default quantity and tax if it has none.

        The quantity is 1. The tax is the customer's, or that of the line above, or the company's usual one.
        """
        above = reversed(range(number))
        like_above = (self._lines[at].tax for at in above if self._lines[at].rate and "tax" not in self._problems[at])
        tax = line.tax or self.usual_tax or next(like_above, self._known(self.company_tax))
        return replace(line, quantity=line.quantity or "1", tax=tax)

    def _known(self, tax: str) -> str:
        return tax if set(Line(tax=tax).codes) <= self._rates.keys() else ""

    def _set(self, number: int, line: Line) -> None:
        self._lines[number] = line
        self._problems[number] = self._check(line)
        if not is_blank(self._lines[-1]):
            self._insert(len(self._lines), Line())
        while number < self.last and is_blank(self._lines[-2]):
            self._lines.pop()
            self._problems.pop()

    def _insert(self, number: int, line: Line) -> None:
        self._lines.insert(number, line)
        self._problems.insert(number, self._check(line))

    def _check(self, line: Line) -> dict[str, str]:
        return line_problems(line, self._rates, self.currency)


def is_blank(line: Line) -> bool:
    """Return whether a line is empty. A tax alone does not count."""
    cells = line.item or line.description or line.quantity or line.rate
    return line.kind is LineKind.ITEM and not (cells or line.unit or line.discount or line.service_from)

"""What counts on the cash basis: on the days of the payments, in proportion to what was paid of the document.

Each payment counts the part of the tax for all that was paid so far, rounded, less what the earlier ones counted. So a
document that is paid in full gives exactly its tax. A credit that is applied counts on the invoice and, negative, on
the credit note. What was written off was not paid, and an overpayment is not a sale.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Paid(NamedTuple):
    """What was paid of a document up to a day, and before. `previous` is the last day before that changed it, or
    empty."""

    day: str
    previous: str
    before: int
    after: int
    total: int

    def part(self, amount: int) -> int:
        """Return the part of an amount of the document that was paid on this day."""
        if self.before == 0 and self.after == self.total:  # nearly always
            return amount
        return _part(amount, self.after, self.total) - _part(amount, self.before, self.total)


def paid_days(date: str, total: int, payments: Iterable[tuple[str, int]]) -> Iterator[Paid]:
    """Yield the days on which the paid part of a document changed.

    `payments` are days and amounts, in order. A document that comes to nothing is never paid: it counts on its date.
    """
    if total == 0:
        yield Paid(date, "", 0, 0, 0)
        return
    received = was = 0
    previous = ""
    for day, amount in payments:
        received += amount
        now = min(max(received, min(total, 0)), max(total, 0))
        if now != was:
            yield Paid(day, previous, was, now, total)
            was, previous = now, day


def _part(amount: int, paid: int, total: int) -> int:
    """Return the part of an amount for what is paid of a total, with halves rounded away from zero."""
    product = amount * paid * (1 if total > 0 else -1)
    part = (2 * abs(product) + abs(total)) // (2 * abs(total))
    return part if product >= 0 else -part

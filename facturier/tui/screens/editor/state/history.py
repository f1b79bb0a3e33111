"""The states of an invoice that undo restores."""

from dataclasses import replace

from facturier.models.books.invoice import Customer, Invoice

_MOST = 500  # steps


class History:
    """The changes, step by step. All typing in one place is one step, and every other change is a step of its own."""

    def __init__(self, invoice: Invoice) -> None:
        self._now = invoice
        self._before: list[Invoice] = []
        self._place: object = None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def note(self, invoice: Invoice, place: object = None) -> None:
        """Record a change, by typing at `place` or, with None, by another action."""
        if invoice == self._now:
            return
        if place is None or place != self._place:
            self._before = [*self._before[1 - _MOST :], self._now]
        self._now, self._place = invoice, place

    def leave(self) -> None:
        """Make the next change a new step, wherever it is."""
        self._place = None

    def undo(self) -> Invoice:
        """Go back one step and return that state. Call this only if `can_undo`."""
        self._now, self._place = self._before.pop(), None
        return self._now

    def follow(self, before: Customer, after: Customer) -> None:
        """Use a customer's new values in all states, so that undo does not restore the old ones."""
        self._before = [replace(one, customer=after) if one.customer == before else one for one in self._before]
        if self._now.customer == before:
            self._now = replace(self._now, customer=after)

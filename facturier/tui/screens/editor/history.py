"""The states of an invoice that undo goes back to."""

from dataclasses import replace

from facturier.models.books.invoice import Customer, Invoice

_MOST = 500  # steps


class History:
    """What was typed, step by step. Typing in one place is one step; everything else is a step of its own."""

    def __init__(self, invoice: Invoice) -> None:
        self._now = invoice
        self._before: list[Invoice] = []
        self._place: object = None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    def note(self, invoice: Invoice, place: object = None) -> None:
        """The invoice was changed, by typing at `place` or, with None, otherwise."""
        if invoice == self._now:
            return
        if place is None or place != self._place:
            self._before = [*self._before[1 - _MOST :], self._now]
        self._now, self._place = invoice, place

    def leave(self) -> None:
        """The next change is another step, wherever it is."""
        self._place = None

    def undo(self) -> Invoice:
        """Go one step back. Only if `can_undo`."""
        self._now, self._place = self._before.pop(), None
        return self._now

    def follow(self, before: Customer, after: Customer) -> None:
        """The customer was changed elsewhere: undo does not bring back what they were."""
        self._before = [replace(one, customer=after) if one.customer == before else one for one in self._before]
        if self._now.customer == before:
            self._now = replace(self._now, customer=after)

"""What was booked last, in one line, with the key that undoes it."""

from dataclasses import dataclass

from textual.widgets import Static

from facturier.models.books.invoice import Invoice, Payment
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.tui.formatting import with_currency
from facturier.tui.screen import KeyRepeatGuard


@dataclass(frozen=True, slots=True)
class Booking:
    """A payment, or with a negative amount a refund, that a person has just recorded or `removed`."""

    number: str
    currency: str
    payment: Payment
    removed: bool = False

    @property
    def words(self) -> str:
        if self.payment.amount < 0:
            words = (
                _("Refund of {amount} removed from invoice {number}.")
                if self.removed
                else _("Refund of {amount} recorded for invoice {number}.")
            )
        else:
            words = (
                _("Payment of {amount} removed from invoice {number}.")
                if self.removed
                else _("Payment of {amount} recorded for invoice {number}.")
            )
        amount = with_currency(Money(abs(self.payment.amount), self.currency))
        return words.format(amount=amount, number=self.number)


def booked(invoice: Invoice, payment: Payment, *, removed: bool = False) -> Booking:
    return Booking(invoice.number or "", invoice.currency, payment, removed)


class PaymentLine(Static, can_focus=False):
    """There from the first booking on; a later one takes its place."""

    DEFAULT_CLASSES = "undo-line"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.booking: Booking | None = None
        self.held = KeyRepeatGuard()  # the key that undid a booking would undo that in turn
        self.display = False
        self.styles.height = "auto"  # the key that undoes it is at the end, in a narrow window too

    def tell(self, booking: Booking) -> None:
        self.booking = booking
        self.held = KeyRepeatGuard()
        self.app.clear_notifications()  # an older one would cover this line
        undo = _("Press x to undo.")
        self.update(f"{booking.words} {undo}")
        self.display = True

    def forget(self) -> None:
        """Nothing is there to be undone."""
        self.booking = None
        self.display = False

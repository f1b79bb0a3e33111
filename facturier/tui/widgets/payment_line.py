"""One line that says what was just done, with the key that undoes it."""

from dataclasses import dataclass

from textual.widgets import Static

from facturier.models.books.invoice import Invoice, Payment
from facturier.models.books.status import PaymentKind
from facturier.models.text.i18n import _
from facturier.models.text.money import Money
from facturier.tui.screen import KeyRepeatGuard
from facturier.tui.words.formatting import with_currency


@dataclass(frozen=True, slots=True)
class Booking:
    """A payment that the user has just recorded or `removed`. A negative amount is a refund, or on a credit note what
    was applied to an invoice. `number` is that of the document, and `other` that of the other one of a credit."""

    number: str
    currency: str
    payment: Payment
    removed: bool = False
    other: str = ""
    of_credit_note: bool = False

    @property
    def words(self) -> str:
        if self.payment.kind is PaymentKind.CREDIT:
            words = (
                _("Credit of {amount} removed from {number}.")
                if self.removed
                else _("Credit of {amount} applied to {other}.")
                if self.other
                else _("Credit of {amount} applied.")
            )
        elif self.of_credit_note:
            words = (
                _("Refund of {amount} removed from credit note {number}.")
                if self.removed
                else _("Refund of {amount} recorded for credit note {number}.")
            )
        elif self.payment.amount < 0:
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
        return words.format(amount=amount, number=self.number, other=self.other)


def booked(invoice: Invoice, payment: Payment, *, removed: bool = False) -> Booking:
    return Booking(invoice.number or "", invoice.currency, payment, removed, of_credit_note=invoice.is_credit)


class PaymentLine(Static, can_focus=False):
    """Hidden until something was done. What is done next replaces it."""

    DEFAULT_CLASSES = "undo-line"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.booking: Booking | None = None
        self.held = KeyRepeatGuard()  # a key held down would undo the undo
        self.display = False
        self.styles.height = "auto"  # the undo key is at the end and must not be cut off in a narrow window

    def tell(self, booking: Booking) -> None:
        """Say what was booked. `u` undoes it until something else is said here."""
        undo = _("u to undo.")
        self.say(f"{booking.words} {undo}")
        self.booking = booking
        self.held = KeyRepeatGuard()

    def say(self, words: str) -> None:
        """Say something that this line cannot undo."""
        self.booking = None
        self.app.clear_notifications()  # an older notification would cover this line
        self.update(words)
        self.display = True

    def forget(self) -> None:
        """Hide the line, because there is nothing to undo."""
        self.booking = None
        self.display = False

"""The two statuses of an invoice: what left (a delivery's state) and what is owed (the settlement)."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class BookStatus(StrEnum):
    """The status of an invoice in the books."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


class InvoiceKind(StrEnum):
    """What kind of document a row of invoices is. A credit note has negative quantities."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    ESTIMATE = "estimate"
    RECURRING = "recurring"  # the template of recurring invoices, which is never issued


class ByHand(StrEnum):
    """How an invoice reached the customer without email."""

    PAPER = "paper"
    PORTAL = "portal"
    OTHER = "other"


class PaymentKind(StrEnum):
    PAYMENT = "payment"  # a negative amount is a refund
    DEPOSIT = "deposit"  # received before the invoice
    CREDIT = "credit"  # from a credit note, and its opposite there
    WRITE_OFF = "write_off"


class Silence(StrEnum):
    """Why no reminders are sent for an invoice."""

    NONE = ""
    PROMISE = "promise"  # the customer has promised to pay by a day
    DISPUTE = "dispute"


class Answer(StrEnum):
    """What a customer said to an estimate."""

    NONE = ""
    ACCEPTED = "accepted"
    DECLINED = "declined"


class DeliveryKind(StrEnum):
    """What a delivery brings to the customer. Only an invoice's own deliveries decide whether it was sent."""

    INVOICE = "invoice"  # the document itself: an invoice, a credit note or an estimate
    REMINDER = "reminder"
    RECEIPT = "receipt"
    STATEMENT = "statement"


class PeriodUnit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class RecurringAction(StrEnum):
    """What is done with the invoice of a period."""

    DRAFT = "draft"
    SEND = "send"


class Prices(StrEnum):
    """The rates of the lines of a recurring invoice: those of the template, or those of the items on the day."""

    FIXED = "fixed"
    CURRENT = "current"


class State(StrEnum):
    """A delivery's state. Which leads to which: `facturier.models.outbox.transitions`."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    PARTLY_SENT = "partly_sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


# The outbox: not finished, and at most one of these per invoice.
OPEN = (State.QUEUED, State.CLAIMED, State.HANDING_OVER, State.IN_DOUBT)


def delivery_word(book_status: BookStatus, delivery: State | None, handed_over: str) -> str:
    """Return the delivery status of an invoice for programs: by email, or `handed_over` without it."""
    if book_status is BookStatus.DRAFT:
        return "draft"
    if handed_over and delivery not in (*OPEN, State.SENT, State.PARTLY_SENT):
        return "handed_over"
    return str(delivery) if delivery else "not_sent"


class Settlement(StrEnum):
    """What is owed on an invoice."""

    DRAFT = "draft"
    DUE = "due"
    OVERDUE = "overdue"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CREDIT = "credit"  # a credit note that is not used up
    APPLIED = "applied"  # a credit note that was applied in full
    REFUNDED = "refunded"  # a credit note that was refunded in full
    SETTLED = "settled"  # a credit note that was partly applied and partly refunded
    VOID = "void"


class SettlementStatus(NamedTuple):
    """A settlement with its days: until due when positive, late when negative, from `today`."""

    settlement: Settlement
    days: int


def owed(
    book_status: BookStatus,
    due: date,
    total: int,
    paid: int,
    today: date,
    kind: InvoiceKind = InvoiceKind.INVOICE,
    refunded: int = 0,
) -> SettlementStatus:
    """Return what is owed on an invoice today; amounts in minor units. Overdue outranks partly paid. `refunded` is what
    of a credit note was paid back."""
    days = (due - today).days
    if book_status is BookStatus.DRAFT:
        return SettlementStatus(Settlement.DRAFT, days)
    if book_status is BookStatus.VOID:
        return SettlementStatus(Settlement.VOID, days)
    if kind is InvoiceKind.CREDIT_NOTE:
        return SettlementStatus(_of_credit(total, paid, refunded), days)
    if paid >= total:
        return SettlementStatus(Settlement.PAID, days)
    if days < 0:
        return SettlementStatus(Settlement.OVERDUE, days)
    return SettlementStatus(Settlement.PARTLY_PAID if paid > 0 else Settlement.DUE, days)


def _of_credit(total: int, paid: int, refunded: int) -> Settlement:
    if paid > total:
        return Settlement.CREDIT
    if not refunded:
        return Settlement.APPLIED
    return Settlement.REFUNDED if refunded >= -paid else Settlement.SETTLED

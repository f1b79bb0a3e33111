"""Every status has a glyph, a word and a colour; colour is never the only difference."""

from datetime import datetime, timedelta
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from facturier.models.books.status import OPEN, BookStatus, ByHand, DeliveryKind, Settlement, SettlementStatus, State
from facturier.models.text.i18n import N_, _, ngettext, pgettext
from facturier.tui.themes.theme import ACTIVE, DOUBT, ERROR, QUIET, SUCCESS, WARNING
from facturier.tui.words.formatting import short_day


class Status(NamedTuple):
    """`word` is untranslated; `style` is one of those in `facturier.tui.themes.theme`, or empty for plain text."""

    glyph: str
    word: str
    style: str | Style = ""

    def text(self) -> Text:
        return Text(f"{self.glyph} {_(self.word)}", self.style)


_LATER = timedelta(minutes=10)  # deliveries due sooner are not shown as scheduled

DRAFT = Status("○", N_("Draft"))
VOID = Status("⊘", N_("Void"), QUIET)
NOT_SENT = Status("○", N_("Not sent"))
DELIVERIES = {
    State.QUEUED: Status("↻", N_("Queued"), ACTIVE),
    State.CLAIMED: Status("◐", N_("Sending…"), ACTIVE),
    State.HANDING_OVER: Status("◐", N_("Sending…"), ACTIVE),
    State.SENT: Status("✓", N_("Sent"), SUCCESS),
    State.PARTLY_SENT: Status("◑", N_("Part sent"), WARNING),
    State.IN_DOUBT: Status("?", N_("In doubt"), DOUBT),
    State.FAILED: Status("✗", N_("Failed"), ERROR),
    State.CANCELLED: Status("←", N_("Cancelled")),
    State.BOUNCED: Status("↩", N_("Bounced"), ERROR),
}

# Sent without email, by `ByHand`.
BY_HAND: dict[str, Status] = {
    ByHand.PAPER: Status("✓", N_("On paper"), SUCCESS),
    ByHand.PORTAL: Status("✓", N_("By portal"), SUCCESS),
    ByHand.OTHER: Status("✓", N_("Other way"), SUCCESS),
}
CREDIT = Status("⊖", N_("credit"), ACTIVE)  # a credit note
# A credit note that is used up.
USED: dict[Settlement, Status] = {
    Settlement.APPLIED: Status("⊖", N_("applied"), SUCCESS),
    Settlement.REFUNDED: Status("⊖", N_("refunded"), SUCCESS),
    Settlement.SETTLED: Status("⊖", N_("settled"), SUCCESS),
}
_BY_EMAIL = (State.SENT, State.PARTLY_SENT)


def scheduled(leaves: datetime, now: datetime) -> Text | None:
    """Return the time of a scheduled delivery as `◷ 24 Dec` or `◷ 14:30`, or None if it is due soon."""
    if leaves - now < _LATER:
        return None
    here, today = leaves.astimezone(), now.astimezone().date()
    return Text(f"◷ {here:%H:%M}" if here.date() == today else f"◷ {short_day(here.date(), today)}", ACTIVE)


def email_status(state: State, kind: DeliveryKind) -> Text:
    """Return the state of a delivery. French words agree with what is sent: a reminder is *envoyé*, an invoice
    *envoyée*."""
    status = DELIVERIES[state]
    word = _(status.word)
    if kind is not DeliveryKind.INVOICE:
        match state:
            case State.SENT:
                word = pgettext("a reminder, receipt or statement", "Sent")
            case State.IN_DOUBT:
                word = pgettext("a reminder, receipt or statement", "In doubt")
            case State.CANCELLED:
                word = pgettext("a reminder, receipt or statement", "Cancelled")
    return Text(f"{status.glyph} {word}", status.style)


def delivery_status(book_status: BookStatus, state: State | None, handed_over: str = "") -> Status:
    """Return the delivery status to show for an invoice: by email, or else how it was `handed_over`."""
    if book_status is BookStatus.VOID:
        return VOID
    if book_status is BookStatus.DRAFT:  # its last delivery, if any, was undone
        return DRAFT
    if handed_over and state not in (*OPEN, *_BY_EMAIL):
        return by_hand_status(handed_over)
    return DELIVERIES[state] if state is not None else NOT_SENT


def delivery_width() -> int:
    """Return how many cells a column of delivery statuses needs."""
    statuses = (NOT_SENT, DRAFT, VOID, *DELIVERIES.values(), *BY_HAND.values())
    return max(cell_len(status.text().plain) for status in statuses)


def glyph_of(status: Text) -> Text:
    """Return the glyph of a status, which differs from status to status without colour, too."""
    return Text(status.plain[:1], status.style)


def by_hand_status(handed_over: str) -> Status:
    """Return the status of an invoice that the customer got without email."""
    return BY_HAND.get(handed_over, BY_HAND[ByHand.OTHER])


def settlement(owed: SettlementStatus) -> Text:
    """Return the payment status in words: `in 30 days`, `3 days late`, `paid`."""
    match owed.settlement:
        case Settlement.DRAFT:
            return Text("–")
        case Settlement.VOID:
            return Text(_("void"), QUIET)
        case Settlement.PAID:
            return Text(_("paid"), SUCCESS)
        case Settlement.CREDIT:
            return CREDIT.text()
        case Settlement.APPLIED | Settlement.REFUNDED | Settlement.SETTLED:
            return USED[owed.settlement].text()
        case Settlement.OVERDUE:
            late = -owed.days  # with three digits, the word for days would be cut off
            words = ngettext("{days} day late", "{days} days late", late) if late < 100 else _("{days} d late")
            return Text(words.format(days=late), ERROR)
        case Settlement.PARTLY_PAID:
            return Text(_("partly paid"), WARNING)
    if owed.days == 0:
        return Text(_("today"), WARNING)
    return Text(ngettext("in {days} day", "in {days} days", owed.days).format(days=owed.days))


def settlement_with_balance(owed: SettlementStatus, balance: str) -> Text:
    """Return the payment status of a partly paid invoice where its balance has no column: `24 d: 1,200.00` is late."""
    if owed.settlement is Settlement.OVERDUE:
        return Text(_("{days} d: {balance}").format(days=-owed.days, balance=balance), ERROR)
    return Text(_("due {balance}").format(balance=balance), WARNING)

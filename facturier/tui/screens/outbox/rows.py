"""The columns of the outbox."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from rich.cells import cell_len
from rich.text import Text

from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.sender_kind import GMAIL_A_MINUTE
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.themes.theme import BOLD, WARNING
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.status import delivery_width, email_status
from facturier.tui.words.formatting import day_width, long_day, moment, seconds_left, short_day
from facturier.tui.words.notices import filed_under, notice_word


def outbox_columns(today: Callable[[], date]) -> tuple[Column[Delivery], ...]:
    def time(delivery: Delivery) -> Text:
        """Return when a waiting delivery is due, or else when it came to its state."""
        at = max(delivery.not_before, delivery.queued) if delivery.state is State.QUEUED else delivery.changed
        here = at.astimezone()
        day = here.date()
        if day == today():
            return Text(f"{here:%H:%M:%S}")
        return Text(f"{short_day(day, today())} {here:%H:%M}" if day.year == today().year else long_day(day))

    widest = max(map(cell_len, (_("Credit note"), _("Reminder"), _("Statement"))))
    days = day_width(lambda day: short_day(day, today()), today())
    widest_time = max(days + len(" 12:00"), day_width(long_day, today()))
    return (
        Column(_("Type"), lambda delivery: Text(notice_word(delivery)), widest),
        Column(_("No."), lambda delivery: Text(filed_under(delivery)), 7, rank=1),
        Column(_("Customer"), lambda delivery: Text(clean(delivery.customer)), 16, flex=True),
        Column(_("To"), lambda delivery: Text(clean(", ".join(delivery.envelope.to))), 12, rank=3, flex=True),
        Column(_("Time"), time, widest_time, rank=2),
        Column(_("Delivery"), lambda delivery: email_status(delivery.state, delivery.kind), delivery_width()),
    )


_ORDER = (
    State.QUEUED,
    State.CLAIMED,
    State.IN_DOUBT,
    State.FAILED,
    State.BOUNCED,
    State.PARTLY_SENT,
    State.SENT,
    State.CANCELLED,
)
_SOON = 120  # seconds that are shown as a countdown


def outbox_sum(deliveries: Sequence[Delivery]) -> Text:
    """Return how many deliveries are in each state, unfinished states and problems first."""
    counted: Counter[State] = Counter(
        State.CLAIMED if delivery.state is State.HANDING_OVER else delivery.state for delivery in deliveries
    )
    kind = next((one.kind for one in deliveries if one.kind is not DeliveryKind.INVOICE), DeliveryKind.INVOICE)
    parts = [Text.assemble(f"{counted[state]} ", email_status(state, kind)) for state in _ORDER if counted[state]]
    return (
        Text("   ").join(parts) if parts else Text(_("The outbox is empty, and nothing was sent in the last 24 hours."))
    )


def outbox_outlook(
    deliveries: Sequence[Delivery], now: datetime, paused_by: str | None, pauses: Mapping[str, tuple[datetime, str]]
) -> Text:
    """Return what happens next: why nothing is sent, or when the next one is and how long all of them take."""
    waiting = [delivery for delivery in deliveries if delivery.state is State.QUEUED]
    if paused_by is not None:
        return Text(
            _("Paused by {user}. Nothing is sent until someone resumes sending.").format(user=paused_by),
            WARNING + BOLD,
        )
    for sender in {delivery.envelope.sender for delivery in waiting} & pauses.keys():
        until, reason = pauses[sender]
        words = _("{address} is paused until {moment}: {reason}")
        return Text(words.format(address=sender, moment=moment(until), reason=reason), WARNING)
    soon = [left for delivery in waiting if 0 < (left := seconds_left(delivery, now)) <= _SOON]
    due = sum(not seconds_left(delivery, now) and bool(delivery.sender_kind.rate_limit) for delivery in waiting)
    if soon and not due:
        return Text(_("The next one will be sent in {seconds} s. Press u to undo.").format(seconds=min(soon)))
    minutes = -(-(due + len(soon)) // GMAIL_A_MINUTE)
    if minutes > 1:
        words = ngettext(
            "Gmail accepts {n} a minute: this takes about {minutes} minute.",
            "Gmail accepts {n} a minute: this takes about {minutes} minutes.",
            minutes,
        )
        return Text(words.format(n=GMAIL_A_MINUTE, minutes=minutes))
    return Text("")

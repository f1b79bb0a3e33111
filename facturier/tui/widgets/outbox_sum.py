"""How far the outbox is, in a line or two."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich.text import Text

from facturier.models.delivery import Delivery, Way
from facturier.models.due import GMAIL_A_MINUTE
from facturier.models.language import _, ngettext
from facturier.models.status import State
from facturier.tui.countdown import seconds_left
from facturier.tui.dates import moment
from facturier.tui.widgets.status import DELIVERIES

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
_SOON = 120  # seconds that are counted down


def outbox_sum(deliveries: Sequence[Delivery]) -> Text:
    """How many stand where, those first that are not finished or not well."""
    counted: Counter[State] = Counter(
        State.CLAIMED if delivery.state is State.HANDING_OVER else delivery.state for delivery in deliveries
    )
    parts = [Text.assemble(f"{counted[state]} ", DELIVERIES[state].text()) for state in _ORDER if counted[state]]
    return Text("   ").join(parts) if parts else Text(_("Nothing waits, and nothing left in the last day."))


def outbox_outlook(
    deliveries: Sequence[Delivery], now: datetime, paused_by: str | None, pauses: Mapping[str, tuple[datetime, str]]
) -> Text:
    """What happens next: why nothing leaves, or when the next one does and how long all of them take."""
    waiting = [delivery for delivery in deliveries if delivery.state is State.QUEUED]
    if paused_by is not None:
        return Text(_("Paused by {user}: nothing leaves until r resumes it.").format(user=paused_by), "bold yellow")
    for sender in {delivery.envelope.sender for delivery in waiting} & pauses.keys():
        until, reason = pauses[sender]
        words = _("{address} waits until {moment}: {reason}")
        return Text(words.format(address=sender, moment=moment(until), reason=reason), "yellow")
    soon = [left for delivery in waiting if 0 < (left := seconds_left(delivery, now)) <= _SOON]
    due = sum(not seconds_left(delivery, now) and delivery.way is Way.GMAIL for delivery in waiting)
    if soon and not due:
        return Text(_("The next one leaves in {seconds} s. Until then u takes it back.").format(seconds=min(soon)))
    minutes = -(-(due + len(soon)) // GMAIL_A_MINUTE)
    if minutes > 1:
        words = ngettext(
            "Gmail takes {n} a minute: about {minutes} minute.",
            "Gmail takes {n} a minute: about {minutes} minutes.",
            minutes,
        )
        return Text(words.format(n=GMAIL_A_MINUTE, minutes=minutes))
    return Text("")

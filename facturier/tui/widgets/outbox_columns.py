"""The columns of the outbox."""

from collections.abc import Callable
from datetime import date

from rich.text import Text

from facturier.models.clean import clean
from facturier.models.delivery import Delivery
from facturier.models.language import _
from facturier.models.status import State
from facturier.tui.dates import long_day, short_day
from facturier.tui.widgets.columns import Column
from facturier.tui.widgets.status import DELIVERIES


def outbox_columns(today: Callable[[], date]) -> tuple[Column[Delivery], ...]:
    def time(delivery: Delivery) -> Text:
        """When it may leave while it waits, when it came to its state otherwise."""
        at = max(delivery.not_before, delivery.queued) if delivery.state is State.QUEUED else delivery.changed
        here = at.astimezone()
        day = here.date()
        if day == today():
            return Text(f"{here:%H:%M:%S}")
        return Text(f"{short_day(day, today())} {here:%H:%M}" if day.year == today().year else long_day(day))

    return (
        Column(_("No."), lambda delivery: Text(delivery.number), 7),
        Column(_("Customer"), lambda delivery: Text(clean(delivery.customer)), 12, flex=True),
        Column(_("To"), lambda delivery: Text(clean(", ".join(delivery.envelope.to))), 14, rank=2, flex=True),
        Column(_("Time"), time, 13, rank=1),
        Column(_("Delivery"), lambda delivery: DELIVERIES[delivery.state].text(), 12),
    )

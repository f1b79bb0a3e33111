"""How long something can still be taken back."""

from datetime import datetime

from facturier.models.delivery import Delivery
from facturier.models.status import State


def seconds_left(delivery: Delivery, now: datetime) -> int:
    """How long a queued delivery can surely still be taken back."""
    return max(int((delivery.not_before - now).total_seconds() + 0.999), 0) if delivery.state is State.QUEUED else 0

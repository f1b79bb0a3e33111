"""Send later what the person could not have undone yet."""

from collections.abc import Iterable
from datetime import datetime

from facturier.models.books.status import State
from facturier.models.store import tables
from facturier.models.store.store import Store

_row = tables.Delivery


def postpone(store: Store, delivery_ids: Iterable[int], until: datetime) -> None:
    """Send these deliveries at `until` at the earliest. Nothing happens to one that was tried already, is being sent,
    or is sent later anyway."""
    waiting = (_row.state == State.QUEUED) & (_row.attempts == 0) & (_row.not_before < until)
    with store.writing():
        store.run(_row.update(not_before=until).where(_row.id.in_(sorted(delivery_ids)), waiting))

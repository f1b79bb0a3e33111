"""The seal of a delivery: made by someone who may send when they queued it. What it means only the vault's key says."""

from datetime import datetime
from typing import NamedTuple

from facturier.models.store import Store, instant


class Seal(NamedTuple):
    """`token` is random: what this delivery is known by once it was handed over. `not_before` is when it may leave, as
    the store writes it. Both are empty in the seals of version 0.1.0."""

    mark: bytes
    token: str
    not_before: str

    @property
    def time(self) -> datetime:
        """Raises ValueError where somebody wrote no time there; a seal that is right has one."""
        return datetime.fromisoformat(self.not_before)


def write_seal(store: Store, delivery_id: int, seal: Seal) -> None:
    """Inside the caller's transaction; in place of the one that it had."""
    store.write(
        "INSERT OR REPLACE INTO seal (delivery_id, mark, token, not_before) VALUES (?, ?, ?, ?)", delivery_id, *seal
    )


def read_seal(store: Store, delivery_id: int) -> Seal | None:
    row = store.row("SELECT mark, token, not_before FROM seal WHERE delivery_id = ?", delivery_id)
    return Seal(bytes(row[0]), str(row[1]), str(row[2])) if row else None


def ended_tokens(store: Store, since: datetime) -> list[str]:
    """The tokens of deliveries that ended since then: none of them may leave again."""
    rows = store.rows(
        "SELECT token FROM delivery JOIN seal ON seal.delivery_id = delivery.id"
        " WHERE state IN ('sent', 'partly_sent', 'failed', 'cancelled', 'bounced') AND delivery.changed >= ?",
        instant(since),
    )
    return [token for (token,) in rows if token]

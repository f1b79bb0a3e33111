"""The seal of a delivery: made by someone who may send when they queued it. What it means only the vault's key says."""

from facturier.models.store import Store


def write_seal(store: Store, delivery_id: int, seal: bytes) -> None:
    """Inside the caller's transaction; in place of the one that it had."""
    store.write("INSERT OR REPLACE INTO seal (delivery_id, mark) VALUES (?, ?)", delivery_id, seal)


def read_seal(store: Store, delivery_id: int) -> bytes:
    """Empty where there is none."""
    row = store.row("SELECT mark FROM seal WHERE delivery_id = ?", delivery_id)
    return bytes(row[0]) if row else b""

"""The table of settings, one JSON text per key. `facturier.models.settings` interprets them."""

from typing import TYPE_CHECKING

from facturier.models.store import tables

if TYPE_CHECKING:
    from facturier.models.store.store import Store


def read_setting(store: "Store", key: str) -> str | None:
    """Return the JSON of a setting, or None if it was never set. Raises DamagedRow."""
    value: str | None = store.value(tables.Setting.select(tables.Setting.value).where(tables.Setting.key == key))
    return value


def write_setting(store: "Store", key: str, value: str) -> None:
    """Store the JSON of a setting, inside the caller's transaction."""
    store.run(
        tables.Setting.insert(key=key, value=value).on_conflict(
            conflict_target=[tables.Setting.key], preserve=[tables.Setting.value]
        )
    )

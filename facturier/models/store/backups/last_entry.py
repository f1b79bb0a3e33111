"""The last journal entry of a company file, which shows whether the file is newer or older than another one."""

from typing import TYPE_CHECKING

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot

if TYPE_CHECKING:
    from facturier.models.store.store import Store

_journal = tables.Journal


def last_entry(store: "Store") -> int:
    """Return the id of the last entry, or 0 if there is none."""
    return store.value(_journal.select(fn.MAX(_journal.id))) or 0


_bytes = Prepared(
    lambda: _journal.select(
        fn.HEX(_journal.at.concat(_journal.user).concat(_journal.kind).concat(_journal.detail))
    ).where(_journal.id == slot(_journal.id))
)


def entry_bytes(store: "Store", entry: int) -> str:
    """Return the contents of an entry in hexadecimal digits, or an empty text if there is no such entry.

    Machines store digests of this outside the file, so the format must not change.
    """
    return store.value(_bytes(id=entry)) or ""

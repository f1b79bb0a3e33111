"""How far the journal of a company file goes: by that, a file is known to be newer or older than another one."""

from typing import TYPE_CHECKING

from peewee import fn

from facturier.models.store import tables
from facturier.models.store.prepared import Prepared, slot

if TYPE_CHECKING:
    from facturier.models.store.store import Store

_journal = tables.Journal


def last_entry(store: "Store") -> int:
    """The id of the last entry; 0 where there is none."""
    return store.value(_journal.select(fn.MAX(_journal.id))) or 0


_bytes = Prepared(
    lambda: _journal.select(
        fn.HEX(_journal.at.concat(_journal.user).concat(_journal.kind).concat(_journal.detail))
    ).where(_journal.id == slot(_journal.id))
)


def entry_bytes(store: "Store", entry: int) -> str:
    """All that an entry says, to the letter and in hexadecimal digits; empty where there is none. People keep digests
    of it outside of the file, so it must not change."""
    return store.value(_bytes(id=entry)) or ""

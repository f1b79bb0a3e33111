"""Where the vault's encrypted bytes lie in the company file. What they say only `facturier.mail.vault` knows."""

from facturier.models.errors import ChangedElsewhere
from facturier.models.language import _
from facturier.models.store import Store


class StoredBlob:
    """The vault's bytes with a version that goes up with every write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> tuple[bytes, int]:
        """The bytes and their version; nothing and 0 before the first write."""
        row = self._store.row("SELECT blob, version FROM vault")
        if row is None:
            return b"", 0
        # What is no vault must not look like none: then a new one would take its place.
        blob = row[0] if isinstance(row[0], bytes) and row[0] else b"damaged"
        return blob, row[1] if isinstance(row[1], int) else 0

    def write(self, blob: bytes, version: int) -> None:
        """Replace the bytes that were read as `version`. Raises ChangedElsewhere if someone else was first."""
        with self._store.writing():
            found = self._store.row("SELECT version FROM vault")
            if (found[0] if found else 0) != version:
                raise ChangedElsewhere(_("Someone else has changed the company’s secrets meanwhile."))
            self._store.write(
                "INSERT INTO vault (id, blob, version) VALUES (1, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET blob = excluded.blob, version = excluded.version",
                blob,
                version + 1,
            )

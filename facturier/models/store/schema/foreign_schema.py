"""Compare a company file's schema with the exact schema of its version. Another program made every difference.

A foreign trigger, view or table can silently change what our own statements do.

Plain SQL: `sqlite_schema` is a table of SQLite itself.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from facturier.models import errors
from facturier.models.text.i18n import N_, _

# SHA-256 of the schema of each version. A test computes them again from the migrations.
KNOWN = {
    1: "e4c0661578be3bc4d7b3ba16abf41ca79f23ee7e277d157f2c029e8432cbf2e7",
    2: "ccb818c515319cf504c57a5cb289468f922760e035270928cc5ef76dfbadeb2b",
    3: "0b9c02a15756fa22d0243ed1ab8e5ed7397c2e2035c364a97d2ed91fddd5bc5e",
    4: "30967e94443aa0962bd11109f9dbfaff6e71215c2cde2a2334aac84e88ff181f",
    5: "a0218f491b44180bbda84c946b7aabf526ffe57a3288b69eddf70afc5b5b5685",
    6: "00c9371b67537c18953d5292ddb6dbbac7161cca3c0ea5f3706360688612ee7b",
    7: "1cf8483091231259601dc590144e8cd03a33712d2d0998e0b44fc59d1787d068",
    8: "5d48523da0f8df91a8119ed8433275f41a5f7dce8777b85a0df0ff9a2f8088ff",
    9: "b33c424cf9424901605d5f931d4c68b1543069f3d2e729b656973ec73d67e499",
    10: "93d0a9e4b2b25dbdf11dedf98369afe48891baf9da1a1559be6f1931f0346a4b",
    11: "334961bc73c0f5de023ca690e348cf458f64bf2069e3c406eba9080460bd1144",
}

_KINDS = {"table": N_("table"), "index": N_("index"), "trigger": N_("trigger"), "view": N_("view")}
_NAMED = 6  # how many differences a sentence names


class Part(NamedTuple):
    """A row of sqlite_schema. `sql` is empty for indexes that SQLite creates for a constraint."""

    kind: str
    name: str
    table: str
    sql: str


class Difference(NamedTuple):
    """What the file has and what it should have. None if there is nothing."""

    found: Part | None
    ours: Part | None

    def __str__(self) -> str:
        part = self.found or self.ours
        assert part is not None
        words = _("{kind} “{name}”") if self.ours is None else _("{kind} “{name}” (changed)")
        if self.found is None:
            words = _("{kind} “{name}” (missing)")
        return words.format(kind=_(_KINDS[part.kind]) if part.kind in _KINDS else part.kind, name=part.name)


def check_schema(database: Any, path: Path) -> None:
    """Compare the schema of an open file with that of its version. Raises ForeignSchema or BrokenCompany.

    SQLite reloads the schema first. A connection caches the schema until the counter `schema_version` changes, and a
    program that changes the schema can reset that counter.
    """
    if not database.in_transaction():
        with database.atomic("DEFERRED"):
            check_schema(database, path)
        return
    database.execute_sql("PRAGMA writable_schema = RESET").fetchall()
    version, found = database.pragma("user_version"), parts_of(database)
    if KNOWN.get(version) != digest(found):
        raise foreign_schema(path, differences(found, version))


def parts_of(database: Any) -> list[Part]:
    # Read as bytes: text is cleaned on reading, and here every character counts.
    columns = ", ".join(f"CAST({column} AS BLOB)" for column in ("type", "name", "tbl_name", "sql"))
    rows = database.execute_sql(f"SELECT {columns} FROM main.sqlite_schema").fetchall()
    return sorted(Part(*(str(value or b"", "utf-8", "surrogateescape") for value in row)) for row in rows)


def digest(parts: Iterable[Part]) -> str:
    return hashlib.sha256(repr([tuple(part) for part in parts]).encode(errors="surrogatepass")).hexdigest()


def differences(found: Iterable[Part], version: int) -> list[Difference]:
    """Return the differences from the schema of `version`, or from the newest schema if there is no such version."""
    from facturier.models.store.schema.schema import parts_of_version

    ours = {(part.kind, part.name): part for part in parts_of_version(version if version in KNOWN else max(KNOWN))}
    theirs = {(part.kind, part.name): part for part in found}
    return [
        Difference(theirs.get(key), ours.get(key))
        for key in sorted(theirs.keys() | ours.keys())
        if theirs.get(key) != ours.get(key)
    ]


def foreign_schema(path: Path, found: list[Difference]) -> errors.ForeignSchema:
    named = ", ".join(map(str, found[:_NAMED])) or "?"
    if len(found) > _NAMED:
        named = _("{parts} and {n} more").format(parts=named, n=len(found) - _NAMED)
    return errors.ForeignSchema(
        _("Another program changed the structure of “{path}”: {parts}.").format(path=path, parts=named),
        kept=_("Nothing was changed or sent."),
        todo=_("Find out who did it. Then remove the changes, or restore a backup."),
    )

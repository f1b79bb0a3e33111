"""Create the schema of a new company file, upgrade an older file, and repair a changed schema.

Every change is a numbered script in `facturier.models.store.schema.migrations`. Peewee's runner applies the scripts and
records each in the table `schema_migration`. New and old files run the same scripts, so both end with exactly the same
schema.

Plain SQL: PRAGMA, and statements that restore parts of the schema.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from facturier.models import errors
from facturier.models.store import sqlite, sqlite_errors
from facturier.models.store.files import free_path, whole_file
from facturier.models.store.schema import foreign_schema
from facturier.models.text.i18n import _
from facturier.models.text.paths import is_file

_SCRIPTS = Path(__file__).parent / "migrations"
_FIRST = "0001_initial"  # version 0.1.0 kept no record of it


def make_schema(database: Any) -> None:
    """Run every script on an empty database, inside the caller's transaction."""
    _runner(database).up()
    sqlite.put_stamp(database, sqlite.SCHEMA)


def upgrade(path: Path, now: datetime, *, backup: bool = True) -> Path | None:
    """Upgrade an older company file in one transaction, after a checked backup beside it.

    Return the backup, or None if none was made: the file is up to date, or `backup` is off because the caller has a
    copy. Raises StoreError; the file is then unchanged.
    """
    if version_of(path) == sqlite.SCHEMA:
        return None
    database = sqlite.connect(path)
    kept = None
    with sqlite_errors.own_errors(path), database.connection_context():
        # This pragma only works outside a transaction. It is needed for scripts that recreate a table.
        database.pragma("foreign_keys", 0)
        with sqlite.write_lock(database):
            if database.pragma("user_version") == sqlite.SCHEMA:
                return None  # another window was faster
            foreign_schema.check_schema(database, path)
            if backup:
                kept = _back_up(path, now, "update")  # no one else can write during the transaction
            runner = _runner(database)
            if not runner.applied():
                runner.fake(_FIRST)
            runner.up()
            if database.execute_sql("PRAGMA foreign_key_check").fetchone() is not None:
                raise sqlite_errors.broken(path, "foreign keys")
            sqlite.put_stamp(database, sqlite.SCHEMA)
            foreign_schema.check_schema(database, path)
    return kept


def repair(path: Path, now: datetime) -> tuple[Path | None, list[foreign_schema.Difference]]:
    """Undo the changes that another program made to the schema, after a checked backup beside the file.

    This removes the parts that it added, and restores the triggers, views and indexes that it changed or removed. Rows
    in our tables are not changed. Return the backup and the differences that were repaired, or None and an empty list
    if there were none. Raises ForeignSchema if one of our tables was changed or removed, and StoreError; the file is
    then unchanged.
    """
    database = sqlite.connect(path)
    with sqlite_errors.own_errors(path), database.connection_context():
        database.pragma("foreign_keys", 0)  # otherwise, dropping a table would check the rows of other tables
        with sqlite.write_lock(database):
            found = foreign_schema.differences(foreign_schema.parts_of(database), database.pragma("user_version"))
            if not found:
                return None, []
            lost = [one for one in found if one.ours and one.ours.kind == "table"]
            if lost:
                raise foreign_schema.foreign_schema(path, lost)
            kept = _back_up(path, now, "repair")
            for one in sorted(found, key=_virtual_tables_last):
                _put_right(database, one)
            foreign_schema.check_schema(database, path)
    return kept, found


def _virtual_tables_last(one: foreign_schema.Difference) -> tuple[bool, bool]:
    """Return a sort key: triggers, views and indexes first, then virtual tables, then other tables.

    SQLite checks triggers and views when a table is dropped. Dropping a virtual table also drops its own tables, so it
    goes before them.
    """
    part = one.found or one.ours
    assert part is not None
    return part.kind == "table", not part.sql.upper().startswith("CREATE VIRTUAL")


def _put_right(database: Any, one: foreign_schema.Difference) -> None:
    if one.found is not None and one.found.sql:  # an index without a statement is dropped with its table
        name = one.found.name.replace('"', '""')
        database.execute_sql(f'DROP {one.found.kind} IF EXISTS "{name}"')
    if one.ours is not None:
        database.execute_sql(one.ours.sql)


def parts_of_version(version: int) -> list[foreign_schema.Part]:
    """Return the schema that the scripts up to a version create."""
    import peewee

    database = peewee.SqliteDatabase(":memory:")
    with database.connection_context():
        runner = _runner(database)
        runner.up(next(found.name for found in runner.migrations() if found.idx == version))
        parts = foreign_schema.parts_of(database)
    # Version 0.1.0 kept no record of its only script.
    return [part for part in parts if version > 1 or part.table != "schema_migration"]


def version_of(path: Path) -> int:
    """Return the schema version in a file's header. Raises StoreError."""
    return sqlite.stamp(path)[1]


def _runner(database: Any) -> Any:
    from playhouse.migrations import Runner  # imported here because only new and old files need it

    return Runner(database, directory=str(_SCRIPTS))


def _back_up(path: Path, now: datetime, what: str) -> Path:
    """Copy the file before an upgrade or repair, and check the copy. If an earlier try that was stopped made the same
    copy, return that one. Raises StoreError."""
    import filecmp
    import glob

    name = f"{path.stem} before {what} "
    earlier = sorted(path.parent.glob(f"{glob.escape(name)}*{glob.escape(path.suffix)}"))
    try:
        copy = free_path(path.with_name(f"{name}{now.astimezone():%Y-%m-%d %H.%M.%S}{path.suffix}"))
        with whole_file(copy) as aside:
            aside.chmod(path.stat().st_mode & 0o777)
            sqlite.copy(path, aside)
        for one in earlier:
            if is_file(one) and filecmp.cmp(one, copy, shallow=False):
                copy.unlink()
                return one
    except OSError as error:
        raise errors.StoreError(
            _("Cannot back up “{path}” before changing it: {reason}.").format(path=path, reason=error.strerror),
            kept=_("The file was not changed."),
            todo=_("Make sure that you can write to the folder, then open the company again."),
        ) from error
    return copy

"""The schema of a company file: made for a new one, brought up to date in an older one.

Every change is a numbered script in `facturier.models.store.migrations`. Peewee's runner applies them and records each
in the table `schema_migration`. New and old files take the same way, so that both have the same schema to the letter.

Plain SQL: PRAGMA, and statements that put parts of the schema back.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from facturier.models import errors
from facturier.models.store import foreign_schema, sqlite
from facturier.models.store.files import free_path, whole_file
from facturier.models.text.i18n import _

_SCRIPTS = Path(__file__).parent / "migrations"
_FIRST = "0001_initial"  # version 0.1.0 kept no record of it


def make_schema(database: Any) -> None:
    """Run every script on an empty database, inside the caller's transaction."""
    _runner(database).up()
    database.execute_sql(f"PRAGMA application_id = {sqlite.APPLICATION}")
    database.execute_sql(f"PRAGMA user_version = {sqlite.SCHEMA}")


def upgrade(path: Path, now: datetime, *, backup: bool = True) -> Path | None:
    """Bring an older company file up to date in one transaction, after a checked backup beside it.

    Returns the backup, or None where none was made: the file is up to date, or `backup` is off because the caller holds
    a copy. Raises StoreError; the file is then as it was.
    """
    if version_of(path) == sqlite.SCHEMA:
        return None
    database = sqlite.connect(path)
    kept = None
    with sqlite.own_errors(path), database.connection_context():
        # Only possible outside of a transaction, and needed where a script makes a table again.
        database.pragma("foreign_keys", 0)
        with database.atomic("IMMEDIATE"):
            if database.pragma("user_version") == sqlite.SCHEMA:
                return None  # another window was faster
            foreign_schema.check_schema(database, path)
            if backup:
                kept = _back_up(path, now, "update")  # nobody else can write meanwhile
            runner = _runner(database)
            if not runner.applied():
                runner.fake(_FIRST)
            runner.up()
            if database.execute_sql("PRAGMA foreign_key_check").fetchone() is not None:
                raise sqlite.broken(path, "foreign keys")
            database.execute_sql(f"PRAGMA user_version = {sqlite.SCHEMA}")
            foreign_schema.check_schema(database, path)
    return kept


def repair(path: Path, now: datetime) -> tuple[Path | None, list[foreign_schema.Difference]]:
    """Remove the parts that another program added, and put back the triggers, views and indexes that it changed or
    removed, after a checked backup beside the file. No row of our tables is changed.

    Returns the backup and what was done; None and nothing where nothing differs. Raises ForeignSchema where a table of
    ours was changed or removed, and StoreError; the file is then as it was.
    """
    database = sqlite.connect(path)
    with sqlite.own_errors(path), database.connection_context():
        database.pragma("foreign_keys", 0)  # else removing a table would look at the rows of the others
        with database.atomic("IMMEDIATE"):
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
    """Triggers, views and indexes first: SQLite looks at them when a table goes. A virtual table takes its own tables
    along, so it goes before them."""
    part = one.found or one.ours
    assert part is not None
    return part.kind == "table", not part.sql.upper().startswith("CREATE VIRTUAL")


def _put_right(database: Any, one: foreign_schema.Difference) -> None:
    if one.found is not None and one.found.sql:  # an index without a statement goes with its table
        name = one.found.name.replace('"', '""')
        database.execute_sql(f'DROP {one.found.kind} IF EXISTS "{name}"')
    if one.ours is not None:
        database.execute_sql(one.ours.sql)


def parts_of_version(version: int) -> list[foreign_schema.Part]:
    """The schema as the scripts up to a version make it."""
    import peewee

    database = peewee.SqliteDatabase(":memory:")
    with database.connection_context():
        runner = _runner(database)
        runner.up(next(found.name for found in runner.migrations() if found.idx == version))
        parts = foreign_schema.parts_of(database)
    # Version 0.1.0 kept no record of its only script.
    return [part for part in parts if version > 1 or part.table != "schema_migration"]


def version_of(path: Path) -> int:
    """The schema version of a file, from its header. Raises StoreError."""
    return sqlite.stamp(path)[1]


def _runner(database: Any) -> Any:
    from playhouse.migrations import Runner  # needed once in the life of a file: it would slow every start down

    return Runner(database, directory=str(_SCRIPTS))


def _back_up(path: Path, now: datetime, what: str) -> Path:
    """Copy the file as it is before the update or repair, and check the copy. Raises StoreError."""
    copy = path.with_name(f"{path.stem} before {what} {now.astimezone():%Y-%m-%d %H.%M.%S}{path.suffix}")
    try:
        copy = free_path(copy)
        with whole_file(copy) as aside:
            aside.chmod(path.stat().st_mode & 0o777)
            sqlite.copy(path, aside)
    except OSError as error:
        raise errors.StoreError(
            _("“{path}” needs a backup first, which could not be made: {reason}.").format(
                path=path, reason=error.strerror
            ),
            kept=_("The file was not changed."),
            todo=_("Make sure that you can write to the folder, then open the company again."),
        ) from error
    return copy

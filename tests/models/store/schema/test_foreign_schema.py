"""A company file whose schema another program has changed is refused, with the differences and a way to repair it."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.models.company.restore import restore
from facturier.models.errors import ForeignSchema, StoreError
from facturier.models.store import sqlite
from facturier.models.store.opening import open_company
from facturier.models.store.schema import foreign_schema, schema
from tests.models.making import NOON, a_draft, a_store, new_company
from tests.models.released import released_company


def change(path: Path, *statements: str) -> None:
    """Change the file as a user with write access and the sqlite3 program could."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


BCC = (
    "CREATE TRIGGER evil AFTER INSERT ON delivery BEGIN UPDATE delivery SET recipients ="
    " json_set(recipients, '$.bcc[0]', 'mallory@evil.example') WHERE id = new.id; END"
)
CHANGES = {
    "trigger “evil”": (BCC,),
    "view “sneaky”": ("CREATE VIEW sneaky AS SELECT 1",),
    "table “sneaky”": ("CREATE TABLE sneaky (x)",),
    "index “sneaky”": ("CREATE INDEX sneaky ON delivery (subject)",),
    "table “sneaky_data”": ("CREATE VIRTUAL TABLE sneaky USING fts5 (x)",),
    "table “sqlite_stat1”": ("INSERT INTO pause VALUES ('a', '', '')", "ANALYZE"),
    "trigger “message_stays” (missing)": ("DROP TRIGGER message_stays",),
    "trigger “journal_kept” (changed)": (
        "DROP TRIGGER journal_kept",
        "CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT 1; END",
    ),
    "index “delivery_open” (changed)": (
        "DROP INDEX delivery_open",
        "CREATE INDEX delivery_open ON delivery (invoice_id)",
    ),
}
TABLES = {
    "view “message”": (
        "ALTER TABLE message RENAME TO kept",
        "CREATE VIEW message AS SELECT delivery_id, sha256, bytes FROM kept",
    ),
    "table “seal” (changed)": ("ALTER TABLE seal ADD COLUMN more TEXT",),
    "table “asking” (missing)": ("DROP TABLE asking",),
    "table “pause” (changed)": (
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = replace(sql, 'reason TEXT', 'reason  TEXT') WHERE name = 'pause'",
    ),
}
ALL = {**CHANGES, **TABLES}


@pytest.mark.parametrize("version", range(1, sqlite.SCHEMA + 1))
def test_the_known_schema_of_each_version_matches_its_migrations(version: int) -> None:
    assert foreign_schema.digest(schema.parts_of_version(version)) == foreign_schema.KNOWN[version]


@pytest.mark.parametrize("named", ALL)
def test_changes_by_another_program_are_named_and_the_file_is_not_opened(tmp_path: Path, named: str) -> None:
    path = new_company(tmp_path / "acme.facturier").path
    change(path, *ALL[named])
    for check in (True, False):
        with pytest.raises(ForeignSchema) as error:
            open_company(path, check=check)
        assert named in error.value.happened
        assert "remove the changes, or restore a backup" in error.value.todo


@pytest.mark.parametrize("named", CHANGES)
def test_a_repair_removes_them_after_a_backup_and_keeps_every_row(tmp_path: Path, named: str) -> None:
    store = a_store(tmp_path)
    a_draft(store)
    change(store.path, *CHANGES[named])
    rows = store.rows("SELECT * FROM invoice")
    backup, removed = schema.repair(store.path, NOON)
    assert named in map(str, removed)
    assert open_company(store.path).rows("SELECT * FROM invoice") == rows
    assert backup is not None
    with pytest.raises(ForeignSchema):
        open_company(backup)
    assert schema.repair(store.path, NOON) == (None, [])


@pytest.mark.parametrize("named", TABLES)
def test_a_changed_table_needs_a_copy(tmp_path: Path, named: str) -> None:
    path = new_company(tmp_path / "acme.facturier").path
    change(path, *TABLES[named])
    before = path.read_bytes()
    with pytest.raises(ForeignSchema, match="restore a backup"):
        schema.repair(path, NOON)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir() if "before" in found.name] == []


def test_an_older_file_is_compared_with_its_own_version_before_the_upgrade(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    change(path, BCC)
    with pytest.raises(ForeignSchema, match="trigger “evil”"):
        open_company(path)
    assert schema.version_of(path) == 1
    assert list(tmp_path.glob("*before update*")) == []
    with pytest.raises(ForeignSchema):
        open_company(path, check=False)
    schema.repair(path, NOON)
    open_company(path)
    assert schema.version_of(path) == sqlite.SCHEMA


@pytest.mark.parametrize("version", [0, -1, 2])
def test_a_wrong_version_number_does_not_avoid_the_check(tmp_path: Path, version: int) -> None:
    path = released_company(tmp_path)
    change(path, f"PRAGMA user_version = {version}")
    with pytest.raises(StoreError):
        open_company(path, check=False)
    with pytest.raises(StoreError):
        open_company(path)


def test_a_migration_marked_as_run_does_not_avoid_the_check(tmp_path: Path) -> None:
    path = new_company(tmp_path / "acme.facturier").path
    change(path, "ALTER TABLE seal DROP COLUMN token", "PRAGMA user_version = 2")
    with pytest.raises(StoreError):
        open_company(path)


def test_a_copy_with_a_foreign_trigger_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copy = new_company(tmp_path / "copies" / "copy.facturier").path
    change(copy, BCC, "PRAGMA journal_mode = delete")
    with pytest.raises(ForeignSchema):
        restore(copy, tmp_path / "acme.facturier")
    assert not (tmp_path / "acme.facturier").exists()


def test_a_hidden_trigger_in_an_open_connection_is_found(tmp_path: Path) -> None:
    """Resetting SQLite's schema counter hides a schema change from an open connection."""
    store = new_company(tmp_path / "acme.facturier")
    with store.reading():
        store.check_schema()
        change(store.path, "CREATE TRIGGER evil AFTER INSERT ON pause BEGIN UPDATE pause SET reason = 'evil'; END")
        with pytest.raises(ForeignSchema):
            store.check_schema()
        counter = store.row("PRAGMA schema_version")
        assert counter is not None
        change(
            store.path,
            "PRAGMA writable_schema = ON",
            "DELETE FROM sqlite_schema WHERE name = 'evil'",
            f"PRAGMA schema_version = {counter[0]}",
        )
        with store.writing():
            store.check_schema()
            store.write("INSERT INTO pause VALUES ('a@b.example', '', 'ours')")
        assert store.rows("SELECT reason FROM pause") == [("ours",)]


def test_the_schema_is_not_trusted(tmp_path: Path) -> None:
    store = new_company(tmp_path / "acme.facturier")
    with store.reading():
        assert store.row("PRAGMA trusted_schema") == (0,)
        assert store.row("PRAGMA cell_size_check") == (1,)


def test_the_schema_is_compared_once_until_another_program_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(tmp_path)
    compared: list[Iterable[foreign_schema.Part]] = []
    digest = foreign_schema.digest

    def counted(parts: Iterable[foreign_schema.Part]) -> str:
        compared.append(parts)
        return digest(parts)

    monkeypatch.setattr(foreign_schema, "digest", counted)
    with store.reading():
        for _round in range(2):
            change(store.path, "INSERT INTO pause VALUES (hex(randomblob(4)), '', '')")
            compared.clear()
            for _look in range(3):
                store.check_schema()
            assert len(compared) == 1
        change(store.path, "CREATE VIEW sneaky AS SELECT 1")
        with pytest.raises(ForeignSchema):
            store.check_schema()

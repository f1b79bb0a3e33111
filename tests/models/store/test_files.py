"""Files are written completely or not at all, and protected files are never overwritten."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facturier.models.company.restore import restore
from facturier.models.errors import FacturierError, FileExists, LockedCompany, StoreError
from facturier.models.store import sqlite
from facturier.models.store.backups.backups import back_up
from facturier.models.store.files import save_file, whole_file, write_file
from facturier.models.store.opening import open_company
from tests.models.making import a_draft, a_store


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_complete_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "out.pdf"
    write_file(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_file(path, b"two")

    def fails() -> None:
        with whole_file(path, replace=True) as aside:
            aside.write_bytes(b"ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert path.read_bytes() == b"one"
    write_file(path, b"two", replace=True)
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["out.pdf"]


def test_a_file_system_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuses)
    write_file(tmp_path / "out.pdf", b"one")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "out.pdf", b"two")
    assert names(tmp_path) == ["out.pdf"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", ["acme.facturier", "acme.facturier-wal", "acme.facturier-journal", "link", "other"])
def test_a_company_is_never_overwritten(tmp_path: Path, name: str, force: bool) -> None:
    store = a_store(tmp_path)
    back_up(store, tmp_path / "other")
    (tmp_path / "link").symlink_to(store.path)
    with store.reading():
        a_draft(store)
        before = store.path.read_bytes(), (tmp_path / "other").read_bytes()
        with pytest.raises(FacturierError):
            save_file(tmp_path / name, b"%PDF", force=force, company=store.path, private=tmp_path / "data")
    assert (tmp_path / "other").read_bytes() == before[1]
    assert open_company(store.path).row("SELECT count(*) FROM invoice") == (1,)


def test_other_files_are_overwritten_only_with_force_and_own_data_never(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    private = tmp_path / "data"
    private.mkdir()
    for path in (tmp_path / "notes", private / "identity"):
        path.write_bytes(b"kept")
    with pytest.raises(FileExists, match="already exists"):
        save_file(tmp_path / "notes", b"%PDF", force=False, company=store.path, private=private)
    assert (tmp_path / "notes").read_bytes() == b"kept"
    save_file(tmp_path / "notes", b"%PDF", force=True, company=store.path, private=private)
    assert (tmp_path / "notes").read_bytes() == b"%PDF"
    with pytest.raises(FacturierError, match="own data"):
        save_file(private / "identity", b"%PDF", force=True, company=store.path, private=private)
    assert (private / "identity").read_bytes() == b"kept"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    save_file(tmp_path / "pipe", b"%PDF", force=False, company=store.path, private=private)
    assert os.read(reader, 10) == b"%PDF"
    os.close(reader)
    with pytest.raises(FacturierError, match="Cannot write "):
        save_file(tmp_path / "no" / "such", b"%PDF", force=True, company=store.path, private=private)


_KILLED = """
import os, signal, sys
from pathlib import Path
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from facturier.models.store.backups.backups import back_up
copied = Store.copy_to
def half(self, path):
    copied(self, path)
    path.write_bytes(path.read_bytes()[:9000])
    os.kill(os.getpid(), signal.SIGKILL)
Store.copy_to = half
back_up(open_company(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def test_a_backup_killed_halfway_leaves_no_copy(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    copy = tmp_path / "copy.facturier"
    assert subprocess.run([sys.executable, "-c", _KILLED, store.path, copy]).returncode == -9
    assert not copy.exists()
    back_up(store, copy)
    open_company(copy).check()


_IN_USE = """
import sys
from pathlib import Path
from facturier.models.store.sqlite import in_use
print(in_use(Path(sys.argv[1])))
"""


def test_reading_a_company_twice_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    """The list of companies also reads the company that is open."""
    store = a_store(tmp_path)
    back_up(store, tmp_path / "copy")
    with store.reading():
        store.row("SELECT 1 FROM setting")
        open_company(store.path, check=False).row("SELECT 1 FROM setting")
        open_company(store.path)
        found = subprocess.run([sys.executable, "-c", _IN_USE, store.path], capture_output=True, text=True)
        assert found.stdout.strip() == "True", found.stderr
        with pytest.raises(LockedCompany):
            restore(tmp_path / "copy", store.path)


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("SELECT zeroblob(2000000000)", ()),
        (f"SELECT {'+'.join('1' * 1200)}", ()),
        ("SELECT 'a' LIKE ?", ("%a" * 60_000,)),
        (f"SELECT {', '.join('?' * 40_000)}", (1,) * 40_000),
    ],
)
def test_a_limit_of_sqlite_is_not_called_damage(tmp_path: Path, sql: str, values: tuple[object, ...]) -> None:
    store = a_store(tmp_path)
    with pytest.raises(StoreError) as caught:
        store.rows(sql, *values)
    assert type(caught.value) is StoreError
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("name", ["locked", "busy", "readonly", "full"])
def test_words_of_a_statement_do_not_decide_the_error(tmp_path: Path, name: str) -> None:
    """SQLite's messages repeat names from the statement."""
    store = a_store(tmp_path)
    with pytest.raises(StoreError) as caught:
        store.rows(f"SELECT * FROM {name}")
    assert type(caught.value) is not LockedCompany
    assert type(caught.value).__name__ == "BrokenCompany"
    assert sqlite.in_use(store.path) is False


_KILLED_AFTER_THE_LINK = """
import os, sys
from pathlib import Path
from facturier.models.store.backups.backups import back_up
from facturier.models.store.opening import open_company
link = Path.hardlink_to
def killed(self, target):
    link(self, target)
    os.kill(os.getpid(), 9)
Path.hardlink_to = killed
back_up(open_company(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def test_a_backup_killed_before_removing_the_temporary_name_is_complete(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("one.facturier", "two.facturier"):
        done = subprocess.run([sys.executable, "-c", _KILLED_AFTER_THE_LINK, store.path, folder / name], check=False)
        assert done.returncode == -9
    left = folder / ".facturier-0123456789ab"
    left.touch()
    assert len(list(folder.iterdir())) == 4  # the second backup removed the remains of the first
    open_company(folder / "two.facturier", check=False)
    back_up(store, folder / "three.facturier")
    assert sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))) == [
        left.name,
        "one.facturier",
        "three.facturier",
        "two.facturier",
    ]
    os.utime(left, (0, 0))
    write_file(folder / "invoice.pdf", b"%PDF")
    assert not left.exists()

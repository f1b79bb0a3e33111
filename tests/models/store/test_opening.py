"""Opening a file that is not a company, is newer, locked, damaged, read-only, or on an unsuitable disk."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.models.books.journal import write_journal
from facturier.models.errors import (
    BrokenCompany,
    LockedCompany,
    NetworkFolder,
    NewerCompany,
    NoRoom,
    NotACompany,
    ReadOnlyCompany,
    StoreError,
)
from facturier.models.store import sqlite
from facturier.models.store.backups.backups import back_up
from facturier.models.store.home import file_systems
from facturier.models.store.opening import create_company, open_company
from facturier.models.store.store import Store
from tests.models.making import a_draft, a_store, queue


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_company_is_private_and_overwrites_nothing(tmp_path: Path) -> None:
    store = create_company(tmp_path / "new" / "acme.facturier")
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    before = store.path.read_bytes()
    with pytest.raises(StoreError):
        create_company(store.path)
    assert store.path.read_bytes() == before
    assert open_company(store.path).row("PRAGMA journal_mode") == ("wal",)


def test_in_a_folder_of_a_group_the_group_may_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    assert stat.S_IMODE(create_company(tmp_path / "shared.facturier").path.stat().st_mode) == 0o660


@pytest.mark.parametrize("content", [b"", b"shopping list\n" * 20, b"SQLite format 3\0" + bytes(84)])
def test_a_file_that_is_not_a_company_is_not_changed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes"
    path.write_bytes(content)
    with pytest.raises(NotACompany):
        open_company(path)
    assert path.read_bytes() == content
    assert names(tmp_path) == ["notes"]
    for missing in (tmp_path / "nothing", tmp_path):
        with pytest.raises(NotACompany):
            open_company(missing)


def test_a_newer_file_is_not_changed(tmp_path: Path) -> None:
    path = a_store(tmp_path).path
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {sqlite.SCHEMA + 1}")
    database.close()
    before = path.read_bytes()
    with pytest.raises(NewerCompany):
        open_company(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("end", [0.3, 0.5, 0.9])
def test_a_truncated_file_is_damaged_and_not_changed(tmp_path: Path, end: float) -> None:
    store = a_store(tmp_path)
    for _ in range(40):
        queue(store)
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[: int(len(whole) * end)])
    with pytest.raises(BrokenCompany):
        open_company(store.path)
    assert store.path.read_bytes() == whole[: int(len(whole) * end)]


def test_corrupted_bytes_are_detected(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for _ in range(40):
        queue(store)
    spoilt = bytearray(store.path.read_bytes())
    for at in range(8192, len(spoilt), 4096):
        spoilt[at : at + 8] = b"\xff" * 8  # the header of each page
    store.path.write_bytes(spoilt)
    with pytest.raises(BrokenCompany):
        open_company(store.path)


def test_a_file_locked_by_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    store = a_store(tmp_path)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = open_company(store.path)  # reading still works
    with pytest.raises(LockedCompany), impatient.writing():
        write_journal(impatient, "never")
    other.execute("COMMIT")
    other.close()
    a_draft(impatient)


def as_nobody(path: Path, do: str) -> str:
    """Run code on the company at `path` as another user in a separate process, and return what it printed."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    code = f"""
import os, sys
sys.path[:] = {sys.path!r}
import facturier.models.store.opening as store, facturier.models.errors as errors
from pathlib import Path
os.setgroups([]); os.setgid(65534); os.setuid(65534)
path = Path({str(path)!r})
try:
    {do}
    print("done")
except errors.StoreError as error:
    print(type(error).__name__)
"""
    # The interpreter may be in a folder that only root can read, so start it before changing the user.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize(
    ("folder", "file", "said"),
    [
        (0o755, 0o644, "ReadOnlyCompany"),
        (0o755, 0o666, "ReadOnlyCompany"),
        (0o777, 0o600, "NotACompany"),
        (0o700, 0o600, "NotACompany"),
    ],
)
def test_a_file_of_another_user(tmp_path: Path, folder: int, file: int, said: str) -> None:
    store = a_store(tmp_path)
    before = store.path.read_bytes()
    tmp_path.chmod(folder)
    store.path.chmod(file)
    assert as_nobody(store.path, "store.open_company(path)") == said
    assert store.path.read_bytes() == before
    assert names(tmp_path) == ["acme.facturier"]


def test_a_folder_without_write_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert as_nobody(tmp_path / "new.facturier", "store.create_company(path)") == "StoreError"
    assert names(tmp_path) == []


def test_a_disk_that_becomes_read_only(tmp_path: Path) -> None:
    """The disk becomes read-only after the file was opened."""
    store = a_store(tmp_path)
    with store.reading():
        store.row("PRAGMA query_only = on")
        with pytest.raises(ReadOnlyCompany), store.writing():
            store.write("INSERT INTO pause VALUES ('a', 'b', 'c')")


def limited(limit: Callable[[], None], path: Path, do: str) -> str:
    code = f"""
import sys
sys.path[:] = {sys.path!r}
from pathlib import Path
from facturier.models.errors import StoreError
from facturier.models.store.opening import open_company
from tests.models.making import a_draft, queue
store = open_company(Path({str(path)!r}))
try:
    for _ in range(400): {do}
except StoreError as error:
    print(type(error).__name__, error.happened)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, preexec_fn=limit, check=False
    )
    return done.stdout or done.stderr


def test_a_full_quota_loses_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    size = store.path.stat().st_size
    said = limited(
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, size + 100_000)),
        store.path,
        "a_draft(store)",
    )
    assert said.startswith("StoreError Cannot read or write the disk")
    again = open_company(store.path)
    drafts = again.row("SELECT count(*) FROM invoice")
    assert drafts is not None
    assert drafts[0] > 0
    assert again.row("SELECT count(DISTINCT invoice_id) FROM line") == drafts  # each is complete
    a_draft(again)


def queue_until_full(store: Store) -> None:
    for _ in range(400):
        queue(store, message=b"x" * 10_000)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk")
    try:
        store = a_store(folder)
        filler = folder / "film"
        filler.write_bytes(bytes(200_000))
        with store.reading():
            with pytest.raises(NoRoom):
                queue_until_full(store)
            with pytest.raises(NoRoom):
                back_up(store, folder / "copy.facturier")
            assert not (folder / "copy.facturier").exists()
            filler.unlink()
            queue(store)  # with free space it works again, on the same connection
        [(deliveries, messages)] = store.rows("SELECT count(*), (SELECT count(*) FROM message) FROM delivery")
        assert deliveries == messages > 2  # each is complete
        open_company(store.path)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


MOUNTS = r"""22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /mnt/office rw,relatime shared:5 - nfs4 server:/office rw,vers=4.2
31 22 0:41 / /mnt/my\040books rw,relatime - cifs //server/books rw
32 30 0:42 / /mnt/office/local rw - xfs /dev/vdb rw
33 22 0:43 / /mnt/laptop rw - fuse.sshfs me@laptop: rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/marie/acme.facturier", ""),
        ("/mnt/office/acme.facturier", "nfs4"),
        ("/mnt/officer/acme.facturier", ""),
        ("/mnt/my books/acme.facturier", "cifs"),
        ("/mnt/office/local/acme.facturier", ""),
        ("/mnt/laptop/a/b/acme.facturier", "fuse.sshfs"),
    ],
)
def test_network_folders_are_refused_with_the_reason(tmp_path: Path, path: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    if kind:
        with pytest.raises(NetworkFolder, match=kind):
            file_systems.check_mount(Path(path), mounts)
    else:
        file_systems.check_mount(Path(path), mounts)


def test_without_a_list_of_mounts_nothing_is_refused(tmp_path: Path) -> None:
    file_systems.check_mount(tmp_path / "acme.facturier", tmp_path / "nothing")


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 53, 0), True),
        ((3, 51, 3), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 40, 1), False),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_it_is_safe(version: tuple[int, int, int], sound: bool) -> None:
    assert sqlite.wal_is_sound(version) is sound


def test_changes_by_another_window_are_noticed(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    other = open_company(store.path)
    with store.reading():
        before = store.changes()
        assert store.changes() == before
        a_draft(other)
        assert store.changes() != before


def test_a_copy_is_complete_private_and_overwrites_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    with store.reading():  # while another window has the company open
        back_up(store, tmp_path / "copy.facturier")
    copy = open_company(tmp_path / "copy.facturier")
    for table in ("invoice", "delivery", "message", "journal", "customer"):
        assert copy.rows(f"SELECT * FROM {table}") == store.rows(f"SELECT * FROM {table}")
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    with pytest.raises(StoreError):
        back_up(store, tmp_path / "copy.facturier")


def test_a_failed_transaction_changes_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    def half() -> None:
        with store.writing():
            write_journal(store, "outer")
            with store.writing():
                write_journal(store, "inner")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert store.row("SELECT count(*) FROM journal WHERE kind IN ('outer', 'inner')") == (0,)

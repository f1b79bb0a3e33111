"""The automatic copies of a company, and restoring them."""

import os
import resource
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import peewee
import pysqlite3 as sqlite3
import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.restore import restore
from facturier.models.errors import BrokenCompany, LockedCompany, NewerCompany, NoRoom, NotACompany, StoreError
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.deliveries import get_delivery, unfinished
from facturier.models.store import sqlite, sqlite_errors
from facturier.models.store.backups.backups import DAYS, WEEKS, back_up, copies_of, keep_copy, open_kept
from facturier.models.store.home.home import is_at_home, read_home
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import Clock, a_draft, a_store, queue


@pytest.fixture
def still() -> Clock:
    return Clock()


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "copies"


@pytest.fixture
def closed(tmp_path: Path, still: Clock) -> Store:
    """A company that is not open in any window."""
    return a_store(tmp_path, still)


def aged(copy: Path) -> None:
    """Make a copy look older than the last change of the company."""
    os.utime(copy, (0, 0))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_one_copy_a_day_private_and_complete(closed: Store, copies: Path) -> None:
    made = keep_copy(closed, copies)
    assert made is not None
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert keep_copy(closed, copies) is None
    open_company(made).check()


def test_at_the_end_of_the_day_the_copy_has_the_days_work(closed: Store, copies: Path) -> None:
    keep_copy(closed, copies)
    assert keep_copy(closed, copies, again=True) is None
    a_draft(closed)
    [copy] = copies_of(closed.path, copies)
    os.utime(copy, (1, 1))
    assert keep_copy(closed, copies, again=True) == copy
    assert open_company(copy).row("SELECT count(*) FROM invoice") == (1,)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


@pytest.mark.parametrize("lost", ["a draft", "what was sent"])
def test_an_older_file_does_not_replace_todays_copy(
    closed: Store, tmp_path: Path, copies: Path, still: Clock, lost: str
) -> None:
    saved = tmp_path / "saved"
    shutil.copyfile(closed.path, saved)
    still.go(minutes=1)
    a_draft(closed, "the morning’s work") if lost == "a draft" else queue(closed)
    today = keep_copy(closed, copies)
    assert today is not None
    shutil.copyfile(saved, closed.path)
    aged(today)
    for _quitting in range(2):
        assert keep_copy(closed, copies, again=True) == today
        aged(today)
    assert [open_company(copy).rows("SELECT count(*) FROM invoice") for copy in copies_of(closed.path, copies)] == [
        [(0,)],
        [(1,)],
    ]
    still.go(days=60)
    keep_copy(closed, copies)
    assert len(copies_of(closed.path, copies)) == 2  # one for that week, and today's


def test_daily_and_weekly_copies_are_kept(closed: Store, still: Clock, copies: Path) -> None:
    for _day in range(60):
        still.now += timedelta(days=1)
        keep_copy(closed, copies)
    kept = [path.stem for path in copies_of(closed.path, copies)]
    assert len(kept) == DAYS + WEEKS
    assert kept[0] == still.now.date().isoformat()
    assert kept[DAYS - 1] == (still.now - timedelta(days=DAYS - 1)).date().isoformat()
    assert kept[-1] >= (still.now - timedelta(weeks=WEEKS + 2)).date().isoformat()


def test_companies_with_the_same_name_do_not_share_copies(tmp_path: Path, copies: Path, still: Clock) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        keep_copy(a_store(tmp_path / name, still), copies)
    assert len(list(copies.iterdir())) == 2


def test_a_failed_copy_is_reported(closed: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="daily backup"):
        keep_copy(closed, tmp_path / "file")


@pytest.mark.parametrize("damage", [cut, lambda path: path.write_bytes(b""), lambda path: path.unlink()])
def test_a_damaged_company_names_the_newest_valid_copy(
    closed: Store, still: Clock, copies: Path, damage: Callable[[Path], object]
) -> None:
    sound = keep_copy(closed, copies)
    still.go(days=1)
    newer = keep_copy(closed, copies)
    assert newer is not None
    cut(newer)
    damage(closed.path)
    with pytest.raises((BrokenCompany, NotACompany)) as caught:
        open_kept(closed.path, copies)
    assert caught.value.backup == (sound, closed.path)
    assert str(sound) in caught.value.todo
    assert str(newer) not in caught.value.todo


def test_restoring_keeps_the_damaged_file_aside(closed: Store, copies: Path) -> None:
    a_draft(closed)
    copy = keep_copy(closed, copies)
    assert copy is not None
    cut(closed.path)
    half = closed.path.read_bytes()
    done = restore(copy, closed.path, user="marie")
    assert done.aside is not None
    assert done.aside.read_bytes() == half
    back = open_company(closed.path)
    assert back.row("SELECT count(*) FROM invoice") == (1,)
    assert read_journal(back)[-1].kind == "restored"
    assert stat.S_IMODE(closed.path.stat().st_mode) == 0o600
    assert not list(closed.path.parent.glob(".*"))


def test_the_log_of_a_removed_file_does_not_damage_the_copy(closed: Store, tmp_path: Path) -> None:
    """A program was killed, and a user removed its damaged file without the log, then restored a copy."""
    back_up(closed, tmp_path / "copy")
    log = closed.path.with_name(f"{closed.path.name}-wal")
    with closed.reading():
        a_draft(closed)
        left = log.read_bytes()
    closed.path.unlink()
    log.write_bytes(left)
    done = restore(tmp_path / "copy", closed.path)
    back = open_company(closed.path)
    back.check()
    assert back.row("SELECT count(*) FROM invoice") == (0,)
    assert done.aside is not None
    assert done.aside.with_name(f"{done.aside.name}-wal").read_bytes() == left


def test_two_restores_within_a_second_lose_nothing(closed: Store, tmp_path: Path) -> None:
    back_up(closed, tmp_path / "copy")
    a_draft(closed)
    first, second = (restore(tmp_path / "copy", closed.path, clock=closed.clock).aside for _time in range(2))
    assert first is not None
    assert first != second
    assert open_company(first).row("SELECT count(*) FROM invoice") == (1,)


def test_restoring_through_a_link_restores_its_target(closed: Store, tmp_path: Path) -> None:
    back_up(closed, tmp_path / "copy")
    a_draft(closed)
    link = tmp_path / "link.facturier"
    link.symlink_to(closed.path)
    restore(tmp_path / "copy", link)
    back = open_company(link)
    assert link.is_symlink()
    assert back.row("SELECT count(*) FROM invoice") == (0,)
    found = read_home(back)
    assert found is not None
    assert is_at_home(found, back.path)


def test_only_a_regular_file_is_a_copy(closed: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for copy in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(StoreError, match="not a valid backup"):
            restore(copy, closed.path)


def test_the_old_file_stays_if_the_copy_cannot_replace_it(
    closed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(closed, tmp_path / "copy")
    before = closed.path.read_bytes()
    rename = Path.rename

    def fails(path: Path, to: Path) -> Path:
        if path.name.startswith("."):
            raise OSError(28, "No space left on device")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(StoreError, match="No space left"):
        restore(tmp_path / "copy", closed.path)
    assert closed.path.read_bytes() == before


def test_deliveries_that_may_have_been_sent_since_are_not_sent_again(closed: Store, tmp_path: Path) -> None:
    waiting, begun = queue(closed), queue(closed)
    claimed = claim_next(closed, "somebody")
    assert claimed is not None
    back_up(closed, tmp_path / "copy")
    done = restore(tmp_path / "copy", closed.path)
    assert done.stopped == 2
    back = open_company(closed.path)
    assert unfinished(back) == []
    states = {get_delivery(back, delivery.id).state for delivery in (waiting, begun)}
    assert states == {State.CANCELLED, State.FAILED}
    assert all("may have been sent since" in alert.detail["reason"] for alert in open_alerts(back))
    # not "failed", which would say that nothing was sent
    assert {alert.kind for alert in open_alerts(back)} == {"stopped"}


def test_what_happens_to_a_good_copy_is_not_blamed_on_it(
    closed: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    back_up(closed, copy)
    before, good = closed.path.read_bytes(), copy.read_bytes()

    def refusal() -> StoreError:
        with pytest.raises(StoreError) as raised:
            restore(copy, closed.path)
        assert closed.path.read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.facturier", "copy"]
        assert "not a valid backup" not in str(raised.value)
        assert raised.value.kept == "Nothing was changed."
        return raised.value

    with closing(sqlite3.connect(copy)) as database:
        database.execute("CREATE TABLE planted (x)")
    assert f"structure of “{copy}”: table “planted”" in str(refusal())
    copy.write_bytes(good)
    with closing(sqlite3.connect(copy)) as database:
        database.execute(f"PRAGMA user_version = {sqlite.SCHEMA + 1}")
    newer = refusal()
    assert isinstance(newer, NewerCompany)
    assert f"“{copy}” was written by a newer version" in newer.happened
    copy.write_bytes(good)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        assert f"Cannot restore “{copy}” to “{closed.path}”: File too large." in str(refusal())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    for code, kind, words in (
        (13, NoRoom, f"The disk that holds “{closed.path}” is full."),
        (5, LockedCompany, f"Another program has locked “{closed.path}” for too long."),
        (10, StoreError, f"Cannot read or write the disk that holds “{closed.path}”."),
    ):

        def fails(store: Store, code: int = code) -> None:
            error = peewee.OperationalError("said by SQLite")
            vars(error)["sqlite_errorcode"] = code
            with sqlite_errors.own_errors(store.path):
                raise error

        monkeypatch.setattr(Store, "check", fails)
        told = refusal()
        assert type(told) is kind
        assert told.happened == words


def test_an_open_company_or_an_invalid_copy_changes_nothing(closed: Store, tmp_path: Path) -> None:
    back_up(closed, tmp_path / "copy")
    (tmp_path / "notes").write_bytes(b"shopping list" * 50)
    before = closed.path.read_bytes()
    with closed.reading():
        closed.row("SELECT 1 FROM setting")
        with pytest.raises(LockedCompany):
            restore(tmp_path / "copy", closed.path)
    with pytest.raises(NotACompany, match="not a valid backup"):
        restore(tmp_path / "notes", closed.path)
    cut(tmp_path / "copy")
    with pytest.raises(StoreError, match="not a valid backup"):
        restore(tmp_path / "copy", closed.path)
    with pytest.raises(StoreError):
        restore(tmp_path / "missing", closed.path)
    assert closed.path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme.facturier", "copy", "notes"]

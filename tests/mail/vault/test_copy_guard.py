"""A copy of a company sends nothing until a user confirms that it is the company, however the copy was made."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.protocol import Sender
from facturier.mail.senders.senders import Senders
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.permission import adopt, refusal, remember
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.restore import restore
from facturier.models.company.save_settings import save_company
from facturier.models.errors import CompanyCopy, SecondName
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.backups.backups import back_up, keep_copy
from facturier.models.store.home import file_systems
from facturier.models.store.home import home as homes
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.mail.people import no_keyring
from tests.models.making import Clock, a_store, queue
from tests.models.released import released_company

Place = tuple[Path, Path]  # a company file, and a folder for everything else


class Membership:
    """Several users of a company whose default sender is a folder. Each `sit` is a new program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        (folder / "out").mkdir()
        (folder / "books").mkdir()
        store = a_store(folder / "books", self.clock, connected=False)
        sender = DefaultSender("folder", "hello@acme.example", folder=str(folder / "out"))
        save_company(store, replace(read_company(store), sender=sender, undo=0))
        self.path = store.path
        self._number = 0

    def sit(self, name: str, path: Path | None = None) -> Workspace:
        self.clock.go(minutes=1)
        locations = Locations(self.folder / name, self.folder / "log")
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
        store = open_company(path or self.path, clock=self.clock, user=name)
        return open_workspace(store, locations, Endpoints(), identity=identity)

    def post(self, name: str, path: Path | None = None) -> int:
        return postman(self.sit(name, path)).deliver()

    def queued(self) -> Delivery:
        self._number += 1
        store = open_company(self.path, clock=self.clock)
        message = f"Message-ID: <{self._number}@acme.example>\r\n\r\nHello\r\n".encode()
        return queue(store, SenderKind.DEFAULT, message=message)

    @property
    def mails(self) -> int:
        return len(list((self.folder / "out").iterdir()))


@pytest.fixture
def people(tmp_path: Path) -> Membership:
    return Membership(tmp_path)


def plain(store: Store, to: Path) -> None:
    shutil.copy(store.path, to)


def whole(store: Store, to: Path) -> None:
    subprocess.run(["cp", "-a", store.path, to], check=True)


def daily(store: Store, to: Path) -> None:
    made = keep_copy(store, to.parent / "copies")
    assert made is not None
    shutil.copy(made, to)


@pytest.mark.parametrize("copy", [plain, whole, back_up, daily])
def test_a_copy_opened_elsewhere_is_read_only(people: Membership, copy: Callable[[Store, Path], None]) -> None:
    people.queued()
    other = people.folder / "other.facturier"
    copy(people.sit("marie").store, other)
    assert people.post("marie") == 1
    for name in ("marie", "paul"):
        ws = people.sit(name, other)
        assert isinstance(refusal(ws), CompanyCopy)
        assert postman(ws).deliver() == 0
        prepared = prepare(ws, 1, compose(ws, 1))
        assert not prepared.ready
        assert read_company(ws.store).name == "Acme"
    assert people.mails == 1


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_planted_demo_setting_does_not_hide_a_copy(people: Membership, elsewhere: bool) -> None:
    """Someone with write access to the file has added the setting."""
    people.queued()
    copy = people.folder / "other.facturier"
    shutil.copy(people.sit("marie").store.path, copy)
    assert people.post("marie") == 1
    if not elsewhere:
        people.path.unlink()
        shutil.copy(copy, people.path)
    ws = people.sit("marie", copy if elsewhere else None)
    with contextlib.closing(sqlite3.connect(ws.store.path)) as database, database:
        database.execute(
            "INSERT OR REPLACE INTO setting VALUES ('practice', ?)", (json.dumps(str(people.folder / "out")),)
        )
    assert ws.company().practice
    assert isinstance(refusal(ws), CompanyCopy)
    assert postman(ws).deliver() == 0
    assert people.mails == 1


@pytest.mark.parametrize("copy", [plain, whole, back_up, daily])
def test_a_copy_in_place_of_the_company_sends_nothing_again(
    people: Membership, copy: Callable[[Store, Path], None]
) -> None:
    delivery = people.queued()
    saved = people.folder / "saved"
    copy(people.sit("marie").store, saved)
    assert people.post("marie") == 1
    for _time in range(2):
        shutil.copyfile(saved, people.path)  # keeps the path and the inode
        assert people.post("marie") == 0
        done = adopt(people.sit("marie"))
        assert done.stopped == 1
        assert refusal(people.sit("marie")) is None
        assert people.post("marie") == people.post("paul") == 0
    store = open_company(people.path)
    assert get_delivery(store, delivery.id).state is State.CANCELLED
    assert [alert.kind for alert in open_alerts(store)] == ["stopped"]
    assert read_journal(store)[-1].kind == "adopted"
    assert people.mails == 1


def test_the_daily_copy_and_the_backup_before_an_update_send_nothing(people: Membership, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    old = released_company(tmp_path / "old")
    open_company(old)
    [backup] = old.parent.glob("* before update *")
    assert isinstance(refusal(people.sit("marie", backup)), CompanyCopy)


def test_deliveries_by_a_colleague_count_in_an_open_window(people: Membership) -> None:
    """Marie's window saw that Paul's postman sent it."""
    people.queued()
    saved = people.folder / "saved"
    shutil.copy(people.path, saved)
    marie = people.sit("marie")
    assert people.post("paul") == 1
    remember(marie)  # as the screens do after a change of the file
    shutil.copyfile(saved, people.path)
    assert people.post("marie") == 0
    assert people.mails == 1


def test_a_snapshot_rolled_back_in_place(people: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path and the inode stay the same, but the device number changes, as with btrfs."""
    people.queued()
    before = people.path.read_bytes()
    assert people.post("marie") == 1
    people.path.write_bytes(before)
    other_device(monkeypatch)
    assert people.post("marie") == 0
    assert people.mails == 1


def other_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the device number, as after a reboot with other disks, or in another container."""
    here = homes.home_at

    def elsewhere(path: Path, token: str = "", since: str = "") -> homes.Home:
        found = here(path, token, since)
        return found._replace(device=found.device + 1000, disk=found.disk + 1 if found.disk else 0)

    monkeypatch.setattr(homes, "home_at", elsewhere)
    monkeypatch.setattr("facturier.mail.vault.copy_guard.home_at", elsewhere)


def test_a_new_device_number_alone_is_accepted(people: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    people.sit("marie")
    people.queued()
    other_device(monkeypatch)
    assert people.post("marie") == 1
    people.queued()
    assert people.post("paul") == 1  # Paul has never worked with it: Marie's program stored the new number


def test_a_new_disk_with_the_same_numbers_is_noticed(people: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    people.queued()
    other_device(monkeypatch)
    assert isinstance(refusal(people.sit("paul")), CompanyCopy)


def test_a_file_that_was_refused_is_not_the_company_at_the_next_look(
    people: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.queued()
    other_device(monkeypatch)
    paul = people.sit("paul")
    assert isinstance(refusal(paul), CompanyCopy)
    remember(paul)  # as a window does when it notices a change
    assert isinstance(refusal(paul), CompanyCopy)
    assert people.post("paul") == 0


def test_a_file_system_with_changing_inodes_is_accepted(people: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    people.queued()
    people.sit("marie")
    new = people.path.with_name("new")
    shutil.copy(people.path, new)
    new.replace(people.path)  # a new inode
    assert isinstance(refusal(people.sit("marie")), CompanyCopy)
    monkeypatch.setattr(file_systems, "file_system", lambda *_arguments: "vfat")
    assert people.post("marie") == 1


def test_a_file_recreated_from_a_copy_sends_nothing(people: Membership) -> None:
    """Even if the new file gets the inode of the removed one."""
    people.queued()
    saved = people.folder / "saved"
    shutil.copy(people.path, saved)
    assert people.post("marie") == 1
    people.path.unlink()
    shutil.copy(saved, people.path)
    assert people.post("paul") == 0
    assert people.mails == 1


@pytest.mark.parametrize("tool", [["cp", "--remove-destination"], ["rsync", "--inplace"], ["install"], ["mv", "-f"]])
def test_tools_that_replace_the_file(people: Membership, tool: list[str]) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"no {tool[0]} here")
    people.queued()
    saved = people.folder / "saved"
    shutil.copy(people.path, saved)
    assert people.post("marie") == 1
    subprocess.run([*tool, saved, people.path], check=True)
    assert people.post("marie") == 0
    assert people.mails == 1


def test_after_mv_it_asks_once_and_loses_nothing(people: Membership) -> None:
    delivery = people.queued()
    people.sit("marie")
    to = people.folder / "moved" / "acme.facturier"
    to.parent.mkdir()
    people.path.rename(to)
    assert people.post("marie", to) == 0
    done = adopt(people.sit("marie", to))
    assert (done.stopped, done.was, done.retired) == (0, str(people.path), False)
    assert people.post("marie", to) == 1
    assert refusal(people.sit("paul", to)) is None
    assert get_delivery(open_company(to), delivery.id).state is State.SENT


def test_moved_by_a_user_with_an_old_view_the_outbox_is_stopped(people: Membership) -> None:
    people.sit("paul")
    people.queued()
    saved = people.folder / "saved"
    whole(open_company(people.path), saved)
    assert people.post("marie") == 1
    people.path.unlink()
    people.path.with_name("new").write_bytes(saved.read_bytes())
    assert adopt(people.sit("paul", people.path.with_name("new"))).stopped == 1
    assert people.mails == 1


def test_on_another_machine_it_asks_once_and_the_old_file_becomes_a_copy(people: Membership) -> None:
    people.queued()
    new = people.folder / "new.facturier"
    shutil.copy(people.path, new)
    assert people.post("marie") == 1
    done = adopt(people.sit("somebody", new))
    assert (done.stopped, done.retired) == (1, True)
    assert refusal(people.sit("somebody", new)) is None
    assert isinstance(refusal(people.sit("marie")), CompanyCopy)
    assert read_journal(open_company(people.path))[-1].kind == "retired"
    assert people.mails == 1


def test_after_a_restore_it_is_the_company_for_everyone(people: Membership) -> None:
    for name in ("marie", "paul"):
        people.sit(name)
    saved = people.folder / "saved"
    back_up(people.sit("marie").store, saved)
    raw = people.path.read_bytes()
    people.queued()
    assert people.post("paul") == 1
    people.clock.go(minutes=1)
    restore(saved, people.path, clock=people.clock)
    for name in ("marie", "paul", "somebody"):
        assert refusal(people.sit(name)) is None
    people.path.write_bytes(raw)  # the former company, unchanged
    for name in ("marie", "paul"):
        assert isinstance(refusal(people.sit(name)), CompanyCopy)


def test_a_symbolic_link_is_the_same_file(people: Membership) -> None:
    people.queued()
    link = people.folder / "link"
    link.symlink_to(people.path)
    ws = people.sit("marie", link)
    with ws.store.reading():
        assert ws.store.path == people.path
        assert postman(ws).deliver() == 1
    assert refusal(people.sit("marie")) is None


def test_a_hard_link_is_refused(people: Membership) -> None:
    people.queued()
    other = people.folder / "other.facturier"
    other.hardlink_to(people.path)
    with pytest.raises(SecondName, match=r"hard link.*books/acme\.facturier"):
        people.sit("marie", other)
    assert people.post("marie") == 1
    assert sorted(path.name for path in people.folder.glob("other*")) == ["other.facturier"]
    people.path.unlink()
    assert isinstance(refusal(people.sit("marie", other)), CompanyCopy)  # now the file has only this name


@pytest.fixture
def mounted(people: Membership) -> Iterator[Place]:
    folder, alone = people.folder / "mounted", people.folder / "alone.facturier"
    folder.mkdir()
    alone.touch()
    done = []
    try:
        for what, to in ((people.path.parent, folder), (people.path, alone)):
            mount = ["mount", "--bind", str(what), str(to)]
            if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
                pytest.skip("nothing can be mounted here")
            done.append(to)
        yield folder / people.path.name, alone
    finally:
        for to in done:
            subprocess.run(["umount", "-l", to], check=True)


def test_a_folder_mounted_elsewhere_is_the_same_and_a_file_mounted_alone_is_refused(
    people: Membership, mounted: Place
) -> None:
    people.queued()
    folder, alone = mounted
    with pytest.raises(SecondName, match="mounted as a single file"):
        people.sit("marie", alone)
    assert people.post("paul", folder) == 1
    assert people.post("marie") == 0
    assert refusal(people.sit("marie")) is None


def test_a_file_of_the_first_release(people: Membership, tmp_path: Path) -> None:
    """It does not record its location. It opens normally if its outbox is empty, otherwise only where this user has
    opened it before."""
    used, found = (tmp_path / name / "acme.facturier" for name in ("used", "found"))
    for path in (used, found):
        path.parent.mkdir()
        released_company(path.parent)
    (tmp_path / "marie").mkdir(mode=0o700)
    (tmp_path / "marie" / "companies.json").write_text(json.dumps([str(used)]))
    waiting = "SELECT count(*) FROM delivery WHERE state IN ('queued', 'claimed', 'handing_over')"
    assert open_company(used, check=False).rows(waiting) != [(0,)]
    assert refusal(people.sit("marie", used)) is None
    assert refusal(people.sit("paul", used)) is None
    assert isinstance(refusal(people.sit("marie", found)), CompanyCopy)
    released_company(used.parent)  # an old backup of that release, put there later
    assert isinstance(refusal(people.sit("marie", used)), CompanyCopy)


@pytest.mark.parametrize("value", ["", "null", "[]", "{}", '{"token": 1}', "junk", "\x00"])
def test_an_unreadable_home_is_asked_about(people: Membership, value: str) -> None:
    people.queued()
    store = open_company(people.path)
    with store.writing():
        store.write("UPDATE setting SET value = ? WHERE key = 'home'", value)
    assert people.post("marie") == 0
    assert adopt(people.sit("marie")).stopped == 1
    assert refusal(people.sit("marie")) is None


def test_uncommitted_changes_are_not_remembered(people: Membership) -> None:
    ws = people.sit("marie")

    def half() -> None:
        with ws.store.writing():
            ws.store.write("INSERT INTO journal (at, user, kind, detail) VALUES ('', '', 'never', '{}')")
            remember(ws)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert refusal(people.sit("marie")) is None


def test_a_clock_set_back_is_no_alarm(people: Membership) -> None:
    people.sit("marie")
    people.clock.now -= timedelta(days=400)
    people.queued()
    assert people.post("marie") == 1


def test_an_older_file_put_in_place_during_a_round_sends_nothing_again(
    people: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        people.queued()
    ws = people.sit("marie")
    saved, tried = people.folder / "saved", list[int]()
    back_up(ws.store, saved)
    with contextlib.closing(sqlite3.connect(saved, isolation_level=None)) as older:
        older.execute("ATTACH ? AS company", (str(people.path),))
        # not a copy made by our program
        older.execute("REPLACE INTO setting SELECT * FROM company.setting WHERE key = 'home'")
    for_delivery = Senders.for_delivery

    def restored_on_the_way(senders: Senders, delivery: Delivery, message: bytes) -> Sender:
        tried.append(delivery.id)
        if len(tried) == 3:
            with (
                contextlib.closing(sqlite3.connect(saved)) as older,
                contextlib.closing(sqlite3.connect(people.path)) as company,
            ):
                older.backup(company)  # as “.restore” in the sqlite3 program does
        return for_delivery(senders, delivery, message)

    monkeypatch.setattr(Senders, "for_delivery", restored_on_the_way)
    with pytest.raises(CompanyCopy, match="older version"):
        postman(ws).deliver()
    assert tried == [1, 2, 3]
    assert people.mails == 2

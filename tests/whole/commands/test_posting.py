"""`facturier post --watch` continues after every problem, and prevents other programs from replacing the file."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store, utc_now
from tests.models.making import a_store, queue
from tests.whole.program import Program

_QUICK = """
import sys
from facturier.models.store import sqlite
from facturier.tui.cli.verbs.sending import post
from facturier.tui.main import main
sqlite.BUSY_SECONDS = 0.2
post._EVERY = 0.1
sys.exit(main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Quick(Program):
    """The program with shorter waits."""

    @property
    def command(self) -> list[str]:
        return ["-c", _QUICK]


def until(done: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "never came"
        time.sleep(0.05)


def a_company(folder: Path) -> Store:
    """Return a company whose default sender is a folder."""
    (folder / "out").mkdir()
    store = open_company(a_store(folder, connected=False).path, clock=utc_now)
    sender = DefaultSender("folder", "hello@acme.example", folder=str(folder / "out"))
    save_company(store, replace(read_company(store), sender=sender, undo=0))
    return store


def letter(number: int) -> bytes:
    return f"Message-ID: <{number}@acme.example>\r\nSubject: x\r\n\r\nHello\r\n".encode()


def sent(store: Store, delivery_id: int) -> bool:
    return get_delivery(store, delivery_id).state is State.SENT


def test_it_continues_after_a_lock(tmp_path: Path) -> None:
    store = a_company(tmp_path)
    process = Quick(tmp_path / "home", company=store.path).start("post", "--watch")
    try:
        first = queue(store, SenderKind.DEFAULT, message=letter(1))
        until(lambda: sent(store, first.id))
        other = sqlite3.connect(store.path, isolation_level=None)
        second = queue(store, SenderKind.DEFAULT, message=letter(2))
        other.execute("BEGIN IMMEDIATE")
        time.sleep(1)
        assert process.poll() is None
        other.execute("COMMIT")
        other.close()
        until(lambda: sent(store, second.id))
    finally:
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert "2 deliveries tried" in out


def test_it_continues_after_a_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a small disk")
    try:
        store = a_company(small)
        first = queue(store, SenderKind.DEFAULT, message=letter(1))
        process = Quick(tmp_path / "home", company=store.path).start("post", "--watch")
        try:
            until(lambda: sent(store, first.id))
            delivery = queue(store, SenderKind.DEFAULT, message=letter(2), later=timedelta(seconds=1))
            with pytest.raises(OSError, match="space"):
                (small / "film").write_bytes(bytes(2 << 20))
            time.sleep(3)
            assert process.poll() is None
            assert not sent(store, delivery.id)
            (small / "film").unlink()
            until(lambda: sent(store, delivery.id), 40)
        finally:
            process.terminate()
            err = process.communicate(timeout=20)[1]
        assert process.returncode == 0, err
        assert err.count("is full") == 1  # reported once, however often it happens
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_restore_is_refused_while_it_runs(tmp_path: Path) -> None:
    store = a_company(tmp_path)
    program = Program(tmp_path / "home", company=store.path)
    program.good("backup", str(tmp_path / "copy"))
    process = program.start("post", "--watch")
    try:
        until(lambda: Path(f"{store.path}-shm").exists())
        for _time in range(3):  # also between two rounds
            done = Program(tmp_path / "home2", company=store.path).run("restore", str(tmp_path / "copy"))
            assert done.returncode == 1
            assert "open in another program" in done.stderr
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert "Restored" in program.good("restore", str(tmp_path / "copy"))


def test_show_writes_over_nothing_unless_told_to(tmp_path: Path) -> None:
    store = a_company(tmp_path)
    delivery = queue(store, SenderKind.DEFAULT, message=letter(1))
    program = Program(tmp_path / "home", company=store.path)
    before = store.path.read_bytes()
    for name in (store.path, f"{store.path}-wal", tmp_path / "home" / "identity" / "identity"):
        done = program.run("show", str(delivery.number), "--eml", str(name), "--force")
        assert done.returncode == 1, name
    assert store.path.read_bytes() == before
    assert not Path(f"{store.path}-wal").exists()
    out = tmp_path / "out.eml"
    out.write_text("mine")
    assert "--force" in program.run("show", str(delivery.number), "--eml", str(out)).stderr
    assert out.read_text() == "mine"
    program.good("show", str(delivery.number), "--eml", str(out), "--force")
    assert out.read_bytes() == letter(1)
    assert int(program.shell(f"show {delivery.number} --eml /dev/stdout", "| wc -c").stdout) == len(letter(1))

"""On the command line, a copy of a company sends nothing until a person makes it the company."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store.opening import open_company
from tests.models.making import queue
from tests.whole.commands.test_posting import a_company, letter
from tests.whole.program import Program

_KILLED = """
import os
from facturier.models.outbox.changes import outcomes
from facturier.tui.main import main
outcomes.accepted = lambda *_arguments: os._exit(9)
main(["post"])
"""


def test_a_file_put_in_place_with_cp_after_a_kill_sends_nothing_again(tmp_path: Path) -> None:
    """A person's record is written before anything can be sent."""
    store = a_company(tmp_path)
    queue(store, SenderKind.DEFAULT, message=letter(1))
    program = Program(tmp_path / "home", company=store.path)
    saved, out = tmp_path / "saved.facturier", tmp_path / "out"
    shutil.copy(store.path, saved)
    ended = subprocess.run([sys.executable, "-c", _KILLED], env=program.environment, capture_output=True, check=False)
    assert ended.returncode == 9, ended.stderr
    for tail in ("-wal", "-shm"):
        Path(f"{store.path}{tail}").unlink(missing_ok=True)
    shutil.copyfile(saved, store.path)  # the same path and inode

    refused = program.run("post")
    assert refused.returncode == 1
    assert "an older version of this company" in refused.stderr
    assert "✗ Company file" in program.run("doctor").stdout
    assert json.loads(program.good("list", "--json"))[0]["delivery"] == "queued"
    assert "1 delivery was in its outbox and was stopped" in program.good("adopt")
    assert "0 deliveries tried" in program.good("post")
    assert "already the company" in program.run("adopt").stderr
    assert len(list(out.iterdir())) == 1
    assert [alert.kind for alert in open_alerts(open_company(store.path))] == ["stopped"]
    assert "adopted" in [entry.kind for entry in read_journal(open_company(store.path))]


def test_a_backup_opened_without_restoring_sends_nothing(tmp_path: Path) -> None:
    store = a_company(tmp_path)
    queue(store, SenderKind.DEFAULT, message=letter(1))
    program = Program(tmp_path / "home", company=store.path)
    program.good("backup", str(tmp_path / "copy.facturier"))
    copy = Program(program.home, company=tmp_path / "copy.facturier")
    for arguments in (("post",), ("post", "--watch"), ("send", "1001", "--again", "--yes")):
        assert "nothing is sent from it" in (done := copy.run(*arguments)).stdout + done.stderr
        assert done.returncode == 1
    assert list((tmp_path / "out").iterdir()) == []
    # Opening the copy does not make it the company that opens by default.
    assert Program(program.home).good("list").count("1001") == 1
    assert json.loads((program.home / "companies.json").read_text()) == [str(store.path)]

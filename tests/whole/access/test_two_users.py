"""Two users of the operating system at one shared company."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from tests.whole.program import Program

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")

TEAM, MARIE, PAUL, STRANGER = 61000, 61001, 61002, 61003
DRAFT = {"customer": {"name": "Client", "email": "c@client.example"}, "lines": [{"rate": "150.00"}]}


class Someone:
    """A user of the system at the shared company, with their own files in `home`."""

    def __init__(self, home: Path, company: Path, google: Google, uid: int, gid: int) -> None:
        home.mkdir(mode=0o700)
        os.chown(home, uid, gid)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.whole.access.as_user", str(uid), str(gid)],
            env=Program(home, google.url, company).environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Run a verb. Return its exit status, standard output and standard error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"arguments": arguments, "stdin": stdin}) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        return told["status"], told["out"], told["err"]

    def good(self, *arguments: str, stdin: str = "") -> str:
        status, out, err = self.run(*arguments, stdin=stdin)
        assert status == 0, f"{arguments}: {out}{err}"
        return out

    def end(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can enter, unlike pytest's own folders."""
    path = Path(tempfile.mkdtemp(prefix="facturier-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def google(folder: Path) -> Iterator[Google]:
    with Google((Account("billing@me.example"),), folder=folder / "sent") as running:
        (folder / "client.json").write_text(running.client_json())
        (folder / "client.json").chmod(0o644)
        yield running


@pytest.fixture
def team(folder: Path, google: Google) -> Iterator[tuple[Someone, Someone]]:
    """Marie and Paul, who share a group."""
    company = folder / "books" / "me.facturier"
    people = [Someone(folder / str(uid), company, google, uid, TEAM) for uid in (MARIE, PAUL)]
    yield people[0], people[1]
    for person in people:
        person.end()


def test_only_an_approved_user_sends(folder: Path, google: Google, team: tuple[Someone, Someone]) -> None:
    books = folder / "books"
    books.mkdir()
    os.chown(books, 0, TEAM)
    books.chmod(0o2770)
    marie, paul = team
    company = books / "me.facturier"
    marie.good("new", str(company), "--name", "Me & Co", "--email", "hello@me.example")
    found = company.stat()
    assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o660, TEAM)
    marie.good("connect", "--paste", "--client", str(folder / "client.json"), stdin="allow billing@me.example")

    # A colleague can keep the books but not send, until a member has compared the fingerprint.
    made = json.loads(paul.good("draft", "-", "--json", stdin=json.dumps([DRAFT, DRAFT])))
    status, _out, err = paul.run("send", f"@{made[0]['id']}")
    assert status == 1
    assert "not a member" in err
    fingerprint = paul.good("ask").strip()
    assert json.loads(marie.good("people", "--json"))["people"][1]["role"] == "asks"
    assert marie.run("admit", "AAAA-BBBB-CCCC-DDDD")[0] == 1
    marie.good("admit", fingerprint)
    assert "sent" in paul.good("send", f"@{made[0]['id']}")
    assert len(google.messages) == 1
    for beside in books.iterdir():  # the write-ahead log has the same permissions as the file
        assert stat.S_IMODE(beside.stat().st_mode) == 0o660

    # After the removal, a revoked permission and a new one, Paul cannot send any more.
    marie.good("dismiss", fingerprint, "--revoke")
    marie.good("connect", "--paste", "--client", str(folder / "client.json"), stdin="allow billing@me.example")
    assert paul.run("send", f"@{made[1]['id']}")[0] == 1
    assert "sent" in marie.good("send", f"@{made[1]['id']}")
    assert {row["user"] for row in json.loads(marie.good("show", "1001", "--json"))["journal"]} == {f"uid {PAUL}"}

    # Other users of the machine cannot read anything.
    for path in (company, books, *(folder / str(person) for person in (MARIE, PAUL))):
        look = ["ls" if path.is_dir() else "cat", str(path)]
        done = subprocess.run(look, user=STRANGER, group=STRANGER, extra_groups=[], capture_output=True, check=False)
        assert done.returncode != 0
        assert done.stdout == b""
    for person in (MARIE, PAUL):
        for path in (folder / str(person)).rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path

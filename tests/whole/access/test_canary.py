"""Search for every secret of a full run in every file, log, output and process listing that the run leaves."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.practice.http_messages import Fault, Reply
from facturier.mail.senders.default import save_sender
from facturier.models.settings.company import DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

PASSWORD = "canary-4711-0815-password"
DRAFT = {"customer": {"name": "Client", "email": "c@client.example"}, "lines": [{"rate": "150.00"}]}


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    aside = tmp_path / "google"  # the simulator's own files do not belong to Facturier
    aside.mkdir()
    accounts = (Account("billing@me.example"),)
    with Google(accounts, folder=aside / "sent", state=aside / "state.json") as running:
        yield running


def tokens(tmp_path: Path, google: Google) -> set[str]:
    kept = json.loads((tmp_path / "google" / "state.json").read_text())
    client = json.loads(google.client_json())["installed"]["client_secret"]
    return {client, PASSWORD, *kept["access"], *kept["refresh"]}


def found_in_files(folder: Path, secrets: set[str]) -> list[tuple[str, Path]]:
    """Return which secret is in which file. A person's own key is allowed in its own file."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or "google" in path.parts or path.name == "client.json":
            continue
        content = path.read_bytes()
        found += [(secret, path) for secret in secrets if secret.encode() in content]
        if b"AGE-SECRET-KEY" in content and path.parts[-2:] != ("identity", "identity"):
            found.append(("key", path))
    return found


def listing(pid: int) -> str:
    """Return what other programs can read about a process."""
    return "".join(
        Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace") for name in ("cmdline", "environ", "comm")
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_secret_is_left_anywhere(tmp_path: Path, google: Google) -> None:
    program = Program(tmp_path / "home", google.url, tmp_path / "me.facturier")
    (tmp_path / "client.json").write_text(google.client_json())
    said = program.good("new", str(tmp_path / "me.facturier"), "--name", "Me", "--email", "hello@me.example")
    program.good("draft", "-", stdin=json.dumps([DRAFT, DRAFT, DRAFT]))

    process = program.start("connect", "--paste", "--client", str(tmp_path / "client.json"))
    assert process.stdout is not None
    landed = google.allow(process.stdout.readline().strip())
    code = parse_qs(urlsplit(landed).query)["code"][0]
    seen = listing(process.pid)
    out, err = process.communicate(landed + "\n", timeout=60)
    said += out + err
    program.good("send", "@1")

    # Faults, so that something is logged: an invalid answer, and a mail server that does not exist.
    google.faults.append(Fault(on="token", answer=Reply(200, b"<html>")))
    done = program.run("send", "@2")
    said += done.stdout + done.stderr
    store = open_company(tmp_path / "me.facturier")
    ws = open_workspace(store, locations({"FACTURIER_HOME": str(tmp_path / "home")}), Endpoints())
    sender = DefaultSender("smtp", "hello@me.example", "127.0.0.1", 1, "none", "hello")
    company = read_company(store)
    save_sender(ws, replace(company, sender=sender), before=company, shown=company, password=PASSWORD)
    for arguments in (("send", "@3", "--from", "default"), ("doctor",), ("people",), ("show", "1001", "--json")):
        done = program.run(*arguments)
        said += done.stdout + done.stderr
    said += program.good("backup", str(tmp_path / "backup"))

    with terminal(["-m", "facturier"], program.environment) as screens:
        screens.wait_for("1001")
        seen += listing(screens.pid)
        limits = Path(f"/proc/{screens.pid}/limits").read_text()
        screens.press("f2")
        screens.wait_for("Users")
        while_open = found_in_files(tmp_path, tokens(tmp_path, google) | {code})
        said += leave(screens)

    secrets = tokens(tmp_path, google) | {code}
    assert len(secrets) >= 5
    assert while_open == found_in_files(tmp_path, secrets) == []
    assert [secret for secret in secrets if secret in seen + said] == []
    assert "AGE-SECRET-KEY" not in seen + said
    assert re.search(r"Max core file size +0 +0 ", limits)
    assert (tmp_path / "home" / "facturier.log").stat().st_size > 0
    assert list((tmp_path / "home" / "copies").rglob("*.facturier"))
    for path in (tmp_path / "home").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def leave(screens: Terminal) -> str:
    screens.press("escape", "ctrl+q")
    assert screens.ended() == 0
    return screens.written.decode(errors="replace")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is of Linux")
def test_other_programs_cannot_read_the_memory() -> None:
    script = (
        "import ctypes; from facturier.tui.terminal.streams import no_core_dumps; no_core_dumps();"
        " print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "0\n"

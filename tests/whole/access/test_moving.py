"""A company on another machine: what moves with it, and what must be set up again. Each home is a machine."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from tests.whole.program import Program

DRAFT = {"customer": {"name": "Client", "email": "c@client.example"}, "lines": [{"rate": "150.00"}]}


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    with Google((Account("billing@me.example"),), folder=tmp_path / "sent") as running:
        (tmp_path / "client.json").write_text(running.client_json())
        yield running


def machine(tmp_path: Path, google: Google, name: str) -> Program:
    (tmp_path / name).mkdir(mode=0o700)
    return Program(tmp_path / name / "home", google.url, tmp_path / name / "me.facturier")


def connect(program: Program, google: Google, client: Path) -> None:
    process = program.start("connect", "--paste", "--client", str(client))
    assert process.stdout is not None
    link = process.stdout.readline().strip()
    _out, err = process.communicate(google.allow(link) + "\n", timeout=60)
    assert process.returncode == 0, err


def test_a_moved_company_sends_with_its_key_and_needs_a_new_consent_without_it(tmp_path: Path, google: Google) -> None:
    old, new, bare = (machine(tmp_path, google, name) for name in ("old", "new", "bare"))
    old.good("new", str(old.company), "--name", "Me & Co", "--email", "hello@me.example")
    old.good("draft", "-", stdin=json.dumps([DRAFT, DRAFT, DRAFT]))
    connect(old, google, tmp_path / "client.json")
    old.good("send", "@1")
    old.good("backup", str(tmp_path / "copy.facturier"))

    # With the file and the key, it sends without a new consent.
    new.good("restore", str(tmp_path / "copy.facturier"))
    new.home.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(new.home / "identity", ignore_errors=True)
    shutil.copytree(old.home / "identity", new.home / "identity")
    assert "sent" in new.good("send", "@2")
    assert google.counts["consent"] <= 2

    # With only the file, the books are complete, but sending needs a new vault and a new consent.
    bare.good("restore", str(tmp_path / "copy.facturier"))
    assert json.loads(bare.good("list", "--json"))[0]["customer"] == "Client"
    refused = bare.run("send", "@3")
    assert refused.returncode == 1
    assert "not a member" in refused.stderr
    bare.good("people", "--new-vault")
    connect(bare, google, tmp_path / "client.json")
    assert "sent" in bare.good("send", "@3")


def test_restored_over_the_damaged_file_as_the_error_says(tmp_path: Path, google: Google) -> None:
    program = machine(tmp_path, google, "old")
    assert program.company is not None
    program.good("new", str(program.company), "--name", "Me & Co", "--email", "hello@me.example")
    program.good("draft", "-", stdin=json.dumps(DRAFT))
    connect(program, google, tmp_path / "client.json")
    program.good("backup", str(tmp_path / "copy.facturier"))
    program.good("send", "@1")
    program.company.write_bytes(program.company.read_bytes()[:10_000])
    assert "damaged" in program.run("list").stderr

    said = program.good("restore", str(tmp_path / "copy.facturier"))

    assert "The next invoice will be 1001" in said
    assert program.good("people").count("member") == 1  # no alarm, because this person restored the older vault
    assert json.loads(program.good("list", "--json"))[0]["delivery"] == "draft"

"""A key under a passphrase: asked for at a terminal, and said where there is none."""

import json
from pathlib import Path

from facturier.mail.desk import Desk
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.places import places
from facturier.models.store import open_company
from tests.whole.program import Program
from tests.whole.terminal import terminal


def test_verbs_ask_at_a_terminal_and_say_so_without_one(tmp_path: Path) -> None:
    company = tmp_path / "me.facturier"
    program = Program(tmp_path / "home", company=company)
    program.good("new", str(company), "--name", "Me", "--email", "hello@me.example")
    desk = Desk(open_company(company), places({"FACTURIER_HOME": str(tmp_path / "home")}), Endpoints())
    desk.vault.change(lambda secrets: secrets)

    with terminal(["-m", "facturier", "passphrase"], program.environment) as screen:
        screen.wait_for("New passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("Once more")
        screen.press("xyz", "enter")
        screen.wait_for("under a passphrase")
        assert screen.ended() == 0
        assert b"xyz" not in screen.written

    told = program.run("people", "--json")
    assert json.loads(told.stdout)["may_send"] is False
    assert "no terminal to type it at" in program.run("people").stderr
    assert program.run("post").returncode == 0
    assert program.run("passphrase", "--remove").returncode == 1

    with terminal(["-m", "facturier", "people"], program.environment) as screen:
        screen.wait_for("Passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("may send")
        assert screen.ended() == 0

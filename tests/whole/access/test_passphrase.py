"""A key with a passphrase: the program asks for it in a terminal, and reports that it cannot ask without one."""

import json
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.vault.kernel_keyring import can_hold
from facturier.models.store.opening import open_company
from tests.mail.vault.wrapping import wrap_quickly
from tests.whole.program import Program
from tests.whole.terminal import terminal


def test_verbs_ask_at_a_terminal_and_fail_without_one(tmp_path: Path) -> None:
    company = tmp_path / "me.facturier"
    program = Program(tmp_path / "home", company=company)
    program.good("new", str(company), "--name", "Me", "--email", "hello@me.example")
    ws = open_workspace(open_company(company), locations({"FACTURIER_HOME": str(tmp_path / "home")}), Endpoints())
    ws.keys.vault.change(lambda secrets: secrets)

    with terminal(["-m", "facturier", "passphrase"], program.environment, columns=200) as screen:
        screen.wait_for("New passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("Repeat")
        screen.press("xyz", "enter")
        screen.wait_for("protected by a passphrase")
        assert screen.ended() == 0
        assert b"xyz" not in screen.written

    told = program.run("people", "--json")
    assert json.loads(told.stdout)["may_send"] is False
    assert "no terminal to enter it" in program.run("people").stderr
    assert program.run("doctor").stdout.count("no terminal to enter it") == 1
    assert program.run("post").returncode == 0
    assert program.run("passphrase", "--remove").returncode == 1

    with terminal(["-m", "facturier", "people"], program.environment) as screen:
        screen.wait_for("Passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("member")
        assert screen.ended() == 0


@pytest.mark.skipif(not can_hold(), reason="the kernel here keeps no keys, or does not let us ask")
def test_the_key_is_held_for_cron_until_a_person_ends_it(tmp_path: Path) -> None:
    company = tmp_path / "me.facturier"
    program = Program(tmp_path / "home", company=company)
    program.good("new", str(company), "--name", "Me", "--email", "hello@me.example")
    ws = open_workspace(open_company(company), locations({"FACTURIER_HOME": str(tmp_path / "home")}), Endpoints())
    ws.keys.vault.change(lambda secrets: secrets)
    wrap_quickly(ws.keys.identity, "xyz")

    assert program.run("passphrase", "--hold", "8 hours").returncode == 2
    with terminal(["-m", "facturier", "passphrase", "--hold", "8h"], program.environment) as screen:
        screen.wait_for("Passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("Your key stays unlocked until")
        assert screen.ended() == 0
    try:
        told = program.run("doctor").stdout  # as from cron: no terminal
        assert "protected by a passphrase, unlocked until" in told
        assert "no terminal to enter it" in program.run("passphrase", "--remove").stderr  # needs the passphrase itself
        found = [path for path in tmp_path.rglob("*") if path.is_file() and b"AGE-SECRET-KEY" in path.read_bytes()]
        assert found == []
    finally:
        said = program.good("passphrase", "--forget")
    assert "locked again" in said
    assert json.loads(program.run("people", "--json").stdout)["may_send"] is False


WITHOUT_KEYS = """
import ctypes, errno, sys
from facturier.mail.vault.kernel_keyring import kernel_keys
calls = kernel_keys()
rules = [(0x20, 0, 0, 0), *((0x15, 0, 1, call) for call in (calls.add_key, calls.keyctl))]  # load the number; compare
rules = [rules[0], rules[1], (0x06, 0, 0, 0x50000 | errno.EPERM), rules[2], (0x06, 0, 0, 0x50000 | errno.EPERM)]
rules.append((0x06, 0, 0, 0x7FFF0000))  # all else is allowed
class Rule(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint)]
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("rules", ctypes.POINTER(Rule))]
libc = ctypes.CDLL(None)
program = Program(len(rules), (Rule * len(rules))(*rules))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
kernel_keys.cache_clear()
from facturier.tui.main import main
sys.exit(main(["passphrase", "--hold", "8h"]))
"""


@pytest.mark.skipif(not can_hold(), reason="the kernel here keeps no keys anyway")
def test_a_container_without_kernel_keys_is_reported(tmp_path: Path) -> None:
    company = tmp_path / "me.facturier"
    program = Program(tmp_path / "home", company=company)
    program.good("new", str(company), "--name", "Me", "--email", "hello@me.example")
    ws = open_workspace(open_company(company), locations({"FACTURIER_HOME": str(tmp_path / "home")}), Endpoints())
    wrap_quickly(ws.keys.identity, "xyz")
    with terminal(["-c", WITHOUT_KEYS], program.environment) as screen:
        screen.wait_for("Passphrase")
        screen.press("xyz", "enter")
        screen.wait_for("cannot keep a key unlocked")
        assert screen.ended() == 1

"""A real desktop keyring: gnome-keyring on its own D-Bus, both unlocked and locked with an unanswered prompt."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason="needs gnome-keyring and dbus, which the program does without"
)

SESSION = """
import json, subprocess, sys, time
from pathlib import Path
import secretstorage
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from facturier.mail.errors import VaultError
from facturier.mail.vault.identity import load_identity

subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"pw", stdout=2, check=True)
told = {}
def load(name, wait=5):
    begun = time.monotonic()
    try:
        identity = load_identity(Path(name), ask_passphrase=None, wait=wait)
        told.setdefault(name, []).append([str(identity.place), identity.recipient])
    except VaultError as error:
        told.setdefault(name, []).append([error.happened, ""])
    return time.monotonic() - begun

load("desktop")
load("desktop")
bus = secretstorage.dbus_init()
told["kept"] = [item.get_secret().decode() for item in secretstorage.search_items(bus, {"service": "facturier"})]
secretstorage.get_default_collection(bus).lock()
# The prompter is this connection, which lets it stand.
prompter, bus = open_dbus_connection(), "org.freedesktop.DBus"
dbus = DBusAddress("/org/freedesktop/DBus", bus, bus)
prompter.send_and_get_reply(new_method_call(dbus, "RequestName", "su", ("org.gnome.keyring.SystemPrompter", 4)))
told["waited"] = [load("desktop", 0.3), load("desktop"), load("new")]
json.dump(told, sys.stdout)
"""


def test_a_real_keyring_keeps_the_key_and_a_locked_one_times_out(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBUS", "XDG", "PYTHON_KEYRING"))}
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", SESSION],
        env={**kept, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "LANG": "C", "PYTHONPATH": root},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (secret,) = told["kept"]
    made, again, locked, still_locked = told["desktop"]
    assert made == again
    assert made[0] == "keyring"
    assert secret.startswith("AGE-SECRET-KEY-1")
    assert [path for path in tmp_path.rglob("desktop/*") if secret in path.read_text()] == []
    assert "locked" in locked[0]
    assert locked == still_locked
    assert [place for place, _recipient in told["new"]] == ["file"]
    assert told["waited"][0] >= 0.3
    assert max(told["waited"][1:]) < 4  # asked once, and not again while the prompt is open

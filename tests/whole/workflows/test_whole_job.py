"""The whole job in a pseudo-terminal of 80 by 24, with keys only, as a new user of the demo company does it."""

import email
import json
import os
import re
import signal
import time
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest

from facturier.models.store.opening import open_company
from facturier.tui.screen import PATIENCE
from tests.whole.program import Program
from tests.whole.terminal import Terminal, terminal

pytestmark = pytest.mark.xdist_group("practice")  # one worker, so that the sample books are created only once

PRACTICE = ["-m", "facturier", "practice"]
FIRST_START = 30  # seconds, because the sample books are created


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("home"))


def choose_from(screen: Terminal, *keys: str) -> None:
    """Open From in the preview, which has the focus at first, and press keys in it."""
    screen.press("enter")
    screen.wait_for("Add Gmail address…")
    screen.press(*keys)


def test_from_a_new_invoice_to_sent_and_back_to_the_default_sender(program: Program) -> None:
    sent = program.home / "practice" / "sent"
    with terminal(PRACTICE, program.environment) as screen:
        # 1. The list is shown, and says that no email is sent.
        screen.wait_for("Acme Conseil inc.", "no email is sent", "5 alerts", seconds=FIRST_START)
        screen.wait_for("From hello@acme.example")

        # 2. A new invoice: a customer and two lines, with Enter from field to field.
        screen.press("n")
        screen.wait_for("New invoice", "1301 when issued")
        screen.press("boulang")
        screen.wait_for("Boulangerie Tremblay")
        screen.press("enter")
        screen.wait_for("compta@tremblay.example")
        screen.press("consul")
        screen.wait_for("Consulting, per hour")
        screen.press("enter")
        screen.press("8", "enter")
        screen.wait_for("1,149.75", "99.75", "saved")

        # 3. Save & send opens the preview. Nothing has been sent.
        screen.press("f9")
        screen.wait_for("Send invoice 1301 to Boulangerie Tremblay", "✓ Ready", "Bonjour Marie Tremblay")
        assert list(sent.iterdir()) == []

        # 4. and 5. From: add a Gmail address and allow it. From then shows it.
        choose_from(screen, "down", "enter")
        screen.wait_for("client_secret.json")
        screen.press("enter")
        screen.wait_for("Open this address on any device", "Google does not allow device codes", "ssh -L")
        # The whole link can be selected, because the terminal shows nothing else.
        before = len(screen.written)
        screen.press("F")
        screen.wait_for("Press Esc to go back to Facturier.")
        screens, _home, alone = screen.written[before:].partition(b"\x1b[H")
        assert b"\x1b[?1049l" in screens
        assert re.match(rb"http://127\.0\.0\.1:\d+/o/oauth2/v2/auth\?[\w=&%.+-]{300,}prompt=consent\r\n", alone)
        screen.press("escape")
        screen.wait_for("Open this address on any device", "ssh -L")
        screen.press("f7")
        screen.wait_for("Allow as billing@acme.example")
        screen.press("enter")
        screen.wait_for("Your browser would now show this address")
        screen.press("enter")
        screen.wait_for("From     billing@acme.example", "✓ Ready")

        # 6. Send: the badge changes from Queued to Sent automatically, after the ten seconds for undo.
        screen.press("f9")
        screen.wait_for("From billing@acme.example", "↻ Queued")
        [row] = [line for line in screen.lines if "1301" in line and "1,149.75" in line]
        assert "↻ Queued" in row
        assert list(sent.iterdir()) == []
        screen.wait_for("1,149.75  ✓ Sent", seconds=30)
        [path] = sent.iterdir()
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        assert message["From"].addresses[0].addr_spec == "billing@acme.example"
        assert message["To"].addresses[0].addr_spec == "compta@tremblay.example"
        [attachment] = message.iter_attachments()
        assert attachment.get_filename() == "Facture-1301-Acme-Conseil-inc.pdf"

        # 7. The alerts are open, and say what to do.
        screen.press("a")
        screen.wait_for("mailbox does not exist")
        screen.press("escape")

        # 8. Settings → Account and settings → Company → Contact info → company email.
        screen.press("f2")
        screen.wait_for("Account and settings", "Contact info", "hello@acme.example")
        screen.press("escape")
        screen.wait_for("Overdue")

        # 9. Remove the Gmail address: the default sender is used again.
        screen.press("n")
        screen.wait_for("New invoice")
        screen.press("harbour")
        screen.wait_for("Harbour Systems")
        screen.press("enter")
        screen.wait_for("accounts@harbour.example")
        screen.press("book")
        screen.wait_for("Printed handbook")
        screen.press("enter", "1", "enter", "f9")
        screen.wait_for("Send invoice 1302", "From     billing@acme.example", "✓ Ready")
        choose_from(screen, "end", "enter")
        screen.wait_for("Remove Gmail address?")
        screen.press("y")
        screen.wait_for("From     hello@acme.example", "✓ Ready")
        time.sleep(PATIENCE)  # as a person reads it first, because a key that may be held sends nothing
        screen.press("f9")
        screen.wait_for("From hello@acme.example", "↻ Queued")
        screen.wait_for("41.95  ✓ Sent", seconds=30)
        assert len(list(sent.iterdir())) == 2

        # Quit.
        screen.press("q")
        assert screen.ended() == 0
        assert screen.written.rstrip().endswith(b"\x1b[?1049l") or b"\x1b[?1049l" in screen.written[-400:]
    open_company(books(program))


def books(program: Program) -> Path:
    return program.home / "practice" / "Acme Conseil.facturier"


def drafts_of(program: Program) -> list[str]:
    # The demo company opens only with a simulator in the environment, but `list` does not call it.
    listed = json.loads(replace(program, google="http://127.0.0.1:9", company=books(program)).good("list", "--json"))
    return [row["customer"] for row in listed if row["delivery"] == "draft"]


def type_a_draft(screen: Terminal, name: str) -> None:
    screen.wait_for("no email is sent", "Overdue", seconds=FIRST_START)
    screen.press("n")
    screen.wait_for("New invoice")
    screen.press(name)
    screen.wait_for(f"New customer “{name}”")


@pytest.mark.parametrize("ending", ["kill", "terminate", "hang up", "ctrl+c"])
def test_the_draft_and_the_file_survive_any_end_of_the_program(program: Program, ending: str) -> None:
    name = f"Client {ending}"
    with terminal(PRACTICE, program.environment) as screen:
        type_a_draft(screen, name)
        if ending == "kill":
            screen.wait_for("saved", seconds=5)  # a kill loses at most the last second of typing
            screen.signal(signal.SIGKILL)
        elif ending == "terminate":
            screen.signal(signal.SIGTERM)
        elif ending == "hang up":
            screen.hang_up()
        else:
            screen.press("ctrl+c")
            screen.wait_for("Quit Facturier?")
            screen.press("y")
        if ending != "hang up":
            status = screen.ended()
            statuses = {"kill": -signal.SIGKILL, "terminate": 128 + signal.SIGTERM, "ctrl+c": 0}
            assert status == statuses[ending], screen.text
        if ending in ("terminate", "ctrl+c"):
            assert b"\x1b[?1049l" in screen.written[-600:]
            assert "Traceback" not in screen.text
        wait_until_gone(screen.pid)
    open_company(books(program))  # checks the file
    assert name in drafts_of(program)


def wait_until_gone(pid: int, seconds: float = 20) -> None:
    import time

    deadline = time.monotonic() + seconds
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            pass
        if " Z " in Path(f"/proc/{pid}/stat").read_text():
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists(), "the program has not ended"

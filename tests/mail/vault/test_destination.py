"""The default sender uses the server or folder that a member saved, and its password goes to no other server, even if
someone edits the settings in the file."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.mail.errors import NotAMember, Refused, SenderRefused
from facturier.mail.practice.google import Google
from facturier.mail.senders.default import default_sender, is_saved, save_sender, sender_of
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.destination import smtp_password
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.status import State
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import Company, DefaultSender
from facturier.models.settings.settings import read_company
from tests.mail.vault.two_people import Sit, connect, google, problem_of, send, sit, state_of, write
from tests.models.making import DEFAULT, Clock, next_is

__all__ = ["google", "sit"]
SMTP = DefaultSender("smtp", DEFAULT, "smtp.acme.example", user="hello")
PASSWORD = "canary-0815"


@pytest.fixture
def marie(sit: Sit, google: Google) -> Workspace:
    found = sit("marie")
    connect(found, google)
    return found


def save(ws: Workspace, sender: DefaultSender, password: str = "", shown: Company | None = None) -> None:
    """Save as the settings screen does if it was opened on `shown`."""
    before = ws.company()
    save_sender(ws, replace(before, sender=sender), before=before, shown=shown or before, password=password)


def set_by_hand(ws: Workspace, **changes: object) -> None:
    for name, value in changes.items():
        write(ws, f"UPDATE setting SET value = json_set(value, '$.{name}', '{value}') WHERE key = 'sender'")


def test_a_folder_changed_by_hand_receives_nothing(marie: Workspace, tmp_path: Path, still: Clock) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    autostart = tmp_path / "marie" / "autostart"
    autostart.mkdir()
    set_by_hand(marie, folder=str(autostart))
    postman(marie).deliver()
    assert list(autostart.iterdir()) == []
    assert state_of(marie, queued) is State.QUEUED  # it waits until a user has checked
    assert str(autostart) in problem_of(marie, queued)
    assert [alert.kind for alert in open_alerts(marie.store)] == ["turned_away"]
    with pytest.raises(Refused, match="was not saved by a member"):
        send(marie, SenderKind.DEFAULT)

    set_by_hand(marie, folder=str(tmp_path / "out"))
    still.go(hours=1)
    postman(marie).deliver()
    assert state_of(marie, queued) is State.SENT


@pytest.mark.parametrize(
    "changes",
    [{"kind": "smtp", "host": "smtp.evil.example"}, {"kind": "folder", "folder": "~/.ssh"}, {"kind": ""}],
    ids=str,
)
def test_no_other_sender_is_used(marie: Workspace, changes: dict[str, object]) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    set_by_hand(marie, **changes)
    postman(marie).deliver()
    assert state_of(marie, queued) is State.QUEUED
    assert not is_saved(marie, marie.company())


def test_a_planted_demo_folder_receives_nothing(marie: Workspace, tmp_path: Path) -> None:
    send(marie, SenderKind.DEFAULT)
    (tmp_path / "evil").mkdir()
    write(marie, f"REPLACE INTO setting VALUES ('practice', '{json.dumps(str(tmp_path / 'evil'))}')")
    postman(marie).deliver()
    assert list((tmp_path / "evil").iterdir()) == []
    assert list((tmp_path / "out").iterdir()) == []


def test_a_user_who_may_not_send_cannot_save_it(sit: Sit, marie: Workspace) -> None:
    with pytest.raises(NotAMember):
        save(sit("mallory"), SMTP)
    with pytest.raises(NotAMember):
        save(sit("mallory"), SMTP, PASSWORD)
    assert marie.company().sender.kind == "folder"
    assert is_saved(marie, marie.company())


def test_a_member_s_settings_apply_and_waiting_deliveries_continue(marie: Workspace, tmp_path: Path) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    (tmp_path / "out").rmdir()
    postman(marie).deliver()
    assert state_of(marie, queued) is State.QUEUED
    (tmp_path / "other").mkdir()
    save(marie, replace(marie.company().sender, folder=str(tmp_path / "other")))
    postman(marie).deliver()
    assert state_of(marie, queued) is State.SENT


def test_the_password_is_sent_only_to_its_own_server(marie: Workspace) -> None:
    save(marie, SMTP, PASSWORD)
    assert smtp_password(marie.keys.vault.read(), SMTP) == PASSWORD
    set_by_hand(marie, host="smtp.mallory.example")
    with pytest.raises(SenderRefused):
        default_sender(marie)
    with pytest.raises(SenderRefused):
        sender_of(marie, marie.company())


@pytest.mark.parametrize("field", ["host", "port", "security", "user"])
def test_saving_another_field_does_not_send_the_password_elsewhere(marie: Workspace, field: str) -> None:
    """Someone changed the server in the file, and a member saves a new From address."""
    save(marie, SMTP, PASSWORD)
    write(marie, f"UPDATE setting SET value = json_set(value, '$.{field}', 25) WHERE key = 'sender'")
    if field != "port":
        set_by_hand(marie, **{field: "none" if field == "security" else "evil"})
    there = marie.company()
    with pytest.raises(SenderRefused, match="enter its password again"):
        save(marie, replace(there.sender, address="new@acme.example"), shown=there)
    assert marie.company() == there
    with pytest.raises(SenderRefused):
        smtp_password(marie.keys.vault.read(), there.sender)
    save(marie, there.sender, "another")
    assert smtp_password(marie.keys.vault.read(), there.sender) == "another"


def test_changes_behind_the_open_settings_are_not_approved(marie: Workspace) -> None:
    shown = marie.company()
    set_by_hand(marie, folder="/home/marie/.ssh")
    with pytest.raises(ChangedElsewhere):
        save(marie, replace(marie.company().sender, address="new@acme.example"), shown=shown)
    assert not is_saved(marie, marie.company())


def test_settings_that_cannot_be_saved_do_not_change_the_vault(marie: Workspace) -> None:
    queued = send(marie, SenderKind.DEFAULT)
    before = marie.company()
    taken = replace(next_is(before, int(queued.number)), sender=SMTP)
    with pytest.raises(InputError):
        save_sender(marie, taken, before=before, shown=before, password=PASSWORD)
    assert marie.keys.vault.read().smtp_password == ""
    assert is_saved(marie, marie.company())


def test_without_members_the_settings_are_enough(sit: Sit) -> None:
    paul = sit("paul")
    save(paul, replace(paul.company().sender, user="paul"))
    assert paul.store.rows("SELECT * FROM vault") == []
    assert is_saved(paul, read_company(paul.store))


def test_the_first_member_approves_the_current_settings(sit: Sit, google: Google) -> None:
    marie = sit("marie")
    connect(marie, google)
    assert is_saved(marie, marie.company())
    set_by_hand(marie, folder="elsewhere")
    assert not is_saved(marie, marie.company())

"""A sender that is rejected for every message: one try, one alert, and everything waits until the cause is fixed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from facturier.mail.errors import SenderRefused
from facturier.mail.senders.protocol import Receipt
from facturier.models.books.alerts import open_alerts
from facturier.models.company.connection import set_connection
from facturier.models.company.save_settings import save_company
from facturier.models.outbox import pauses
from facturier.models.outbox.deliveries import unfinished
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.pauses import dismiss_alert, server_pauses
from facturier.models.outbox.schedule import next_due
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from tests.mail.scripted import ScriptedSender
from tests.mail.sending.test_postman import alerts, postman
from tests.models.making import DEFAULT, GMAIL, Clock, queue

WRONG = SenderRefused("The mail server rejected the sign-in of marie.", reply="535 5.7.8", todo="Check the password.")


def turned_away(store: Store, sender_kind: SenderKind = SenderKind.DEFAULT, count: int = 3) -> ScriptedSender:
    sender = ScriptedSender(sessions=sender_kind is SenderKind.GMAIL, opening=[WRONG] * 99)
    for _ in range(count):
        queue(store, sender_kind)
    assert postman(store, sender).deliver() == 1
    return sender


def test_other_deliveries_are_not_tried_one_by_one(store: Store) -> None:
    turned_away(store)
    assert [delivery.state for delivery in unfinished(store)] == ["queued"] * 3
    [alert] = open_alerts(store)
    assert (alert.kind, alert.detail) == ("turned_away", {"address": DEFAULT, "reason": str(WRONG)})
    assert "Check the password" in alert.detail["reason"]


def test_it_is_tried_less_and_less_often_until_it_works(store: Store, still: Clock) -> None:
    sender = turned_away(store)
    waits = []
    for _ in range(12):
        due = next_due(store)
        assert due is not None
        waits.append(due - still.now)
        still.now = due
        assert postman(store, sender).deliver() == 1
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [5, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert alerts(store) == ["turned_away"]
    sender.opening.clear()
    still.go(days=1)
    assert postman(store, sender).deliver() == 3
    assert alerts(store) == []


def new_password_or_folder(store: Store) -> None:
    company = read_company(store)
    save_company(store, replace(company, sender=replace(company.sender, folder="elsewhere")))


def a_person_says_so(store: Store) -> None:
    dismiss_alert(store, open_alerts(store)[0].id)


def connected_anew(store: Store) -> None:
    set_connection(store, GMAIL, "client")


@pytest.mark.parametrize(
    ("sender_kind", "mend"),
    [
        (SenderKind.DEFAULT, new_password_or_folder),
        (SenderKind.DEFAULT, a_person_says_so),
        (SenderKind.GMAIL, connected_anew),
    ],
)
def test_after_a_fix_deliveries_are_sent_at_once(
    store: Store, sender_kind: SenderKind, mend: Callable[[Store], None]
) -> None:
    sender = turned_away(store, sender_kind)
    mend(store)
    assert alerts(store) == []
    sender.opening.clear()
    assert postman(store, sender).deliver() == 3


def test_each_sender_has_its_own_alert_and_its_own_queue(store: Store) -> None:
    turned_away(store)
    queue(store, SenderKind.GMAIL)
    # the other sender continues, and reports nothing about the first
    assert postman(store, ScriptedSender()).deliver() == 1
    turned_away(store, SenderKind.GMAIL)
    assert [alert.detail["address"] for alert in open_alerts(store)] == [DEFAULT, GMAIL]


def test_a_fix_releases_only_that_sender(store: Store, still: Clock) -> None:
    until = still() + timedelta(hours=1)
    pauses.pause_sender(store, DEFAULT, until, "451 slow down")
    new_password_or_folder(store)  # nothing was wrong: the pause that the server asked for still applies
    assert server_pauses(store) == {DEFAULT: (until, "451 slow down")}
    still.now = until
    pauses.pause_sender(store, GMAIL, until + timedelta(hours=1), "429")
    turned_away(store)
    save_company(store, replace(read_company(store), sender=replace(read_company(store).sender, folder="mended")))
    assert list(server_pauses(store)) == [GMAIL]
    assert store.rows("SELECT dealt_by FROM alert") == [(store.user,)]


def test_a_server_that_accepts_some_messages_does_not_stop_the_sender(store: Store, still: Clock) -> None:
    sender = turned_away(store, count=1)
    sender.opening.clear()
    sender.receipt = Receipt("250", refused={"boss@tremblay.example": "550"})
    still.go(minutes=5)
    assert postman(store, sender).deliver() == 1
    assert alerts(store) == []

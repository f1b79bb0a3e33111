"""The postman with Gmail over real HTTP: the result of each fault, counted on the server."""

from dataclasses import replace
from datetime import timedelta

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault, Reply
from facturier.mail.senders.gmail import GmailSender
from facturier.mail.sending.postman import Postman
from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.connection import set_connection
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.schedule import next_due
from facturier.models.store.store import Store
from tests.mail.google.letters import letter
from tests.models.making import GMAIL, NOON, Clock, queue

ID = "<1043@acme.example>"


@pytest.fixture
def gmail(grant: Grant, endpoints: Endpoints, still: Clock) -> GmailSender:
    return GmailSender(grant, endpoints, still, timeout=(2, 0.3))


@pytest.fixture
def postman(store: Store, gmail: GmailSender) -> Postman:
    return Postman(store, lambda _delivery, _message: gmail, "me", gone=lambda _owner: False, ask_pause=0)


@pytest.fixture
def delivery(store: Store) -> Delivery:
    return queue(store, message=letter(ID))


def asked(google: Google) -> tuple[int, int, int]:
    """The number of sessions opened, of PUTs with bytes, and of status queries."""
    return google.counts["open"], google.counts["put"], google.counts["ask"]


def test_one_post_and_one_put(google: Google, store: Store, postman: Postman, delivery: Delivery) -> None:
    postman.deliver()
    found = get_delivery(store, delivery.id)
    assert found.state is State.SENT
    assert found.server_id == google.messages[0].id
    assert asked(google) == (1, 1, 0)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("put", accept=True, drop=True),
        Fault("put", accept=True, delay=0.6),
        Fault("put", accept=True, answer=http_messages.backend_error(503)),
        Fault("put", accept=True, answer=http_messages.backend_error(500)),
        Fault("put", accept=True, answer=Reply(200, b"{}")),
        Fault("put", accept=True, answer=Reply(200, b"<html>")),
    ],
    ids=["dropped", "timeout", "503", "500", "no id", "no json"],
)
def test_accepted_and_the_answer_lost(
    google: Google, store: Store, postman: Postman, delivery: Delivery, fault: Fault
) -> None:
    google.faults.append(replace(fault))
    postman.deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert google.accepted == {ID: 1}
    assert asked(google) == (1, 1, 1)
    assert open_alerts(store) == []


@pytest.mark.parametrize(
    "fault", [Fault("put", drop=True), Fault("put", cut=40), Fault("put", answer=http_messages.backend_error())]
)
def test_not_accepted_and_the_answer_lost(
    google: Google, store: Store, postman: Postman, delivery: Delivery, fault: Fault
) -> None:
    """The same session reports the missing bytes and accepts them: two PUTs, one message."""
    fault = replace(fault, accept=False)
    google.faults.append(fault)
    postman.deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert google.accepted == {ID: 1}
    assert google.counts["open"] == 1
    assert google.counts["put"] <= 2


def test_a_forgotten_session_means_in_doubt(
    google: Google, store: Store, postman: Postman, delivery: Delivery, still: Clock
) -> None:
    not_found = http_messages.gmail_error(404, "notFound", "Not Found")
    google.faults += [Fault("put", accept=True, drop=True), Fault("ask", answer=not_found, times=4)]
    postman.deliver()
    assert get_delivery(store, delivery.id).state is State.IN_DOUBT
    assert [alert.kind for alert in open_alerts(store)] == ["in_doubt"]
    assert asked(google) == (1, 1, 3)
    still.go(minutes=1)
    postman.deliver()
    assert asked(google) == (1, 1, 4)
    assert google.accepted == {ID: 1}
    still.go(days=1)
    postman.deliver()  # the server knows the session again
    assert get_delivery(store, delivery.id).state is State.SENT


def test_an_expired_access_token_is_renewed_once(
    google: Google, store: Store, postman: Postman, delivery: Delivery
) -> None:
    postman.deliver()
    google.expire_access()
    following = queue(store, message=letter("<1044@acme.example>"))
    postman.deliver()
    assert get_delivery(store, following.id).state is State.SENT
    assert google.counts["refresh"] == 2
    assert len(google.messages) == 2


@pytest.mark.parametrize("on", ["open", "put"])
def test_a_rate_limit_pauses_the_address_until_the_given_time(
    google: Google, store: Store, postman: Postman, delivery: Delivery, still: Clock, on: str
) -> None:
    until = NOON + timedelta(minutes=3)
    google.faults.append(Fault(on, answer=http_messages.rate_limited(until)))
    second = queue(store, message=letter("<1044@acme.example>"))
    assert postman.deliver() == 1
    assert get_delivery(store, delivery.id).state is State.QUEUED
    assert next_due(store) == until
    assert postman.deliver() == 0
    still.now = until
    assert postman.deliver() == 2
    assert {get_delivery(store, one.id).state for one in (delivery, second)} == {State.SENT}
    assert google.accepted == {ID: 1, "<1044@acme.example>": 1}


def test_the_daily_limit_waits_for_the_next_day(
    google: Google, store: Store, postman: Postman, delivery: Delivery
) -> None:
    google.faults.append(Fault("open", answer=http_messages.daily_limit()))
    postman.deliver()
    assert next_due(store) == (NOON + timedelta(days=1)).replace(hour=8)  # midnight in California
    assert asked(google) == (1, 0, 0)


@pytest.mark.parametrize("on", ["open", "put"])
@pytest.mark.parametrize(
    "answer", [http_messages.api_disabled("acme"), http_messages.domain_policy(), http_messages.no_mail_service()]
)
def test_an_error_of_the_account_is_reported_once_for_all_deliveries(
    google: Google, store: Store, postman: Postman, delivery: Delivery, on: str, answer: Reply
) -> None:
    queue(store, message=letter("<1044@acme.example>"))
    google.faults.append(Fault(on, answer=answer))
    assert postman.deliver() == 1
    assert get_delivery(store, delivery.id).state is State.QUEUED
    [alert] = open_alerts(store)
    assert alert.kind == "turned_away"
    assert google.accepted == {}


def test_other_refusals_fail_with_advice(google: Google, store: Store, postman: Postman, delivery: Delivery) -> None:
    google.faults.append(Fault("put", answer=http_messages.bad_message("Invalid To header")))
    postman.deliver()
    found = get_delivery(store, delivery.id)
    assert found.state is State.FAILED
    [alert] = open_alerts(store)
    assert alert.kind == "failed"
    assert alert.detail["recipients"] == "marie@tremblay.example"
    assert f"{alert.detail['reason']} {alert.detail['todo']}" == found.problem
    assert google.accepted == {}


def test_invalid_grant_stops_the_queue_until_reconnected(
    google: Google, store: Store, postman: Postman, delivery: Delivery, still: Clock
) -> None:
    google.end()
    second = queue(store, message=letter("<1044@acme.example>"))
    postman.deliver()
    assert {get_delivery(store, one.id).state for one in (delivery, second)} == {State.QUEUED}
    assert [alert.kind for alert in open_alerts(store)] == ["connection_over"]
    assert asked(google) == (0, 0, 0)
    still.go(days=1)
    assert postman.deliver() == 0


def test_reconnected(
    google: Google, store: Store, postman: Postman, delivery: Delivery, gmail: GmailSender, endpoints: Endpoints
) -> None:
    from facturier.mail.google.consent import Consent

    google.end()
    postman.deliver()
    consent = Consent(gmail.grant.client, endpoints, 53682)
    new = GmailSender(consent.accept(google.allow(consent.link)), endpoints)
    set_connection(store, GMAIL, gmail.grant.client.id)
    Postman(store, lambda _delivery, _message: new, "me").deliver()
    assert get_delivery(store, delivery.id).state is State.SENT
    assert google.accepted == {ID: 1}
    assert open_alerts(store) == []


def test_google_unreachable_is_tried_again(
    google: Google, store: Store, postman: Postman, delivery: Delivery, still: Clock
) -> None:
    google.faults.append(Fault("open", drop=True))
    postman.deliver()
    assert get_delivery(store, delivery.id).state is State.QUEUED
    assert read_journal(store, delivery.invoice_id)[-1].kind == "released"
    still.go(minutes=1)
    postman.deliver()
    assert google.accepted == {ID: 1}


def test_the_session_is_not_in_the_journal(google: Google, store: Store, postman: Postman, delivery: Delivery) -> None:
    google.faults += [Fault("put", drop=True), Fault("ask", drop=True, times=9)]
    postman.deliver()
    session = get_delivery(store, delivery.id).session
    told = str(read_journal(store, delivery.invoice_id))
    assert session
    assert session.rpartition("=")[2] not in told


ABOUT_THE_ACCOUNT = {
    "precondition": http_messages.gmail_error(400, "failedPrecondition", "Precondition check failed."),
    "delegation": http_messages.gmail_error(403, "forbidden", "Delegation denied for billing@acme.example"),
    "unknown": http_messages.gmail_error(403, "neverHeardOf", "No."),
    "no mail": http_messages.no_mail_service(),
    "API off": http_messages.api_disabled("practice"),
    "gone": http_messages.gmail_error(402, "paymentRequired", "Pay first."),
}
NOT_GOOGLES = {
    "firewall": Reply(403, b"<html>blocked by the firewall</html>"),
    "proxy": Reply(407),
    "hotel": Reply(401, b"<html>sign in, please</html>"),
    "JSON of its own": Reply(403, b'{"error": "blocked"}'),
    "bad request": Reply(400, b"<html>bad request</html>"),
    "legal": Reply(451, b"no"),
}


@pytest.mark.parametrize("on", ["open", "put"])
@pytest.mark.parametrize("answer", ABOUT_THE_ACCOUNT.values(), ids=ABOUT_THE_ACCOUNT.keys())
def test_an_error_of_the_account_stops_the_sender_once(
    google: Google, store: Store, postman: Postman, still: Clock, on: str, answer: Reply
) -> None:
    if (on, answer.status) == ("put", 402):
        pytest.skip("after the bytes only a clear word counts")
    waiting = [queue(store, message=letter(f"<{number}@acme.example>")) for number in range(3)]
    google.faults.append(Fault(on, answer=answer, times=99))
    postman.deliver()
    postman.deliver()
    assert {get_delivery(store, one.id).state for one in waiting} == {State.QUEUED}
    assert [alert.kind for alert in open_alerts(store)] == ["turned_away"]
    assert google.counts[on] == 1
    google.faults.clear()
    still.go(minutes=6)
    postman.deliver()
    assert {get_delivery(store, one.id).state for one in waiting} == {State.SENT}
    assert set(google.accepted.values()) == {1}
    assert open_alerts(store) == []


@pytest.mark.parametrize("on", ["refresh", "open"])
@pytest.mark.parametrize("answer", NOT_GOOGLES.values(), ids=NOT_GOOGLES.keys())
def test_an_answer_that_is_not_googles_stops_the_sender_once(
    google: Google, store: Store, postman: Postman, still: Clock, on: str, answer: Reply
) -> None:
    if on == "refresh" and answer.body.startswith(b"{"):
        pytest.skip("a token endpoint names its errors this way")
    waiting = [queue(store, message=letter(f"<{number}@acme.example>")) for number in range(3)]
    google.faults.append(Fault(on, answer=answer, times=99))
    postman.deliver()
    assert {get_delivery(store, one.id).state for one in waiting} == {State.QUEUED}
    [alert] = open_alerts(store)
    assert alert.kind == "turned_away"
    assert not alert.detail["reason"].startswith(("Google", "Gmail"))
    google.faults.clear()
    still.go(minutes=6)
    postman.deliver()
    assert {get_delivery(store, one.id).state for one in waiting} == {State.SENT}
    assert open_alerts(store) == []


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("answer", NOT_GOOGLES.values(), ids=NOT_GOOGLES.keys())
def test_an_answer_to_the_upload_that_is_not_gmails_stops_the_sender(
    google: Google, store: Store, postman: Postman, still: Clock, answer: Reply, accept: bool
) -> None:
    """Whether the message reached Gmail is unknown. The postman asks the session; other deliveries wait, with one
    alert."""
    first = queue(store, message=letter(ID))
    other = queue(store, message=letter("<1044@acme.example>"))
    google.faults += [
        Fault("put", answer=answer, accept=accept, times=99),
        Fault("ask", answer=http_messages.gmail_error(404, "notFound", "Not Found"), times=3),
    ]
    postman.deliver()
    assert get_delivery(store, first.id).state is State.IN_DOUBT
    assert get_delivery(store, other.id).state is State.QUEUED
    assert sorted(alert.kind for alert in open_alerts(store)) == ["in_doubt", "turned_away"]
    assert google.accepted == ({ID: 1} if accept else {})
    google.faults.clear()
    still.go(minutes=6)
    postman.deliver()
    assert get_delivery(store, other.id).state is State.SENT
    assert get_delivery(store, first.id).state is (State.SENT if accept else State.IN_DOUBT)
    assert google.accepted[ID] == accept


def test_an_error_of_the_account_on_a_resumed_session_fails_nothing(
    google: Google, store: Store, postman: Postman, delivery: Delivery, still: Clock
) -> None:
    google.faults += [
        Fault("put", cut=40),
        Fault("put", answer=http_messages.gmail_error(403, "forbidden", "Delegation denied"), times=1),
    ]
    postman.deliver()
    assert get_delivery(store, delivery.id).state is State.QUEUED
    still.go(minutes=6)
    postman.deliver()
    assert google.accepted == {ID: 1}

"""Every fault on the way to Gmail, counted on the server: one POST, one PUT, and never a second acceptance."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, SendError, Unreachable
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault, Reply
from facturier.mail.senders.gmail import GmailHandover, GmailSender
from facturier.mail.senders.protocol import Receipt, Sender
from tests.mail.google.conftest import ADDRESS, Clock
from tests.mail.google.letters import ENVELOPE, letter

ID = "<1043@acme.example>"
Open = Callable[..., GmailHandover]


@pytest.fixture
def opened(sender: GmailSender) -> Iterator[Open]:
    """Return a function that opens a message. All opened messages are closed at the end."""
    handovers: list[GmailHandover] = []

    def open_one(message: bytes = letter()) -> GmailHandover:
        handovers.append(sender.open(ENVELOPE, message))
        return handovers[-1]

    yield open_one
    for handover in handovers:
        handover.close()


def counted(google: Google) -> dict[str, int]:
    return {kind: google.counts[kind] for kind in ("open", "put", "ask") if google.counts[kind]}


def test_one_post_one_put_one_acceptance(google: Google, sender: Sender, opened: Open) -> None:
    handover = opened()
    assert google.messages == []  # opening sends nothing
    assert handover.session.startswith(f"{google.url}/upload/gmail/v1/users/me/messages/send?")
    receipt = handover.hand_over()
    assert counted(google) == {"open": 1, "put": 1}
    assert google.accepted == {ID: 1}
    assert (receipt.server_id, receipt.reply) == (google.messages[0].id, f"200 {google.messages[0].id}")
    assert receipt.refused == {}
    assert sender.address == ADDRESS


def test_gmail_gets_every_byte_and_the_bcc(google: Google, opened: Open) -> None:
    sent = letter(size=300_000)
    opened(sent).hand_over()
    accepted = google.messages[0]
    assert accepted.given == sent
    assert accepted.path is not None
    assert accepted.path.read_bytes().partition(b"\r\n\r\n")[2] == sent.partition(b"\r\n\r\n")[2]
    parsed = email.message_from_bytes(accepted.raw, policy=email.policy.default)
    assert parsed["Bcc"] == "archive@acme.example"
    assert parsed["From"].addresses[0].addr_spec == ADDRESS


def test_the_access_token_is_kept_between_messages(google: Google, opened: Open) -> None:
    for number in range(3):
        opened(letter(f"<{number}@acme.example>")).hand_over()
    assert google.counts["refresh"] == 1
    assert len(google.messages) == 3


def test_secrets_are_not_shown(opened: Open, sender: GmailSender) -> None:
    handover = opened()
    shown = repr(handover) + repr(sender)
    for secret in (sender.grant.refresh_token, sender.grant.client.secret, handover.session.rpartition("=")[2]):
        assert secret not in shown


# Opening: nothing can have been sent


@pytest.mark.parametrize(
    "fault",
    [
        Fault("open", drop=True),
        Fault("open", drop=True, accept=True),
        Fault("refresh", drop=True),
        Fault("refresh", answer=Reply(503, b"busy")),
        Fault("refresh", answer=http_messages.oauth_error(400, "server_mood", "")),
        Fault("refresh", answer=Reply(200, b"<html>a hotel's page</html>")),
        Fault("open", answer=Reply(200)),
        Fault("open", answer=Reply(200, headers={"Location": "https://evil.example/upload"})),
        Fault("open", answer=Reply(302, headers={"Location": "http://127.0.0.1:1/"}), times=9),
    ],
    ids=[
        "dropped",
        "answer dropped",
        "sign-in dropped",
        "sign-in busy",
        "sign-in moody",
        "captive portal",
        "no session",
        "foreign session",
        "redirect",
    ],
)
def test_an_error_on_opening_is_not_retried_by_the_sender(google: Google, opened: Open, fault: Fault) -> None:
    google.faults.append(fault)
    with pytest.raises((Unreachable, Refused)):
        opened()
    assert google.counts[fault.on] == 1
    assert google.counts["put"] == 0
    assert google.messages == []


def test_no_server_is_listening(grant: Grant) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        root = f"http://127.0.0.1:{taken.getsockname()[1]}"
        sender = GmailSender(grant, Endpoints(token=f"{root}/token", gmail=f"{root}/", stand_in=root))
        with pytest.raises(Unreachable, match="Cannot reach Google"):
            sender.open(ENVELOPE, letter())
        with pytest.raises(Unreachable):
            sender.ask(f"{root}/upload/x", letter())


def test_a_gmail_outage_on_opening(google: Google, opened: Open) -> None:
    google.faults.append(Fault("open", answer=http_messages.backend_error()))
    with pytest.raises(NotNow) as caught:
        opened()
    assert not caught.value.whole_sender
    assert caught.value.reply == "503 Backend Error"


def test_a_401_on_opening_renews_the_token_once(google: Google, opened: Open) -> None:
    opened().hand_over()
    google.expire_access()
    opened(letter("<2@acme.example>")).hand_over()
    assert google.counts["refresh"] == 2
    assert counted(google) == {"open": 3, "put": 2}


def test_repeated_401s_end_the_connection(google: Google, opened: Open) -> None:
    google.faults.append(Fault("open", answer=http_messages.bad_credentials(), times=9))
    with pytest.raises(ConnectionOver):
        opened()
    assert google.counts["open"] == 2


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("refresh", answer=http_messages.oauth_error(401, "invalid_client", "Unauthorized")), "OAuth client"),
        (Fault("refresh", answer=http_messages.oauth_error(401, "deleted_client", "Gone")), "OAuth client"),
        (Fault("open", answer=http_messages.too_narrow()), "permission to send"),
    ],
)
def test_errors_that_only_reconnecting_fixes(google: Google, opened: Open, fault: Fault, sentence: str) -> None:
    google.faults.append(fault)
    with pytest.raises(ConnectionOver, match=sentence) as caught:
        opened()
    assert caught.value.todo


def test_invalid_grant_ends_the_connection(google: Google, opened: Open) -> None:
    google.end()
    with pytest.raises(ConnectionOver, match="Google has ended the connection") as caught:
        opened()
    assert caught.value.reply == "invalid_grant: Token has been expired or revoked."
    assert "Connect" in caught.value.todo
    assert google.counts["refresh"] == 1


CLEAR = [
    (http_messages.no_mail_service(), "has no Gmail"),
    (http_messages.api_disabled("p"), "Gmail API is not enabled"),
    (http_messages.domain_policy(), "administrator"),
    (http_messages.too_large(), "larger than Gmail accepts"),
    (http_messages.bad_message("Invalid To header"), "Gmail refused the message: Invalid To header"),
]
STRANGE = [
    (Reply(404, b"<html>"), "instead of Google .404."),
    (Reply(418, b'{"error": "\x1b[31m"}'), "instead of Google .418."),
]


@pytest.mark.parametrize(
    ("on", "answer", "sentence"),
    [(on, *answer) for on in ("open", "put") for answer in CLEAR] + [("open", *answer) for answer in STRANGE],
)
def test_a_clear_refusal_gives_advice(google: Google, opened: Open, on: str, answer: Reply, sentence: str) -> None:
    google.faults.append(Fault(on, answer=answer))
    with pytest.raises(Refused, match=sentence) as caught:
        opened().hand_over()
    assert caught.value.todo
    assert caught.value.reply.startswith(str(answer.status))
    assert google.counts[on] == 1
    assert google.messages == []


def test_a_message_without_recipients_is_refused_by_gmail(google: Google, opened: Open) -> None:
    with pytest.raises(Refused, match="Recipient address required"):
        opened(b"From: billing@acme.example\r\nSubject: x\r\n\r\nx\r\n").hand_over()


# Rate limits

UNTIL = datetime(2026, 11, 24, 18, 2, 3, 500_000, UTC)


@pytest.mark.parametrize("on", ["open", "put"])
@pytest.mark.parametrize(
    ("answer", "retry"),
    [
        (http_messages.rate_limited(UNTIL), UNTIL),
        (http_messages.user_rate_limit(), None),
        (http_messages.gmail_error(403, "rateLimitExceeded", "Rate Limit Exceeded", domain="usageLimits"), None),
        (http_messages.gmail_error(429, "rateLimitExceeded", "User-rate limit exceeded.  (Mail sending)"), None),
        (Reply(429, b"", {"Retry-After": "Tue, 24 Nov 2026 18:02:03 GMT"}), UNTIL.replace(microsecond=0)),
        (Reply(429, b"", {"Retry-After": "soon"}), None),
    ],
)
def test_a_rate_limit_pauses_the_whole_sender(
    google: Google, opened: Open, on: str, answer: Reply, retry: datetime | None
) -> None:
    google.faults.append(Fault(on, answer=answer))
    with pytest.raises(NotNow) as caught:
        opened().hand_over()
    assert caught.value.whole_sender
    assert caught.value.retry == retry
    assert google.counts[on] == 1
    assert google.messages == []


def test_retry_after_in_seconds_counts_from_now(google: Google, grant: Grant, endpoints: Endpoints) -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    google.faults.append(Fault("open", answer=Reply(429, b"", {"Retry-After": "90"})))
    with pytest.raises(NotNow) as caught:
        GmailSender(grant, endpoints, lambda: now).open(ENVELOPE, letter())
    assert caught.value.retry == now + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 25, 8, tzinfo=UTC)),
    ],
)
def test_the_daily_limit_waits_for_googles_next_day(
    google: Google, grant: Grant, endpoints: Endpoints, now: datetime, reset: datetime
) -> None:
    google.faults.append(Fault("open", answer=http_messages.daily_limit()))
    with pytest.raises(NotNow, match="daily Gmail limit") as caught:
        GmailSender(grant, endpoints, lambda: now).open(ENVELOPE, letter())
    assert caught.value.whole_sender
    assert caught.value.retry == reset


# Handing over: answers that prove nothing


LOST = {
    "dropped before it was taken": Fault("put", drop=True),
    "dropped after it was taken": Fault("put", drop=True, accept=True),
    "broken in the middle": Fault("put", cut=100),
    "500": Fault("put", answer=http_messages.backend_error(500)),
    "503 after it was taken": Fault("put", answer=http_messages.backend_error(503), accept=True),
    "success without an id": Fault("put", answer=Reply(200, b'{"threadId": "1"}'), accept=True),
    "success with an empty id": Fault("put", answer=Reply(200, b'{"id": ""}'), accept=True),
    "success with a number": Fault("put", answer=Reply(200, b'{"id": 7}'), accept=True),
    "success with a list": Fault("put", answer=Reply(200, b"[]"), accept=True),
    "success with nothing": Fault("put", answer=Reply(200, b"null"), accept=True),
    "success cut short": Fault("put", answer=Reply(200, b'{"id": "1'), accept=True),
    "success without a body": Fault("put", answer=Reply(200), accept=True),
    "success in no known letters": Fault("put", answer=Reply(200, b"\xff\xfe"), accept=True),
    "204": Fault("put", answer=Reply(204), accept=True),
    "308 although all is there": Fault("put", answer=Reply(308, headers={"Range": f"bytes=0-{len(letter()) - 1}"})),
    "a redirect": Fault("put", answer=Reply(307, headers={"Location": "http://127.0.0.1:1/"})),
    "404": Fault("put", answer=http_messages.gmail_error(404, "notFound", "Not Found"), accept=True),
    "410": Fault("put", answer=Reply(410)),
    "408": Fault("put", answer=Reply(408)),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_never_followed_by_a_second_put(google: Google, opened: Open, fault: Fault) -> None:
    again = Fault(fault.on, fault.answer, fault.accept, fault.drop, fault.delay, fault.cut, times=9)
    google.faults.append(again)
    with pytest.raises(AnswerLost) as caught:
        opened().hand_over()
    assert counted(google) == {"open": 1, "put": 1}
    assert google.accepted.get(ID, 0) == int(fault.accept)
    assert caught.value.reply
    assert caught.value.todo


def test_a_silent_server_is_a_lost_answer(google: Google, grant: Grant, endpoints: Endpoints) -> None:
    handover = GmailSender(grant, endpoints, timeout=(1.0, 0.2)).open(ENVELOPE, letter())
    google.faults.append(Fault("put", accept=True, delay=5))
    with pytest.raises(AnswerLost) as caught:
        handover.hand_over()
    handover.close()
    assert caught.value.reply == "ReadTimeout"
    assert google.accepted == {ID: 1}
    assert google.counts["put"] == 1


def test_a_connection_lost_before_the_put_is_not_sent(google: Google, opened: Open) -> None:
    handover = opened()
    google.stop()
    with pytest.raises(Unreachable):
        handover.hand_over()
    assert google.messages == []


@pytest.mark.parametrize("range_", [{}, {"Range": "bytes=0-41"}])
def test_308_with_missing_bytes_was_not_sent(google: Google, opened: Open, range_: dict[str, str]) -> None:
    google.faults.append(Fault("put", answer=Reply(308, headers=range_)))
    with pytest.raises(NotNow, match="did not receive the whole message") as caught:
        opened().hand_over()
    assert caught.value.reply == "308"
    assert counted(google) == {"open": 1, "put": 1}


def test_after_a_401_the_put_is_repeated_once_in_the_same_session(google: Google, opened: Open) -> None:
    handover = opened()
    google.expire_access()
    assert handover.hand_over().server_id == google.messages[0].id
    assert google.accepted == {ID: 1}
    assert counted(google) == {"open": 1, "put": 2}
    assert google.counts["refresh"] == 2


def test_a_second_401_is_not_followed_by_a_third_put(google: Google, opened: Open) -> None:
    google.faults.append(Fault("put", answer=http_messages.bad_credentials(), times=9))
    with pytest.raises(NotNow) as caught:
        opened().hand_over()
    assert caught.value.reply == "401 Invalid Credentials"
    assert google.counts["put"] == 2
    assert google.messages == []


def test_a_lost_answer_after_a_401_is_lost(google: Google, opened: Open) -> None:
    handover = opened()
    google.faults += [
        Fault("put", answer=http_messages.bad_credentials()),
        Fault("put", drop=True, accept=True, times=9),
    ]
    with pytest.raises(AnswerLost):
        handover.hand_over()
    assert google.counts["put"] == 2
    assert google.accepted == {ID: 1}


def test_a_connection_that_ends_before_the_put_sends_nothing(google: Google, opened: Open) -> None:
    handover = opened()
    google.end()
    with pytest.raises(NotNow, match="Google has ended the connection"):
        handover.hand_over()
    assert google.messages == []
    with pytest.raises(ConnectionOver):
        opened()


def test_an_expired_token_that_cannot_be_renewed_before_the_put(google: Google, opened: Open) -> None:
    google.grants.access_life = timedelta(seconds=30)  # google-auth renews a token that has only a few minutes left
    handover = opened()
    google.faults.append(Fault("refresh", drop=True))
    with pytest.raises(Unreachable):
        handover.hand_over()
    assert google.counts["put"] == 0


# Asking for the result


def lose(google: Google, handover: GmailHandover, fault: Fault) -> str:
    google.faults.append(fault)
    with pytest.raises(AnswerLost):
        handover.hand_over()
    return handover.session


def test_the_session_proves_that_it_was_sent(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", drop=True, accept=True))
    receipt = sender.ask(session, letter())
    name = google.messages[0].id
    assert receipt == Receipt(name, reply=f"200 {name}", thread=name)
    google.faults.append(Fault("ask", answer=Reply(201, b'{"id": "7"}')))
    assert sender.ask(session, letter()) == Receipt("7", reply="201 7")
    google.counts["ask"] -= 1
    assert counted(google) == {"open": 1, "put": 1, "ask": 1}
    assert google.accepted == {ID: 1}


@pytest.mark.parametrize("cut", [0, 100])
def test_the_session_proves_that_it_was_not_sent(google: Google, sender: Sender, opened: Open, cut: int) -> None:
    session = lose(google, opened(), Fault("put", cut=cut))
    assert sender.ask(session, letter()) is None
    assert google.messages == []


@pytest.mark.parametrize("cut", [0, 100])
def test_an_incomplete_upload_continues_in_the_same_session(
    google: Google, sender: Sender, opened: Open, cut: int
) -> None:
    message = letter(size=5000)
    session = lose(google, opened(message), Fault("put", cut=cut))
    assert sender.ask(session, message) is None
    handover = sender.resume(session, message)
    receipt = handover.hand_over()
    handover.close()
    assert google.messages[0].given == message
    assert receipt.server_id == google.messages[0].id
    assert google.counts["open"] == 1
    assert google.counts["put"] == 2
    assert google.accepted == {ID: 1}


def test_late_bytes_and_a_resumed_upload_make_one_message(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", cut=100))
    late, again = sender.resume(session, letter()), sender.resume(session, letter())
    late.hand_over()
    assert again.hand_over().server_id == google.messages[0].id
    with pytest.raises(AnswerLost):
        sender.resume(session, letter())
    for handover in (late, again):
        handover.close()
    assert google.accepted == {ID: 1}


def test_a_mismatch_in_a_resumed_upload_is_not_a_refusal(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", cut=100))
    handover = sender.resume(session, letter())
    google.faults.append(Fault("put", answer=http_messages.bad_message("The bytes do not follow")))
    with pytest.raises(AnswerLost):
        handover.hand_over()
    handover.close()


@pytest.mark.parametrize("status", [401, 403, 413, 429])
def test_a_clear_refusal_of_a_resumed_upload_counts(google: Google, sender: Sender, opened: Open, status: int) -> None:
    session = lose(google, opened(), Fault("put", cut=100))
    handover = sender.resume(session, letter())
    google.faults.append(Fault("put", answer=http_messages.gmail_error(status, "x", "x"), times=2))
    with pytest.raises((NotNow, Refused)):
        handover.hand_over()
    handover.close()


@pytest.mark.parametrize("status", [400, 401, 403, 407, 451])
def test_an_answer_that_is_not_gmails_proves_nothing(google: Google, opened: Open, status: int) -> None:
    """An answer that is not Gmail's proves nothing: the message may have been accepted, as it was here."""
    google.faults.append(Fault("put", answer=Reply(status, b"<html>blocked</html>"), accept=True, times=2))
    with pytest.raises(AnswerLost, match=f"answered instead of Gmail .{status}.*It is not known yet") as caught:
        opened().hand_over()
    assert google.accepted == {ID: 1}
    assert caught.value.reply == f"{status} <html>blocked</html>"


UNCLEAR: dict[str, tuple[Fault, type[SendError]]] = {
    "404": (Fault("ask", answer=Reply(404)), AnswerLost),
    "410": (Fault("ask", answer=Reply(410)), AnswerLost),
    "400": (Fault("ask", answer=http_messages.bad_message("no")), AnswerLost),
    "401 twice": (Fault("ask", answer=http_messages.bad_credentials(), times=2), AnswerLost),
    "404 with an id": (Fault("ask", answer=Reply(404, b'{"id": "7"}')), AnswerLost),
    "200 without an id": (Fault("ask", answer=Reply(200, b"{}")), AnswerLost),
    "308 with all bytes": (
        Fault("ask", answer=Reply(308, headers={"Range": f"bytes=0-{len(letter()) - 1}"})),
        AnswerLost,
    ),
    "503": (Fault("ask", answer=http_messages.backend_error()), Unreachable),
    "429": (Fault("ask", answer=http_messages.rate_limited(UNTIL)), Unreachable),
    "dropped": (Fault("ask", drop=True), Unreachable),
    "no token": (Fault("refresh", drop=True), Unreachable),
}


@pytest.mark.parametrize(("fault", "kind"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_an_unclear_answer_of_the_session_proves_nothing(
    google: Google, grant: Grant, endpoints: Endpoints, opened: Open, fault: Fault, kind: type[SendError]
) -> None:
    session = lose(google, opened(), Fault("put", drop=True, accept=True))
    fault = Fault(fault.on, fault.answer, drop=fault.drop, times=fault.times)
    google.faults.append(fault)
    with pytest.raises(kind) as caught:
        GmailSender(grant, endpoints).ask(session, letter())
    assert type(caught.value) is kind
    assert google.accepted == {ID: 1}


def test_a_forgotten_session_is_not_restarted(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", drop=True, accept=True))
    google.gmail.forget_sessions()
    with pytest.raises(AnswerLost):
        sender.ask(session, letter())
    with pytest.raises(AnswerLost):
        sender.resume(session, letter())
    assert google.counts["put"] == 1


def test_asking_renews_an_expired_token(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", drop=True, accept=True))
    google.expire_access()
    assert sender.ask(session, letter())
    assert google.counts["ask"] == 2


def test_asking_with_an_ended_connection_proves_nothing(google: Google, sender: Sender, opened: Open) -> None:
    session = lose(google, opened(), Fault("put", drop=True, accept=True))
    google.end()
    with pytest.raises(AnswerLost):
        sender.ask(session, letter())


@pytest.mark.parametrize(
    "session",
    [
        "",
        "https://evil.example/upload?upload_id=1",
        "https://gmail.googleapis.com.evil.example/u",
        "https://evil.example\\@gmail.googleapis.com/u",
        "x",
    ],
)
def test_the_token_is_sent_only_to_google(google: Google, grant: Grant, session: str, sender: Sender) -> None:
    with pytest.raises(AnswerLost):
        sender.ask(session, letter())
    with pytest.raises(AnswerLost):
        GmailSender(grant, Endpoints()).ask(session, letter())
    assert counted(google) == {}


def test_gmails_own_quota(google: Google, opened: Open, clock: Clock) -> None:
    google.mailboxes.units = 200
    for number in range(2):
        opened(letter(f"<{number}@acme.example>")).hand_over()
    with pytest.raises(NotNow) as caught:
        opened(letter("<3@acme.example>")).hand_over()
    assert caught.value.whole_sender
    clock.shift = timedelta(minutes=2)
    opened(letter("<3@acme.example>")).hand_over()
    assert len(google.messages) == 3


def test_several_threads_can_send_at_once(google: Google, sender: GmailSender) -> None:
    def send(number: int) -> str:
        handover = sender.open(ENVELOPE, letter(f"<{number}@acme.example>"))
        try:
            return handover.hand_over().server_id
        finally:
            handover.close()

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(send, range(24)))
    assert len(set(ids)) == 24
    assert google.accepted == {f"<{number}@acme.example>": 1 for number in range(24)}
    assert counted(google) == {"open": 24, "put": 24}

"""How each of Google's answers is interpreted, without a network. The texts are Google's own."""

from datetime import UTC, datetime, timedelta

import pytest
from google.auth.exceptions import RefreshError, TransportError

from facturier.mail.errors import ConnectionOver, NotNow, Refused, SenderRefused, SendError, Unreachable
from facturier.mail.google.gmail_errors import refusal_of, token_error, unreachable
from facturier.mail.practice import http_messages
from facturier.mail.practice.http_messages import Reply

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SOON = NOW + timedelta(seconds=90)


def meaning(answer: Reply) -> SendError:
    return refusal_of(answer.status, answer.body, {name.lower(): text for name, text in answer.headers.items()}, NOW)


def new_form(status: int, reason: str, word: str = "PERMISSION_DENIED") -> Reply:
    return http_messages.as_json(
        status,
        {"error": {"code": status, "message": "x", "status": word, "details": [{"@type": "y"}, {"reason": reason}]}},
    )


@pytest.mark.parametrize(
    "answer",
    [
        *(http_messages.gmail_error(403, reason, "x") for reason in ("rateLimitExceeded", "quotaExceeded")),
        http_messages.user_rate_limit(),
        new_form(403, "RATE_LIMIT_EXCEEDED"),
        new_form(403, "", "RESOURCE_EXHAUSTED"),
        http_messages.gmail_error(429, "x", "x"),
        http_messages.gmail_error(400, "rateLimitExceeded", "x"),
    ],
)
def test_rate_limits_pause_the_whole_address(answer: Reply) -> None:
    found = meaning(answer)
    assert isinstance(found, NotNow)
    assert (found.whole_sender, found.retry) == (True, None)
    assert found.happened == "Gmail asked for a pause. Sending resumes automatically."
    assert found.reply.startswith(str(answer.status))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"error": "x"}', b"<html>wait</html>"])
def test_a_429_from_a_proxy_pauses_the_whole_sender(body: bytes) -> None:
    found = meaning(Reply(429, body))
    assert isinstance(found, NotNow)
    assert (found.whole_sender, found.retry) == (True, None)
    assert found.happened == "A server on the way to Gmail answered 429. Facturier will try again automatically."


@pytest.mark.parametrize("status", [408, 500, 503, 599])
@pytest.mark.parametrize(
    ("named", "retry"),
    [
        ({}, None),
        ({"Retry-After": " 90 "}, SOON),
        ({"Retry-After": "99999"}, NOW + timedelta(days=1)),
        ({"Retry-After": "Tue, 24 Nov 2026 09:01:30 GMT"}, SOON),
        ({"Retry-After": "Tue, 24 Nov 2026 09:01:30 -0000"}, SOON),
        ({"Retry-After": "Tue, 24 Nov 2026 10:01:30 +0100"}, SOON),
    ],
)
def test_server_errors_of_gmail_pause_only_one_message(
    status: int, named: dict[str, str], retry: datetime | None
) -> None:
    found = meaning(Reply(status, b"", named))
    assert isinstance(found, NotNow)
    assert (found.whole_sender, found.retry, found.reply) == (False, retry, str(status))


@pytest.mark.parametrize(
    ("message", "retry"),
    [
        ("Retry after 2026-11-24T09:01:30Z", SOON),
        ("Retry after 2026-11-24T09:01:30.000Z", SOON),
        ("Retry after a while", None),
        ("Retry after 2026-13-24T09:01:30Z", None),
    ],
)
def test_the_retry_time_can_be_in_the_message(message: str, retry: datetime | None) -> None:
    found = meaning(http_messages.gmail_error(503, "backendError", message))
    assert isinstance(found, NotNow)
    assert found.retry == retry


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http_messages.bad_credentials(), "Google no longer accepts the connection."),
        (http_messages.too_narrow(), "The connection does not include permission to send."),
        (new_form(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "The connection does not include permission to send."),
    ],
)
def test_answers_that_end_the_connection(answer: Reply, said: str) -> None:
    found = meaning(answer)
    assert isinstance(found, ConnectionOver)
    assert found.happened == said
    assert found.reply.startswith(str(answer.status))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http_messages.bad_message("Invalid To header"), "Gmail refused the message: Invalid To header"),
        (http_messages.gmail_error(400, "other", "Mail service not enabled"), "refused the message: Mail service"),
        (http_messages.as_json(400, {"error": {"message": "x", "errors": ["reason"]}}), "Gmail refused the message: x"),
        (http_messages.as_json(400, {"error": {"message": "", "errors": 7}}), "Gmail refused the message: 400"),
        (http_messages.too_large(), "The message is larger than Gmail accepts."),
        (Reply(413, b"<html>nginx</html>"), "larger than a server on the way to Gmail accepts"),
    ],
)
def test_answers_that_refuse_a_message(answer: Reply, said: str) -> None:
    found = meaning(answer)
    assert type(found) is Refused
    assert said in found.happened
    assert found.reply.startswith(str(answer.status))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (new_form(403, "SERVICE_DISABLED"), "The Gmail API is not enabled in your Google project."),
        (new_form(400, "x", "FAILED_PRECONDITION"), "Gmail does not let this account send: x"),
        (
            http_messages.gmail_error(400, "failedPrecondition", "Mail service not enabled"),
            "This Google account has no Gmail.",
        ),
        (
            http_messages.as_json(400, {"error": {"message": "No mail service", "status": "FAILED_PRECONDITION"}}),
            "no Gmail.",
        ),
        (
            http_messages.gmail_error(400, "failedPrecondition", "Precondition check failed."),
            "send: Precondition check",
        ),
        (http_messages.domain_policy(), "The administrator of this Google account does not allow"),
        (
            http_messages.gmail_error(403, "forbidden", "Delegation denied for a@b.example"),
            "account send: Delegation denied",
        ),
        (http_messages.gmail_error(403, "neverHeardOf", ""), "Gmail does not let this account send: 403"),
        (http_messages.gmail_error(404, "notFound", "Not Found"), "Gmail does not let this account send: Not Found"),
        (
            Reply(400, b"<html>"),
            "A proxy or firewall between this machine and Google answered instead of Google (400).",
        ),
        (Reply(401), "A proxy or firewall between this machine and Google answered instead of Google (401)."),
        (Reply(403, b"<html>blocked by the firewall</html>"), "answered instead of Google (403)."),
        (Reply(403, b'{"error": "blocked"}'), "answered instead of Google (403)."),
        (Reply(403, b'{"error": {"message": 7}}'), "answered instead of Google (403)."),
        (Reply(407), "A proxy between this machine and Google asks for a password (407)."),
        (Reply(499), "answered instead of Google (499)."),
    ],
)
def test_answers_that_refuse_every_message(answer: Reply, said: str) -> None:
    found = meaning(answer)
    assert type(found) is SenderRefused
    assert said in found.happened
    assert found.todo
    assert found.reply.startswith(str(answer.status))


def test_the_daily_limit_is_retried_at_a_full_hour() -> None:
    found = refusal_of(403, http_messages.daily_limit().body, {}, NOW.replace(second=7, microsecond=9))
    assert isinstance(found, NotNow)
    assert (found.retry, found.reply) == (datetime(2026, 11, 25, 8, tzinfo=UTC), "403 Daily Limit Exceeded")


def test_googles_text_is_shortened_and_cleaned() -> None:
    found = meaning(http_messages.gmail_error(400, "x", "a\x1b" + "b" * 600))
    assert found.reply == "400 a" + "b" * 495
    assert unreachable("\x1b" + "x" * 600).reply == "x" * 500


@pytest.mark.parametrize(
    ("error", "kind", "said", "reply"),
    [
        (TransportError("HTTP 503"), Unreachable, "Cannot reach Google", "HTTP 503"),
        (TransportError(), Unreachable, "Cannot reach Google", ""),
        (TransportError("x" * 600), Unreachable, "Cannot reach Google", "x" * 500),
        (RefreshError("invalid_grant: x", {"error": "invalid_grant"}), ConnectionOver, "has ended", "invalid_grant: x"),
        (RefreshError("Reauthentication is needed."), ConnectionOver, "has ended", "Reauthentication is needed."),
        *(
            (RefreshError("no", {"error": code}), ConnectionOver, "OAuth client", "no")
            for code in (
                "invalid_client",
                "deleted_client",
                "unauthorized_client",
                "org_internal",
                "admin_policy_enforced",
            )
        ),
        (RefreshError("no", {"error": "server_mood"}), SenderRefused, "rejected the sign-in: server_mood.", "no"),
        (RefreshError("no", {"error": "server_error"}), Unreachable, "rejected the sign-in: server_error.", "no"),
        (RefreshError("no", {"error": ["x"]}), Unreachable, "rejected the sign-in: no.", "no"),
        (RefreshError("no", "odd"), Unreachable, "rejected the sign-in: no.", "no"),
        (RefreshError("x" * 600, {"error": "mood"}), SenderRefused, "rejected the sign-in: mood.", "x" * 500),
        (RefreshError("no", {}), Unreachable, "rejected the sign-in: no.", "no"),
    ],
)
def test_the_reason_for_a_missing_access_token(error: Exception, kind: type[SendError], said: str, reply: str) -> None:
    found = token_error(error)
    assert type(found) is kind
    assert said in found.happened
    assert found.reply == reply

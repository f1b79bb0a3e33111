"""The Google simulator over plain HTTP: it grants and refuses as Google does."""

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from facturier.mail.practice.google import Google, allow
from facturier.mail.practice.grants import Account, Client

SEND = "https://www.googleapis.com/auth/gmail.send"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ADDRESS = "billing@acme.example"
CLIENT = Client()
MESSAGE = b"From: Me <me@elsewhere.example>\r\nTo: a@b.example\r\nMessage-ID: <1@x>\r\nSubject: x\r\n\r\nHello.\r\n"
UPLOAD = "/upload/gmail/v1/users/me/messages/send?uploadType="


class Clock:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(tmp_path: Path, clock: Clock) -> Iterator[Google]:
    accounts = (
        Account(ADDRESS, "Acme", aliases=("sales@acme.example",)),
        Account("nomail@acme.example", gmail=False),
        Account("un@acme.example", verified=False),
    )
    clients = (CLIENT, Client("two", "second", CLIENT.project), Client("off", "third", "no-api", gmail_api=False))
    with Google(accounts, clients, folder=tmp_path / "sent", state=tmp_path / "state.json", clock=clock) as stand_in:
        yield stand_in


class Answer:
    def __init__(self, status: int, body: bytes, headers: Any) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        return str(self.json["error"]["errors"][0]["reason"])


def ask(google: Google, method: str, target: str, body: bytes | dict[str, str] = b"", **headers: str) -> Answer:
    connection = HTTPConnection("127.0.0.1", int(google.url.rpartition(":")[2]), timeout=30)
    try:
        raw = urlencode(body).encode() if isinstance(body, dict) else body
        target = target.removeprefix(google.url)
        connection.request(method, target, raw, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return Answer(reply.status, reply.read(), reply.headers)
    finally:
        connection.close()


def link(google: Google, **changes: str | None) -> str:
    asked: dict[str, str | None] = {
        "client_id": CLIENT.id,
        "redirect_uri": "http://127.0.0.1:5000/",
        "response_type": "code",
        "scope": f"openid {EMAIL} {SEND}",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
    }
    asked |= changes
    return f"{google.url}/o/oauth2/v2/auth?{urlencode({k: v for k, v in asked.items() if v is not None})}"


def answer_of(back: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}


def exchange(google: Google, allowed: str, **changes: str) -> Answer:
    fields = {
        "grant_type": "authorization_code",
        "code": allowed,
        "client_id": CLIENT.id,
        "client_secret": CLIENT.secret,
        "redirect_uri": "http://127.0.0.1:5000/",
        "code_verifier": VERIFIER,
    }
    return ask(google, "POST", "/token", fields | changes)


def refresh(google: Google, token: str, **changes: str) -> Answer:
    fields = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "client_id": CLIENT.id,
        "client_secret": CLIENT.secret,
    }
    return ask(google, "POST", "/token", fields | changes)


def tokens(google: Google, *, account: str = ADDRESS, **changes: str | None) -> dict[str, Any]:
    back = answer_of(google.allow(link(google, **changes), account=account))
    found = exchange(google, back["code"])
    assert found.status == 200, found.body
    return dict(found.json)


def bearer(google: Google, **options: Any) -> str:
    return f"Bearer {tokens(google, **options)['access_token']}"


# The consent page


def test_the_page_works_as_a_plain_form(google: Google) -> None:
    page = ask(google, "GET", link(google, login_hint="un@acme.example"))
    text = page.body.decode()
    assert page.status == 200
    assert '<form method="post">' in text
    assert 'value="un@acme.example" checked' in text
    assert f'type="checkbox" name="scope" value="{SEND}"' in text
    assert "<script" not in text
    form = {"account": ADDRESS, "scope": SEND, "choice": "allow"}
    posted = ask(google, "POST", link(google), form)
    assert posted.status == 302
    back = answer_of(posted.headers["Location"])
    assert posted.headers["Location"].startswith("http://127.0.0.1:5000/?")
    assert back["state"] == "s"
    assert back["scope"].split() == ["openid", EMAIL, SEND]


def test_allowing_without_a_browser_gives_the_same(google: Google) -> None:
    assert answer_of(google.allow(link(google)))["code"]
    assert answer_of(google.allow(link(google), deny=True)) == {"state": "s", "error": "access_denied"}
    assert answer_of(google.allow(link(google), scopes=()))["scope"] == f"openid {EMAIL}"
    assert answer_of(allow(link(google), account=ADDRESS))["code"]
    assert google.counts["allow"] == 4


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"redirect_uri": "https://evil.example/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": None}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"scope": None}, 400, "invalid_request"),
        ({"scope": "openid https://www.googleapis.com/auth/made-up"}, 400, "invalid_scope"),
        ({"code_challenge_method": "S1"}, 400, "invalid_request"),
    ],
)
def test_a_bad_request_shows_an_error_and_does_not_redirect(
    google: Google, changes: dict[str, str | None], status: int, error: str
) -> None:
    page = ask(google, "GET", link(google, **changes))
    assert (page.status, f"Error {status}: {error}" in page.body.decode()) == (status, True)
    with pytest.raises(ValueError, match=error):
        google.allow(link(google, **changes))


def test_allow_accepts_only_its_own_links_and_accounts(google: Google) -> None:
    with pytest.raises(ValueError, match="not a practice link"):
        google.allow("https://accounts.google.com/o/oauth2/v2/auth?client_id=1")
    with pytest.raises(ValueError, match="invalid_request"):
        google.allow(link(google), account="stranger@acme.example")


def test_names_are_shown_literally(google: Google) -> None:
    google.accounts["<script>@x"] = Account("<script>@x")
    assert "<script>" not in ask(google, "GET", link(google)).body.decode()


# Tokens


def test_a_code_becomes_tokens_and_an_identity(google: Google, clock: Clock) -> None:
    found = tokens(google, nonce="n")
    assert found["token_type"] == "Bearer"
    assert found["expires_in"] == 3600
    assert found["scope"].split() == ["openid", EMAIL, SEND]
    body = found["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    now = int(clock().timestamp())
    assert claims["iss"] == "https://accounts.google.com"
    assert claims["aud"] == CLIENT.id
    assert claims["email"] == ADDRESS
    assert claims["email_verified"] is True
    assert (claims["iat"], claims["exp"], claims["nonce"]) == (now, now + 3600, "n")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "two", "client_secret": "second"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5001/"}, 400, "redirect_uri_mismatch"),
        ({"code": "4/made-up"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_the_token_endpoint_checks_everything(google: Google, changes: dict[str, str], status: int, error: str) -> None:
    code = answer_of(google.allow(link(google)))["code"]
    refused = exchange(google, code, **changes)
    assert (refused.status, refused.json["error"]) == (status, error)


def test_without_a_challenge_no_verifier_is_required(google: Google) -> None:
    changes = {"code_challenge": None, "code_challenge_method": None}
    code = answer_of(google.allow(link(google, **changes)))["code"]
    assert exchange(google, code).json["error"] == "invalid_grant"
    assert exchange(google, code, code_verifier="").status == 200


def test_using_a_code_twice_ends_its_tokens(google: Google) -> None:
    code = answer_of(google.allow(link(google)))["code"]
    first = exchange(google, code).json
    assert exchange(google, code).json["error"] == "invalid_grant"
    assert refresh(google, first["refresh_token"]).json["error"] == "invalid_grant"
    sent = ask(google, "POST", f"{UPLOAD}media", MESSAGE, Authorization=f"Bearer {first['access_token']}")
    assert sent.status == 401


def test_a_code_expires_after_ten_minutes(google: Google, clock: Clock) -> None:
    code = answer_of(google.allow(link(google)))["code"]
    clock.now += timedelta(minutes=10)
    assert exchange(google, code).json["error"] == "invalid_grant"


def test_a_client_can_use_basic_credentials(google: Google) -> None:
    code = answer_of(google.allow(link(google)))["code"]
    basic = base64.b64encode(f"{CLIENT.id}:{CLIENT.secret}".encode()).decode()
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://127.0.0.1:5000/",
        "code_verifier": VERIFIER,
    }
    assert ask(google, "POST", "/token", fields, Authorization="Basic rubbish").status == 401
    assert ask(google, "POST", "/token", fields, Authorization=f"Basic {basic}").status == 200


def test_a_refresh_token_comes_once_or_on_request(google: Google) -> None:
    assert "refresh_token" not in tokens(google, access_type="online")
    assert "refresh_token" in tokens(google, prompt=None)
    assert "refresh_token" not in tokens(google, prompt=None)
    assert "refresh_token" in tokens(google)


def test_refreshing(google: Google) -> None:
    found = tokens(google)
    again = refresh(google, found["refresh_token"])
    assert again.status == 200
    assert again.json["access_token"] != found["access_token"]
    assert "refresh_token" not in again.json
    narrow = refresh(google, found["refresh_token"], scope="openid")
    assert narrow.json["scope"] == "openid"
    assert refresh(google, found["refresh_token"], scope="https://mail.google.com/").json["error"] == "invalid_scope"
    assert refresh(google, "1//made-up").json["error"] == "invalid_grant"
    other = refresh(google, found["refresh_token"], client_id="two", client_secret="second")
    assert other.json["error"] == "invalid_grant"


def test_a_grant_of_a_testing_project_ends_after_seven_days(tmp_path: Path, clock: Clock) -> None:
    with Google(clients=(Client(testing=True),), clock=clock) as google:
        found = tokens(google)
        assert found["refresh_token_expires_in"] == 7 * 24 * 3600
        clock.now += timedelta(days=6)
        assert refresh(google, found["refresh_token"]).status == 200
        clock.now += timedelta(days=1)
        assert refresh(google, found["refresh_token"]).json["error"] == "invalid_grant"


def test_revoking_any_token_ends_all_of_that_project_and_account(google: Google) -> None:
    first, second, other = tokens(google), tokens(google), tokens(google, account="un@acme.example")
    assert ask(google, "POST", "/revoke", {"token": second["access_token"]}).status == 200
    for ended in (first, second):
        assert refresh(google, ended["refresh_token"]).json["error"] == "invalid_grant"
    assert refresh(google, other["refresh_token"]).status == 200
    again = ask(google, "POST", "/revoke", {"token": second["access_token"]})
    assert (again.status, again.json["error"]) == (400, "invalid_token")


def test_grants_survive_a_restart(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "google.json"
    with Google(state=state, clock=clock) as google:
        found = tokens(google)
    assert state.stat().st_mode & 0o777 == 0o600
    with Google(state=state, clock=clock) as google:
        assert refresh(google, found["refresh_token"]).status == 200
        google.end()
    with Google(state=state, clock=clock) as google:
        assert refresh(google, found["refresh_token"]).json["error"] == "invalid_grant"


def test_two_windows_of_the_demo_company_share_one_simulator(tmp_path: Path, clock: Clock) -> None:
    state = tmp_path / "google.json"
    with Google(state=state, clock=clock) as one, Google(state=state, clock=clock) as other:
        found = tokens(one)
        again = tokens(other)
        for google in (one, other):
            assert refresh(google, found["refresh_token"]).status == 200
            assert refresh(google, again["refresh_token"]).status == 200
        token = f"Bearer {found['access_token']}"
        assert ask(other, "POST", f"{UPLOAD}media", MESSAGE, Authorization=token).status == 200
        assert ask(other, "POST", "/revoke", {"token": found["refresh_token"]}).status == 200
        assert refresh(one, again["refresh_token"]).json["error"] == "invalid_grant"


def test_device_codes_are_refused_for_gmail(google: Google) -> None:
    refused = ask(google, "POST", "/device/code", {"client_id": CLIENT.id, "scope": f"openid {SEND}"})
    assert (refused.status, refused.json["error"]) == (400, "invalid_scope")
    unknown = ask(google, "POST", "/device/code", {"client_id": "nobody", "scope": "openid"})
    assert (unknown.status, unknown.json["error"]) == (401, "invalid_client")
    assert ask(google, "POST", "/device/code", {"client_id": CLIENT.id, "scope": "openid"}).status == 200


def test_device_codes_answer_polls_with_googles_statuses(google: Google, clock: Clock) -> None:
    asked = ask(google, "POST", "/device/code", {"client_id": CLIENT.id, "scope": "openid"}).json
    fields = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": asked["device_code"],
        "client_id": CLIENT.id,
        "client_secret": CLIENT.secret,
    }
    page = ask(google, "GET", asked["verification_url"])
    assert "user_code" in page.body.decode()
    assert ask(google, "POST", "/token", fields).status == 428
    assert ask(google, "POST", "/token", fields).json["error"] == "slow_down"
    assert ask(google, "POST", "/device", {"user_code": "WRONG", "account": ADDRESS, "choice": "allow"}).status == 400
    typed = {"user_code": asked["user_code"], "account": ADDRESS, "choice": "deny"}
    assert ask(google, "POST", "/device", typed).status == 200
    clock.now += timedelta(seconds=5)
    assert ask(google, "POST", "/token", fields).json["error"] == "access_denied"
    clock.now += timedelta(hours=1)
    assert ask(google, "POST", "/token", fields).json["error"] == "expired_token"
    assert ask(google, "POST", "/token", fields | {"device_code": "x"}).json["error"] == "invalid_grant"


# Gmail


def test_the_three_ways_to_send_in_one_request(google: Google) -> None:
    token = bearer(google)
    raw = base64.urlsafe_b64encode(MESSAGE).rstrip(b"=").decode()
    path = "/gmail/v1/users/me/messages/send"
    as_json = ask(google, "POST", path, json.dumps({"raw": raw}).encode(), Authorization=token)
    media = ask(google, "POST", f"{UPLOAD}media", MESSAGE, Authorization=token, Content_Type="message/rfc822")
    parts = b"--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
    multipart = ask(
        google,
        "POST",
        f"{UPLOAD}multipart",
        parts + MESSAGE + b"\r\n--b--\r\n",
        Authorization=token,
        Content_Type="multipart/related; boundary=b",
    )
    ids = []
    for sent in (as_json, media, multipart):
        assert sent.status == 200, sent.body
        assert sent.json["labelIds"] == ["SENT"]
        ids.append(sent.json["id"])
    assert [message.id for message in google.messages] == ids
    written = {without_id(message.raw) for message in google.messages}
    assert written == {without_id(MESSAGE.replace(b"me@elsewhere.example", ADDRESS.encode()))}
    assert google.accepted == {"<1@x>": 3}
    assert google.counts["send"] == 3
    for body in (b"{}", b"[]", b"not json", b'{"raw": "*"}', b'{"raw": 7}'):
        assert ask(google, "POST", path, body, Authorization=token).status == 400
    empty = ask(google, "POST", f"{UPLOAD}multipart", b"", Authorization=token, Content_Type="multipart/related")
    assert empty.status == 400


def without_id(raw: bytes) -> bytes:
    return re.sub(rb"Message-ID:[^\r\n]*\r\n", b"", raw, count=1)


def test_accepted_messages_are_saved_complete(google: Google, tmp_path: Path) -> None:
    ask(google, "POST", f"{UPLOAD}media", MESSAGE, Authorization=bearer(google))
    files = list((tmp_path / "sent").iterdir())
    assert [file.suffix for file in files] == [".eml"]
    assert files == [google.messages[0].path]
    assert files[0].read_bytes() == google.messages[0].raw


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (b"From: Me <me@elsewhere.example>\r\n", b"From: Me <billing@acme.example>\r\n"),
        (
            b"From: =?utf-8?q?=C3=89t=C3=A9?= <me@x.example>\r\n",
            b"From: =?utf-8?q?=C3=89t=C3=A9?= <billing@acme.example>\r\n",
        ),
        (b"From: me@x.example\r\n", b"From: Acme <billing@acme.example>\r\n"),
        (b"From: A long name\r\n <me@x.example>\r\n", b"From: A long name <billing@acme.example>\r\n"),
        (b"from: Sales <Sales@acme.example>\r\n", b"from: Sales <Sales@acme.example>\r\n"),
        (b"From: Two\n <me@x.example>\n", b"From: Two <billing@acme.example>\n"),
        (b"", b"From: Acme <billing@acme.example>\r\n"),
    ],
)
def test_from_is_always_the_account(google: Google, said: bytes, stands: bytes) -> None:
    rest = b"To: a@b.example\r\nBcc: c@d.example\r\n\r\nFrom: body <x@y.example>\r\n"
    assert ask(google, "POST", f"{UPLOAD}media", said + rest, Authorization=bearer(google)).status == 200
    assert without_id(google.messages[0].raw) == stands + rest


def test_a_message_gets_a_new_message_id_and_keeps_unknown_headers(google: Google) -> None:
    mark = b"X-Facturier-Delivery: 1.0123456789abcdef0123456789abcdef\r\n"
    for given in (MESSAGE, MESSAGE.replace(b"<1@x>", b"\r\n <1@x>"), MESSAGE.replace(b"Message-ID: <1@x>\r\n", b"")):
        ask(google, "POST", f"{UPLOAD}media", mark + given, Authorization=bearer(google))
    written = [message.raw for message in google.messages]
    assert all(mark in raw and b"<1@x>" not in raw for raw in written)
    ids = [re.findall(rb"Message-ID: (<CA\S+@mail\.gmail\.com>)\r\n", raw) for raw in written]
    assert [len(found) for found in ids] == [1, 1, 1]
    assert len({found[0] for found in ids}) == 3


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"Subject: x\r\n", "Recipient address required"),
        (b"To: \r\n", "Recipient address required"),
        (b"To: nobody\r\n", "Invalid To header"),
        (b"To: a@b.example, <c>\r\n", "Invalid To header"),
        (b"To: a@b.example\r\nCc: c d\r\n", "Invalid Cc header"),
        (b"To: a@b.example\r\nBcc: @\r\n", "Invalid Bcc header"),
    ],
)
def test_messages_that_gmail_refuses(google: Google, head: bytes, words: str) -> None:
    refused = ask(google, "POST", f"{UPLOAD}media", head + b"\r\nHello.\r\n", Authorization=bearer(google))
    assert (refused.status, refused.reason, refused.json["error"]["message"]) == (400, "invalidArgument", words)
    assert google.messages == []


def test_who_may_send(google: Google, clock: Clock) -> None:
    token = bearer(google)
    for method, target in (("POST", f"{UPLOAD}media"), ("POST", f"{UPLOAD}resumable")):
        assert ask(google, method, target, MESSAGE).status == 401
        assert ask(google, method, target, MESSAGE, Authorization="Bearer made-up").status == 401
        narrow = ask(google, method, target, MESSAGE, Authorization=bearer(google, scope="openid"))
        assert (narrow.status, narrow.reason) == (403, "insufficientPermissions")
        other = target.replace("/me/", "/un@acme.example/")
        assert ask(google, method, other, MESSAGE, Authorization=token).status == 403
        nobody = ask(google, method, target, MESSAGE, Authorization=bearer(google, account="nomail@acme.example"))
        assert (nobody.status, nobody.reason) == (400, "failedPrecondition")
    clock.now += timedelta(hours=1)
    assert ask(google, "POST", f"{UPLOAD}media", MESSAGE, Authorization=token).status == 401
    assert google.messages == []


def test_messages_that_are_too_large(google: Google) -> None:
    token = bearer(google)
    opened = ask(google, "POST", f"{UPLOAD}resumable", Authorization=token, X_Upload_Content_Length=str(36_700_161))
    assert opened.status == 413
    large = MESSAGE + b"x" * (36_700_161 - len(MESSAGE))
    assert ask(google, "POST", f"{UPLOAD}media", large, Authorization=token).status == 413
    assert ask(google, "POST", f"{UPLOAD}media", large[:-1], Authorization=token).status == 200


def open_session(google: Google, token: str, length: int = len(MESSAGE)) -> str:
    opened = ask(
        google,
        "POST",
        f"{UPLOAD}resumable",
        Authorization=token,
        X_Upload_Content_Type="message/rfc822",
        X_Upload_Content_Length=str(length),
    )
    assert opened.status == 200
    return str(opened.headers["Location"])


def test_a_complete_resumable_upload(google: Google) -> None:
    session, size = open_session(google, bearer(google)), len(MESSAGE)
    nothing = ask(google, "PUT", session, Content_Range=f"bytes */{size}")
    assert (nothing.status, nothing.headers["Range"]) == (308, None)
    part = ask(google, "PUT", session, MESSAGE[:40], Content_Range=f"bytes 0-39/{size}")
    assert (part.status, part.headers["Range"]) == (308, "bytes=0-39")
    wrong = ask(google, "PUT", session, MESSAGE[50:], Content_Range=f"bytes 50-{size - 1}/{size}")
    assert wrong.status == 400
    other_size = ask(google, "PUT", session, MESSAGE[40:], Content_Range=f"bytes 40-{size}/{size + 1}")
    assert other_size.status == 400
    assert ask(google, "PUT", session, b"x", Content_Range="bytes nonsense").status == 400
    assert google.messages == []
    done = ask(google, "PUT", session, MESSAGE[40:], Content_Range=f"bytes 40-{size - 1}/{size}")
    assert done.status == 200
    asked = ask(google, "PUT", session, Content_Range=f"bytes */{size}")
    assert (asked.status, asked.json) == (200, done.json)
    again = ask(google, "PUT", session, MESSAGE)
    assert again.json == done.json
    assert google.accepted == {"<1@x>": 1}
    assert (google.counts["put"], google.counts["ask"]) == (6, 2)


def test_an_unknown_session(google: Google) -> None:
    assert ask(google, "PUT", f"{UPLOAD}resumable&upload_id=made-up", MESSAGE).status == 404


def test_a_session_refuses_an_expired_token(google: Google) -> None:
    session = open_session(google, bearer(google))
    assert ask(google, "PUT", session, MESSAGE, Authorization="Bearer dead").status == 401
    assert google.messages == []
    assert ask(google, "PUT", session, MESSAGE).status == 200


def test_only_messages_can_be_uploaded(google: Google) -> None:
    wrong = ask(google, "POST", f"{UPLOAD}resumable", Authorization=bearer(google), X_Upload_Content_Type="image/png")
    assert wrong.status == 400


@pytest.mark.parametrize(
    ("method", "target"), [("GET", "/"), ("GET", "/token"), ("POST", "/gmail/v2/x"), ("PUT", "/token"), ("GET", "/x")]
)
def test_unknown_paths_give_404(google: Google, method: str, target: str) -> None:
    assert ask(google, method, target).status == 404
    assert google.counts["other"] == 1


def test_it_stops_at_once_and_can_be_stopped_twice(google: Google) -> None:
    idle = HTTPConnection("127.0.0.1", int(google.url.rpartition(":")[2]), timeout=5)
    idle.request("GET", link(google).removeprefix(google.url))
    idle.getresponse().read()
    before = time.monotonic()
    google.stop()
    google.stop()
    assert time.monotonic() - before < 4
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        ask(google, "GET", "/")

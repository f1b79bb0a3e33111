"""The exact requests of an upload, and how its answers are interpreted."""

from collections.abc import Mapping
from typing import Any, cast

import httplib2
import pytest

from facturier.mail.google import gmail_upload
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.transport import OneShot
from tests.mail.google.letters import letter


class Recorder:
    """A transport that records its requests."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, Any, Mapping[str, str]]] = []

    def request(self, uri: str, method: str, body: Any, headers: Mapping[str, str]) -> tuple[httplib2.Response, bytes]:
        self.seen.append((uri, method, body, headers))
        return httplib2.Response({"status": "200", "location": "there"}), b"{}"


def test_opening_a_session_does_not_send_the_message() -> None:
    recorder = Recorder()
    transport = cast(OneShot, recorder)
    request = gmail_upload.build_send(letter(), transport, Endpoints())
    status, headers, body = gmail_upload.open_session(request, transport)
    assert (status, headers["location"], body) == (200, "there", b"{}")
    [(uri, method, sent, told)] = recorder.seen
    assert uri.startswith("https://gmail.googleapis.com/upload/gmail/v1/users/me/messages/send?")
    assert "uploadType=resumable" in uri
    assert (method, sent) == ("POST", None)
    assert told["X-Upload-Content-Type"] == "message/rfc822"
    assert told["X-Upload-Content-Length"] == str(len(letter()))
    assert told["Content-Length"] == "0"


def test_asking_sends_no_bytes() -> None:
    recorder = Recorder()
    gmail_upload.query_session("session", 42, cast(OneShot, recorder))
    headers = {"Content-Range": "bytes */42", "Content-Length": "0", "Accept": "application/json"}
    assert recorder.seen == [("session", "PUT", b"", headers)]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"id": "18c2f"}', "18c2f"),
        *((body, "") for body in (b"", b"{", b"{}", b"[]", b"null", b'{"id": 7}', b"\xff\xfe", b'"id"')),
    ],
)
def test_the_id_of_an_accepted_message(body: bytes, name: str) -> None:
    assert gmail_upload.message_id(body) == name


@pytest.mark.parametrize(
    ("headers", "count"), [({}, 0), ({"range": "bytes=0-41"}, 42), ({"range": "bytes=0-0"}, 1), ({"range": "x"}, 0)]
)
def test_the_bytes_that_a_308_reports(headers: dict[str, str], count: int) -> None:
    assert gmail_upload.held(headers) == count

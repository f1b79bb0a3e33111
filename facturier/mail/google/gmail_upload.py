"""The resumable upload of one message: build the request, open the session, ask how far it is.

google-api-python-client builds the request and the upload; its `next_chunk` would open a session and send the bytes in
one go, so the opening is done here.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.google.transport import OneShot
from facturier.mail.redaction import redact


def build_send(message: bytes, transport: OneShot, endpoints: Endpoints) -> Any:
    """The HttpRequest (googleapiclient.http) that sends a message as a resumable upload. Its chunks are of 100 MB, more
    than Gmail takes, so that one PUT is all of it."""
    from googleapiclient.discovery import build_from_document
    from googleapiclient.http import MediaInMemoryUpload

    service = build_from_document(_description(endpoints.gmail), http=transport)
    media = MediaInMemoryUpload(message, mimetype="message/rfc822", resumable=True)
    return service.users().messages().send(userId="me", media_body=media)


def open_session(request: Any, transport: OneShot) -> tuple[int, Mapping[str, str], bytes]:
    """POST the request without its message: the answer's status, headers (lower-case) and body. A `location` among the
    headers of a 200 is the session."""
    headers = {
        **request.headers,
        "X-Upload-Content-Type": request.resumable.mimetype(),
        "X-Upload-Content-Length": str(request.resumable.size()),
        "Content-Length": "0",
    }
    answer, body = transport.request(request.uri, request.method, None, headers)
    return answer.status, answer, body


def query_session(session: str, length: int, transport: OneShot) -> tuple[int, Mapping[str, str], bytes]:
    """How far a session is, of a message of `length` bytes: status, headers and body as above."""
    headers = {"Content-Range": f"bytes */{length}", "Content-Length": "0", "Accept": "application/json"}
    answer, body = transport.request(session, "PUT", b"", headers)
    return answer.status, answer, body


def id_of(session: str) -> str:
    """What is secret in the address of a session."""
    return parse_qs(urlsplit(session).query).get("upload_id", [session])[0]


def message_id(content: bytes) -> str:
    """Gmail's id in the answer to a send; empty where there is none."""
    found = (json_object(content) or {}).get("id")
    return redact(found) if isinstance(found, str) else ""


def held(headers: Mapping[str, str]) -> int:
    """How many bytes a 308 says have arrived: none where it names no range."""
    last = headers.get("range", "").rpartition("-")[2]
    return int(last) + 1 if last.isdecimal() and len(last) < 20 else 0


@cache
def _description(root: str) -> str:
    """Gmail's description of itself, which comes with google-api-python-client, with another root."""
    from googleapiclient.discovery_cache import get_static_doc

    return json.dumps({**json.loads(get_static_doc("gmail", "v1")), "rootUrl": root})

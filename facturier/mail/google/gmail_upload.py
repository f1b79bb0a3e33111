"""The resumable upload of one message: build the request, open the session, and query its progress.

google-api-python-client builds the request and the upload. Its `next_chunk` would open a session and send the bytes in
one step, so this module opens the session itself.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.google.transport import OneShot
from facturier.mail.redaction import redact

_THREAD = re.compile(r"[0-9A-Za-z_-]{1,64}")


def build_send(message: bytes, transport: OneShot, endpoints: Endpoints, thread: str = "") -> Any:
    """Return the HttpRequest (googleapiclient.http) that sends a message as a resumable upload.

    Gmail adds the message to the conversation `thread` of the mailbox if the message answers one of its messages and
    has the same subject.

    Its chunks are 100 MB, more than Gmail accepts, so one PUT sends the whole message.
    """
    from googleapiclient.http import MediaInMemoryUpload

    media = MediaInMemoryUpload(message, mimetype="message/rfc822", resumable=True)
    about = {"body": {"threadId": thread}} if thread else {}
    request = _messages(endpoints.gmail).send(userId="me", media_body=media, **about)
    request.http = transport
    return request


def open_session(request: Any, transport: OneShot) -> tuple[int, Mapping[str, str], bytes]:
    """POST the request without its message. Return the answer's status, headers (lower-case) and body.

    A `location` among the headers of a 200 is the address of the session.
    """
    headers = {
        **request.headers,
        "X-Upload-Content-Type": request.resumable.mimetype(),
        "X-Upload-Content-Length": str(request.resumable.size()),
        "Content-Length": str(request.body_size),
    }
    answer, body = transport.request(request.uri, request.method, request.body, headers)
    return answer.status, answer, body


def query_session(session: str, length: int, transport: OneShot) -> tuple[int, Mapping[str, str], bytes]:
    """Ask how much of a message of `length` bytes a session has. Return status, headers and body as `open_session`."""
    headers = {"Content-Range": f"bytes */{length}", "Content-Length": "0", "Accept": "application/json"}
    answer, body = transport.request(session, "PUT", b"", headers)
    return answer.status, answer, body


def id_of(session: str) -> str:
    """Return the secret part of a session's address."""
    return parse_qs(urlsplit(session).query).get("upload_id", [session])[0]


def message_id(content: bytes) -> str:
    """Return Gmail's id in the answer to a send, or an empty text if there is none."""
    found = (json_object(content) or {}).get("id")
    return redact(found) if isinstance(found, str) else ""


def thread_id(answer: object) -> str:
    """Return the id of the message's conversation in the answer to a send, or an empty text if there is none."""
    found = answer.get("threadId") if isinstance(answer, dict) else None
    return found if isinstance(found, str) and _THREAD.fullmatch(found) else ""


def held(headers: Mapping[str, str]) -> int:
    """Return the number of bytes that have arrived according to a 308, or 0 if it names no range."""
    last = headers.get("range", "").rpartition("-")[2]
    return int(last) + 1 if last.isdecimal() and len(last) < 20 else 0


@cache
def _messages(root: str) -> Any:
    """Return Gmail's messages as google-api-python-client describes them, with another root and `send` only. To build
    them takes longer than to send a small message, so they are kept, without the transport of a person."""
    from googleapiclient.discovery import build_from_document
    from googleapiclient.discovery_cache import get_static_doc

    description = {**json.loads(get_static_doc("gmail", "v1")), "rootUrl": root}
    send = description["resources"]["users"]["resources"]["messages"]["methods"]["send"]
    description["resources"] = {"users": {"resources": {"messages": {"methods": {"send": send}}}}}
    no_transport = object()  # httplib2, the default, would repeat a POST
    return build_from_document(description, http=no_transport).users().messages()

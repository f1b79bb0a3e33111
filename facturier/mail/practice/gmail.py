"""The Google simulator's Gmail: checks who may send, and accepts messages in every upload format.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send and
https://developers.google.com/workspace/gmail/api/guides/uploads. How Gmail's upload server answers for a completed
session is not documented. The simulator repeats the result, as Google documents for its other upload servers.
"""

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field

from facturier.mail.practice import http_messages
from facturier.mail.practice.grants import Account, Token
from facturier.mail.practice.http_messages import Reply, Request
from facturier.mail.practice.mailboxes import LARGEST, Mailboxes
from facturier.mail.practice.signin import SEND, SignIn

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")
_PATH = re.compile(r"(?:/resumable)?(?:/upload)?/gmail/v1/users/([^/]+)/messages/send")


@dataclass(slots=True)
class Session:
    """A resumable upload: the bytes received so far, and the final answer once it is complete."""

    account: str
    length: int | None
    thread: str
    held: bytearray = field(default_factory=bytearray)
    ended: Reply | None = None


@dataclass(slots=True)
class Gmail:
    signin: SignIn
    mailboxes: Mailboxes
    url: str = ""
    _sessions: dict[str, Session] = field(default_factory=dict)

    def send(self, request: Request) -> Reply:
        """Send a whole message in one request: as JSON with `raw`, as media, or as multipart."""
        account = self._may_send(request)
        if isinstance(account, Reply):
            return account
        try:
            raw = _message_of(request)
        except ValueError:
            return http_messages.bad_message("Invalid value at 'message.raw'")
        thread = _thread_of(request)
        if thread and not self.mailboxes.has_thread(account, thread):
            return _unknown_thread()
        return self.mailboxes.accept(account, raw, thread)

    def open(self, request: Request) -> Reply:
        """Open a resumable session. Nothing is sent yet."""
        account = self._may_send(request)
        if isinstance(account, Reply):
            return account
        if not str(request.headers.get("X-Upload-Content-Type", "message/rfc822")).startswith("message/"):
            return http_messages.bad_message("Media type is not supported. Valid media types: [message/*]")
        length = request.headers.get("X-Upload-Content-Length")
        if length and int(length) > LARGEST:
            return http_messages.too_large()
        thread = _thread_of(request)
        if thread and not self.mailboxes.has_thread(account, thread):
            return _unknown_thread()
        name = secrets.token_urlsafe(48)
        self._sessions[name] = Session(account.address, int(length) if length else None, thread)
        target = f"{self.url}{request.path}?uploadType=resumable&upload_id={name}"
        return Reply(200, headers={"Location": target, "X-GUploader-UploadID": name})

    def put(self, request: Request) -> Reply:
        """Receive bytes for a session, or answer how much it has received (`Content-Range: bytes */N`).

        The session's address is sufficient authorization. If a token is included, it must still be valid.
        """
        session = self._sessions.get(request.query.get("upload_id", ""))
        if session is None:
            return http_messages.gmail_error(404, "notFound", "Not Found")
        if request.bearer and self.signin.grants.access(request.bearer) is None:
            return http_messages.bad_credentials()
        if session.ended:
            return session.ended
        said = str(request.headers.get("Content-Range", ""))
        given = _RANGE.fullmatch(said)
        if said and not given:
            return http_messages.bad_message("Failed to parse Content-Range header.")
        if given and given[1] is None:
            return _incomplete(session)
        start, total = (int(given[1]), int(given[3])) if given else (0, len(request.body))
        if start != len(session.held) or session.length not in (None, total):
            return http_messages.bad_message("Invalid request. The bytes do not follow those that are here.")
        session.held += request.body
        if len(session.held) < total:
            return _incomplete(session)
        session.ended = self.mailboxes.accept(
            self.signin.accounts[session.account], bytes(session.held), session.thread
        )
        return session.ended

    def keep_part(self, request: Request) -> None:
        """Keep the bytes of a PUT whose connection broke before the end."""
        session = self._sessions.get(request.query.get("upload_id", ""))
        if session and not session.ended:
            session.held += request.body

    def forget_sessions(self) -> None:
        """Forget every upload session, as Google does after a week."""
        self._sessions.clear()

    def _may_send(self, request: Request) -> Account | Reply:
        token: Token | None = self.signin.grants.access(request.bearer)
        if token is None:
            return http_messages.bad_credentials()
        if not {SEND, "https://mail.google.com/"} & set(token.scopes):
            return http_messages.too_narrow()
        client = self.signin.clients[token.client]
        if not client.gmail_api:
            return http_messages.api_disabled(client.project)
        account = self.signin.accounts[token.account]
        if not account.gmail:
            return http_messages.no_mail_service()
        path = _PATH.fullmatch(request.path)
        if path is None or path[1] not in ("me", account.address):
            return http_messages.gmail_error(403, "forbidden", f"Delegation denied for {account.address}")
        return account


def _message_of(request: Request) -> bytes:
    """Return the message in a request. Raises ValueError if there is none."""
    if request.query.get("uploadType") == "media":
        return request.body
    if request.query.get("uploadType") == "multipart":
        boundary = request.headers.get_boundary() or ""
        for part in request.body.split(b"--" + boundary.encode()):
            head, _, inside = part.partition(b"\r\n\r\n")
            if b"message/rfc822" in head.lower():
                return inside.removesuffix(b"\r\n")
        raise ValueError
    try:
        text = json.loads(request.body)["raw"]
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (KeyError, TypeError, binascii.Error) as error:
        raise ValueError from error


def _thread_of(request: Request) -> str:
    """Return the `threadId` in the JSON of a request, or an empty text."""
    try:
        return str(json.loads(request.body)["threadId"])
    except (ValueError, KeyError, TypeError):  # there is none, or the body is the message itself
        return ""


def _unknown_thread() -> Reply:
    return http_messages.gmail_error(404, "notFound", "Requested entity was not found.")


def _incomplete(session: Session) -> Reply:
    """Answer 308 with the range received so far, or without a Range header if nothing was received."""
    held = len(session.held)
    return Reply(308, headers={"Range": f"bytes=0-{held - 1}"} if held else {})

"""Send as the connected Gmail address: one POST opens an upload session, and one PUT sends the message."""

import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

from facturier.mail.errors import AnswerLost, ConnectionOver, NotFromGmail, NotNow, Refused, SendError, Unreachable
from facturier.mail.google import gmail_upload
from facturier.mail.google.connection import grant_for
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_client import GmailClient
from facturier.mail.google.gmail_errors import (
    is_googles,
    json_object,
    no_connection,
    refusal_of,
    token_error,
    unreachable,
)
from facturier.mail.google.grant import Grant
from facturier.mail.google.transport import TIMEOUT, OneShot, never_connected
from facturier.mail.redaction import protect, redact
from facturier.mail.senders.gmail_rate_limit import RateLimit
from facturier.mail.senders.protocol import Receipt
from facturier.mail.senders.sender_type import SendContext, SenderType
from facturier.mail.senders.sent_words import GMAIL
from facturier.mail.vault.session_cipher import SessionCipher
from facturier.mail.vault.vault import Secrets
from facturier.models.company.user import full_name
from facturier.models.outbox.delivery import Envelope
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company, Connection
from facturier.models.store.store import Clock, utc_now
from facturier.models.text.i18n import N_, _, spoken

# Recipients per day, from a personal account and from one of Google Workspace ("Gmail sending limits", Gmail Help).
PERSONAL_A_DAY, WORKSPACE_A_DAY = 500, 2000
_PERSONAL = ("gmail.com", "googlemail.com")

_NO_SESSION = (404, 410)  # the upload server's answers for an unknown session, which are not JSON


@dataclass(slots=True)
class GmailHandover:
    """An open upload session (see `facturier.mail.senders.protocol.Handover`).

    `session` is its address as it is stored, encrypted if there is a cipher; `_address` is the address itself.
    """

    session: str = field(repr=False)
    _address: str = field(repr=False)
    _message: bytes = field(repr=False)
    _start: int
    _transport: OneShot = field(repr=False)
    _endpoints: Endpoints = field(repr=False)
    _clock: Clock = field(repr=False)

    def hand_over(self) -> Receipt:
        """Send the message with a PUT.

        A 401 means that it was not accepted. Only then, a second PUT goes to the same session, with a new access token.
        Raises AnswerLost if no answer says what happened; the session can then be asked.
        """
        from googleapiclient.errors import HttpError

        try:
            try:
                return self._put()
            except HttpError as error:
                if error.resp.status != 401:
                    raise
                self._renew()
                return self._put()
        except HttpError as error:
            raise self._verdict(error.resp.status, error.content, error.resp) from None

    def close(self) -> None:
        self._transport.close()

    def _put(self) -> Receipt:
        """Send one PUT. Raises HttpError for every answer that is neither a success nor a 308."""
        import requests
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError

        # A new request each time, because the library queries the session before it sends a failed request again.
        request = gmail_upload.build_send(self._message, self._transport, self._endpoints)
        request.resumable_uri, request.resumable_progress = self._address, self._start
        try:
            progress, answer = request.next_chunk(num_retries=0)
        except GoogleAuthError as error:  # the access token had expired, so nothing was sent
            raise _did_not_leave(token_error(error)) from None
        except requests.RequestException as error:
            if never_connected(error):
                raise no_connection(error) from None
            raise _lost(type(error).__name__) from None
        except HttpError:
            raise
        except Exception:  # noqa: BLE001 - an unexpected error of the library says nothing about the message
            raise _lost("success, unreadable") from None
        # A 308. `answer` cannot tell, because a successful answer may be null.
        if progress is not None:
            if request.resumable_progress >= len(self._message):
                raise _lost("308, all bytes arrived")
            raise NotNow(
                _("Gmail did not receive the whole message. It was not sent. Facturier will try again automatically."),
                reply="308",
            )
        name = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(name, str) or not (name := redact(name)):
            raise _lost("success, without an id")
        return Receipt(name, reply=f"200 {name}", thread=gmail_upload.thread_id(answer))

    def _renew(self) -> None:
        from google.auth.exceptions import GoogleAuthError

        try:
            self._transport.renew()
        except GoogleAuthError as error:
            raise _did_not_leave(token_error(error)) from None

    def _verdict(self, status: int, content: bytes, headers: Any) -> SendError:
        refusal = refusal_of(status, content, headers, self._clock())
        # In a resumed session, a 400 may mean that the bytes sent earlier have arrived after all.
        clear = (401, 403, 413, 429) if self._start else (400, 401, 403, 413, 429)
        # Any server, Google's or a proxy, that asks to wait or rejects the size has not let the message pass. The other
        # refusals count only if they come from Google.
        if status in clear and (status in (413, 429) or is_googles(content)):
            return _did_not_leave(refusal)
        if isinstance(refusal, Refused) and not is_googles(content) and status not in _NO_SESSION:
            # The message may have passed through the proxy that gave this answer.
            return NotFromGmail(
                _("A proxy or firewall between this machine and Gmail answered instead of Gmail ({status}).").format(
                    status=status
                )
                + " "
                + _("It is not known yet whether the message was sent."),
                reply=refusal.reply,
                kept=_("Facturier does not send it again automatically."),
                todo=_(
                    "Check the Sent folder. Ask the administrator of the network or the firewall to "
                    "allow googleapis.com."
                ),
            )
        return _lost(refusal.reply)


@dataclass(slots=True)
class GmailSender:
    """The connected Gmail address (see `facturier.mail.senders.protocol.Sender`).

    It keeps its access token between messages, but no socket, and can be used from several threads. `pace` is shared
    with the person's other companies. `timeout` is in seconds: to connect (and for each write), and for each part of an
    answer. `total` is the limit for a whole exchange, None for the usual one; once `stop` is set, no exchange takes
    longer than that allows. `cipher` encrypts the addresses of sessions against people who read the company file; with
    None, they are stored unencrypted. `thread` is the conversation that the next message belongs to.
    """

    grant: Grant
    endpoints: Endpoints
    clock: Clock = utc_now
    pace: RateLimit | None = None
    timeout: tuple[float, float] = TIMEOUT
    total: float | None = None
    stop: threading.Event | None = None
    cipher: SessionCipher | None = None
    thread: str = ""
    _client: GmailClient = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._client = GmailClient(
            self.grant, self.endpoints, self.clock, timeout=self.timeout, total=self.total, stop=self.stop
        )

    @property
    def address(self) -> str:
        return self.grant.address

    def open(self, envelope: Envelope, message: bytes) -> GmailHandover:
        """Open an upload session for the message. Gmail sends it to everyone in its To, Cc and Bcc headers."""
        if self.pace is not None:
            self.pace.take(self.address, self.clock())
        session, transport = self._client.open_session(message, self.thread)
        kept = self.cipher.encrypt(session, message) if self.cipher is not None else session
        return GmailHandover(kept, session, message, 0, transport, self.endpoints, self.clock)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        """Return the receipt if the message was sent, or None if it was not.

        A 200 or 201 with an id proves that it was sent. A 308 with bytes missing proves that it was not. Everything
        else proves nothing, not even a 404, because sessions are also forgotten after a message was sent.
        """
        address = self._address_of(session, message)
        transport = self._client.transport()
        try:
            found = self._ask(address, message, transport)
        finally:
            transport.close()
        return found if isinstance(found, Receipt) else None

    def resume(self, session: str, message: bytes) -> GmailHandover:
        """Ask the session how many bytes it has, and prepare to send the rest.

        Raises the errors of `ask`, and AnswerLost if the session is complete by now.
        """
        address = self._address_of(session, message)
        transport = self._client.transport()
        try:
            found = self._ask(address, message, transport)
            if isinstance(found, Receipt):
                raise _lost(found.reply)
        except BaseException:
            transport.close()
            raise
        return GmailHandover(session, address, message, found, transport, self.endpoints, self.clock)

    def _address_of(self, kept: str, message: bytes) -> str:
        if self.cipher is None:
            return kept
        try:
            address = self.cipher.decrypt(kept, message)
        except ValueError as unreadable:
            raise _lost(str(unreadable)) from None
        protect(gmail_upload.id_of(address), brief=True)
        return address

    def _ask(self, session: str, message: bytes, transport: OneShot) -> Receipt | int:
        """Return the receipt of a complete session, or the number of bytes that an incomplete one has."""
        if not self.endpoints.is_gmail(session):
            raise _lost("not a session of Gmail’s")
        try:
            status, headers, body = self._client.signed_in(
                transport, lambda: gmail_upload.query_session(session, len(message), transport)
            )
        except ConnectionOver as error:
            raise _lost(error.reply) from None
        if status in (200, 201) and (name := gmail_upload.message_id(body)):
            return Receipt(name, reply=f"{status} {name}", thread=gmail_upload.thread_id(json_object(body)))
        if status == 308 and (held := gmail_upload.held(headers)) < len(message):
            return held
        refusal = refusal_of(status, body, headers, self.clock())
        if isinstance(refusal, NotNow):
            raise unreachable(refusal.reply)
        raise _lost(refusal.reply)


def _did_not_leave(error: SendError) -> NotNow | Refused | Unreachable:
    """Return an error that the postman treats as not sent, even during a hand-over.

    If the connection has ended, this is reported when the message is next opened.
    """
    return error if isinstance(error, NotNow | Refused | Unreachable) else NotNow(error.happened, reply=error.reply)


def _lost(reply: str) -> AnswerLost:
    return AnswerLost(
        _("Gmail’s answer was lost, so nobody knows yet whether the message was sent."),
        reply=reply,
        kept=_("Facturier does not send it again automatically."),
        todo=_("Check the Sent folder, then record whether it was sent."),
    )


class GmailType(SenderType):
    """The company's connected Gmail address."""

    kind = SenderKind.GMAIL
    name = GMAIL
    look_for = N_("Look for “{number}” in the Sent folder of {address}. This link searches for it:")
    can_query_status = True

    def is_set_up(self, company: Company, connection: Connection | None) -> bool:
        return connection is not None

    def address(self, company: Company, connection: Connection | None) -> str:
        return connection.address if connection is not None else ""

    def words(self, company: Company, connection: Connection | None) -> str:
        if connection is None or connection.over:
            return _("Gmail, connection ended: connect again")
        from babel.dates import format_date

        day = format_date(connection.connected.astimezone(), "d MMM", locale=spoken())
        return _("Gmail, connected {day} by {user}").format(day=day, user=full_name(connection.user))

    def needs_vault(self, company: Company) -> bool:
        return True

    def daily_limit(self, address: str) -> tuple[int, str]:
        if address.rpartition("@")[2].casefold() in _PERSONAL:
            return PERSONAL_A_DAY, _("A personal Gmail account can send to {most} recipients a day.")
        return WORKSPACE_A_DAY, _("A Google Workspace account can send to {most} recipients a day.")

    def sent_link(self, address: str, recipient: str, number: str) -> str:
        return sent_search(address, recipient, number)

    def check(self, context: SendContext) -> str:
        connection = context.connection
        if connection is None:
            return ""
        if connection.over:
            text = _(
                "Google ended the connection of {address}. The invoice waits in the outbox until "
                "someone connects the address again."
            )
            return text.format(address=connection.address)
        grant_for(context.ws, connection, context.secrets or Secrets(), connection.address)
        return ""

    def create(self, context: SendContext, address: str) -> GmailSender:
        """Return the sender of the last delivery if the grant is the same, because it has an access token. Otherwise
        create a new one."""
        ws, secrets, before = context.ws, context.secrets or Secrets(), context.before
        grant = grant_for(ws, context.connection, secrets, address)
        if not isinstance(before, GmailSender) or before.grant != grant:
            pace = RateLimit(ws.locations.data / "pace")
            before = GmailSender(grant, ws.endpoints, ws.clock, pace, stop=ws.stop)
        before.cipher = SessionCipher(secrets.seal_key)
        before.thread = context.thread
        return before


def sent_search(address: str, recipient: str, number: str) -> str:
    """Return the link to a search in the Sent folder of `address`, whichever account is open first in the browser.

    Gmail reads the search after `#search/`, with `+` for a space. `in:sent` works in every language.
    """
    query = f'in:sent to:{recipient} "{number}"'
    return f"https://mail.google.com/mail/u/?authuser={quote(address, safe='')}#search/{quote_plus(query)}"

"""Send as the connected Gmail address: one POST that opens an upload session, one PUT that makes the message leave."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, SendError
from facturier.mail.gmail import upload
from facturier.mail.gmail.answers import refusal_of, token_error, unreachable
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import Grant
from facturier.mail.gmail.transport import OneShot, credentials_of
from facturier.mail.senders.sender import Receipt
from facturier.models.delivery import Envelope
from facturier.models.language import _
from facturier.models.store import Clock, utc_now

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials


@dataclass(slots=True)
class GmailHandover:
    """An open upload session (see `facturier.mail.senders.sender.Handover`)."""

    session: str
    _request: Any
    _transport: OneShot
    _clock: Clock

    def hand_over(self) -> Receipt:
        """PUT the message. A 401 is no acceptance: then, and only then, a second PUT goes into the same session with a
        new access token. What no answer vouches for is AnswerLost; ask the session."""
        from googleapiclient.errors import HttpError

        self._request.resumable_uri = self.session
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
        """Raises HttpError for every answer that is neither success nor 308."""
        import requests
        from google.auth.exceptions import GoogleAuthError
        from googleapiclient.errors import HttpError

        try:
            _progress, answer = self._request.next_chunk(num_retries=0)
        except GoogleAuthError as error:  # the access token had run out; nothing was sent
            raise _did_not_leave(token_error(error)) from None
        except requests.RequestException as error:
            if _never_connected(error):
                raise _did_not_leave(unreachable(type(error).__name__)) from None
            raise _lost(type(error).__name__) from None
        except HttpError:
            raise
        except (ValueError, TypeError, AttributeError):  # success with something unreadable in it
            raise _lost("success, unreadable") from None
        if answer is None:
            if self._request.resumable_progress >= self._request.resumable.size():
                raise _lost("308, all bytes arrived")
            raise NotNow(_("Gmail did not take the whole message. It did not leave, and is tried again."), reply="308")
        name = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(name, str) or not name:
            raise _lost("success, without an id")
        return Receipt(name, reply=f"200 {name}")

    def _renew(self) -> None:
        from google.auth.exceptions import GoogleAuthError

        try:
            self._transport.renew()
        except GoogleAuthError as error:
            raise _did_not_leave(token_error(error)) from None

    def _verdict(self, status: int, content: bytes, headers: Any) -> SendError:
        refusal = refusal_of(status, content, headers, self._clock())
        if status in (400, 401, 403, 413, 429) and isinstance(refusal, NotNow | Refused | ConnectionOver):
            return _did_not_leave(refusal)
        return _lost(refusal.reply)


@dataclass(slots=True)
class GmailSender:
    """The connected Gmail address (see `facturier.mail.senders.sender.Sender`). Keeps its access token, and no socket,
    between messages. May be used from several threads."""

    grant: Grant
    endpoints: Endpoints
    clock: Clock = utc_now
    _credentials: "Credentials | None" = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return self.grant.address

    def open(self, envelope: Envelope, message: bytes) -> GmailHandover:  # noqa: ARG002  Gmail reads To, Cc and Bcc
        """Open an upload session for the message, as Gmail will send it: to everyone in its To, Cc and Bcc."""
        transport = self._transport()
        try:
            request = upload.build_send(message, transport, self.endpoints)
            status, headers, body = self._signed_in(transport, lambda: upload.open_session(request, transport))
            if status != 200:
                raise refusal_of(status, body, headers, self.clock())
            session = headers.get("location", "")
            if not upload.is_google(session, self.endpoints):
                raise unreachable("200, without a session of Google’s")
        except BaseException:
            transport.close()
            raise
        return GmailHandover(session, request, transport, self.clock)

    def ask(self, session: str, message: bytes) -> Receipt | None:
        if not upload.is_google(session, self.endpoints):
            raise _lost("not a session of Google’s")
        transport = self._transport()
        try:
            status, headers, body = self._signed_in(
                transport, lambda: upload.ask_session(session, len(message), transport)
            )
        except ConnectionOver as error:
            raise _lost(error.reply) from None
        finally:
            transport.close()
        if status in (200, 201) and (name := upload.message_id(body)):
            return Receipt(name, reply=f"{status} {name}")
        if status == 308 and upload.held(headers) < len(message):
            return None
        refusal = refusal_of(status, body, headers, self.clock())
        if status >= 429 and isinstance(refusal, NotNow):
            raise refusal
        raise _lost(refusal.reply)

    def _transport(self) -> OneShot:
        if self._credentials is None:
            self._credentials = credentials_of(self.grant, self.endpoints)
        return OneShot(self._credentials, self.endpoints)

    def _signed_in(self, transport: OneShot, send: Any) -> Any:
        """Do a request that cannot make anything leave, and once more with a new access token after a 401."""
        import requests
        from google.auth.exceptions import GoogleAuthError

        try:
            answer = send()
            if answer[0] == 401:
                transport.renew()
                answer = send()
        except GoogleAuthError as error:
            raise token_error(error) from None
        except requests.RequestException as error:
            raise unreachable(type(error).__name__) from None
        return answer


def _never_connected(error: Exception) -> bool:
    """Whether no connection was there for a single byte to leave through."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _did_not_leave(error: SendError) -> NotNow | Refused:
    """After the handing over has begun, a postman wants one of these. What ends the connection shows itself again when
    the message is next opened."""
    return error if isinstance(error, NotNow | Refused) else NotNow(error.happened, reply=error.reply)


def _lost(reply: str) -> AnswerLost:
    return AnswerLost(
        _("Gmail’s answer was lost, so nobody can know yet whether the message left."),
        reply=reply,
        kept=_("It is not sent again by itself."),
        todo=_("Look into the Sent folder."),
    )

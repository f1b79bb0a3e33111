"""Make requests to Gmail's upload server that are signed in as one address."""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from facturier.mail.errors import SendError
from facturier.mail.google import gmail_upload
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import no_connection, refusal_of, token_error, unreachable
from facturier.mail.google.grant import Grant
from facturier.mail.google.transport import TIMEOUT, OneShot, credentials_of
from facturier.mail.redaction import protect
from facturier.models.store.store import Clock, utc_now

if TYPE_CHECKING:
    from google.oauth2.credentials import Credentials

Answer = tuple[int, Mapping[str, str], bytes]


class GmailClient:
    """A client that keeps its access token between requests, but no socket. It can be used from several threads.

    `timeout` is in seconds: to connect (and for each write), and for each part of an answer. `total` is the limit for a
    whole exchange, None for the usual one; once `stop` is set, no exchange takes longer than that allows.
    """

    def __init__(
        self,
        grant: Grant,
        endpoints: Endpoints,
        clock: Clock = utc_now,
        *,
        timeout: tuple[float, float] = TIMEOUT,
        total: float | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self._grant = grant
        self._endpoints = endpoints
        self._clock = clock
        self._timeout = timeout
        self._total = total
        self._stop = stop
        self._credentials: Credentials | None = None
        protect(grant.refresh_token, grant.client.secret)

    def transport(self) -> OneShot:
        """Return a transport, which the caller closes."""
        if self._credentials is None:
            self._credentials = credentials_of(self._grant, self._endpoints)
        return OneShot(self._credentials, self._endpoints, self._timeout, self._stop, self._total)

    def open_session(self, message: bytes, thread: str = "") -> tuple[str, OneShot]:
        """Return the address of a new upload session for the message, and its transport, which the caller closes.

        The message is added to the conversation `thread` if the mailbox has it.

        This sends nothing. Raises ConnectionOver, Refused (no Gmail, API not enabled), NotNow, Unreachable.
        """
        transport = self.transport()
        try:
            status, headers, body = self._open(message, thread, transport)
            if thread and status in (400, 404):  # the conversation was deleted, or is in another mailbox
                status, headers, body = self._open(message, "", transport)
            if status != 200:
                raise refusal_of(status, body, headers, self._clock())
            session = headers.get("location", "")
            if not self._endpoints.is_gmail(session):
                raise unreachable("200, without a session of Gmail’s")
            protect(gmail_upload.id_of(session), brief=True)
        except BaseException:
            transport.close()
            raise
        return session, transport

    def _open(self, message: bytes, thread: str, transport: OneShot) -> Answer:
        request = gmail_upload.build_send(message, transport, self._endpoints, thread)
        return self.signed_in(transport, lambda: gmail_upload.open_session(request, transport))

    def signed_in(self, transport: OneShot, request: Callable[[], Answer]) -> Answer:
        """Make a request that cannot send a message. After a 401, repeat it once with a new access token."""
        import requests
        from google.auth.exceptions import GoogleAuthError

        try:
            answer = request()
            if answer[0] == 401:
                transport.renew()
                answer = request()
        except GoogleAuthError as error:
            raise token_error(error) from None
        except requests.RequestException as error:
            raise no_connection(error) from None
        except SendError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an answer can make the libraries raise
            raise no_connection(error) from None
        return answer

"""One request, one answer: the HTTP under everything that goes to Google.

httplib2, the default transport of google-api-python-client, sends a POST again after a dropped answer, even with
`num_retries=0`; a message could leave twice. Here nothing is repeated and no redirect is followed: retries are the
postman's alone. `OneShot` has httplib2's shape over google-auth's AuthorizedSession.
"""

import logging
import threading
from typing import TYPE_CHECKING, Any

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.redaction import protect

if TYPE_CHECKING:
    import httplib2
    import requests
    from google.auth.transport.requests import Request
    from google.oauth2.credentials import Credentials

    from facturier.mail.google.grant import Grant

# Seconds to connect (and for each write), seconds to wait for each piece of the answer. The whole exchange is bounded
# beside that: see `facturier.mail.google.bounded_http`.
TIMEOUT = (10.0, 60.0)

# They write tokens, secrets and the addresses of upload sessions into the log when it is at DEBUG.
_TALKATIVE = ("requests_oauthlib", "oauthlib", "google.auth", "google.oauth2", "googleapiclient", "urllib3")


def one_shot(
    session: "requests.Session", endpoints: Endpoints, stop: threading.Event | None = None, total: float | None = None
) -> "requests.Session":
    """Make a session that repeats nothing, shows an access token to nobody but Gmail, and bounds every exchange as a
    whole: `total` in seconds, and what `stop` leaves once it is set. It returns the session that it was given.

    For a stand-in it goes past any proxy, and takes https addresses of that stand-in as http: oauthlib speaks to
    nothing but https, which is right everywhere else.
    """
    from facturier.mail.google.bounded_http import InClear, Once

    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    session.mount("https://", Once(endpoints, stop, total))
    session.mount("http://", Once(endpoints, stop, total))
    session.max_redirects = 0
    # Without this, a `default` entry in ~/.netrc would replace our Authorization header.
    session.auth = lambda request: request
    if endpoints.stand_in:
        session.trust_env = False
        session.mount(as_secure(endpoints.stand_in), InClear(endpoints, stop, total))
    return session


def as_secure(address: str) -> str:
    """An address of a stand-in as oauthlib wants to see it. Google's own are https already."""
    return "https" + address.removeprefix("http") if address.startswith("http://") else address


def refresh_request(session: "requests.Session", timeout: tuple[float, float]) -> "Request":
    """google-auth's way to ask for a token, without its own repetitions: it would ask again, up to three times, on the
    statuses that raise TransportError here. What is not JSON is not Google's word: the error then has the status as
    `not_googles`."""
    from google.auth import exceptions, transport
    from google.auth.transport.requests import Request

    class Once(Request):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            kwargs["timeout"] = timeout
            reply = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
            if reply.status in transport.DEFAULT_RETRYABLE_STATUS_CODES:
                raise exceptions.TransportError(f"HTTP {reply.status}")
            if json_object(reply.data) is None:
                other = exceptions.TransportError(f"HTTP {reply.status}, not JSON")
                other.not_googles = reply.status  # type: ignore[attr-defined]
                raise other
            return reply

    return Once(session)


def credentials_of(grant: "Grant", endpoints: Endpoints) -> "Credentials":
    from google.oauth2.credentials import Credentials

    return Credentials(
        None,
        refresh_token=grant.refresh_token,
        token_uri=endpoints.token,
        client_id=grant.client.id,
        client_secret=grant.client.secret,
    )


class OneShot:
    """An httplib2.Http as google-api-python-client uses it. `request` raises requests' own exceptions, and
    google-auth's where the access token had to be renewed first and could not be; then nothing was sent."""

    def __init__(
        self,
        credentials: "Credentials",
        endpoints: Endpoints,
        timeout: tuple[float, float],
        stop: threading.Event | None = None,
        total: float | None = None,
    ) -> None:
        import requests
        from google.auth.transport.requests import AuthorizedSession

        self._credentials = credentials
        self._timeout = timeout
        self._sign_in = one_shot(requests.Session(), endpoints, stop, total)
        self._renewal = refresh_request(self._sign_in, timeout)
        self._session = AuthorizedSession(credentials, max_refresh_attempts=0, auth_request=self._renewal)
        one_shot(self._session, endpoints, stop, total)

    def renew(self) -> None:
        """Get a new access token. Raises google.auth.exceptions.RefreshError or TransportError."""
        self._credentials.refresh(self._renewal)
        protect(self._credentials.token, brief=True)

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: dict[str, str] | None = None,
        redirections: int = 0,  # noqa: ARG002  httplib2's signature
        connection_type: object = None,  # noqa: ARG002
    ) -> "tuple[httplib2.Response, bytes]":
        import httplib2

        data = body.read() if hasattr(body, "read") else body
        reply = self._session.request(method, uri, data, headers, timeout=self._timeout, allow_redirects=False)
        protect(self._credentials.token, brief=True)
        answer = httplib2.Response({**reply.headers, "status": str(reply.status_code)})
        answer.reason = reply.reason
        return answer, reply.content

    def close(self) -> None:
        self._session.close()
        self._sign_in.close()


def never_connected(error: "requests.RequestException") -> bool:
    """Whether there was no connection for a single byte to leave through."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout) or getattr(error, "never_connected", False):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)

"""One request, one answer: HTTP transport for all requests to Google.

httplib2, the default transport of google-api-python-client, repeats a POST after a lost answer, even with
`num_retries=0`, so a message could be sent twice. This transport repeats nothing and follows no redirects: only the
postman tries again. `OneShot` has the interface of httplib2 and uses google-auth's AuthorizedSession.
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

# Seconds to connect (and for each write), and seconds to wait for each part of the answer. The whole exchange also has
# a limit: see `facturier.mail.google.bounded_http`.
TIMEOUT = (10.0, 60.0)

# These loggers write tokens, secrets and the addresses of upload sessions at the level DEBUG.
_TALKATIVE = ("requests_oauthlib", "oauthlib", "google.auth", "google.oauth2", "googleapiclient", "urllib3")


def one_shot(
    session: "requests.Session", endpoints: Endpoints, stop: threading.Event | None = None, total: float | None = None
) -> "requests.Session":
    """Configure a session to repeat nothing, to send access tokens only to Gmail, and to limit every exchange.

    The limit is `total` in seconds, and less once `stop` is set. Return the same session. For a Google simulator, the
    session ignores proxies and sends https addresses of that simulator as http, because oauthlib only accepts https.
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
    """Return a simulator's address as https, as oauthlib requires. Google's own addresses are https already."""
    return "https" + address.removeprefix("http") if address.startswith("http://") else address


def refresh_request(session: "requests.Session", timeout: tuple[float, float]) -> "Request":
    """Return google-auth's request object for tokens, without its own retries.

    It would repeat a request up to three times after the statuses that raise TransportError here. An answer that is not
    JSON does not come from Google; the error then has the status as `not_googles`.
    """
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
    """The parts of httplib2.Http that google-api-python-client uses.

    `request` raises requests' own exceptions. It raises google-auth's exceptions if the access token had to be renewed
    first and that failed; nothing was sent then.
    """

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
    """Return whether no connection was made, so that not a single byte can have been sent."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout) or getattr(error, "never_connected", False):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)

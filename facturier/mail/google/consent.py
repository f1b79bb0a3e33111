"""One attempt to get a person's consent, from the link to the address that the browser reaches afterwards.

It uses OAuth 2.0 for installed apps (RFC 8252) with PKCE S256 (RFC 7636), through google-auth-oauthlib.
"""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from facturier.mail.errors import (
    AnswerError,
    ClientFileError,
    ConnectError,
    ConnectionOver,
    ConsentRefused,
    Refused,
    SendError,
)
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.connection import check
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.google.grant import SCOPES, Grant, grant_of, protect_tokens
from facturier.mail.google.transport import TIMEOUT, as_secure, one_shot
from facturier.mail.redaction import protect, redact
from facturier.models.store.store import Clock, utc_now
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    import requests

__all__ = ["Consent", "Grant"]


class Consent:
    """An attempt that waits for its answer. `link` is for the person to open. `state` must be part of the answer.

    `port` is the port on 127.0.0.1 to which Google redirects, whether or not a program listens there. `hint` is the
    address that Google should offer first. Several threads may pass answers; the first valid answer is used.
    """

    def __init__(
        self,
        client: OAuthClient,
        endpoints: Endpoints,
        port: int,
        *,
        clock: Clock = utc_now,
        hint: str = "",
        stop: threading.Event | None = None,
    ) -> None:
        from google_auth_oauthlib.flow import Flow

        from facturier.mail.google.bounded_http import in_clear

        self._client = client
        self._endpoints = endpoints
        self._clock = clock
        self._port = port
        self._stop = stop
        self._lock = threading.Lock()
        self._spent: set[str] = set()
        self._flow = Flow.from_client_config(
            {
                "installed": {
                    "client_id": client.id,
                    "client_secret": client.secret,
                    "auth_uri": as_secure(endpoints.auth),
                    "token_uri": as_secure(endpoints.token),
                }
            },
            scopes=list(SCOPES),
            redirect_uri=f"http://127.0.0.1:{port}/",
        )
        one_shot(self._flow.oauth2session, endpoints, stop)
        self._flow.oauth2session.register_compliance_hook("access_token_response", _need_json)
        # With `consent`, Google returns a refresh token every time, not only the first time.
        asked = {"access_type": "offline", "prompt": "consent"} | ({"login_hint": hint} if hint else {})
        link, self.state = self._flow.authorization_url(**asked)
        protect(client.secret)
        protect(self._flow.code_verifier, brief=True)
        self.link: str = in_clear(link) if endpoints.stand_in else link

    def accept(self, address: str) -> Grant:
        """Return the grant for an answer. `address` is the pasted address of the page that the browser reached.

        Raises AnswerError (not an answer to this attempt, or not valid), ConsentRefused (the person or an administrator
        did not allow it, or not all of it), ClientFileError (Google does not know the client), or ConnectError (no
        network). The link can then be opened again.
        """
        with self._lock:
            return self._accept("".join(address.split()).strip("<>\"'"))

    def _accept(self, pasted: str) -> Grant:
        query = landing(pasted, self.link, self._port, self.state)
        code = query["code"]
        if code in self._spent:
            raise AnswerError(
                _("This address was already used."),
                kept=_("The earlier result has not changed."),
                todo=_("To connect again, open the link again and paste the new address."),
            )
        token = self._exchange(query, code)
        grant = grant_of(token, self._client, self._clock(), stand_in=bool(self._endpoints.stand_in))
        try:
            check(grant, self._endpoints, self._clock, self._stop)
        except (Refused, ConnectionOver) as error:
            raise ConsentRefused(error.happened, kept=_("Nothing was connected."), todo=error.todo) from None
        except SendError:
            pass  # a temporary problem: the grant is valid, and the outbox can wait
        return grant

    def _exchange(self, query: Mapping[str, str], code: str) -> Mapping[str, Any]:
        """Exchange the code for tokens."""
        import requests
        from oauthlib.oauth2 import (
            InvalidClientError,
            InvalidGrantError,
            MissingTokenError,
            OAuth2Error,
            ServerError,
            TemporarilyUnavailableError,
        )

        self._spent.add(code)
        protect(code, brief=True)
        answer = f"https://127.0.0.1:{self._port}/?{urlencode(query)}"
        try:
            token: Mapping[str, Any] = self._flow.fetch_token(authorization_response=answer, timeout=TIMEOUT)
        except Warning as changed:  # oauthlib reports changed scopes as a warning; `grant_of` checks them
            token = getattr(changed, "token", {})
        except _NotGoogle:
            self._spent.discard(code)
            raise ConnectError(
                _("The answer did not come from Google, but from a proxy, a firewall or the network’s sign-in page."),
                kept=_("The address can still be used."),
                todo=_("Check the network, then paste the address again."),
            ) from None
        except requests.RequestException:
            self._spent.discard(code)
            raise ConnectError(
                _("Cannot reach Google."),
                kept=_("The address can still be used."),
                todo=_("Check the network, then paste the address again."),
            ) from None
        except InvalidGrantError:
            raise AnswerError(
                _("Google does not accept this address: it is too old, was already used, or is incomplete."),
                kept=_("Nothing was connected."),
                todo=_("Open the link again and paste the new address."),
            ) from None
        except InvalidClientError:
            raise ClientFileError(
                _("Google does not know this OAuth client, or its secret has changed."),
                kept=_("Nothing was connected."),
                todo=_("Download the client’s JSON from Google again and use that file."),
            ) from None
        except (MissingTokenError, ServerError, TemporarilyUnavailableError):
            self._spent.discard(code)
            raise AnswerError(
                _("Google is having problems and did not give a usable answer."),
                kept=_("Nothing was connected."),
                todo=_("Paste the address again in a minute, or open the link again."),
            ) from None
        except OAuth2Error as error:
            raise refused(str(error.error)) from None
        finally:
            self._flow.oauth2session.close()
        protect_tokens(token)
        return token


class _NotGoogle(Exception):
    """The token endpoint answered with something other than JSON, which oauthlib would misread."""


def _need_json(reply: "requests.Response") -> "requests.Response":
    if json_object(reply.content) is None:
        raise _NotGoogle
    return reply


def landing(pasted: str, link: str, port: int, state: str) -> dict[str, str]:
    """Return the parameters of an answer to the attempt with this link, port and state, including a `code`.

    Raises AnswerError if the address is not an answer to it, and ConsentRefused if access was not allowed.
    """
    parts = _split(pasted)
    if parts.netloc and parts.netloc == urlsplit(link).netloc:
        raise AnswerError(
            _("This is the link itself, not the address of the page that you reach."),
            todo=_("Open it, choose Allow, and copy the address of the page that does not load."),
        )
    if parts.hostname not in ("127.0.0.1", "localhost") or parts.port != port or parts.path not in ("", "/"):
        raise AnswerError(
            _("This is not the address that Google sends you back to."),
            todo=_("It begins with http://127.0.0.1:{port}/ and is long. Copy all of it.").format(port=port),
        )
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if query.get("state") != state:
        raise AnswerError(
            _("This address belongs to a different link, perhaps an older one."),
            kept=_("Nothing was connected."),
            todo=_("Open the link shown now, and copy the address of the page that you reach."),
        )
    if error := query.get("error"):
        raise refused(error)
    if "code" not in query:
        raise AnswerError(
            _("The address is incomplete: the part with the code is missing."),
            todo=_("Copy the whole address, to the very end."),
        )
    return query


def refused(error: str) -> ConsentRefused:
    """Return the error for an error code of Google's sign-in."""
    if error == "access_denied":
        return ConsentRefused(
            _("Google says that access was denied."),
            kept=_("Nothing was connected."),
            todo=_("If this was a mistake, open the link again and choose Allow."),
        )
    if error in ("admin_policy_enforced", "org_internal"):
        return ConsentRefused(
            _("The administrator of this Google account does not allow this connection."),
            kept=_("Nothing was connected."),
            todo=_("Ask the administrator to trust the company’s OAuth client, or choose another account."),
        )
    return ConsentRefused(
        _("Google refused: {error}.").format(error=redact(error, 200)),
        kept=_("Nothing was connected."),
        todo=_("Open the link again. If you get the same answer, check the OAuth client in Google Cloud."),
    )


def _split(pasted: str) -> SplitResult:
    """Return the parts of an address, with or without http://, which some browsers hide.

    Return empty parts if it is not an address.
    """
    try:
        parts = urlsplit(pasted if "://" in pasted else f"http://{pasted}")
        _port = parts.port  # raises ValueError if it is not a number
    except ValueError:
        return urlsplit("")
    return parts

"""The Google simulator's device codes (RFC 8628), which Google refuses for every Gmail scope.

https://developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes. With `granting`, the
simulator allows them anyway, so that the whole flow can be tested.
"""

import secrets
from dataclasses import dataclass, field

from facturier.mail.practice import signin as pages
from facturier.mail.practice.grants import Client
from facturier.mail.practice.http_messages import Reply, Request, as_json, oauth_error
from facturier.mail.practice.signin import SIGN_IN, SignIn

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, section 6.1: no vowels, so that a code never forms a word


@dataclass(slots=True)
class Asked:
    """A pending device code. `ends` and `asked` (its last poll) are POSIX times; `account` and `denied` are the user's
    answer."""

    client: str
    scopes: list[str]
    ends: float
    interval: float
    asked: float = 0
    account: str = ""
    denied: bool = False


@dataclass(slots=True)
class Devices:
    """The device flow. `interval` and `life` are in seconds."""

    signin: SignIn
    url: str = ""
    granting: bool = False
    interval: float = 5
    life: float = 1800
    _codes: dict[str, Asked] = field(default_factory=dict)
    _typed: dict[str, str] = field(default_factory=dict)

    def ask(self, request: Request) -> Reply:
        """The device authorization endpoint. It requires no client secret."""
        form = request.form
        client = self.signin.clients.get(form.get("client_id", ""))
        if client is None:
            return oauth_error(401, "invalid_client", "The OAuth client was not found.")
        scopes = form.get("scope", "").split()
        if not self.granting and not set(scopes) <= SIGN_IN:
            refused = " ".join(scope for scope in scopes if scope not in SIGN_IN)
            return oauth_error(400, "invalid_scope", f"Invalid device flow scope: {refused}")
        code, typed = f"AH-1{secrets.token_urlsafe(48)}", _user_code()
        self._codes[code] = Asked(client.id, scopes, self.signin.grants.now() + self.life, self.interval)
        self._typed[typed] = code
        return as_json(
            200,
            {
                "device_code": code,
                "user_code": typed,
                "expires_in": int(self.life),
                "interval": self.interval,
                "verification_url": f"{self.url}/device",
            },
        )

    def show(self, _request: Request) -> Reply:
        return pages.device(self.signin.accounts.values())

    def decide(self, request: Request) -> Reply:
        form = request.form
        asked = self._codes.get(self._typed.get(form.get("user_code", "").strip().upper(), ""))
        if asked is None:
            return pages.page(400, "That code is not right", '<p><a href="/device">Try again</a></p>')
        asked.account = form.get("account", "")
        asked.denied = form.get("choice") != "allow" or asked.account not in self.signin.accounts
        return pages.page(200, "Done", "<p>You may go back to your device.</p>")

    def poll(self, request: Request) -> Reply:
        """The token endpoint for a device code. It returns the same statuses as Google."""
        client = self.signin.client(request)
        if isinstance(client, Reply):
            return client
        code = request.form.get("device_code", "")
        asked = self._codes.get(code)
        now = self.signin.grants.now()
        if asked is None or asked.client != client.id:
            return oauth_error(400, "invalid_grant", "Malformed device code.")
        if now >= asked.ends:
            return oauth_error(400, "expired_token", "The device code has expired.")
        if now - asked.asked < asked.interval:
            return oauth_error(403, "slow_down", "Forbidden")
        asked.asked = now
        if asked.denied:
            return oauth_error(403, "access_denied", "Forbidden")
        if not asked.account:
            return oauth_error(428, "authorization_pending", "Precondition Required")
        del self._codes[code]
        return as_json(200, self._issue(client, asked))

    def _issue(self, client: Client, asked: Asked) -> dict[str, object]:
        account = self.signin.accounts[asked.account]
        return self.signin.grants.issue(client, account, asked.scopes, refresh=True)


def _user_code() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"

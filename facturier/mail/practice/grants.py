"""The Google simulator's authorization codes and tokens, with one grant per project and account.

It follows these rules of Google: a code works once within ten minutes, and a second use ends the tokens that it gave;
an access token lives for an hour; a refresh token is returned with `access_type=offline` at the first consent or with
`prompt=consent`; revoking any token ends every token of that project and account.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

from facturier.models.store.files import write_file
from facturier.models.store.store import Clock


@dataclass(frozen=True, slots=True)
class Account:
    """A Google account. Without `gmail`, it can sign in but not send ("Mail service not enabled"). `verified` is the
    id_token's `email_verified`. `aliases` are its "send mail as" addresses, which Gmail accepts in From."""

    address: str
    name: str = ""
    gmail: bool = True
    verified: bool = True
    aliases: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The account's id, which stays the same when its address changes (`sub` in the id_token)."""
        return str(int.from_bytes(hashlib.sha256(self.address.encode()).digest()[:8], "big"))


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client of a project. `kind` is `installed` ("Desktop app") or `web`. `gmail_api` is whether the project
    has enabled the Gmail API. `testing` is its publishing status, in which a grant ends after 7 days."""

    id: str = "471108815-practice.apps.googleusercontent.com"
    secret: str = field(default="GOCSPX-practice-not-a-secret", repr=False)
    project: str = "practice-books"
    kind: str = "installed"
    gmail_api: bool = True
    testing: bool = False


CODE_LIFE = timedelta(minutes=10)
TESTING_LIFE = timedelta(days=7)


@dataclass(slots=True)
class Code:
    """An authorization code that has not been exchanged yet. `ends` is a POSIX time."""

    client: str
    account: str
    scopes: list[str]
    redirect: str
    challenge: str
    method: str
    refresh: bool
    nonce: str
    ends: float
    used: bool = False


@dataclass(slots=True)
class Token:
    """An access or refresh token. `ends` is a POSIX time, 0 for no end."""

    client: str
    account: str
    scopes: list[str]
    ends: float
    code: str = ""


@dataclass(slots=True)
class Book:
    """The content of the state file."""

    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)


class Grants:
    """All codes and tokens of the simulator. Not thread-safe: the simulator holds its lock and enters `shared` while it
    uses them."""

    def __init__(self, clients: dict[str, Client], state: Path | None, clock: Clock, access_life: timedelta) -> None:
        self._clients = clients
        self._state = state
        self._clock = clock
        self.access_life = access_life
        self._codes: dict[str, Code] = {}
        self._book = Book()
        self._seen: tuple[int, int] | None = None

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Load what another simulator wrote to the same state file, and lock it out for the duration of the block. So
        two windows of the demo company act as one Google."""
        if self._state is None:
            yield
            return
        import fcntl

        with self._state.with_suffix(".lock").open("a") as lock:
            # one machine: the simulator’s permissions are a locked file here.
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._load(self._state)
            yield

    def now(self) -> float:
        return self._clock().timestamp()

    def issue_code(self, code: Code) -> str:
        text = f"4/0A{secrets.token_urlsafe(32)}"
        self._codes[text] = code
        return text

    def code(self, text: str) -> Code | None:
        """Return the code, or None if it is unknown or expired. If it was already used, its tokens end (RFC 6749,
        section 4.1.2) and None is returned."""
        code = self._codes.get(text)
        if code is None or self.now() >= code.ends:
            return None
        if code.used:
            self._forget(lambda token: token.code == text)
            return None
        return code

    def granted(self, client: Client, account: str) -> bool:
        return any(self._is_of(token, client.project, account) for token in self._book.refresh.values())

    def issue(
        self, client: Client, account: Account, scopes: list[str], *, refresh: bool, code: str = "", nonce: str = ""
    ) -> dict[str, object]:
        """Return a token response (RFC 6749, section 5.1), with an id_token if `openid` was granted."""
        access = f"ya29.{secrets.token_urlsafe(48)}"
        life = self.access_life.total_seconds()
        self._book.access[access] = Token(client.id, account.address, scopes, self.now() + life, code)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": int(life),
            "scope": " ".join(scopes),
            "token_type": "Bearer",
        }
        if refresh:
            text = f"1//0{secrets.token_urlsafe(48)}"
            ends = self.now() + TESTING_LIFE.total_seconds() if client.testing else 0
            self._book.refresh[text] = Token(client.id, account.address, scopes, ends, code)
            answer["refresh_token"] = text
            if client.testing:
                answer["refresh_token_expires_in"] = int(TESTING_LIFE.total_seconds())
        if "openid" in scopes:
            answer["id_token"] = self._id_token(client, account, nonce)
        if code:
            self._codes[code].used = True
        self._save()
        return answer

    def access(self, text: str) -> Token | None:
        return self._alive(self._book.access.get(text))

    def refresh(self, text: str) -> Token | None:
        return self._alive(self._book.refresh.get(text))

    def revoke(self, text: str) -> bool:
        """End every token of this token's project and account. Return False for an unknown token."""
        token = self._book.access.get(text) or self._book.refresh.get(text)
        if token is None:
            return False
        self.end(self._clients[token.client].project, token.account)
        return True

    def end(self, project: str, account: str) -> None:
        self._forget(lambda token: self._is_of(token, project, account))

    def expire_access(self) -> None:
        """Expire every access token, as after an hour."""
        self._book.access.clear()
        self._save()

    def _alive(self, token: Token | None) -> Token | None:
        return token if token and (not token.ends or self.now() < token.ends) else None

    def _is_of(self, token: Token, project: str, account: str) -> bool:
        client = self._clients.get(token.client)
        return client is not None and client.project == project and token.account == account

    def _forget(self, which: Callable[[Token], bool]) -> None:
        self._book.access = {text: token for text, token in self._book.access.items() if not which(token)}
        self._book.refresh = {text: token for text, token in self._book.refresh.items() if not which(token)}
        self._save()

    def _id_token(self, client: Client, account: Account, nonce: str) -> str:
        """Return a JWT signed with the client's secret (HS256). Google signs with its own keys (RS256), but a client
        that receives the token directly from the token endpoint need not check the signature."""
        now = int(self.now())
        claims: dict[str, object] = {
            "iss": "https://accounts.google.com",
            "azp": client.id,
            "aud": client.id,
            "sub": account.subject,
            "email": account.address,
            "email_verified": account.verified,
            "iat": now,
            "exp": now + 3600,
        }
        if nonce:
            claims["nonce"] = nonce
        parts = [_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
        signature = hmac.digest(client.secret.encode(), ".".join(parts).encode(), "sha256")
        return ".".join((*parts, _b64(signature)))

    def _load(self, state: Path) -> None:
        if not state.exists() or (seen := _version(state)) == self._seen:
            return
        kept = json.loads(state.read_text())
        for name in ("access", "refresh"):
            setattr(self._book, name, {token: Token(**what) for token, what in kept[name].items()})
        self._seen = seen

    def _save(self) -> None:
        now = self.now()
        self._book.access = {text: token for text, token in self._book.access.items() if now < token.ends}
        if self._state is None:
            return
        write_file(self._state, json.dumps(asdict(self._book)).encode(), replace=True, durable=False)
        self._seen = _version(self._state)


def _version(file: Path) -> tuple[int, int]:
    """Return a value that changes whenever the file is replaced."""
    stat = file.stat()
    return stat.st_ino, stat.st_mtime_ns


def proves(verifier: str, code: Code) -> bool:
    """Return whether the verifier matches the code's PKCE challenge (RFC 7636, section 4.6)."""
    if not code.challenge:
        return not verifier
    expected = _b64(hashlib.sha256(verifier.encode()).digest()) if code.method == "S256" else verifier
    return hmac.compare_digest(expected, code.challenge)


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

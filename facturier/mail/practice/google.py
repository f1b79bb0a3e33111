"""The Google simulator: sign-in, tokens and Gmail's send method, over real HTTP on 127.0.0.1.

The demo company and the tests use it. It uses Google's paths and protocol and enforces the same rules. Messages that it
accepts never leave the machine.

    with Google(folder=Path("sent")) as google:
        environment = {"FACTURIER_GOOGLE": google.url}
        back = google.allow(link)       # the address that the browser would show after *Allow*

Paths: `/o/oauth2/v2/auth`, `/token`, `/revoke`, `/device/code`, `/device` (where the user types a device code),
`/gmail/v1/users/me/messages/send`, `/upload/gmail/v1/users/me/messages/send`.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from facturier.mail.practice.devices import Devices
from facturier.mail.practice.gmail import Gmail
from facturier.mail.practice.grants import Account, Client, Grants
from facturier.mail.practice.http_messages import Fault, Reply, Request
from facturier.mail.practice.http_server import Server
from facturier.mail.practice.mailboxes import Accepted, Mailboxes
from facturier.mail.practice.signin import SignIn
from facturier.models.store.store import Clock, utc_now


class Google:
    """The simulator's server.

    `folder` receives the messages as .eml files. `state` is a JSON file (mode 0600) that keeps grants and tokens across
    restarts. `port` 0 picks any free port. `access_life` is the lifetime of an access token. `units` is Gmail's quota
    per user and minute (6000 at Google), 0 for no limit. `granting` allows device codes for Gmail, which Google
    refuses. With `rehearsing`, mail to some addresses fails.

    `counts` counts requests by kind: consent, allow, code, refresh, poll, device, device_page, revoke, send, open, put,
    ask, other. `faults` lists what goes wrong with the next requests.
    """

    def __init__(
        self,
        accounts: Sequence[Account] = (Account("billing@acme.example", "Acme Conseil inc."),),
        clients: Sequence[Client] = (Client(),),
        *,
        folder: Path | None = None,
        state: Path | None = None,
        port: int = 0,
        clock: Clock = utc_now,
        access_life: timedelta = timedelta(hours=1),
        units: int = 0,
        granting: bool = False,
        rehearsing: bool = False,
    ) -> None:
        self.accounts = {account.address: account for account in accounts}
        self.clients = {client.id: client for client in clients}
        self.grants = Grants(self.clients, state, clock, access_life)
        self.signin = SignIn(self.accounts, self.clients, self.grants)
        self.devices = Devices(self.signin, granting=granting)
        self.mailboxes = Mailboxes(folder, units, clock, rehearsing)
        self.gmail = Gmail(self.signin, self.mailboxes)
        self.faults: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._port = port
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> Self:
        """Start listening. Raises OSError if the port is in use."""
        self.stopping.clear()
        self._server = Server(("127.0.0.1", self._port), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.devices.url = self.gmail.url = self.url
        self._thread = threading.Thread(target=self._server.serve, name="practice-google", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and close all connections. May be called twice."""
        self.stopping.set()
        if self._server and self._thread:
            while self._thread.is_alive():
                self._server.wake()
                self._thread.join(1)
            self._server.hang_up()
            self._server.server_close()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def messages(self) -> list[Accepted]:
        """All accepted messages, in order."""
        return self.mailboxes.messages

    @property
    def accepted(self) -> Counter[str]:
        """How many times each message was accepted, by the Message-ID that the client sent."""
        return self.mailboxes.accepted

    def allow(self, link: str, *, account: str = "", scopes: Iterable[str] | None = None, deny: bool = False) -> str:
        """Give consent without a browser, with the first account by default. See the function `allow` in this
        module."""
        return allow(link, account=account or next(iter(self.accounts)), scopes=scopes, deny=deny)

    def client_json(self, client: Client | None = None) -> str:
        """Return the client file that Google offers for download when a user creates an OAuth client."""
        client = client or next(iter(self.clients.values()))
        return json.dumps(
            {
                client.kind: {
                    "client_id": client.id,
                    "project_id": client.project,
                    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                    "token_uri": "https://oauth2.googleapis.com/token",
                    "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
                    "client_secret": client.secret,
                    "redirect_uris": ["http://localhost"],
                }
            }
        )

    def end(self, account: str = "") -> None:
        """End every grant of an account, as a changed password does. From then on its tokens give `invalid_grant`."""
        account = account or next(iter(self.accounts))
        with self._lock, self.grants.shared():
            for project in {client.project for client in self.clients.values()}:
                self.grants.end(project, account)

    def expire_access(self) -> None:
        """Expire every access token, as after an hour. From then on they give 401."""
        with self._lock, self.grants.shared():
            self.grants.expire_access()

    def fault(self, kind: str) -> Fault | None:
        """Count a request of this kind, and return the fault planned for it, or None."""
        with self._lock:
            self.counts[kind] += 1
            found = next((fault for fault in self.faults if fault.on == kind), None)
            if found:
                found.times -= 1
                if not found.times:
                    self.faults.remove(found)
            return found

    def answer(self, kind: str, request: Request) -> Reply:
        """Return the normal answer to a request of this kind (see `counts`)."""
        answers = {
            "consent": self.signin.show,
            "allow": self.signin.decide,
            "code": self.signin.token,
            "refresh": self.signin.token,
            "poll": self.devices.poll,
            "device": self.devices.ask,
            "device_page": self.devices.show if request.method == "GET" else self.devices.decide,
            "revoke": self.signin.revoke,
            "send": self.gmail.send,
            "open": self.gmail.open,
            "put": self.gmail.put,
            "ask": self.gmail.put,
        }
        if kind not in answers:
            return Reply(404, b"Not Found\n", {"Content-Type": "text/plain"})
        with self._lock, self.grants.shared():
            return answers[kind](request)

    def keep_part(self, request: Request) -> None:
        """Keep the bytes of a PUT that was cut off."""
        with self._lock:
            self.gmail.keep_part(request)


def allow(link: str, *, account: str, scopes: Iterable[str] | None = None, deny: bool = False) -> str:
    """Press *Allow* (or *Cancel*, with `deny`) on the consent page at `link`, as its form does. Return the address that
    the browser would be redirected to. `scopes` are the boxes that stay checked; None for all.

    Raises ValueError with the page's title if Google would show an error page, and OSError if nothing answers.
    """
    parts = urlsplit(link)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1":
        raise ValueError("not a practice link")
    asked = parse_qs(parts.query).get("scope", [""])[0].split()
    fields = [("account", account), ("choice", "deny" if deny else "allow")]
    fields += [("scope", scope) for scope in (asked if scopes is None else scopes)]
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{parts.path}?{parts.query}", urlencode(fields), headers)
        reply = connection.getresponse()
        text = reply.read().decode()
    finally:
        connection.close()
    if reply.status != 302:
        raise ValueError(text.partition("<title>")[2].partition("</title>")[0])
    return reply.headers["Location"]

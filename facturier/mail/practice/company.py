"""The demo company: sample books connected to the Google simulator, all in one folder. Nothing leaves the machine."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account, Client
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store

ACCOUNTS = (
    Account("billing@acme.example", "Acme Conseil inc."),
    Account("marie@acme.example", "Marie Tremblay"),
    Account("nomail@acme.example", "An account without Gmail", gmail=False),
)
_COMPANY = "Acme Conseil.facturier"


class Practice:
    """The demo company in the folder `home`. `folder` receives every sent message as an .eml file; `client_file` is the
    OAuth client file that a user would download from Google."""

    def __init__(self, home: Path) -> None:
        self.path = home / _COMPANY
        self.folder = home / "sent"
        self.client_file = home / "client_secret.json"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._google = Google(ACCOUNTS, (Client(),), folder=self.folder, state=home / "google.json", rehearsing=True)
        self.client_file.write_text(self._google.client_json(), encoding="utf-8")

    def open(self, now: datetime, told: Callable[[int, int], None]) -> Store:
        """Open the company. If it does not exist, create its books first; `told(done, all)` reports the progress."""
        if not self.path.exists():
            from facturier.mail.practice.books import make_books

            unfinished = self.path.with_suffix(".unfinished")
            for left in self.path.parent.glob(f"{unfinished.name}*"):
                left.unlink()
            make_books(unfinished, self.folder.absolute(), now.astimezone().date(), told=told, latest=now)
            unfinished.rename(self.path)
        return open_company(self.path)

    def start(self) -> Endpoints:
        """Start the Google simulator and return its endpoints."""
        return google_endpoints({"FACTURIER_GOOGLE": self._google.start().url})

    def stop(self) -> None:
        self._google.stop()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that can sign in to the Google simulator."""
        return tuple(account.address for account in ACCOUNTS)

    def allow(self, link: str, *, account: str = "", scopes: Iterable[str] | None = None, deny: bool = False) -> str:
        """Give consent without a browser, as the page's own form does. Return the address that the browser would be
        redirected to. See `facturier.mail.practice.google.allow`."""
        return self._google.allow(link, account=account, scopes=scopes, deny=deny)

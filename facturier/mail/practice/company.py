"""The practice company: sample books wired to the stand-in for Google, in one folder, with nothing that leaves it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account, Client
from facturier.models.store.store import Store, open_company

ACCOUNTS = (
    Account("billing@acme.example", "Acme Conseil inc."),
    Account("marie@acme.example", "Marie Tremblay"),
    Account("nomail@acme.example", "An account without Gmail", gmail=False),
)
_COMPANY = "Acme Conseil.facturier"


class Practice:
    """The practice company in `home`. `folder` is where everything that is sent lands, as .eml files; `client_file` is
    the OAuth client that a person would download from Google."""

    def __init__(self, home: Path) -> None:
        self.path = home / _COMPANY
        self.folder = home / "sent"
        self.client_file = home / "client_secret.json"
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._google = Google(ACCOUNTS, (Client(),), folder=self.folder, state=home / "google.json", rehearsing=True)
        self.client_file.write_text(self._google.client_json(), encoding="utf-8")

    def open(self, now: datetime, told: Callable[[int, int], None]) -> Store:
        """The company, with its books made first where there are none yet: `told(done, all)` says how far it is."""
        if not self.path.exists():
            from facturier.mail.practice.books import make_books

            unfinished = self.path.with_suffix(".unfinished")
            for left in self.path.parent.glob(f"{unfinished.name}*"):
                left.unlink()
            make_books(unfinished, self.folder.absolute(), now.astimezone().date(), told=told, latest=now)
            unfinished.rename(self.path)
        return open_company(self.path)

    def start(self) -> Endpoints:
        """Start the stand-in; where it is."""
        return google_endpoints({"FACTURIER_GOOGLE": self._google.start().url})

    def stop(self) -> None:
        self._google.stop()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that can be signed in to at the stand-in."""
        return tuple(account.address for account in ACCOUNTS)

    def allow(self, link: str, *, account: str = "", scopes: Iterable[str] | None = None, deny: bool = False) -> str:
        """Give the consent without a browser, as the page's own form does; the address that one lands on."""
        return self._google.allow(link, account=account, scopes=scopes, deny=deny)

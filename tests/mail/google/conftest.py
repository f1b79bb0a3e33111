from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facturier.mail.google.client import OAuthClient, parse_client
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import Endpoints, google_endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account, Client
from facturier.mail.senders.gmail import GmailSender

ADDRESS = "billing@acme.example"
ACCOUNTS = (
    Account(ADDRESS, "Acme Conseil inc."),
    Account("nomail@acme.example", gmail=False),
    Account("unproven@acme.example", verified=False),
)
CLIENTS = (
    Client(),
    Client("off.apps.googleusercontent.com", "off-secret", "project-without-api", gmail_api=False),
)


class Clock:
    """Real time, plus an offset that a test can set."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def google(tmp_path: Path, clock: Clock) -> Iterator[Google]:
    with Google(ACCOUNTS, CLIENTS, folder=tmp_path / "sent", clock=clock) as stand_in:
        yield stand_in


@pytest.fixture
def endpoints(google: Google) -> Endpoints:
    return google_endpoints({"FACTURIER_GOOGLE": google.url})


@pytest.fixture
def client(google: Google) -> OAuthClient:
    return parse_client(google.client_json())


@pytest.fixture
def grant(google: Google, client: OAuthClient, endpoints: Endpoints) -> Grant:
    consent = Consent(client, endpoints, 53682)
    found = consent.accept(google.allow(consent.link))
    google.counts.clear()
    return found


@pytest.fixture
def sender(grant: Grant, endpoints: Endpoints) -> GmailSender:
    return GmailSender(grant, endpoints)


@pytest.fixture
def consent(client: OAuthClient, endpoints: Endpoints) -> Callable[..., Consent]:
    """Return a function that starts a consent attempt; its options go to Consent."""

    def make(**options: object) -> Consent:
        return Consent(client, endpoints, 53682, **options)  # type: ignore[arg-type]

    return make

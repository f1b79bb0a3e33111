"""One Gmail address for several companies, with one consent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from facturier.mail.errors import ConnectError, WrongGoogle
from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import (
    accept_grant,
    check_connection,
    disconnect,
    end_permission,
    known_client,
    removal,
)
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.google.grant import SCOPES, Grant
from facturier.mail.google.shared_address import offer_of, offers, take
from facturier.mail.locations import Locations
from facturier.mail.new_company import new_company
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.mail.senders.gmail_rate_limit import A_MINUTE, RateLimit
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.company.recent import remember_company
from facturier.models.outbox.deliveries import unfinished
from facturier.models.outbox.delivery import SenderKind
from facturier.models.store.opening import open_company
from tests.mail.people import no_keyring
from tests.models.making import GMAIL, a_draft

Sit = Callable[[str, str], Workspace]


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Google]:
    with Google((Account(GMAIL),), folder=tmp_path / "google") as running:
        yield running


@pytest.fixture
def sit(tmp_path: Path, google: Google) -> Sit:
    def one(company: str, person: str = "marie") -> Workspace:
        path = tmp_path / f"{company}.facturier"
        if not path.exists():
            new_company(path, name=company, email="hello@acme.example", currency="CAD", language="en")
        locations = Locations(tmp_path / person, tmp_path / f"{person}.log")
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
        endpoints = google_endpoints({"FACTURIER_GOOGLE": google.url})
        return open_workspace(open_company(path, user=person), locations, endpoints, identity=identity)

    return one


def sends(ws: Workspace) -> bool:
    invoice = a_draft(ws.store)
    assert invoice.id is not None
    composition = replace(compose(ws, invoice.id), sender_kind=SenderKind.GMAIL)
    queue(ws, prepare(ws, invoice.id, composition), not_before=ws.clock())
    return postman(ws).deliver() == 1


def test_two_companies_share_an_address_independently(sit: Sit, google: Google) -> None:
    acme, bakery = sit("Acme", "marie"), sit("Bakery", "marie")
    assert offers(bakery) == []
    consent = Consent(parse_client(google.client_json()), acme.endpoints, 53682)
    accept_grant(acme, consent.accept(google.allow(consent.link)))

    [offer] = offers(bakery)
    assert (offer.address, offer.company) == (GMAIL, "Acme")
    take(bakery, offer)
    assert offers(bakery) == []
    assert sends(bakery)
    assert google.counts["consent"] <= 1

    assert "is also used by Acme" in removal(bakery)
    assert disconnect(bakery) == ""
    assert bakery.keys.vault.read().grant is None
    assert google.counts["revoke"] == 0
    assert sends(acme)
    assert "revokes its permission at Google" in removal(acme)
    disconnect(acme)
    assert google.counts["revoke"] == 1
    assert offers(bakery) == []


def test_inaccessible_companies_are_not_offered(sit: Sit, google: Google) -> None:
    acme = sit("Acme", "marie")
    consent = Consent(parse_client(google.client_json()), acme.endpoints, 53682)
    accept_grant(acme, consent.accept(google.allow(consent.link)))
    bakery = sit("Bakery", "paul")
    remember_company(bakery.locations.data, acme.store.path)
    assert offers(bakery) == []
    with pytest.raises(ConnectError):
        offer_of(sit("Cellar", "marie"), bakery.store.path)


def test_companies_that_share_an_address_share_its_rate_limit(sit: Sit, google: Google) -> None:
    acme, bakery = sit("Acme", "marie"), sit("Bakery", "marie")
    consent = Consent(parse_client(google.client_json()), acme.endpoints, 53682)
    accept_grant(acme, consent.accept(google.allow(consent.link)))
    take(bakery, offers(bakery)[0])
    pace = RateLimit(acme.locations.data / "pace")
    for _message in range(A_MINUTE - 1):
        pace.take(GMAIL, acme.clock())
    assert sends(acme)
    assert sends(bakery)  # the delivery was tried
    assert [delivery.state for delivery in unfinished(bakery.store)] == [State.QUEUED]
    assert google.counts["put"] == 1


def test_secrets_for_google_are_never_sent_to_a_simulator(sit: Sit, google: Google) -> None:
    ws = sit("Acme", "marie")
    client = parse_client(google.client_json())
    accept_grant(ws, Grant(GMAIL, client, "1//of-google", SCOPES))
    invoice = a_draft(ws.store)
    composition = replace(compose(ws, invoice.id or 0), sender_kind=SenderKind.GMAIL)
    assert "FACTURIER_GOOGLE" in " ".join(found.text for found in prepare(ws, invoice.id or 0, composition).findings)
    with pytest.raises(WrongGoogle):
        check_connection(ws)
    assert known_client(ws) is None
    with pytest.raises(WrongGoogle):
        end_permission(ws)
    connection = ws.connection()
    assert connection is not None
    assert not connection.over
    assert not google.counts
    assert "no secret was revealed" in disconnect(ws)
    assert not google.counts


def test_secrets_for_a_simulator_are_never_sent_to_google(sit: Sit, google: Google, tmp_path: Path) -> None:
    ws = sit("Acme", "marie")
    consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
    accept_grant(ws, consent.accept(google.allow(consent.link)))
    real = open_workspace(ws.store, ws.locations, google_endpoints({}), identity=ws.keys.identity)
    with pytest.raises(WrongGoogle, match="simulator"):
        check_connection(real)

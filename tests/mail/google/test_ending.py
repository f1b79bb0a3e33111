"""Checking a connection, and revoking it."""

import pytest

from facturier.mail.errors import ConnectError, ConnectionOver, Refused, Unreachable
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.connection import check, revoke
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import Grant
from facturier.mail.practice import http_messages
from facturier.mail.practice.google import Google
from facturier.mail.practice.http_messages import Fault, Reply


def test_a_working_connection_is_checked_without_sending(google: Google, grant: Grant, endpoints: Endpoints) -> None:
    check(grant, endpoints)
    assert google.messages == []
    assert dict(google.counts) == {"refresh": 1, "open": 1}


def test_problems_of_a_connection(google: Google, grant: Grant, endpoints: Endpoints) -> None:
    google.faults += [Fault("open", answer=http_messages.domain_policy()), Fault("refresh", drop=True)]
    with pytest.raises(Unreachable):
        check(grant, endpoints)
    with pytest.raises(Refused):
        check(grant, endpoints)
    google.end()
    with pytest.raises(ConnectionOver):
        check(grant, endpoints)


def test_revoking_ends_every_token_of_the_project_and_account(
    google: Google, grant: Grant, client: OAuthClient, endpoints: Endpoints
) -> None:
    other = Consent(client, endpoints, 5000)
    of_another_company = other.accept(google.allow(other.link))
    revoke(grant, endpoints)
    for ended in (grant, of_another_company):
        with pytest.raises(ConnectionOver):
            check(ended, endpoints)


def test_revoking_an_ended_token_is_no_error(google: Google, grant: Grant, endpoints: Endpoints) -> None:
    google.end()
    revoke(grant, endpoints)
    assert google.counts["revoke"] == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("revoke", drop=True),
        Fault("revoke", answer=Reply(503, b"busy")),
        Fault("revoke", answer=Reply(400, b'["x"]')),
    ],
)
def test_revoking_while_google_is_unreachable(google: Google, grant: Grant, endpoints: Endpoints, fault: Fault) -> None:
    google.faults.append(fault)
    with pytest.raises(ConnectError, match="Could not revoke the permission") as caught:
        revoke(grant, endpoints)
    assert "myaccount.google.com" in caught.value.todo
    assert grant.refresh_token not in str(caught.value)
    assert google.counts["revoke"] == 1

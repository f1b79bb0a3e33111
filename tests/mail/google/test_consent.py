import base64
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from facturier.mail.errors import AnswerError, ClientFileError, ConnectError, ConsentRefused
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.grant import SCOPES, Grant
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account, Client
from facturier.mail.practice.http_messages import Fault, Reply, as_json, oauth_error
from facturier.mail.senders.gmail import GmailSender
from tests.mail.google.conftest import ADDRESS, CLIENTS, Clock
from tests.mail.google.letters import ENVELOPE, letter

Make = Callable[..., Consent]


def token_answer(google: Google, **changes: object) -> Reply:
    """A valid answer of the token endpoint with some fields replaced. None removes a field."""
    client, account = next(iter(google.clients.values())), next(iter(google.accounts.values()))
    answer = google.grants.issue(client, account, list(SCOPES), refresh=True) | changes
    return as_json(200, {name: value for name, value in answer.items() if value is not None})


def id_token(**claims: object) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()}.e30"


def test_the_link_asks_for_the_right_parameters(consent: Make) -> None:
    attempt = consent(hint=ADDRESS)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(attempt.link).query).items()}
    assert asked["scope"].split() == list(SCOPES)
    assert asked["redirect_uri"] == "http://127.0.0.1:53682/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["access_type"] == "offline"
    assert asked["prompt"] == "consent"
    assert asked["login_hint"] == ADDRESS
    assert asked["state"] == attempt.state


def test_the_link_of_the_real_google(client: OAuthClient) -> None:
    assert Consent(client, Endpoints(), 53682).link.startswith("https://accounts.google.com/o/oauth2/v2/auth?")


def test_every_attempt_has_its_own_state_and_challenge(consent: Make) -> None:
    assert consent().link != consent().link
    assert consent().state != consent().state


def test_paste_back_gives_a_grant_without_showing_secrets(google: Google, consent: Make) -> None:
    attempt = consent()
    grant = attempt.accept(google.allow(attempt.link))
    assert grant.address == ADDRESS
    assert set(grant.scopes) == set(SCOPES)
    assert grant.refresh_token.startswith("1//")
    for secret in (grant.refresh_token, grant.client.secret):
        assert secret not in repr(grant)
    assert Grant.from_json(json.loads(json.dumps(grant.to_json()))) == grant


@pytest.mark.parametrize(
    "kept", [{}, {"client": {}, "scopes": []}, {"client": 1, "scopes": []}, {"address": "a", "client": {}, "scopes": 1}]
)
def test_an_invalid_grant_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a grant"):
        Grant.from_json(kept)


@pytest.mark.parametrize(
    "pasted",
    [
        lambda back: f"  {back}\n",
        lambda back: back[:60] + "\r\n " + back[60:],
        lambda back: back.removeprefix("http://"),
        lambda back: back.replace("127.0.0.1", "localhost"),
        lambda back: back + "#",
        lambda back: f"<{back}>",
    ],
    ids=["spaces", "broken over lines", "without http", "localhost", "fragment", "in brackets"],
)
def test_an_address_is_accepted_as_people_paste_it(google: Google, consent: Make, pasted: Callable[[str], str]) -> None:
    attempt = consent()
    assert attempt.accept(pasted(google.allow(attempt.link))).address == ADDRESS


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        (lambda attempt: "", "not the address that Google sends you back to"),
        (lambda attempt: "https://mail.google.com/", "not the address that Google sends you back to"),
        (lambda attempt: "4/0AbCd-code-alone", "not the address that Google sends you back to"),
        (lambda attempt: f"http://127.0.0.1:1/?state={attempt.state}&code=1", "not the address"),
        (lambda attempt: f"http://127.0.0.1:53682/other?state={attempt.state}&code=1", "not the address"),
        (lambda attempt: "http://[::1", "not the address"),
        (lambda attempt: "http://127.0.0.1:port/", "not the address"),
        (lambda attempt: attempt.link, "the link itself"),
        (lambda attempt: "http://127.0.0.1:53682/?state=older&code=1", "belongs to a different link"),
        (lambda attempt: "http://127.0.0.1:53682/?code=1", "belongs to a different link"),
        (lambda attempt: f"http://127.0.0.1:53682/?state={attempt.state}", "the part with the code is missing"),
        (lambda attempt: f"http://127.0.0.1:53682/?state={attempt.state}&code=made-up", "too old, was already used"),
    ],
)
def test_each_wrong_address_has_its_own_message(
    google: Google, consent: Make, pasted: Callable[[Consent], str], sentence: str
) -> None:
    attempt = consent()
    with pytest.raises(AnswerError, match=sentence) as caught:
        attempt.accept(pasted(attempt))
    assert caught.value.todo
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS  # the attempt can continue


def test_a_refusal_can_be_followed_by_consent(google: Google, consent: Make) -> None:
    attempt = consent()
    with pytest.raises(ConsentRefused, match="access was denied"):
        attempt.accept(google.allow(attempt.link, deny=True))
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS


@pytest.mark.parametrize(
    ("error", "sentence"), [("admin_policy_enforced", "administrator"), ("server_error\x1b[2J", r"server_error\[2J")]
)
def test_other_refusals_are_shown_and_cleaned(consent: Make, error: str, sentence: str) -> None:
    attempt = consent()
    with pytest.raises(ConsentRefused, match=sentence) as caught:
        attempt.accept(f"http://127.0.0.1:53682/?state={attempt.state}&error={error}")
    assert "\x1b" not in str(caught.value)


def test_a_second_paste_does_not_reach_google(google: Google, consent: Make) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    grant = attempt.accept(back)
    with pytest.raises(AnswerError, match="already used"):
        attempt.accept(back)
    assert google.counts["code"] == 1
    assert google.grants.refresh(grant.refresh_token)  # Google revokes the tokens of a code that is used twice


def test_a_consent_without_sending_names_the_check_box(google: Google, consent: Make) -> None:
    attempt = consent()
    with pytest.raises(ConsentRefused, match="Send email on your behalf"):
        attempt.accept(google.allow(attempt.link, scopes=[]))
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS


def test_a_wider_grant_than_asked_is_refused(google: Google, consent: Make) -> None:
    attempt = consent()
    google.faults.append(
        Fault("code", answer=token_answer(google, scope=" ".join((*SCOPES, "https://mail.google.com/"))))
    )
    with pytest.raises(ConsentRefused, match=r"more than Facturier asked for: https://mail\.google\.com/"):
        attempt.accept(google.allow(attempt.link))


def test_an_account_without_gmail(google: Google, consent: Make) -> None:
    attempt = consent()
    with pytest.raises(ConsentRefused, match="has no Gmail"):
        attempt.accept(google.allow(attempt.link, account="nomail@acme.example"))


def test_a_project_without_the_gmail_api(google: Google, endpoints: Endpoints) -> None:
    off = CLIENTS[1]
    attempt = Consent(OAuthClient(off.id, off.secret, off.project), endpoints, 53682)
    with pytest.raises(ConsentRefused, match="Gmail API is not enabled"):
        attempt.accept(google.allow(attempt.link))


def test_an_unverified_address_is_refused(google: Google, consent: Make) -> None:
    attempt = consent()
    with pytest.raises(ConsentRefused, match=r"unproven@acme\.example"):
        attempt.accept(google.allow(attempt.link, account="unproven@acme.example"))


def test_a_gmail_outage_does_not_lose_a_consent(google: Google, consent: Make) -> None:
    attempt = consent()
    google.faults.append(Fault("open", drop=True))
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS


def test_a_wrong_secret(google: Google, endpoints: Endpoints) -> None:
    attempt = Consent(OAuthClient(Client().id, "old", "practice"), endpoints, 53682)
    with pytest.raises(ClientFileError, match="its secret has changed"):
        attempt.accept(google.allow(attempt.link))


@pytest.mark.parametrize("fault", [Fault("code", drop=True), Fault("code", cut=0)], ids=["dropped", "cut"])
def test_without_a_network_the_answer_is_kept(google: Google, consent: Make, fault: Fault) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    google.faults.append(fault)
    with pytest.raises(ConnectError, match="Cannot reach Google"):
        attempt.accept(back)
    assert attempt.accept(back).address == ADDRESS


@pytest.mark.parametrize(
    "answer",
    [
        Reply(503, b"<html>busy</html>"),
        Reply(200, b"not json"),
        Reply(200, b"[" * 100_000),
        Reply(407),
        Reply(403, b"<html>access_token=1&token_type=Bearer</html>"),
    ],
)
def test_an_answer_that_is_not_googles_is_not_blamed_on_google(google: Google, consent: Make, answer: Reply) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    google.faults.append(Fault("code", answer=answer))
    with pytest.raises(ConnectError, match="The answer did not come from Google"):
        attempt.accept(back)
    assert google.counts["code"] == 1
    assert attempt.accept(back).address == ADDRESS


@pytest.mark.parametrize("answer", [Reply(200, b'{"token_type": "Bearer"}'), oauth_error(400, "server_error", "x")])
def test_a_server_error(google: Google, consent: Make, answer: Reply) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    google.faults.append(Fault("code", answer=answer))
    with pytest.raises(AnswerError, match="having problems"):
        attempt.accept(back)
    assert google.counts["code"] == 1
    assert attempt.accept(back).address == ADDRESS


def test_an_expired_code(google: Google, consent: Make, clock: Clock) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    clock.shift = timedelta(minutes=11)
    with pytest.raises(AnswerError, match="too old"):
        attempt.accept(back)


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_wrong_clock_is_reported(google: Google, consent: Make, hours: int) -> None:
    wrong = Clock()
    wrong.shift = timedelta(hours=hours)
    attempt = consent(clock=wrong)
    with pytest.raises(AnswerError, match="clock of this machine is wrong"):
        attempt.accept(google.allow(attempt.link))


def test_a_slightly_wrong_clock_is_accepted(google: Google, consent: Make) -> None:
    slow = Clock()
    slow.shift = timedelta(minutes=-4)
    attempt = consent(clock=slow)
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS


@pytest.mark.parametrize(
    "changes",
    [
        {"id_token": None},
        {"id_token": "rubbish"},
        {"id_token": "e30.W10.e30"},
        {"id_token": id_token(iss="https://evil.example", aud=Client().id, email="a@b.example")},
        {"id_token": id_token(iss="https://accounts.google.com", aud="another", email="a@b.example", iat=1, exp=2)},
        {"id_token": id_token(iss="https://accounts.google.com", aud=Client().id, email="a@b.example")},
        {"id_token": id_token(iss="https://accounts.google.com", aud=Client().id, iat=1, exp=9e9, email="nobody")},
        {"id_token": id_token(iss="https://accounts.google.com", aud=Client().id, iat=1, exp=9e9)},
    ],
)
def test_an_invalid_id_token(google: Google, consent: Make, changes: dict[str, object]) -> None:
    attempt = consent()
    google.faults.append(Fault("code", answer=token_answer(google, **changes)))
    with pytest.raises(AnswerError) as caught:
        attempt.accept(google.allow(attempt.link))
    assert caught.value.kept == "Nothing was connected."


def test_an_answer_without_a_refresh_token(google: Google, consent: Make) -> None:
    attempt = consent()
    google.faults.append(Fault("code", answer=token_answer(google, refresh_token=None)))
    with pytest.raises(AnswerError, match="does not include a permanent permission"):
        attempt.accept(google.allow(attempt.link))


def test_reconnecting_keeps_the_connection_of_another_company(google: Google, consent: Make, grant: Grant) -> None:
    attempt = consent()
    again = attempt.accept(google.allow(attempt.link))
    assert again.refresh_token != grant.refresh_token
    assert google.grants.refresh(grant.refresh_token)
    assert google.counts["revoke"] == 0


def test_no_setting_of_the_process_changes(google: Google, consent: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in ("OAUTHLIB_INSECURE_TRANSPORT", "OAUTHLIB_RELAX_TOKEN_SCOPE"):
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    attempt = consent()
    attempt.accept(google.allow(attempt.link))
    assert dict(os.environ) == before


def test_a_proxy_and_a_netrc_do_not_affect_the_simulator(
    google: Google, consent: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:  # noqa: PTH123
        file.write("default login somebody password other\n")
    monkeypatch.setenv("NETRC", netrc)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    attempt = consent()
    assert attempt.accept(google.allow(attempt.link)).address == ADDRESS


def test_names_of_accounts_are_cleaned(google: Google, consent: Make) -> None:
    google.accounts["a\u202eb@acme.example"] = Account("a\u202eb@acme.example")
    attempt = consent()
    assert attempt.accept(google.allow(attempt.link, account="a\u202eb@acme.example")).address == "ab@acme.example"


def test_any_other_refusal_of_the_exchange_is_shown(google: Google, consent: Make) -> None:
    attempt = consent()
    back = google.allow(attempt.link)
    google.faults += [
        Fault("code", answer=oauth_error(400, "redirect_uri_mismatch", "Bad Request")),
        Fault("code", answer=oauth_error(400, "org_internal", "")),
    ]
    with pytest.raises(ConsentRefused, match="redirect_uri_mismatch"):
        attempt.accept(back)
    with pytest.raises(ConsentRefused, match="administrator"):
        attempt.accept(google.allow(attempt.link))


def test_no_secret_reaches_the_log(
    google: Google, consent: Make, endpoints: Endpoints, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    attempt = consent()
    back = google.allow(attempt.link)
    grant = attempt.accept(back)
    handover = GmailSender(grant, endpoints).open(ENVELOPE, letter())
    handover.hand_over()
    handover.close()
    code = parse_qs(urlsplit(back).query)["code"][0]
    upload_id = parse_qs(urlsplit(handover.session).query)["upload_id"][0]
    for secret in (code, grant.client.secret, grant.refresh_token, upload_id, "ya29."):
        assert secret not in caplog.text

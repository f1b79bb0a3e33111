"""The grant: the permission to send that a consent gives, as it is stored in the vault."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from facturier.mail.errors import AnswerError, ConsentRefused
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.redaction import protect, redact
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

SEND = "https://www.googleapis.com/auth/gmail.send"
# The URL form of `email`, because Google answers with it and oauthlib would report the short form as a changed scope.
SCOPES = ("openid", "https://www.googleapis.com/auth/userinfo.email", SEND)


@dataclass(frozen=True, slots=True)
class Grant:
    """The permission to send mail as `address`, but never to read it.

    `stand_in` says whether a Google simulator gave it. A token from Google must not be sent to a simulator, or the
    other way round.
    """

    address: str
    client: OAuthClient
    refresh_token: str = field(repr=False)
    scopes: tuple[str, ...]
    stand_in: bool = False

    def to_json(self) -> dict[str, object]:
        """Return a JSON object with all secrets, which must only be stored in the vault."""
        return {
            "address": self.address,
            "client": {"id": self.client.id, "secret": self.client.secret, "project": self.client.project},
            "refresh_token": self.refresh_token,
            "scopes": list(self.scopes),
            "stand_in": self.stand_in,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Grant":
        """Return the grant in an object from `to_json`. Raises ValueError if it is not valid."""
        client, scopes = kept.get("client"), kept.get("scopes")
        if not isinstance(client, Mapping) or not isinstance(scopes, list):
            raise ValueError("not a grant")  # noqa: TRY004  the type is right, but its contents are wrong
        texts = [kept.get("address"), client.get("id"), client.get("secret"), kept.get("refresh_token")]
        if not all(isinstance(text, str) and text for text in texts):
            raise ValueError("not a grant")
        address, name, secret, token = (str(text) for text in texts)
        own = OAuthClient(name, secret, str(client.get("project", "")))
        return cls(address, own, token, tuple(str(scope) for scope in scopes), bool(kept.get("stand_in")))


def protect_tokens(token: Mapping[str, object]) -> None:
    """Register the tokens as secrets. Call this before reading the rest of the answer, which may repeat them."""
    protect(
        *(str(token[name]) for name in ("access_token", "refresh_token", "id_token") if token.get(name)), brief=True
    )


def grant_of(token: Mapping[str, object], client: OAuthClient, now: datetime, *, stand_in: bool) -> Grant:
    """Return the grant in an answer of the token endpoint of Google or a simulator.

    Raises ConsentRefused if the person did not allow sending, or allowed more than Facturier asked for, and AnswerError
    if the answer is incomplete.
    """
    said = token.get("scope")
    scopes = [str(scope) for scope in said] if isinstance(said, list) else str(said or "").split()
    if SEND not in scopes:
        raise ConsentRefused(
            _("Permission to send email was not selected."),
            kept=_("Nothing was connected."),
            todo=_("Open the link again and select “Send email on your behalf” before you choose Continue."),
        )
    if wider := sorted(set(scopes) - set(SCOPES)):
        raise ConsentRefused(
            _("Google granted more than Facturier asked for: {scopes}.").format(scopes=redact(", ".join(wider))),
            kept=_("Nothing was connected: Facturier must never be able to read a mailbox."),
            todo=_("Use a separate OAuth client for Facturier that has no other permissions."),
        )
    address = address_of(token.get("id_token"), client.id, now)
    refresh = token.get("refresh_token")
    if not isinstance(refresh, str) or not refresh:
        raise AnswerError(
            _("Google’s answer does not include a permanent permission."),
            kept=_("Nothing was connected."),
            todo=_("Open the link again."),
        )
    return Grant(address, client, refresh, tuple(scopes), stand_in)


ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LONGEST = 320  # characters: RFC 5321, 4.5.3.1
_LAST = 32_503_680_000  # the year 3000, in seconds since 1970
SKEW = timedelta(minutes=5)  # how far this machine's clock may be off


def address_of(id_token: object, client_id: str, now: datetime) -> str:
    """Return the account's email address.

    Raises AnswerError if the token was not issued by Google to this client or does not fit this machine's clock, and
    ConsentRefused if Google has not verified the address.
    """
    claims = _claims(id_token)
    audience = claims.get("aud")
    if claims.get("iss") not in ISSUERS or (audience != client_id and audience != [client_id]):
        raise _unreadable()
    issued, ends = claims.get("iat"), claims.get("exp")
    if not (isinstance(issued, int | float) and isinstance(ends, int | float) and _is_time(issued) and _is_time(ends)):
        raise _unreadable()
    if now.timestamp() >= ends + SKEW.total_seconds() or now.timestamp() < issued - SKEW.total_seconds():
        raise AnswerError(
            _("The clock of this machine is wrong: it says {here}, Google says {there}.").format(
                here=f"{now:%Y-%m-%d %H:%M} UTC", there=f"{datetime.fromtimestamp(issued, UTC):%Y-%m-%d %H:%M} UTC"
            ),
            kept=_("Nothing was connected."),
            todo=_("Correct the clock, then open the link again."),
        )
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in clean(address) or len(address) > _LONGEST:
        raise _unreadable()
    if claims.get("email_verified") not in (True, "true"):
        raise ConsentRefused(
            _("Google has not verified that {address} belongs to this account.").format(address=clean(address)),
            kept=_("Nothing was connected."),
            todo=_("Verify the address with Google, or choose another account, then open the link again."),
        )
    return clean(address)


def _is_time(seconds: float) -> bool:
    return 0 <= seconds <= _LAST  # also False for NaN


def _claims(id_token: object) -> dict[str, object]:
    try:
        body = str(id_token).split(".")[1]
        claims = json_object(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        raise _unreadable() from None
    if claims is None:
        raise _unreadable()
    return claims


def _unreadable() -> AnswerError:
    return AnswerError(
        _("Google’s answer does not say whose account it is."),
        kept=_("Nothing was connected."),
        todo=_("Open the link again."),
    )

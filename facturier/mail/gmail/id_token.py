"""Whose account it is: the id_token that came with the tokens.

OpenID Connect Core 1.0, section 3.1.3.7. The token came straight from the token endpoint over TLS, which may stand in
for the check of its signature (point 6); everything else is checked.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta

from facturier.mail.errors import AnswerError, ConsentRefused
from facturier.mail.gmail.answers import json_object
from facturier.models.clean import clean
from facturier.models.language import _

ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LONGEST = 320  # characters: RFC 5321, 4.5.3.1
_LAST = 32_503_680_000  # the year 3000, in seconds since 1970
SKEW = timedelta(minutes=5)  # how far this machine's clock may be off


def address_of(id_token: object, client_id: str, now: datetime) -> str:
    """The account's mail address. Raises AnswerError for a token that is not Google's word to this client or does not
    fit this machine's clock, ConsentRefused where Google does not vouch for the address."""
    claims = _claims(id_token)
    audience = claims.get("aud")
    if claims.get("iss") not in ISSUERS or (audience != client_id and audience != [client_id]):
        raise _unreadable()
    issued, ends = claims.get("iat"), claims.get("exp")
    if not (isinstance(issued, int | float) and isinstance(ends, int | float) and _is_time(issued) and _is_time(ends)):
        raise _unreadable()
    if now.timestamp() >= ends + SKEW.total_seconds() or now.timestamp() < issued - SKEW.total_seconds():
        raise AnswerError(
            _("This machine’s clock is wrong: it says {here}, Google says {there}.").format(
                here=f"{now:%Y-%m-%d %H:%M} UTC", there=f"{datetime.fromtimestamp(issued, UTC):%Y-%m-%d %H:%M} UTC"
            ),
            kept=_("Nothing was connected."),
            todo=_("Set the clock, then open the link again."),
        )
    address = claims.get("email")
    if not isinstance(address, str) or "@" not in clean(address) or len(address) > _LONGEST:
        raise _unreadable()
    if claims.get("email_verified") not in (True, "true"):
        raise ConsentRefused(
            _("Google has not verified that {address} belongs to this account.").format(address=clean(address)),
            kept=_("Nothing was connected."),
            todo=_("Verify the address at Google, or choose another account, then open the link again."),
        )
    return clean(address)


def _is_time(seconds: float) -> bool:
    return 0 <= seconds <= _LAST  # not for what is no number either


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

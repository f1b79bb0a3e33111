"""Consent by device code (RFC 8628), for servers that offer it. Google does not offer it for sending mail."""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from facturier.mail.errors import AnswerError, ConnectError, ConsentRefused, DeviceRefused
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.google.grant import SCOPES, Grant, grant_of, protect_tokens
from facturier.mail.google.transport import TIMEOUT, one_shot
from facturier.mail.redaction import protect, redact
from facturier.models.store.store import Clock, utc_now
from facturier.models.text.i18n import _

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
# Characters in a code, the seconds that it is valid, and the seconds between two requests.
_LONGEST, _LASTS, _SLOWEST = 500, 86_400, 60.0
_SLOWER = 5.0  # seconds that are added between requests after each `slow_down` (RFC 8628, section 3.5)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A code for the person to enter (`user_code`) and the page for it. `interval` is in seconds."""

    user_code: str
    verification_url: str
    expires: datetime
    interval: float
    code: str = field(repr=False)


def ask_device(
    client: OAuthClient, endpoints: Endpoints, clock: Clock = utc_now, stop: threading.Event | None = None
) -> DeviceCode:
    """Request a device code. Raises DeviceRefused if the server offers none, and ConnectError if it does not answer."""
    status, answer = _post(endpoints.device, {"client_id": client.id, "scope": " ".join(SCOPES)}, endpoints, stop)
    if status != 200:
        if status >= 500 or "error" not in answer:
            raise _no_answer()
        raise DeviceRefused(
            _("Google does not allow device codes for sending email."), todo=_("The other ways still work.")
        )
    try:
        texts = [answer["user_code"], answer.get("verification_url") or answer["verification_uri"]]
        code = answer["device_code"]
        lasts, interval = float(answer["expires_in"]), float(answer.get("interval", 5))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _no_answer() from None
    # Limits on what a person is shown and has to enter, and on how long and how often we ask.
    whole = all(isinstance(text, str) and 0 < len(text) <= _LONGEST for text in (*texts, code))
    if not whole or not (0 < lasts <= _LASTS and math.isfinite(interval)):
        raise _no_answer()
    protect(code, brief=True)
    return DeviceCode(
        redact(texts[0]), redact(texts[1]), clock() + timedelta(seconds=lasts), min(max(interval, 0.0), _SLOWEST), code
    )


def wait_device(
    code: DeviceCode, client: OAuthClient, endpoints: Endpoints, stop: threading.Event, clock: Clock = utc_now
) -> Grant | None:
    """Ask repeatedly until the person has answered. Return None once `stop` is set.

    Raises ConsentRefused (denied, or not everything allowed) and AnswerError (the code has expired, or the answer is
    not valid). If the network fails, it asks less often.
    """
    protect(client.secret)
    interval = code.interval
    fields = {
        "client_id": client.id,
        "client_secret": client.secret,
        "device_code": code.code,
        "grant_type": GRANT_TYPE,
    }
    while not stop.wait(interval):
        if clock() >= code.expires:
            raise _ran_out()
        try:
            status, answer = _post(endpoints.token, fields, endpoints, stop)
        except ConnectError:
            interval = min(interval * 2, 60)
            continue
        if not answer:  # the answer is from a proxy, or from a server in trouble
            interval = min(interval * 2, 60)
            continue
        if status == 200:
            protect_tokens(answer)
            return grant_of(answer, client, clock(), stand_in=bool(endpoints.stand_in))
        match answer.get("error"):
            case "authorization_pending":
                continue
            case "slow_down":
                interval += _SLOWER
            case "expired_token":
                raise _ran_out()
            case "access_denied":
                raise ConsentRefused(_("Google says that access was denied."), kept=_("Nothing was connected."))
            case str() as other if status < 500:
                raise AnswerError(
                    _("Google refused: {error}.").format(error=redact(other, 200)),
                    kept=_("Nothing was connected."),
                    todo=_("Use one of the other ways."),
                )
            case _:
                interval = min(interval * 2, 60)
    return None


def _post(
    url: str, fields: Mapping[str, str], endpoints: Endpoints, stop: threading.Event | None
) -> tuple[int, Mapping[str, Any]]:
    """Return the status and JSON object of the answer. The object is empty if it is not JSON. Raises ConnectError."""
    import requests

    try:
        with one_shot(requests.Session(), endpoints, stop) as session:
            reply = session.post(url, data=dict(fields), timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        raise _no_answer() from None
    return reply.status_code, json_object(reply.content) or {}


def _no_answer() -> ConnectError:
    return ConnectError(_("Google did not issue a device code."), todo=_("The other ways still work."))


def _ran_out() -> AnswerError:
    return AnswerError(
        _("The device code has expired."), kept=_("Nothing was connected."), todo=_("Use one of the other ways.")
    )

"""Consent by device code (RFC 8628), where the server grants one. Google does not for sending mail."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from facturier.mail.errors import AnswerError, ConnectError, ConsentRefused, DeviceRefused
from facturier.mail.gmail.client import OAuthClient
from facturier.mail.gmail.endpoints import Endpoints
from facturier.mail.gmail.grant import SCOPES, Grant, grant_of
from facturier.mail.gmail.transport import TIMEOUT, one_shot
from facturier.models.clean import clean
from facturier.models.language import _
from facturier.models.store import Clock, utc_now

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER = 5.0  # seconds more between questions after each `slow_down` (RFC 8628, section 3.5)


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What the person types (`user_code`) and where; `interval` is in seconds."""

    user_code: str
    verification_url: str
    expires: datetime
    interval: float
    code: str = field(repr=False)


def ask_device(client: OAuthClient, endpoints: Endpoints, clock: Clock = utc_now) -> DeviceCode:
    """Ask for a device code. Raises DeviceRefused where the server grants none, ConnectError without an answer."""
    status, answer = _post(endpoints.device, {"client_id": client.id, "scope": " ".join(SCOPES)}, endpoints)
    if status != 200:
        if status >= 500:
            raise _no_answer()
        raise DeviceRefused(_("Google does not allow device codes for sending mail."), todo=_("The other ways stand."))
    try:
        return DeviceCode(
            clean(str(answer["user_code"])),
            clean(str(answer.get("verification_url") or answer["verification_uri"])),
            clock() + timedelta(seconds=float(answer["expires_in"])),
            float(answer.get("interval", 5)),
            str(answer["device_code"]),
        )
    except (KeyError, TypeError, ValueError):
        raise _no_answer() from None


def wait_device(
    code: DeviceCode, client: OAuthClient, endpoints: Endpoints, stop: threading.Event, clock: Clock = utc_now
) -> Grant | None:
    """Ask again and again until the person has answered; None once `stop` is set.

    Raises ConsentRefused (denied, or not all of it allowed) and AnswerError (the code ran out, or the answer is not
    right). A lost network only slows it down.
    """
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
            status, answer = _post(endpoints.token, fields, endpoints)
        except ConnectError:
            interval = min(interval * 2, 60)
            continue
        if status == 200:
            return grant_of(answer, client, clock(), stand_in=bool(endpoints.stand_in))
        match answer.get("error"):
            case "authorization_pending":
                continue
            case "slow_down":
                interval += _SLOWER
            case "expired_token":
                raise _ran_out()
            case "access_denied":
                raise ConsentRefused(_("Google says that access was not allowed."), kept=_("Nothing was connected."))
            case other if status < 500:
                raise AnswerError(
                    _("Google refused: {error}.").format(error=clean(str(other))[:200]),
                    kept=_("Nothing was connected."),
                    todo=_("Use one of the other ways."),
                )
            case _:
                interval = min(interval * 2, 60)
    return None


def _post(url: str, fields: Mapping[str, str], endpoints: Endpoints) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON object of the answer; an empty object where it is something else. Raises ConnectError."""
    import requests

    try:
        with one_shot(requests.Session(), endpoints) as session:
            reply = session.post(url, data=dict(fields), timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException:
        raise _no_answer() from None
    try:
        answer = reply.json()
    except ValueError:
        answer = None
    return reply.status_code, answer if isinstance(answer, dict) else {}


def _no_answer() -> ConnectError:
    return ConnectError(_("Google gave no device code."), todo=_("The other ways stand."))


def _ran_out() -> AnswerError:
    return AnswerError(
        _("The device code has run out."), kept=_("Nothing was connected."), todo=_("Use one of the other ways.")
    )

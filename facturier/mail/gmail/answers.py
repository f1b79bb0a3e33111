"""What Google's answers mean for a delivery.

https://developers.google.com/workspace/gmail/api/guides/handle-errors for Gmail, RFC 6749, section 5.2, for tokens.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from facturier.mail.errors import ConnectionOver, NotNow, Refused, SenderRefused, SendError, Unreachable
from facturier.models.clean import clean
from facturier.models.language import _

_RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
_RATE = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
_NOT_SWITCHED_ON = {"accessNotConfigured", "SERVICE_DISABLED"}
_WHATEVER_THE_MESSAGE = {*_NOT_SWITCHED_ON, "domainPolicy"}
_RESET = 8  # Google's day ends at midnight Pacific time: 07:00 or 08:00 UTC


def refusal_of(status: int, content: bytes, headers: Mapping[str, str], now: datetime) -> SendError:
    """The error that an answer other than success stands for: the request had no effect. It is the caller who knows
    whether that can be trusted (a 5xx after the message's bytes cannot). `headers` has lower-case names."""
    reasons, message = _words(content)
    reply = clean(f"{status} {message}")[:500]
    if status == 403 and "dailyLimitExceeded" in reasons:
        return NotNow(
            _("This Google project has used up its day’s share of Gmail. Sending goes on when Google’s day is over."),
            retry=_next_day(now),
            whole_sender=True,
            reply=reply,
        )
    if status == 429 or (status == 403 and reasons & _RATE):
        return NotNow(
            _("Gmail asks for a pause. Sending goes on by itself."),
            retry=_retry(message, headers, now),
            whole_sender=True,
            reply=reply,
        )
    if status >= 500 or status == 408:
        return NotNow(_("Gmail has trouble of its own."), retry=_retry(message, headers, now), reply=reply)
    if status == 401:
        return ConnectionOver(
            _("Google does not accept the connection any more."),
            reply=reply,
            kept=_("The invoices wait in the outbox."),
            todo=_("Connect the Gmail address again."),
        )
    if reasons & {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return ConnectionOver(
            _("The connection does not include the right to send."),
            reply=reply,
            kept=_("The invoices wait in the outbox."),
            todo=_("Connect the Gmail address again, and tick “Send email on your behalf”."),
        )
    happened, todo = _refused(status, reasons, message)
    kind = SenderRefused if reasons & _WHATEVER_THE_MESSAGE or _has_no_gmail(reasons, message) else Refused
    return kind(happened, reply=reply, kept=_("It did not leave."), todo=todo)


def token_error(error: Exception) -> SendError:
    """What google-auth's RefreshError or TransportError means: no access token could be had, and nothing was sent."""
    from google.auth.exceptions import RefreshError

    words = clean(str(error.args[0]) if error.args else "")[:500]
    if not isinstance(error, RefreshError):
        return unreachable(words)
    said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = str(said.get("error", ""))
    if code == "invalid_grant" or words.startswith("Reauthentication"):
        return ConnectionOver(
            _("Google has ended the connection: access was removed, the password changed, or it lay unused for long."),
            reply=words,
            kept=_("The invoices wait in the outbox."),
            todo=_("Connect the Gmail address again."),
        )
    if code in ("invalid_client", "deleted_client", "unauthorized_client", "org_internal", "admin_policy_enforced"):
        return ConnectionOver(
            _("Google no longer accepts the company’s OAuth client."),
            reply=words,
            kept=_("The invoices wait in the outbox."),
            todo=_("Look at the client in Google Cloud, then connect the Gmail address again with its file."),
        )
    return Unreachable(
        _("Google did not sign us in: {words}. It is tried again by itself.").format(words=code or words), reply=words
    )


def unreachable(reply: str) -> Unreachable:
    return Unreachable(_("Google could not be reached. Sending is tried again by itself."), reply=clean(reply)[:500])


def _refused(status: int, reasons: set[str], message: str) -> tuple[str, str]:
    """What happened and what to do."""
    if reasons & _NOT_SWITCHED_ON:
        return _("The Gmail API is not switched on in your Google project."), _(
            "Switch it on in Google Cloud under APIs & Services → Library → Gmail API, then try again."
        )
    if "domainPolicy" in reasons:
        return _("The administrator of this Google account does not allow sending through other programs."), _(
            "Ask the administrator to allow it, or send from another address."
        )
    if _has_no_gmail(reasons, message):
        return _("This Google account has no Gmail."), _("Connect an account that has, or use the default sender.")
    if status == 413:
        return _("The message is larger than Gmail takes."), _("Send a smaller document, or fewer attachments.")
    return _("Gmail refused the message: {words}").format(words=clean(message) or status), _(
        "Look at the addresses and send it again."
    )


def _has_no_gmail(reasons: set[str], message: str) -> bool:
    return bool(reasons & {"failedPrecondition", "FAILED_PRECONDITION"}) and "mail service" in message.lower()


def _words(content: bytes) -> tuple[set[str], str]:
    """The machine words and the message of Google's JSON error, in its old and its new form; none for anything else."""
    try:
        error = json.loads(content)["error"]
        message = str(error["message"])
        parts = [*error.get("errors", []), *error.get("details", [])]
        reasons = {str(part["reason"]) for part in parts if isinstance(part, dict) and "reason" in part}
    except (ValueError, KeyError, TypeError, AttributeError):
        return set(), ""
    return reasons | {str(error.get("status", ""))}, message


def _retry(message: str, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The time that Google names: in the message, or in Retry-After (RFC 9110, section 10.2.3)."""
    if named := _RETRY_AFTER.search(message):
        with contextlib.suppress(ValueError):  # no such day
            return datetime.fromisoformat(named[1])
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        return now + timedelta(seconds=min(int(after), 86_400))
    try:
        named_date = parsedate_to_datetime(after)
    except ValueError:
        return None
    return named_date if named_date.tzinfo else named_date.replace(tzinfo=UTC)


def _next_day(now: datetime) -> datetime:
    reset = now.astimezone(UTC).replace(hour=_RESET, minute=0, second=0, microsecond=0)
    return reset if reset > now else reset + timedelta(days=1)

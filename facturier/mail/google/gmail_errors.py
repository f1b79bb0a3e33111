"""Convert Google's answers into errors that say what happens to a delivery.

The sources are https://developers.google.com/workspace/gmail/api/guides/handle-errors for Gmail, and RFC 6749, section
5.2, for tokens.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from facturier.mail.errors import ConnectionOver, NotNow, Refused, SenderRefused, SendError, Unreachable, short_of
from facturier.mail.exchange import is_short_of
from facturier.mail.redaction import redact
from facturier.models.text.i18n import _

_RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
_RATE = {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
_NOT_SWITCHED_ON = {"accessNotConfigured", "SERVICE_DISABLED"}
_TOO_NARROW = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
# Only these statuses are about one message (https://developers.google.com/workspace/gmail/api/guides/handle-errors).
# Google sends the others for every message of the account.
_ABOUT_THE_MESSAGE = (400, 413)
_WHATEVER_THE_MESSAGE = {"failedPrecondition", "FAILED_PRECONDITION", "domainPolicy", "forbidden", "authError"}
_PASSING = {"internal_failure", "server_error", "temporarily_unavailable", ""}  # temporary errors of a token endpoint
_NO_PROXY = (401, 403, 407)  # a proxy that refuses every request
_RESET = 8  # Google's day ends at midnight Pacific time: 07:00 or 08:00 UTC
_QUOTED = 200  # characters of a server's message that our sentences quote


def json_object(content: bytes | str) -> dict[str, Any] | None:
    """Return the answer if it is a JSON object, or None for anything else, even if it is deeply nested."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def is_googles(content: bytes) -> bool:
    """Return whether this is an error in the format of Google's APIs, which proxies and firewalls do not use."""
    return _error(content) is not None


def refusal_of(status: int, content: bytes, headers: Mapping[str, str], now: datetime) -> SendError:
    """Return the error for an answer other than success, if the request had no effect.

    The caller knows whether that is certain; after a 5xx to the message's bytes it is not. `headers` has lower-case
    names.
    """
    reasons, message = _words(content)
    reply = redact(f"{status} {message}")
    if _error(content) is None:
        return _not_googles(status, content, headers, now)
    if "dailyLimitExceeded" in reasons:
        return NotNow(
            _("This Google project has reached its daily Gmail limit. Sending resumes when Google’s day ends."),
            retry=_next_day(now),
            whole_sender=True,
            reply=reply,
        )
    if status == 429 or reasons & _RATE:
        return NotNow(
            _("Gmail asked for a pause. Sending resumes automatically."),
            retry=_retry(message, headers, now),
            whole_sender=True,
            reply=reply,
        )
    if status >= 500 or status == 408:
        return NotNow(_("Gmail is having problems."), retry=_retry(message, headers, now), reply=reply)
    if status == 401:
        return ConnectionOver(
            _("Google no longer accepts the connection."),
            reply=reply,
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Connect the Gmail address again."),
        )
    if reasons & _TOO_NARROW:
        return ConnectionOver(
            _("The connection does not include permission to send."),
            reply=reply,
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Connect the Gmail address again, and select “Send email on your behalf”."),
        )
    return _refused(status, reasons, message, reply)


def _not_googles(status: int, content: bytes, headers: Mapping[str, str], now: datetime) -> SendError:
    """Return the error for an answer that is not in Google's format.

    It may be from a proxy, a firewall, a hotel's network, or a server of Google's that sends no JSON.
    """
    reply = redact(f"{status} {content[:_QUOTED].decode(errors='replace')}")
    if status == 429 or status >= 500 or status == 408:
        return NotNow(
            _("A server on the way to Gmail answered {status}. Facturier will try again automatically.").format(
                status=status
            ),
            retry=_retry("", headers, now),
            whole_sender=status == 429,
            reply=reply,
        )
    if status == 413:
        return Refused(
            _("The message is larger than a server on the way to Gmail accepts."),
            reply=reply,
            kept=_("The message was not sent."),
            todo=_("Send a smaller PDF, or fewer attachments."),
        )
    return not_google(status, reply)


def not_google(status: int, reply: str = "") -> SenderRefused:
    """Return an error for a server that answered instead of Google. It is not about one message."""
    if status == 407:
        return SenderRefused(
            _("A proxy between this machine and Google asks for a password (407)."),
            reply=reply or str(status),
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Set HTTPS_PROXY with a user and password, or ask the administrator of the network."),
        )
    return SenderRefused(
        _("A proxy or firewall between this machine and Google answered instead of Google ({status}).").format(
            status=status
        ),
        reply=reply or str(status),
        kept=_("The invoices are waiting in the outbox."),
        todo=_("Ask the administrator of the network or the firewall to allow googleapis.com."),
    )


def token_error(error: Exception) -> SendError:
    """Return the error for google-auth's RefreshError or TransportError: no access token, so nothing was sent."""
    from google.auth.exceptions import RefreshError

    if error.args and isinstance(error.args[0], Exception):  # an exception of requests
        return no_connection(error.args[0])
    words = redact(str(error.args[0]) if error.args else "")
    if status := getattr(error, "not_googles", 0):
        return not_google(status, words)
    if not isinstance(error, RefreshError):
        return unreachable(words)
    said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    named = said.get("error", "")
    code = redact(named, _QUOTED) if isinstance(named, str) else ""
    if code == "invalid_grant" or words.startswith("Reauthentication"):
        return ConnectionOver(
            _(
                "Google has ended the connection: access was removed, the password was changed, or it "
                "was not used for a long time."
            ),
            reply=words,
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Connect the Gmail address again."),
        )
    if code in ("invalid_client", "deleted_client", "unauthorized_client", "org_internal", "admin_policy_enforced"):
        return ConnectionOver(
            _("Google no longer accepts the company’s OAuth client."),
            reply=words,
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Check the client in Google Cloud, then connect the Gmail address again with its file."),
        )
    if code not in _PASSING:
        return SenderRefused(
            _("Google rejected the sign-in: {words}.").format(words=code),
            reply=words,
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Facturier will try again automatically. If it keeps failing, connect the Gmail address again."),
        )
    return Unreachable(
        _("Google rejected the sign-in: {words}. Facturier will try again automatically.").format(
            words=code or redact(words, _QUOTED)
        ),
        reply=words,
    )


def no_connection(error: Exception) -> SendError:
    """Return the error for an exception of requests, if nothing can have been sent.

    A proxy's answer to CONNECT is only in http.client's message.
    """
    found = re.search(r"Tunnel connection failed: (\d{3})", str(error))
    if found and int(found[1]) in _NO_PROXY:
        return not_google(int(found[1]))
    return short_of() if is_short_of(error) else unreachable(type(error).__name__)


def unreachable(reply: str) -> Unreachable:
    return Unreachable(_("Cannot reach Google. Facturier will try again automatically."), reply=redact(reply))


def _refused(status: int, reasons: set[str], message: str, reply: str) -> Refused:
    """Return the error for a refusal by Google: of this message, or of everything from the account."""
    about_the_account = status not in _ABOUT_THE_MESSAGE or bool(reasons & {*_WHATEVER_THE_MESSAGE, *_NOT_SWITCHED_ON})
    if reasons & _NOT_SWITCHED_ON:
        happened, todo = (
            _("The Gmail API is not enabled in your Google project."),
            _("Enable it in Google Cloud under APIs & Services → Library → Gmail API, then try again."),
        )
    elif "domainPolicy" in reasons:
        happened, todo = (
            _("The administrator of this Google account does not allow sending from other programs."),
            _("Ask the administrator to allow it, or send from another address."),
        )
    elif _has_no_gmail(reasons, message):
        happened, todo = (
            _("This Google account has no Gmail."),
            _("Connect an account that has one, or use the default sender."),
        )
    elif about_the_account:
        happened, todo = (
            _("Gmail does not let this account send: {words}").format(words=redact(message, _QUOTED) or status),
            _("Check the account at Google, or connect the Gmail address again."),
        )
    elif status == 413:
        happened, todo = (
            _("The message is larger than Gmail accepts."),
            _("Send a smaller PDF, or fewer attachments."),
        )
    else:
        happened, todo = (
            _("Gmail refused the message: {words}").format(words=redact(message, _QUOTED) or status),
            _("Check the addresses and send it again."),
        )
    if about_the_account:
        return SenderRefused(happened, reply=reply, kept=_("The invoices are waiting in the outbox."), todo=todo)
    return Refused(happened, reply=reply, kept=_("It was not sent."), todo=todo)


def _has_no_gmail(reasons: set[str], message: str) -> bool:
    return bool(reasons & {"failedPrecondition", "FAILED_PRECONDITION"}) and "mail service" in message.lower()


def _error(content: bytes) -> dict[str, Any] | None:
    """Return the error in an answer of Google, or None for anything else."""
    error = (json_object(content) or {}).get("error")
    return error if isinstance(error, dict) and isinstance(error.get("message"), str) else None


def _words(content: bytes) -> tuple[set[str], str]:
    """Return the error codes and the message of Google's JSON error, in its old or new format, or nothing."""
    error = _error(content) or {}
    lists = (error.get(name) for name in ("errors", "details"))
    parts = [part for some in lists if isinstance(some, list) for part in some if isinstance(part, dict)]
    named = [error.get("status"), *(part.get("reason") for part in parts)]
    return {word for word in named if isinstance(word, str)}, str(error.get("message", ""))


def _retry(message: str, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the time that Google names, in the message or in Retry-After (RFC 9110, section 10.2.3), or None."""
    if named := _RETRY_AFTER.search(message):
        with contextlib.suppress(ValueError):  # the date does not exist
            return datetime.fromisoformat(named[1])
    after = headers.get("retry-after", "").strip()[:100]
    if after.isdecimal():
        return now + timedelta(seconds=min(int(after), 86_400))
    try:
        named_date = parsedate_to_datetime(after)
    except (ValueError, OverflowError):
        return None
    return named_date if named_date.tzinfo else named_date.replace(tzinfo=UTC)


def _next_day(now: datetime) -> datetime:
    reset = now.astimezone(UTC).replace(hour=_RESET, minute=0, second=0, microsecond=0)
    return reset if reset > now else reset + timedelta(days=1)

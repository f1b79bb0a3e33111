"""HTTP requests to the Google simulator, and its answers."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """An HTTP request. `target` is the path with its query, exactly as sent."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters. If one is given twice, the first value is used."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @cached_property
    def lists(self) -> dict[str, list[str]]:
        """The form fields, with all values of each, for check boxes."""
        return parse_qs(self.body.decode("utf-8", "replace"))

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in self.lists.items()}

    @property
    def bearer(self) -> str:
        """The access token, or an empty string if there is none (RFC 6750, section 2.1)."""
        kind, _, token = str(self.headers.get("Authorization", "")).partition(" ")
        return token if kind.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(status: int, value: object, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json; charset=UTF-8", **headers})


def oauth_error(status: int, error: str, description: str) -> Reply:
    return as_json(status, {"error": error, "error_description": description})


def gmail_error(status: int, reason: str, message: str, *, domain: str = "global", word: str = "") -> Reply:
    """Return an error response of the Gmail API. `reason` is the older error code (`rateLimitExceeded`), `word` the
    newer status (`RESOURCE_EXHAUSTED`)."""
    error = {"code": status, "message": message, "errors": [{"message": message, "domain": domain, "reason": reason}]}
    return as_json(status, {"error": error | ({"status": word} if word else {})})


def bad_message(message: str) -> Reply:
    return gmail_error(400, "invalidArgument", message, word="INVALID_ARGUMENT")


def no_mail_service() -> Reply:
    return gmail_error(400, "failedPrecondition", "Mail service not enabled", word="FAILED_PRECONDITION")


def bad_credentials() -> Reply:
    return gmail_error(401, "authError", "Invalid Credentials", word="UNAUTHENTICATED")


def too_narrow() -> Reply:
    message = "Request had insufficient authentication scopes."
    return gmail_error(403, "insufficientPermissions", message, word="PERMISSION_DENIED")


def api_disabled(project: str) -> Reply:
    message = (
        f"Gmail API has not been used in project {project} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project={project} then retry."
    )
    return gmail_error(403, "accessNotConfigured", message, domain="usageLimits", word="PERMISSION_DENIED")


def domain_policy() -> Reply:
    return gmail_error(403, "domainPolicy", "The domain administrators have disabled Gmail apps.")


def daily_limit() -> Reply:
    return gmail_error(403, "dailyLimitExceeded", "Daily Limit Exceeded", domain="usageLimits")


def user_rate_limit() -> Reply:
    return gmail_error(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits")


def rate_limited(until: datetime) -> Reply:
    """Return the 429 that names a time. The two spaces are Google's."""
    moment = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{until.microsecond // 1000:03d}Z"
    message = f"User-rate limit exceeded.  Retry after {moment}"
    return gmail_error(429, "rateLimitExceeded", message, domain="usageLimits", word="RESOURCE_EXHAUSTED")


def backend_error(status: int = 503) -> Reply:
    return gmail_error(status, "backendError", "Backend Error", word="UNAVAILABLE")


def too_large() -> Reply:
    return gmail_error(413, "uploadTooLarge", "Request Entity Too Large")


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` requests of one kind (see `Google.counts` for the kinds).

    With `accept`, the request still takes effect. Then, after `delay` seconds, the connection is dropped (`drop`) or
    `answer` replaces the normal answer. With `cut`, nothing takes effect: the connection is reset after that many bytes
    of a PUT's body, which count as received, or after the body of any other request.
    """

    on: str
    answer: Reply | None = None
    accept: bool = False
    drop: bool = False
    delay: float = 0
    cut: int | None = None
    times: int = 1

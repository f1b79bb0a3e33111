"""Which request is which."""

from facturier.mail.practice.devices import GRANT_TYPE
from facturier.mail.practice.requests import Request


def kind_of(request: Request) -> str:
    """The kind of a request, as `Google.counts` names it. A PUT is told by its head alone."""
    upload = request.path.startswith(("/upload/gmail/v1/", "/resumable/upload/gmail/v1/"))
    match request.method, request.path:
        case "GET", "/o/oauth2/v2/auth":
            return "consent"
        case "POST", "/o/oauth2/v2/auth":
            return "allow"
        case "POST", "/token":
            return {"refresh_token": "refresh", GRANT_TYPE: "poll"}.get(request.form.get("grant_type", ""), "code")
        case "POST", "/device/code":
            return "device"
        case (("GET" | "POST"), "/device"):
            return "device_page"
        case "POST", "/revoke":
            return "revoke"
        case "PUT", _ if upload:
            return "ask" if str(request.headers.get("Content-Range", "")).startswith("bytes */") else "put"
        case "POST", _ if upload and request.query.get("uploadType") == "resumable":
            return "open"
        case "POST", path if upload or path.startswith("/gmail/v1/"):
            return "send"
    return "other"

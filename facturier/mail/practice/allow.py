"""Give the stand-in's consent from the keyboard, where there is no browser."""

from collections.abc import Iterable
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlencode, urlsplit


def allow(link: str, *, account: str, scopes: Iterable[str] | None = None, deny: bool = False) -> str:
    """Press *Allow* (or *Cancel*) on the consent page that `link` leads to, and return the address that the browser
    would land on. `scopes` are the boxes that stay ticked; None for all. It does what the page's form does.

    Raises ValueError with the page's title where Google would show an error instead, OSError where nobody answers.
    """
    parts = urlsplit(link)
    if parts.scheme != "http" or parts.hostname != "127.0.0.1":
        raise ValueError("not a practice link")
    asked = parse_qs(parts.query).get("scope", [""])[0].split()
    fields = [("account", account), ("choice", "deny" if deny else "allow")]
    fields += [("scope", scope) for scope in (asked if scopes is None else scopes)]
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"{parts.path}?{parts.query}", urlencode(fields), headers)
        reply = connection.getresponse()
        text = reply.read().decode()
    finally:
        connection.close()
    if reply.status != 302:
        raise ValueError(text.partition("<title>")[2].partition("</title>")[0])
    return reply.headers["Location"]

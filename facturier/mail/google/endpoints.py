"""Where Google is, or its stand-in on this machine."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _

_NOWHERE = "http://127.0.0.1:0"  # nothing can listen there


class Endpoints(NamedTuple):
    """Google's addresses. `gmail` is the root that Gmail's paths are joined to, with its slash. `stand_in` is the
    origin of a stand-in, empty for the real Google: the screens show that it is on."""

    auth: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    device: str = "https://oauth2.googleapis.com/device/code"
    revoke: str = "https://oauth2.googleapis.com/revoke"
    gmail: str = "https://gmail.googleapis.com/"
    stand_in: str = ""

    @property
    def reachable(self) -> bool:
        """Whether there is a Google to ask, or a simulator of it."""
        return self.stand_in != _NOWHERE

    def is_gmail(self, address: str) -> bool:
        """Whether this is an address of Gmail's own, to which our access token may be shown. It may have been written
        by anybody who can write the company file, so it is read as the library reads it that will connect."""
        from urllib3.exceptions import LocationParseError
        from urllib3.util import parse_url

        if not (address.isascii() and address.isprintable()) or " " in address or "\\" in address:
            return False  # parsers disagree about these
        try:
            there, home = parse_url(address), parse_url(self.gmail)
        except LocationParseError:
            return False
        return there.auth is None and (there.scheme, there.host, there.port) == (home.scheme, home.host, home.port)


def google_endpoints(environment: Mapping[str, str]) -> Endpoints:
    """Google's addresses, or those of the stand-in that FACTURIER_GOOGLE names. Raises FacturierError where it names
    anything but an http loopback address: secrets would go there in clear."""
    named = environment.get("FACTURIER_GOOGLE", "")
    if not named:
        return Endpoints()
    root = _stand_in(named)
    if not root:
        raise FacturierError(
            _("FACTURIER_GOOGLE is set, but not to an address on this machine."),
            kept=_("Nothing was sent there."),
            todo=_("Set it to an address such as http://127.0.0.1:8025, or unset it to use Google."),
        )
    return _simulator(root)


def no_google() -> Endpoints:
    """The endpoints of a workspace that must not reach any Google: every request to them fails."""
    return _simulator(_NOWHERE)


def _simulator(root: str) -> Endpoints:
    return Endpoints(
        f"{root}/o/oauth2/v2/auth", f"{root}/token", f"{root}/device/code", f"{root}/revoke", f"{root}/", root
    )


def _stand_in(named: str) -> str:
    """The origin that will be connected to, written again from what was read; empty where that is no address of this
    machine. That a name such as localhost leads here is checked once more when it is connected."""
    if not named.isascii() or not named.isprintable() or set(named) & set(" \\%@?#"):
        return ""  # parsers disagree about these; a zone id leads to another network card
    try:
        parts = urlsplit(named)
        host, port = parts.hostname or "", parts.port
        address = None if host == "localhost" else ipaddress.ip_address(host)
    except ValueError:
        return ""
    if parts.scheme != "http" or port is None or parts.path.strip("/") or not (address is None or address.is_loopback):
        return ""
    return f"http://[{address}]:{port}" if isinstance(address, ipaddress.IPv6Address) else f"http://{host}:{port}"

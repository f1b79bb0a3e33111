"""The addresses of Google, or of a Google simulator on this machine."""

import ipaddress
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from facturier.models.errors import FacturierError
from facturier.models.text.i18n import _

_NOWHERE = "http://127.0.0.1:0"  # no program can listen on this port


class Endpoints(NamedTuple):
    """Google's addresses.

    `gmail` is the root of Gmail's paths, with a slash at the end. `stand_in` is the origin of a Google simulator, which
    the screens show, or empty for the real Google.
    """

    auth: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
    device: str = "https://oauth2.googleapis.com/device/code"
    revoke: str = "https://oauth2.googleapis.com/revoke"
    gmail: str = "https://gmail.googleapis.com/"
    stand_in: str = ""

    @property
    def reachable(self) -> bool:
        """Whether there is a Google, or a simulator of it, that can be asked."""
        return self.stand_in != _NOWHERE

    def is_gmail(self, address: str) -> bool:
        """Return whether this is an address of Gmail, which may receive our access token.

        Anyone who can write the company file may have changed the address, so it is parsed with the function of the
        library that will connect to it.
        """
        from urllib3.exceptions import LocationParseError
        from urllib3.util import parse_url

        if not (address.isascii() and address.isprintable()) or " " in address or "\\" in address:
            return False  # parsers interpret these differently
        try:
            there, home = parse_url(address), parse_url(self.gmail)
        except LocationParseError:
            return False
        return there.auth is None and (there.scheme, there.host, there.port) == (home.scheme, home.host, home.port)


def google_endpoints(environment: Mapping[str, str]) -> Endpoints:
    """Return Google's addresses, or those of the simulator in FACTURIER_GOOGLE.

    Raises FacturierError if the variable is not an http loopback address, because secrets are sent there in clear text.
    """
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
    """Return endpoints for a workspace that must not reach any Google. Every request to them fails."""
    return _simulator(_NOWHERE)


def _simulator(root: str) -> Endpoints:
    return Endpoints(
        f"{root}/o/oauth2/v2/auth", f"{root}/token", f"{root}/device/code", f"{root}/revoke", f"{root}/", root
    )


def _stand_in(named: str) -> str:
    """Return the origin that will be connected to, rebuilt from its parsed parts.

    Return an empty text if it is not an address of this machine. The connection checks again that a name such as
    localhost leads to this machine.
    """
    if not named.isascii() or not named.isprintable() or set(named) & set(" \\%@?#"):
        return ""  # parsers interpret these differently, and a zone id selects another network interface
    try:
        parts = urlsplit(named)
        host, port = parts.hostname or "", parts.port
        address = None if host == "localhost" else ipaddress.ip_address(host)
    except ValueError:
        return ""
    if parts.scheme != "http" or port is None or parts.path.strip("/") or not (address is None or address.is_loopback):
        return ""
    return f"http://[{address}]:{port}" if isinstance(address, ipaddress.IPv6Address) else f"http://{host}:{port}"

"""What DNS says about an address. `facturier.models.text.addresses` reads what people type."""

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from facturier.mail.sending.checks import Finding
from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.text.addresses import parse_address as parse_address
from facturier.models.text.addresses import parse_addresses as parse_addresses
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from dns.resolver import Resolver

# A domain that takes mail. A resolver that does not know it has no connection: its "no" is not an answer.
_SURE = "gmail.com"

_log = logging.getLogger(__name__)


class DomainChecker:
    """Asks DNS once about each domain, and never where mail goes to a simulator. `ask` is given an address."""

    def __init__(self, ws: Workspace, ask: Callable[[str], str | None] | None = None) -> None:
        self._asks = not ws.endpoints.stand_in
        self._ask = ask or check_domain
        self._said: dict[str, str] = {}

    def ask(self, addresses: Iterable[str]) -> bool:
        """Ask about the domains that were not asked about yet. Blocks. Returns whether there is a new warning. Never
        raises."""
        new = False
        for address in addresses if self._asks else ():
            domain = address.rpartition("@")[2]
            if domain not in self._said:
                try:
                    self._said[domain] = self._ask(address) or ""
                except Exception:  # noqa: BLE001 - one address must not stop a batch
                    _log.exception("the domain of an address")
                    self._said[domain] = ""
                new = new or bool(self._said[domain])
        return new

    def warnings(self, addresses: Iterable[str]) -> tuple[Finding, ...]:
        """What DNS has said about the domains of these addresses so far."""
        domains = dict.fromkeys(address.rpartition("@")[2] for address in addresses)
        return tuple(Finding("warning", "to", text) for domain in domains if (text := self._said.get(domain)))


def check_domain(address: str, *, timeout: int = 2, resolver: "Resolver | None" = None) -> str | None:
    """A warning if the address's domain takes no mail (no MX, no address record, or a null MX, RFC 7505), else None.

    Each question to DNS waits for up to `timeout` seconds. Never raises, and says nothing where DNS does not answer.
    """
    from dns.exception import DNSException
    from email_validator import caching_resolver

    try:
        domain = parse_address(address).rpartition("@")[2]
        asked = resolver or caching_resolver(timeout=timeout)
        if _takes_mail(asked, domain) or not _takes_mail(asked, _SURE):
            return None
    except (InputError, DNSException, OSError, ValueError):
        return None
    return _("{domain} has no mail server, so it cannot receive email.").format(domain=domain)


def _takes_mail(resolver: "Resolver", domain: str) -> bool:
    """Whether DNS names a server for mail to a domain. Without an MX it is the domain itself: RFC 5321, section 5.1.

    Raises DNSException where nobody answers.
    """
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        return any(str(record.exchange) != "." for record in resolver.resolve(domain, "MX"))
    except NXDOMAIN:
        return False
    except NoAnswer:
        pass
    for kind in ("A", "AAAA"):
        try:
            resolver.resolve(domain, kind)
        except (NXDOMAIN, NoAnswer):
            continue
        return True
    return False

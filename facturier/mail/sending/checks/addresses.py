"""Ask DNS about email addresses. `facturier.models.text.addresses` parses what people enter."""

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from facturier.mail.sending.checks.checks import Finding
from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.text.addresses import parse_address as parse_address
from facturier.models.text.addresses import parse_addresses as parse_addresses
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from dns.resolver import Resolver

# A domain that certainly receives mail. If DNS denies even this one, its other answers are not reliable either.
_SURE = "gmail.com"

_log = logging.getLogger(__name__)


class DomainChecker:
    """Checks each domain once, with `ask`, which receives an address. With a Google simulator, it checks nothing."""

    def __init__(self, ws: Workspace, ask: Callable[[str], str | None] | None = None) -> None:
        self._asks = not ws.endpoints.stand_in
        self._ask = ask or check_domain
        self._said: dict[str, str] = {}

    def ask(self, addresses: Iterable[str]) -> bool:
        """Check the domains that have not been checked yet. Return whether there is a new warning.

        Waits for DNS. Never raises an error.
        """
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
        """Return the warnings about the domains of these addresses. Domains that were not checked have none."""
        domains = dict.fromkeys(address.rpartition("@")[2] for address in addresses)
        return tuple(Finding("warning", "to", text) for domain in domains if (text := self._said.get(domain)))


def check_domain(address: str, *, timeout: int = 2, resolver: "Resolver | None" = None) -> str | None:
    """Return a warning if the address's domain receives no mail, otherwise None.

    Such a domain has no MX and no address record, or a null MX (RFC 7505).

    Each DNS query waits for up to `timeout` seconds. Never raises an error. If DNS does not answer, there is no
    warning.
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
    """Return whether DNS names a mail server for a domain. Without an MX, it is the domain itself (RFC 5321, 5.1).

    Raises DNSException if no DNS server answers.
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

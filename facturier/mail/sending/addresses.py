"""What DNS says about an address. `facturier.models.text.addresses` reads what people type."""

from typing import TYPE_CHECKING

from facturier.models.errors import InputError
from facturier.models.text.addresses import parse_address as parse_address
from facturier.models.text.addresses import parse_addresses as parse_addresses
from facturier.models.text.i18n import _

if TYPE_CHECKING:
    from dns.resolver import Resolver

# A domain that takes mail. A resolver that does not know it has no connection: its "no" is not an answer.
_SURE = "gmail.com"


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
    return _("{domain} has no mail server, so it accepts no email.").format(domain=domain)


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

"""Addresses as people type them: several, with or without names."""

import re
from typing import TYPE_CHECKING

from facturier.models.clean import clean
from facturier.models.errors import InputError
from facturier.models.language import _

if TYPE_CHECKING:
    from dns.resolver import Resolver

# One recipient, up to a comma, a semicolon or a line end that is neither in quotes nor in angle brackets.
_ONE = re.compile(r'(?:"[^"\n]*"|<[^<>\n]*>|[^,;\n])+')
_NAMED = re.compile(r"[^<>]*<\s*([^<>]*?)\s*>")


def parse_addresses(text: str) -> tuple[str, ...]:
    """Bare addresses, each once, their domains in ASCII: `Marie <m@acme.example>, b@acme.example; c@acme.example`.

    Raises InputError that names the first bad one and why. Nothing is looked up.
    """
    typed = (part.strip() for part in _ONE.findall(text.replace("\r", "\n")))
    return tuple(dict.fromkeys(parse_address(part) for part in typed if part))


def parse_address(text: str) -> str:
    """One bare address, its domain in ASCII. Raises InputError that says why it is none."""
    from email_validator import EmailNotValidError, validate_email

    typed = clean(text)
    named = _NAMED.fullmatch(typed)
    address = named[1] if named else typed
    try:
        # Without SMTPUTF8: most servers, Gmail's sending side among them, take ASCII before the @ only.
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InputError(_reason(address)) from error
    assert checked.ascii_email is not None, "always there without SMTPUTF8"
    return checked.ascii_email


def check_domain(address: str, *, timeout: int = 2, resolver: "Resolver | None" = None) -> str | None:
    """A warning if the address's domain takes no mail (no MX, no address record, or a null MX, RFC 7505), else None.

    Looks in DNS for up to `timeout` seconds. Never raises, and says nothing where the network does not answer.
    """
    from dns.exception import DNSException
    from email_validator import EmailNotValidError, EmailUndeliverableError, caching_resolver, validate_email

    try:
        asked = resolver or caching_resolver(timeout=timeout)
        validate_email(address, check_deliverability=True, allow_smtputf8=False, dns_resolver=asked)
    except EmailUndeliverableError:
        domain = address.rpartition("@")[2]
        return _("{domain} takes no mail: it has no mail server.").format(domain=domain)
    except (EmailNotValidError, DNSException, OSError):
        return None
    return None


def _reason(address: str) -> str:
    """The library's reasons are in English only, so the usual ones are found again here."""
    name, at, domain = address.rpartition("@")
    if not at:
        return _("“{address}” is not an address: it has no @.").format(address=address)
    if "@" in name:
        return _("“{address}” has two @. Put a comma between addresses.").format(address=address)
    if " " in address:
        return _("“{address}” has a space in it. Put a comma between addresses.").format(address=address)
    if not name or not domain:
        return _("“{address}” is not complete: something is missing beside the @.").format(address=address)
    if not name.isascii():
        return _("“{address}” has letters with accents before the @, which most mail servers refuse.").format(
            address=address
        )
    if "." not in domain.strip("."):
        return _("“{address}” has no full domain after the @, such as “example.com”.").format(address=address)
    return _("“{address}” is not an address that mail can be sent to.").format(address=address)

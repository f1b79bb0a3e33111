"""Addresses as people type them: several, with or without names."""

import re
from collections.abc import Iterable

from facturier.models.errors import InputError
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _

# One recipient, up to a comma, a semicolon or a line end that is not in quotes, angle brackets or parentheses.
_ONE = re.compile(r'(?:"[^"\n]*"|<[^<>\n]*>|\([^()\n]*\)|[^,;\n])+')
_NAMED = re.compile(r"[^<>]*<\s*([^<>]*?)\s*>")
_COMMENTED = re.compile(r"([^\s()<>]+)\s*\([^()]*\)")  # `a@x.example (Marie)`, as RFC 822 wrote names
# RFC 2047, section 2. In an address it is plain letters to a server, and to many readers an encoded text.
_ENCODED_WORD = re.compile(r"=\?.*?\?=")
# Quoted names before the @, comments, groups, literal addresses: a comma would fix none of them.
_APART = set('"()[]:<>\\')
_SHOWN = 300  # letters of a bad address in an error; a good one has 254 at most


def parse_addresses(text: str) -> tuple[str, ...]:
    """Bare addresses, each mailbox once, their domains in ASCII: `Marie <m@acme.example>, b@acme.example (Bob)`.

    Raises InputError that names the first bad one and why. Nothing is looked up.
    """
    typed = (part.strip() for part in _ONE.findall(clean_lines(text)))
    return once(parse_address(part) for part in typed if part)


def parse_address(text: str) -> str:
    """One bare address, its domain in ASCII. Raises InputError that says what is wrong with it."""
    from email_validator import EmailNotValidError, validate_email

    typed = clean(text)
    named = _NAMED.fullmatch(typed) or _COMMENTED.fullmatch(typed)
    address = named[1] if named else typed
    if _ENCODED_WORD.search(address):
        raise InputError(_("“{address}” looks like encoded text, not like an address.").format(address=address))
    try:
        # Without SMTPUTF8: most servers, Gmail's sending side among them, take ASCII before the @ only.
        # Strict: no more than 64 letters before the @ (RFC 5321, section 4.5.3.1.1).
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InputError(_reason(address)) from error
    assert checked.ascii_email is not None, "always there without SMTPUTF8"
    return checked.ascii_email


def once(addresses: Iterable[str], before: Iterable[str] = ()) -> tuple[str, ...]:
    """Each mailbox once, and none of `before`. Servers may tell letters by case before the @; nobody has two mailboxes
    that differ in nothing else."""
    known = {address.casefold() for address in before}
    found: dict[str, str] = {}
    for address in addresses:
        if address.casefold() not in known:
            found.setdefault(address.casefold(), address)
    return tuple(found.values())


def _reason(address: str) -> str:
    """The library's reasons are in English only, so the usual ones are found again here."""
    address = address if len(address) <= _SHOWN else f"{address[:_SHOWN]}…"
    name, at, domain = address.rpartition("@")
    if _APART & set(address):
        return _("“{address}” is not a valid email address.").format(address=address)
    if not at:
        return _("“{address}” is not an address: it has no @ sign.").format(address=address)
    if "@" in name:
        return _("“{address}” has two @ signs. Put a comma between addresses.").format(address=address)
    if " " in address:
        return _("“{address}” contains a space. Put a comma between addresses.").format(address=address)
    if not name or not domain:
        return _("“{address}” is incomplete: something is missing before or after the @.").format(address=address)
    if not name.isascii():
        return _("“{address}” has accented letters before the @, which most mail servers refuse.").format(
            address=address
        )
    if "." not in domain.strip("."):
        return _("“{address}” has no full domain after the @, such as “example.com”.").format(address=address)
    return _("“{address}” is not a valid email address.").format(address=address)

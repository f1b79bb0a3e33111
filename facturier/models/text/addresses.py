"""Parse email addresses as people type them: several at a time, with or without names."""

import re
from collections.abc import Iterable

from facturier.models.errors import InputError
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _

# One recipient: text up to a comma, a semicolon or a line end outside quotes, angle brackets and parentheses.
_ONE = re.compile(r'(?:"[^"\n]*"|<[^<>\n]*>|\([^()\n]*\)|[^,;\n])+')
_NAMED = re.compile(r"[^<>]*<\s*([^<>]*?)\s*>")
_COMMENTED = re.compile(r"([^\s()<>]+)\s*\([^()]*\)")  # `a@x.example (Marie)`: a name as an RFC 822 comment
# RFC 2047, section 2: how an encoded word begins. Mail servers read one in an address as plain letters, but many mail
# programs decode it, even one that ends in the next address.
_ENCODED_WORD = re.compile(r"=\?")
# Quoted local parts, comments, groups and address literals. A comma would not fix any of them.
_APART = set('"()[]:<>\\')
_SHOWN = 300  # characters of a bad address in an error; a valid one has at most 254


def parse_addresses(text: str) -> tuple[str, ...]:
    """Return the bare addresses in a text, with ASCII domains and without duplicates.

    Names are accepted and dropped: `Marie <m@acme.example>, b@acme.example (Bob)`. No DNS lookup is made. Raises
    InputError for the first bad address and says why it is bad.
    """
    typed = (part.strip() for part in _ONE.findall(clean_lines(text)))
    return once(parse_address(part) for part in typed if part)


def parse_address(text: str) -> str:
    """Return one bare address with an ASCII domain. Raises InputError that says what is wrong with the address."""
    from email_validator import EmailNotValidError, validate_email

    typed = clean(text)
    named = _NAMED.fullmatch(typed) or _COMMENTED.fullmatch(typed)
    address = named[1] if named else typed
    if _ENCODED_WORD.search(address):
        raise InputError(_("“{address}” looks like encoded text, not like an address.").format(address=address))
    try:
        # Without SMTPUTF8, because most servers, including Gmail when it sends, accept only ASCII before the @. Strict
        # limits the part before the @ to 64 characters (RFC 5321, section 4.5.3.1.1).
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise InputError(_reason(address)) from error
    assert checked.ascii_email is not None, "always there without SMTPUTF8"
    return checked.ascii_email


def once(addresses: Iterable[str], before: Iterable[str] = ()) -> tuple[str, ...]:
    """Return each mailbox once, without those in `before`.

    The comparison ignores case. A server may treat the part before the @ as case-sensitive (RFC 5321, section 2.4), but
    in practice nobody has two mailboxes that differ only in case.
    """
    known = {address.casefold() for address in before}
    found: dict[str, str] = {}
    for address in addresses:
        if address.casefold() not in known:
            found.setdefault(address.casefold(), address)
    return tuple(found.values())


def _reason(address: str) -> str:
    """Return the reason in the reader's language, because the library's reasons are in English only."""
    address = address if len(address) <= _SHOWN else f"{address[:_SHOWN]}…"
    name, at, domain = address.rpartition("@")
    if not address:
        return _("Enter the email address.")
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

"""Entries that are one field of the company or of its default sender, as it is or through a check."""

from collections.abc import Callable
from dataclasses import replace

from facturier.models.errors import FacturierError, InputError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _
from facturier.tui.screens.settings.entries.pane import Entry

Parse = Callable[[str], object]

_MOST_DIGITS = 9  # no setting needs more, and what is longer is a slip


def same(text: str) -> str:
    return text


def entry(
    name: str,
    label: str,
    parse: Parse = same,
    *,
    lines: int = 1,
    answers: dict[str, str] | None = None,
    placeholder: str = "",
    path: bool = False,
) -> Entry:
    """The company's field `name`; `parse` makes its value from what was typed, raising FacturierError."""

    def read(company: Company) -> str:
        return str(getattr(company, name))

    def write(company: Company, text: str) -> Company:
        return replace(company, **{name: parsed(parse, text)})  # type: ignore[arg-type]

    return Entry(name, label, read, write, lines, answers or {}, placeholder, path=path)


def sender_entry(
    name: str,
    label: str,
    parse: Parse = same,
    *,
    kinds: tuple[str, ...],
    answers: dict[str, str] | None = None,
    placeholder: str = "",
    path: bool = False,
    follows: bool = False,
) -> Entry:
    """The field `name` of the company's default sender, shown for the kinds that have it."""

    def read(company: Company) -> str:
        return str(getattr(company.sender, name))

    def write(company: Company, text: str) -> Company:
        value = parsed(parse, text)
        return replace(company, sender=replace(company.sender, **{name: value}))  # type: ignore[arg-type]

    def shown(company: Company) -> bool:
        return company.sender.kind in kinds

    return Entry(
        f"sender-{name}",
        label,
        read,
        write,
        answers=answers or {},
        placeholder=placeholder,
        path=path,
        follows=follows,
        shown=shown,
    )


def parsed(parse: Parse, text: str) -> object:
    """What `parse` makes of it; any of our errors becomes one that fits under a field."""
    try:
        return parse(text)
    except InputError:
        raise
    except FacturierError as error:
        raise InputError(error.happened) from error


def whole(least: int, most: int) -> Parse:
    """A whole number between two others."""

    def parse(text: str) -> int:
        digits = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        if not digits or not least <= int(text) <= most:
            raise InputError(_("Enter a whole number from {least} to {most}.").format(least=least, most=most))
        return int(text)

    return parse


def needed(text: str) -> str:
    """A text that may not be empty."""
    if not text:
        raise InputError(_("This cannot be empty."))
    return text


def address(text: str) -> str:
    """One bare address."""
    from facturier.models.text.addresses import parse_address

    return parse_address(text)


def address_or_none(text: str) -> str:
    return address(text) if text else ""


def addresses(text: str) -> str:
    """Any number of bare addresses."""
    from facturier.models.text.addresses import parse_addresses

    return ", ".join(parse_addresses(text)) if text else ""


def empty_or(parse: Parse) -> Parse:
    """What `parse` takes, or nothing."""

    def parse_filled(text: str) -> object:
        return parse(text) if text else text

    return parse_filled

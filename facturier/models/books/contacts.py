"""The people at a customer, and who of them gets what is sent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from facturier.models.errors import InputError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _


class Copy(StrEnum):
    """Where the address of a contact goes in a new message."""

    TO = "to"
    CC = "cc"
    BCC = "bcc"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Contact:
    """One person, or several with one purpose: `email` may hold several addresses, separated by commas."""

    name: str = ""
    email: str = ""
    telephone: str = ""
    copy: Copy = Copy.TO

    def __bool__(self) -> bool:
        return bool(clean(self.name) or clean(self.email) or clean(self.telephone))


def read_contacts(kept: Any) -> tuple[Contact, ...]:
    """Return the contacts from the JSON of a company file. Raises TypeError or ValueError if it is not theirs."""
    return tuple(Contact(**{**contact, "copy": Copy(contact.get("copy", Copy.TO))}) for contact in kept)


def older_contacts(contact: str, email: str, cc: str, bcc: str) -> tuple[Contact, ...]:
    """Return as contacts what a customer without contacts has. `copied` gives the same texts back."""
    found = (Contact(contact, email), Contact(email=cc, copy=Copy.CC), Contact(email=bcc, copy=Copy.BCC))
    return tuple(filter(None, found))


def with_address(contacts: tuple[Contact, ...], copy: Copy, **changed: str) -> tuple[Contact, ...]:
    """Return the contacts with another name or email of the one whose address goes to `copy`, or with a new one.

    Raises InputError if there are several: nobody can know which one is meant.
    """
    places = [place for place, contact in enumerate(contacts) if contact.copy is copy]
    if len(places) > 1:
        words = _("The customer has several contacts of this kind ({copy}): {names}.")
        names = ", ".join(contacts[place].name or contacts[place].email for place in places)
        raise InputError(words.format(copy=copy, names=names), kept=_("Nothing was changed."))
    before = contacts[places[0]] if places else Contact(copy=copy)
    after = replace(before, **changed)  # type: ignore[arg-type]
    if not places:
        return (*contacts, after) if after else contacts
    return tuple(filter(None, (*contacts[: places[0]], after, *contacts[places[0] + 1 :])))


def copied(contacts: Iterable[Contact]) -> dict[str, str]:
    """Return what an invoice copies: the name that it is addressed to, and the addresses of To, Cc and Bcc."""
    contacts = tuple(filter(None, contacts))
    to = [contact for contact in contacts if contact.copy is Copy.TO]
    named = [contact.name for contact in (*to, *contacts) if contact.name]
    return {"contact": named[0] if named else "", **{name: _addresses(contacts, name) for name in ("cc", "bcc")}} | {
        "email": _addresses(contacts, Copy.TO)
    }


def _addresses(contacts: Iterable[Contact], copy: str) -> str:
    return ", ".join(contact.email.strip(" ,;") for contact in contacts if contact.copy == copy and contact.email)

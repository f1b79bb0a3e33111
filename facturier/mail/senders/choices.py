"""The addresses that a company can send from."""

from dataclasses import dataclass

from facturier.mail.workspace import Workspace
from facturier.models.outbox.sender_kind import SenderKind


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """An address that the company can send from, with a short description."""

    sender_kind: SenderKind
    address: str
    detail: str


def choices(ws: Workspace) -> list[SenderChoice]:
    """Return the addresses that the company can send from: the connected Gmail address first, then the default
    sender."""
    from facturier.mail.senders.registry import sender_types

    company, connection = ws.company(), ws.connection()
    return [
        SenderChoice(known.kind, known.address(company, connection), known.words(company, connection))
        for known in sender_types()
        if known.is_set_up(company, connection)
    ]


def default_address(ws: Workspace) -> str:
    """Return the address that invoices are sent from if a person chooses no other, or an empty text."""
    connection = ws.connection()
    return connection.address if connection is not None else ws.company().sender_address

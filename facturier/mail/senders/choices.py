"""The addresses that a company can send from."""

from dataclasses import dataclass

from facturier.mail.workspace import Workspace
from facturier.models.outbox.sender_kind import SenderKind


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """One address that the company can send from, and a few words about it for the person who chooses."""

    sender_kind: SenderKind
    address: str
    detail: str


def choices(ws: Workspace) -> list[SenderChoice]:
    """The addresses to send from: the connected Gmail address first, then the default sender."""
    from facturier.mail.senders.registry import sender_types

    company, connection = ws.company(), ws.connection()
    return [
        SenderChoice(known.kind, known.address(company, connection), known.words(company, connection))
        for known in sender_types()
        if known.is_set_up(company, connection)
    ]


def default_address(ws: Workspace) -> str:
    """The address that invoices are sent from unless a person chooses another; empty if there is none."""
    connection = ws.connection()
    return connection.address if connection is not None else ws.company().sender_address

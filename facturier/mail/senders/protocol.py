"""What every sender has in common: it opens (nothing can be sent yet), then hands over (now it can)."""

from dataclasses import dataclass, field
from typing import Protocol

from facturier.models.outbox.delivery import Envelope


@dataclass(frozen=True, slots=True)
class Receipt:
    """A server's acceptance. `server_id` is its own id for the message, `reply` its words; `refused` maps recipients
    that it would not take to its words about them (SMTP only)."""

    server_id: str
    reply: str = ""
    refused: dict[str, str] = field(default_factory=dict)


class Handover(Protocol):
    """A message that is one step from leaving."""

    @property
    def session(self) -> str:
        """The address of the upload session, for `Sender.ask` after a lost answer; empty where there is none."""

    def hand_over(self) -> Receipt:
        """Send the bytes, once. Raises NotNow, Refused, Unreachable (did not leave), AnswerLost (nobody can know).

        Unreachable here means that the connection broke before the last byte that could make it leave."""

    def close(self) -> None:
        """Let go of sockets. Never raises; says nothing about the message."""


class Sender(Protocol):
    @property
    def address(self) -> str:
        """The address that mail leaves from."""

    def open(self, envelope: Envelope, message: bytes) -> Handover:
        """Sign in and prepare, so far that one step is left. Nothing can leave yet.

        Raises NotNow, Unreachable (try again later), Refused, ConnectionOver (a person must do something).
        """

    def ask(self, session: str, message: bytes) -> Receipt | None:
        """After a lost answer: the receipt if the server proves that it accepted, None if it proves that nothing left.

        Raises AnswerLost where it cannot tell, Unreachable where asking again later may."""

    def resume(self, session: str, message: bytes) -> Handover:
        """After `ask` said that nothing left: go on in the same session, which makes one message at the most."""


class CheckableSender(Sender, Protocol):
    def check(self) -> None:
        """See whether it could send, without sending. Raises NotNow, Refused, Unreachable."""

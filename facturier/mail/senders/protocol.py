"""The interface of every sender: `open` prepares, and nothing can be sent yet; the hand-over then sends."""

from dataclasses import dataclass, field
from typing import Protocol

from facturier.models.outbox.delivery import Envelope


@dataclass(frozen=True, slots=True)
class Receipt:
    """A server's acceptance.

    `server_id` is the server's id for the message, and `reply` its answer. `refused` maps each refused recipient to the
    server's answer about it (SMTP only). `thread` is the id of the conversation in the sender's mailbox (Gmail only).
    """

    server_id: str
    reply: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    thread: str = ""


class Handover(Protocol):
    """A message that is one step away from being sent."""

    @property
    def session(self) -> str:
        """The address of the upload session, for `Sender.ask` after a lost answer. Empty if there is none."""

    def hand_over(self) -> Receipt:
        """Send the message, once.

        Raises NotNow, Refused or Unreachable if it was not sent, and AnswerLost if that is unknown. Unreachable means
        that the connection was lost before the last byte that could have sent it.
        """

    def close(self) -> None:
        """Close sockets. Never raises an error, and says nothing about whether the message was sent."""


class Sender(Protocol):
    @property
    def address(self) -> str:
        """The From address."""

    def open(self, envelope: Envelope, message: bytes) -> Handover:
        """Sign in and prepare until only the hand-over remains. Nothing can be sent yet.

        Raises NotNow or Unreachable (try again later), and Refused or ConnectionOver (a person must do something).
        """

    def ask(self, session: str, message: bytes) -> Receipt | None:
        """Ask for a lost answer. Return the receipt if the server proves that it accepted the message, and None if it
        proves that nothing was sent.

        Raises AnswerLost if the server cannot tell, and Unreachable if a later question may succeed.
        """

    def resume(self, session: str, message: bytes) -> Handover:
        """Continue in the same session after `ask` returned None. A session makes at most one message."""


class CheckableSender(Sender, Protocol):
    def check(self) -> None:
        """Check whether it could send, without sending. Raises NotNow, Refused, Unreachable."""

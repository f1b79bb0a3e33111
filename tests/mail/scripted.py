"""A sender and a server that follow a script and count what they accept."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from facturier.mail.errors import AnswerLost
from facturier.mail.senders.protocol import Receipt
from facturier.models.outbox.delivery import Delivery, Envelope


class Killed(BaseException):
    """Simulates a process killed at this instruction. As a BaseException, it bypasses every `except Exception`."""


# The effect of a step: nothing, an error to raise, or a function to call.
Step = BaseException | Callable[[], object] | None


@dataclass(slots=True)
class Server:
    """Accepts complete messages and remembers them by session, as upload sessions do."""

    accepted: Counter[bytes] = field(default_factory=Counter)
    sessions: dict[str, bytes | None] = field(default_factory=dict)  # None once the message was accepted
    ids: dict[str, str] = field(default_factory=dict)
    opened: int = 0
    asked: int = 0

    def open(self, message: bytes) -> str:
        self.opened += 1
        session = f"session {self.opened}"
        self.sessions[session] = message
        return session

    def take(self, session: str) -> str:
        """Accept the message of a session, as when its last byte arrives. Each session accepts one message."""
        message = self.sessions.get(session)
        if message is not None:
            self.accepted[message] += 1
            self.sessions[session] = None
            self.ids[session] = f"id {sum(self.accepted.values())}"
        return self.ids[session]


@dataclass(slots=True)
class ScriptedSender:
    """`opening`, `before` and `after` (the server's acceptance), `asking` and `closing` list the effects of each step;
    every step uses up one. `sessions` is whether a session can be asked, as with Gmail, or not, as with SMTP."""

    server: Server = field(default_factory=Server)
    sessions: bool = True
    address: str = "billing@acme.example"
    receipt: Receipt | None = None
    opening: list[Step] = field(default_factory=list)
    before: list[Step] = field(default_factory=list)
    after: list[Step] = field(default_factory=list)
    asking: list[Step] = field(default_factory=list)
    closing: list[Step] = field(default_factory=list)
    closed: int = 0

    def __call__(self, delivery: Delivery, message: bytes) -> "ScriptedSender":
        return self

    def open(self, envelope: Envelope, message: bytes) -> "ScriptedHandover":
        _happen(self.opening)
        return ScriptedHandover(self, self.server.open(message))

    def ask(self, session: str, message: bytes) -> Receipt | None:
        self.server.asked += 1
        _happen(self.asking)
        if session not in self.server.sessions:
            raise AnswerLost("the session is unknown", reply="404")
        return Receipt(self.server.ids[session]) if session in self.server.ids else None

    def resume(self, session: str, message: bytes) -> "ScriptedHandover":
        if session in self.server.ids:
            raise AnswerLost("the session is complete by now")
        return ScriptedHandover(self, session)


@dataclass(slots=True)
class ScriptedHandover:
    sender: ScriptedSender
    _session: str

    @property
    def session(self) -> str:
        return self._session if self.sender.sessions else ""

    def hand_over(self) -> Receipt:
        _happen(self.sender.before)
        name = self.sender.server.take(self._session)
        _happen(self.sender.after)
        return self.sender.receipt or Receipt(name, reply="200")

    def close(self) -> None:
        self.sender.closed += 1
        _happen(self.sender.closing)


def _happen(steps: list[Step]) -> None:
    step = steps.pop(0) if steps else None
    if isinstance(step, BaseException):
        raise step
    if step is not None:
        step()

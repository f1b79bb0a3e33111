"""The Google simulator's mailboxes: check a message as Gmail does, and save it in a folder as an .eml file."""

import email.policy
import re
import secrets
from collections import Counter, deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import formataddr, getaddresses, parseaddr
from pathlib import Path

from facturier.mail.practice import http_messages
from facturier.mail.practice.grants import Account
from facturier.mail.practice.http_messages import Reply, as_json
from facturier.mail.senders.rehearsing import REFUSAL, Failure, failure_of, lay_bounce_beside
from facturier.models.store.files import write_file
from facturier.models.store.store import Clock

LARGEST = 36_700_160  # bytes: `mediaUpload.maxSize` in Gmail's API description of the method
UNITS_A_SEND = 100
_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_GAP = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted message. `raw` is the message as saved at `path` (None without a folder), with the Message-ID that
    Gmail wrote. `given` and `message_id` are as the client sent them. `thread` is the conversation that it is in."""

    id: str
    account: str
    message_id: str
    raw: bytes
    path: Path | None
    given: bytes
    thread: str


@dataclass(slots=True)
class Mailboxes:
    """`units` is Gmail's quota per user and minute, 0 for no limit; a send costs 100 units. With `rehearsing`, mail to
    some addresses fails (see `facturier.mail.senders.rehearsing`)."""

    folder: Path | None
    units: int
    clock: Clock
    rehearsing: bool = False
    messages: list[Accepted] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    _sent: dict[str, deque[float]] = field(default_factory=dict)
    _threads: dict[str, tuple[str, str]] = field(default_factory=dict)  # the account and the subject of each

    def has_thread(self, account: Account, thread: str) -> bool:
        return self._threads.get(thread, ("", ""))[0] == account.address

    def forget_threads(self) -> None:
        """Delete all conversations, as a person may."""
        self._threads.clear()

    def accept(self, account: Account, raw: bytes, thread: str = "") -> Reply:
        """Check a message, give it an id, and save it. `thread` is the conversation that the client has asked for."""
        if len(raw) > LARGEST:
            return http_messages.too_large()
        message = message_from_bytes(_GAP.split(raw, 1)[0] + b"\r\n\r\n", EmailMessage, policy=email.policy.SMTP)
        recipients = 0
        for header in ("To", "Cc", "Bcc"):
            values = [str(value) for value in message.get_all(header, [])]
            addresses = [address for _, address in getaddresses(values) if address]
            if any(not _ADDRESS.fullmatch(address) for address in addresses) or (any(values) and not addresses):
                return http_messages.bad_message(f"Invalid {header} header")
            recipients += len(addresses)
        if not recipients:
            return http_messages.bad_message("Recipient address required")
        if reply := self._over_quota(account):
            return reply
        given = raw
        raw = _with_own_id(_from_account(raw, account))
        failure = failure_of(raw) if self.rehearsing else None
        if failure is Failure.REFUSED:
            return http_messages.bad_message(REFUSAL)
        number = f"{int(self.clock().timestamp() * 1000):x}{secrets.token_hex(3)}"
        message_id = str(message.get("Message-ID", ""))
        path = self._lay_down(number, raw) if self.folder else None
        thread = self._thread(account, message, thread, number)
        self.messages.append(Accepted(number, account.address, message_id, raw, path, given, thread))
        self.accepted[message_id] += 1
        if failure is Failure.DOUBT:
            return http_messages.backend_error()
        if failure is Failure.BOUNCED and path is not None:
            lay_bounce_beside(path, raw)
        return as_json(200, {"id": number, "threadId": thread, "labelIds": ["SENT"]})

    def _thread(self, account: Account, message: EmailMessage, wanted: str, number: str) -> str:
        """Return the conversation of a message: the wanted one if the message answers and has its subject, else a new
        one.

        https://developers.google.com/workspace/gmail/api/guides/threads
        """
        subject = str(message.get("Subject", ""))
        answers = message.get("In-Reply-To") and message.get("References")
        if wanted and answers and self._threads.get(wanted) == (account.address, subject):
            return wanted
        self._threads[number] = account.address, subject
        return number

    def _over_quota(self, account: Account) -> Reply | None:
        if not self.units:
            return None
        now = self.clock().timestamp()
        sent = self._sent.setdefault(account.address, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        if (len(sent) + 1) * UNITS_A_SEND > self.units:
            return http_messages.user_rate_limit()
        sent.append(now)
        return None

    def _lay_down(self, number: str, raw: bytes) -> Path:
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{number}.eml"
        write_file(path, raw, replace=True, mode=0o666)
        return path


def _with_own_id(raw: bytes) -> bytes:
    """Replace the Message-ID with a new one, as Gmail's API does. Gmail keeps the original nowhere."""
    gap = _GAP.search(raw)
    end = gap.start() if gap else len(raw)
    mine = b"Message-ID: <CA%s@mail.gmail.com>" % secrets.token_urlsafe(36).encode()
    head, found = re.subn(rb"(?im)^Message-ID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", mine, raw[:end], count=1)
    return (head if found else mine + b"\r\n" + raw[:end]) + raw[end:]


def _from_account(raw: bytes, account: Account) -> bytes:
    """Set From to the account, unless it already names the account or one of its aliases, as Gmail does. The display
    name and everything else stay unchanged."""
    gap = _GAP.search(raw)
    end = gap.start() if gap else len(raw)
    head, rest = raw[:end], raw[end:]
    found = re.search(rb"(?im)^From:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", head)
    said = re.sub(r"\r?\n", "", found[0][5:].decode("utf-8", "replace")) if found else ""
    name, address = parseaddr(said.strip())
    if address.lower() in {one.lower() for one in (account.address, *account.aliases)}:
        return raw
    mine = b"From: " + formataddr((name or account.name, account.address)).encode()
    head = head[: found.start()] + mine + head[found.end() :] if found else mine + b"\r\n" + head
    return head + rest

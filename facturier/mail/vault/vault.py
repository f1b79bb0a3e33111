"""The vault with a company's secrets: one blob in the company file, encrypted with age to everyone who may send.

The list of members is inside the blob. Someone who can only read the file learns nothing from it. Someone who can write
it can destroy the vault, but not add themselves.
"""

import json
import secrets as random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from facturier.mail.errors import VaultError
from facturier.mail.redaction import protect
from facturier.mail.vault.identity import Identity, fingerprint
from facturier.mail.vault.rollback_guard import RollbackGuard, SeenVault, sighting
from facturier.models.errors import ChangedElsewhere
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_FORMAT = 1
_TRIES = 20
SEALS = 2  # the version of seals; version 0.1.0 made seals of version 1


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may send. `recipient` is the public key of their identity."""

    name: str
    recipient: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.recipient)


class Approved(NamedTuple):
    """What a member approved of a recurring schedule: the digest of its content. `sent` is the latest date that it has
    sent automatically, as ISO 8601 text, empty if there is none."""

    content: str
    sent: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The contents of the vault.

    `grant` is the Google grant as its own module writes it, None without a connection. `smtp_server` is the server that
    the password was entered for. `generation` increases by one with each change. `mark` is random, never changes, and
    is known only to members. `seal_key` too is known only to members; it changes when a member is removed. `seals` is
    the version of its seals (`SEALS` or an older one). `default_sender` is the sender's destination that a member
    saved. `schedules` are the approved recurring schedules by their ids.
    """

    members: tuple[Member, ...] = ()
    grant: dict[str, Any] | None = field(default=None, repr=False)
    smtp_password: str = field(default="", repr=False)
    smtp_server: str = ""
    generation: int = 0
    mark: str = field(default="", repr=False)
    seal_key: str = field(default="", repr=False)
    seals: int = SEALS
    default_sender: str = ""
    schedules: Mapping[str, Approved] = field(default_factory=dict)


def new_seal_key() -> str:
    return random.token_hex(32)


class VaultBlob(Protocol):
    """The store of the encrypted blob."""

    def read(self) -> tuple[bytes, int]:
        """Return the blob, empty if there is none, and its version."""

    def write(self, blob: bytes, version: int) -> None:
        """Replace the blob that was read as `version`. Raises ChangedElsewhere if it has changed since."""


class Vault:
    """A company's vault, opened with this person's identity.

    `name` is this person's name in the list of members. `seen` detects a vault that was put back or replaced.
    `default_sender` returns the destination in the settings; it is called when the first member is added, and the
    destination then counts as saved by that member.
    """

    def __init__(
        self,
        blob: VaultBlob,
        identity: Identity,
        *,
        name: str = "",
        seen: RollbackGuard | None = None,
        default_sender: Callable[[], str] = str,
    ) -> None:
        self._blob = blob
        self._identity = identity
        self._name = name
        self._seen = seen
        self._default_sender = default_sender
        # The last decrypted blob and its contents, because decryption is by far the slowest part of reading a vault.
        self._opened: tuple[bytes, Secrets] | None = None
        self._inside = threading.local()

    def read(self) -> Secrets:
        """Return the secrets, which are empty if nothing was stored yet.

        Raises NotAMember if this person is not a member, VaultError if someone has tampered with the vault.
        """
        return self._read()[0]

    def change(self, change: Callable[[Secrets], Secrets]) -> Secrets:
        """Write the result of `change` and return it. `change` is called again if someone else has changed the vault.

        The first person who writes becomes the first member. Raises the errors of `read`, and ChangedElsewhere if
        others keep changing the vault.
        """
        for _attempt in range(_TRIES):
            before, version = self._read()
            if not before.members:
                before = self._first()
            known = self._seen.highest(sighting(before.mark, 0).digest) if self._seen else 0
            after = replace(change(before), generation=max(before.generation, known) + 1, mark=before.mark)
            try:
                self._blob.write(_encrypted(after), version)
            except ChangedElsewhere:
                continue
            self._remember(sighting(after.mark, after.generation))
            return after
        raise ChangedElsewhere(_("Other people keep changing the company’s vault."), todo=_("Try again in a moment."))

    def admit(self, member: Member) -> Secrets:
        """Add a member. If they are a member already, this renames them. Compare fingerprints with them first."""
        newcomer = Member(clean(member.name), member.recipient)

        def admit(secrets: Secrets) -> Secrets:
            others = tuple(other for other in secrets.members if other.recipient != newcomer.recipient)
            return replace(secrets, members=(*others, newcomer))

        return self.change(admit)

    def remove(self, member: Member) -> Secrets:
        """Remove a member: from now on, the vault is encrypted to the others. Only reconnecting makes the secrets that
        they know useless.

        Raises VaultError for the last member, because nobody could read the vault then.
        """

        def remove(secrets: Secrets) -> Secrets:
            others = tuple(other for other in secrets.members if other.recipient != member.recipient)
            if not others:
                raise VaultError(
                    _("{name} is the only member.").format(name=member.name),
                    todo=_("Approve another member first."),
                )
            return replace(secrets, members=others, seal_key=new_seal_key())

        return self.change(remove)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Wrap a transaction that changes the vault together with something else.

        What is seen of the vault inside is recorded only after the transaction: if that fails, or the program is killed
        before its end, the file has the older vault.
        """
        if self._unrecorded is not None:  # inside another one
            yield
            return
        self._inside.seen = []
        try:
            yield
            seen, self._inside.seen = self._inside.seen, None
            for now in seen:
                self._remember(now)
        finally:
            self._inside.seen = None

    @property
    def _unrecorded(self) -> list[SeenVault] | None:
        """What this thread has seen inside `whole`, or None outside."""
        return getattr(self._inside, "seen", None)

    def _remember(self, now: SeenVault) -> None:
        if self._unrecorded is not None:
            self._unrecorded.append(now)
        elif self._seen:
            self._seen.remember(now)

    def start_new(self) -> Secrets:
        """Replace a vault that does not open with an empty one, with this person as its only member.

        The old contents are lost. Raises ChangedElsewhere.
        """
        self._blob.write(_encrypted(replace(self._first(), generation=1)), self._blob.read()[1])
        self.accept()
        return self.read()

    def accept(self) -> None:
        """Accept the current vault, because a person confirms that it is correct, even if a newer one was seen."""
        if self._seen:
            self._seen.forget()

    def accept_older(self) -> None:
        """Accept an older state of the same vault, because the company was restored from a copy. Raises VaultError.

        A different or missing vault must still be accepted by a person, because others may have written the copy.
        """
        last = self._seen.last() if self._seen else None
        blob, _version = self._blob.read()
        secrets = _parsed(self._identity, blob) if blob else None
        if self._seen and last and secrets:
            now = sighting(secrets.mark, secrets.generation)
            if now.digest == last.digest:
                self._seen.step_back(now)

    def _first(self) -> Secrets:
        """Return the contents of a new vault that this person creates."""
        me = Member(clean(self._name) or self._identity.fingerprint, self._identity.recipient)
        mark, leads = random.token_hex(16), self._default_sender()
        return Secrets((me,), mark=mark, seal_key=new_seal_key(), default_sender=leads)

    def _read(self) -> tuple[Secrets, int]:
        last = self._seen.last() if self._seen else None
        blob, version = self._blob.read()
        secrets = self._open(blob)
        if self._seen:
            now = sighting(secrets.mark, secrets.generation)
            self._seen.compare(last, now)
            if now != last:
                self._remember(now)
        return secrets, version

    def _open(self, blob: bytes) -> Secrets:
        """Return the contents of a blob. The same bytes are decrypted only once, because the result is the same."""
        if not blob:
            return Secrets()
        if self._opened is not None and self._opened[0] == blob:
            return self._opened[1]
        secrets = _parsed(self._identity, blob)
        if secrets is None:
            raise VaultError(
                _("The company’s vault is damaged, or was created by a newer version of Facturier."),
                todo=_("Restore a backup, or update Facturier."),
            )
        if self._identity.recipient not in (member.recipient for member in secrets.members):
            raise VaultError(
                _("You can open the company’s vault, but it does not list you as a member."),
                todo=_("Someone has tampered with the company file. Restore a backup."),
            )
        grant = secrets.grant or {}
        client = grant.get("client")
        own = client.get("secret") if isinstance(client, dict) else None
        for kept in (grant.get("refresh_token"), own, secrets.smtp_password, secrets.seal_key, secrets.mark):
            protect(kept if isinstance(kept, str) else None)
        self._opened = (blob, secrets)
        return secrets


def _parsed(identity: Identity, blob: bytes) -> Secrets | None:
    """Return the contents of a decrypted blob, or None if it is not a vault.

    It raises no error of its own, so that a traceback's local variables never contain the decrypted text.
    """
    try:
        found = json.loads(identity.decrypt(blob))
        if found["format"] != _FORMAT:
            return None
        members = tuple(Member(clean(name), recipient) for name, recipient in found["members"])
        texts = [found[name] for name in ("smtp_password", "smtp_server", "mark", "seal_key")]
        more = found.get("seals", 1), found.get("default_sender", "")  # version 0.1.0 stored neither
        schedules = {key: Approved(*one) for key, one in found.get("schedules", {}).items()}
        secrets = Secrets(
            *(members, found["grant"], texts[0], texts[1], found["generation"], texts[2], texts[3], *more, schedules)
        )
        sound = (
            isinstance(secrets.grant, dict | None)
            and isinstance(secrets.generation, int)
            and isinstance(secrets.seals, int)
            and isinstance(secrets.default_sender, str)
            and all(isinstance(text, str) for text in texts)
            and all(isinstance(text, str) for one in schedules.values() for text in one)
        )
        return secrets if sound and members and secrets.mark and secrets.seal_key else None
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None


def _encrypted(secrets: Secrets) -> bytes:
    import pyrage

    try:
        recipients = [pyrage.x25519.Recipient.from_str(member.recipient) for member in secrets.members]
    except pyrage.RecipientError:
        raise VaultError(
            _("A member’s public key is invalid."), todo=_("Ask this person to request access again.")
        ) from None
    blob: bytes = pyrage.encrypt(_clear(secrets), recipients)
    return blob


def _clear(secrets: Secrets) -> bytes:
    return json.dumps(
        {
            "format": _FORMAT,
            "generation": secrets.generation,
            "mark": secrets.mark,
            "members": [[member.name, member.recipient] for member in secrets.members],
            "grant": secrets.grant,
            "smtp_password": secrets.smtp_password,
            "smtp_server": secrets.smtp_server,
            "seal_key": secrets.seal_key,
            "seals": secrets.seals,
            "default_sender": secrets.default_sender,
            "schedules": secrets.schedules,
        }
    ).encode()

"""Where a company's secrets are: one blob in the company file, encrypted with age to everyone who may send.

The list of members is inside the blob. Someone who can only read the file learns nothing; someone who can write it can
destroy the vault, but not add themselves.
"""

import json
import secrets as random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from facturier.mail.errors import VaultError
from facturier.mail.redaction import protect
from facturier.mail.vault.identity import Identity, fingerprint
from facturier.mail.vault.rollback_guard import RollbackGuard, sighting
from facturier.models.errors import ChangedElsewhere
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _

_FORMAT = 1
_TRIES = 20
SEALS = 2  # how deliveries are sealed: 1 in version 0.1.0


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may send. `recipient` is the public half of their identity."""

    name: str
    recipient: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.recipient)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the vault holds. `grant` is the Google grant as its own module writes it, None without a connection.
    `smtp_server` is the server that the password was meant for. `generation` grows by one with each change; `mark` is
    random, the vault's for life, and known to members only; so is `seal_key`, which is another one once someone left.
    `seals` is the kind of seals that it makes (`SEALS`, or an older one). `default_sender` is where that one leads, as
    a member saved it.
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


def new_seal_key() -> str:
    return random.token_hex(32)


class VaultBlob(Protocol):
    """Where the encrypted blob is kept: the store."""

    def read(self) -> tuple[bytes, int]:
        """The blob, empty where there is none, and its version."""

    def write(self, blob: bytes, version: int) -> None:
        """Put it in place of the one that `read` gave with `version`. Raises ChangedElsewhere when that one is gone."""


class Vault:
    """`name` is this person's, for the list of members; `seen` notices a vault that was put back or replaced;
    `default_sender` is asked when there is a first member: what the settings say by then counts as theirs."""

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
        # The blob that was opened last, and what was in it: opening one takes longer than all else of a look at it.
        self._opened: tuple[bytes, Secrets] | None = None

    def read(self) -> Secrets:
        """The secrets; empty ones where nothing was kept yet.

        Raises NotAMember when this person is not among the members, VaultError when the vault was tampered with.
        """
        return self._read()[0]

    def change(self, change: Callable[[Secrets], Secrets]) -> Secrets:
        """Write what `change` makes of the secrets, and return it. It is called again when someone else was faster.

        The first person who writes is the first member. Raises as `read`, and ChangedElsewhere when others never stop.
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
            if self._seen:
                self._seen.remember(sighting(after.mark, after.generation))
            return after
        raise ChangedElsewhere(_("Other people keep changing the company’s vault."), todo=_("Try again in a moment."))

    def admit(self, member: Member) -> Secrets:
        """Let someone send; done again, it only renames them. Compare fingerprints with them first."""
        newcomer = Member(clean(member.name), member.recipient)

        def admit(secrets: Secrets) -> Secrets:
            others = tuple(other for other in secrets.members if other.recipient != newcomer.recipient)
            return replace(secrets, members=(*others, newcomer))

        return self.change(admit)

    def remove(self, member: Member) -> Secrets:
        """Encrypt to everyone else from now on. What they have read they know: only reconnecting makes it useless.

        Raises VaultError for the last member, without whom nobody could read the vault.
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
        """Around a transaction that changes the vault and something else: where it comes to nothing, so does what was
        seen in it."""
        last = self._seen.last() if self._seen else None
        try:
            yield
        except BaseException:
            if self._seen and last:
                self._seen.step_back(last)
            raise

    def start_new(self) -> Secrets:
        """Put an empty vault in the place of one that does not open, with this person as its only member. What was in
        it is lost to everyone here. Raises ChangedElsewhere."""
        self._blob.write(_encrypted(replace(self._first(), generation=1)), self._blob.read()[1])
        self.accept()
        return self.read()

    def accept(self) -> None:
        """A person confirms that the current vault is correct, even if a newer one was seen before."""
        if self._seen:
            self._seen.forget()

    def accept_older(self) -> None:
        """The company was restored from a copy, so its vault may be older, but it is the same one. Another one or none
        still has to be accepted by a person, for others may have written the copy. Raises VaultError."""
        last = self._seen.last() if self._seen else None
        blob, _version = self._blob.read()
        secrets = _parsed(self._identity, blob) if blob else None
        if self._seen and last and secrets:
            now = sighting(secrets.mark, secrets.generation)
            if now.digest == last.digest:
                self._seen.step_back(now)

    def _first(self) -> Secrets:
        """What a vault holds that this person begins."""
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
                self._seen.remember(now)
        return secrets, version

    def _open(self, blob: bytes) -> Secrets:
        """What is in a blob. The same bytes are decrypted once: they cannot hold anything else."""
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
    """None for what is not a vault: the clear text must not be among the locals of a traceback."""
    try:
        found = json.loads(identity.decrypt(blob))
        if found["format"] != _FORMAT:
            return None
        members = tuple(Member(clean(name), recipient) for name, recipient in found["members"])
        texts = [found[name] for name in ("smtp_password", "smtp_server", "mark", "seal_key")]
        more = found.get("seals", 1), found.get("default_sender", "")  # version 0.1.0 kept neither
        secrets = Secrets(members, found["grant"], texts[0], texts[1], found["generation"], texts[2], texts[3], *more)
        sound = (
            isinstance(secrets.grant, dict | None)
            and isinstance(secrets.generation, int)
            and isinstance(secrets.seals, int)
            and isinstance(secrets.default_sender, str)
            and all(isinstance(text, str) for text in texts)
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
        }
    ).encode()

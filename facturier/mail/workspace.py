"""What one person at one open company has at hand. The screens and the commands work on nothing else."""

import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from facturier.mail.errors import Refused, VaultError, WrongGoogle
from facturier.mail.exchange import Stopping
from facturier.mail.locations import Locations
from facturier.models.company.connection import get_connection
from facturier.models.company.recent import recent_companies, remember_company
from facturier.models.company.user import Preferences, read_preferences, save_preferences
from facturier.models.errors import FacturierError, NumberTaken, StoreError
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.company import Company, Connection
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

if TYPE_CHECKING:  # what the list of invoices needs is loaded with it; all else where it is used
    from facturier.mail.google.endpoints import Endpoints
    from facturier.mail.practice.company import Practice
    from facturier.mail.senders.gmail import GmailSender
    from facturier.mail.senders.protocol import Sender
    from facturier.mail.sending.checks import Finding
    from facturier.mail.sending.postman import Postman
    from facturier.mail.sending.prepare import Prepared
    from facturier.mail.vault.copy_guard import CopyGuard
    from facturier.mail.vault.identity import Identity
    from facturier.mail.vault.rollback_guard import RollbackGuard
    from facturier.mail.vault.vault import Secrets, Vault
    from facturier.models.company.adopting import Adopted
    from facturier.models.outbox.composition import Composition
    from facturier.models.outbox.delivery import Delivery

_TRIES = 3
# Where nothing can listen: what is asked there is never answered.
_NO_GOOGLE = {"FACTURIER_GOOGLE": "http://127.0.0.1:0"}


def _without_number(prepared: "Prepared") -> tuple[object, ...]:
    """All that a person was shown comes of this, and of the number."""
    return prepared.invoice, prepared.envelope, replace(prepared.company, next_number=0)


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """One address that the company can send from, and a few words about it for the person who chooses."""

    sender_kind: SenderKind
    address: str
    detail: str


class Workspace:
    """One person at one company. `endpoints` says where Google is; `practice` is there where this program runs the
    practice company's stand-in; `ask_passphrase` is asked when the identity is wrapped in one.

    Raises WrongGoogle where the practice company would meet the real Google; who is only `looking` meets none."""

    def __init__(
        self,
        store: Store,
        locations: Locations,
        endpoints: "Endpoints",
        *,
        practice: "Practice | None" = None,
        ask_passphrase: Callable[[], str] | None = None,
        identity: "Identity | None" = None,
        looking: bool = False,
    ) -> None:
        self.store = store
        self.clock = store.clock
        self.endpoints = endpoints
        self.practice = practice
        self.locations = locations
        self._ask_passphrase = ask_passphrase
        self._identity = identity
        self._gmail_sender: GmailSender | None = None
        self._hid_sessions = False
        # Once it is set, whatever this workspace has on the wire ends within moments.
        self.stop: threading.Event = Stopping()
        if not self.company().practice:
            if self.refusal() is None:
                remember_company(locations.data, store.path)
                self.remember()
        elif not endpoints.stand_in and looking:
            from facturier.mail.google.endpoints import google_endpoints

            self.endpoints = google_endpoints(_NO_GOOGLE)
        elif not endpoints.stand_in:
            raise WrongGoogle(
                _("“{path}” is the demo company. It never sends email.").format(path=store.path),
                kept=_("It was not opened."),
                todo=_(
                    "Open it with “facturier practice”. To use other commands, run “facturier practice "
                    "--serve” beside them and set the two variables that it prints."
                ),
            )

    @property
    def reaches_google(self) -> bool:
        """Whether there is a Google to ask, or its stand-in."""
        return self.endpoints.stand_in != _NO_GOOGLE["FACTURIER_GOOGLE"]

    def at(self, path: Path) -> "Workspace":
        """The same person's workspace at another company. Raises StoreError."""
        from facturier.models.store.backups import open_kept

        store = open_kept(path, self.locations.copies, clock=self.clock, user=self.store.user)
        return Workspace(store, self.locations, self.endpoints, identity=self._identity)

    @cached_property
    def _copy_guard(self) -> "CopyGuard":
        from facturier.mail.vault.copy_guard import CopyGuard

        known = self.store.path in recent_companies(self.locations.data)
        return CopyGuard(self.store, self.locations.data / "seen", known=known)

    def refusal(self) -> FacturierError | None:
        """Why nothing may be sent from this file, such as that it is a copy; None where it is the company."""
        if self.company().practice:  # nothing leaves from there
            return None
        try:
            return self._copy_guard.refusal()
        except VaultError as error:  # what this person remembers is out of reach
            return error

    def remember(self) -> None:
        """This person has seen the company as it is now. Raises StoreError."""
        with contextlib.suppress(VaultError):
            self._copy_guard.remember()

    def adopt(self) -> "Adopted":
        """A person says that this file is the company from now on. Raises StoreError, VaultError."""
        done = self._copy_guard.adopt()
        remember_company(self.locations.data, self.store.path)
        return done

    def today(self) -> date:
        """The date where the person is."""
        return self.clock().astimezone().date()

    def company(self) -> Company:
        return read_company(self.store)

    def connection(self) -> Connection | None:
        return get_connection(self.store)

    def preferences(self) -> Preferences:
        """What this person prefers, whatever the company."""
        return read_preferences(self.locations.data)

    def save_preferences(self, preferences: Preferences) -> None:
        """Raises StoreError."""
        save_preferences(self.locations.data, preferences)

    @property
    def identity(self) -> "Identity":
        """This person's key; where it is held open, nothing is asked. Raises VaultError."""
        found = self._identity
        if found is None:
            from facturier.mail.vault.kernel_keyring import held_identity

            held = held_identity(self.locations.identity)
            found = held.identity if held else self._loaded(self._ask_passphrase)
            self._identity = found
        return found

    @property
    def locked(self) -> bool:
        """Whether a passphrase must be given before anything can be sent."""
        from facturier.mail.vault.identity import wrapped_key

        return self._identity is None and bool(wrapped_key(self.locations.identity).data) and self.held_until() is None

    def unlock(self, ask_passphrase: Callable[[], str] | None) -> None:
        """Take this person's key out of its place, though it be held open. Raises WrongPassphrase, VaultError."""
        self._identity = self._loaded(ask_passphrase)

    def _loaded(self, ask_passphrase: Callable[[], str] | None) -> "Identity":
        from facturier.mail.vault.identity import load_identity

        return load_identity(self.locations.identity, ask_passphrase=ask_passphrase)

    def hold(self, time: timedelta) -> datetime:
        """Let the system hold this person's key open for that long, so that no other window and no verb asks for the
        passphrase; until when. Raises VaultError."""
        from facturier.mail.vault.kernel_keyring import hold

        now = self.clock()
        hold(self.identity, now + time, now)
        return now + time

    def held_until(self) -> datetime | None:
        """Until when the system holds this person's key open, None where it does not. Raises VaultError."""
        from facturier.mail.vault.kernel_keyring import held_identity

        held = held_identity(self.locations.identity)
        return held.until if held else None

    def lock(self) -> bool:
        """Ask for the passphrase again before anything else is sent from here; whether the system held the key. Other
        windows that are open have a key of their own until they end. Raises VaultError."""
        from facturier.mail.vault.kernel_keyring import forget_held

        self._identity = self._gmail_sender = None
        self.__dict__.pop("vault", None)
        return forget_held(self.locations.identity)

    def set_passphrase(self, passphrase: str) -> None:
        """Keep this person's key under a passphrase from now on, an empty one for none. It is held open no more.
        Raises VaultError."""
        from facturier.mail.vault.identity import wrap_identity
        from facturier.mail.vault.kernel_keyring import forget_held

        identity = self.identity
        forget_held(self.locations.identity)
        self._identity = wrap_identity(self.locations.identity, identity, passphrase)

    @cached_property
    def vault(self) -> "Vault":
        """The company's secrets, for this person. Raises VaultError."""
        return self.vault_of(self.store)

    def vault_of(self, store: Store) -> "Vault":
        """Another company's secrets, for this person. Raises VaultError."""
        from facturier.mail.vault.vault import Vault
        from facturier.models.company.connection import StoredBlob

        def leads() -> str:
            from facturier.mail.senders.default import destination

            return destination(read_company(store))

        return Vault(StoredBlob(store), self.identity, name=store.user, seen=self._seen(store), default_sender=leads)

    def _seen(self, store: Store) -> "RollbackGuard":
        import hashlib

        from facturier.mail.vault.rollback_guard import RollbackGuard

        # one machine: a company is known by the path of its file.
        company = hashlib.sha256(os.fsencode(store.path.resolve())).hexdigest()[:16]
        return RollbackGuard(self.locations.data / "seen" / company)

    def blocker(self, sender_kind: SenderKind) -> FacturierError | None:
        """What keeps this person from sending that way; None where nothing does."""
        if (refusal := self.refusal()) is not None:
            return refusal
        try:
            if self._guarded(sender_kind):
                self.vault.read()
        except VaultError as error:
            return error
        return None

    def _guarded(self, sender_kind: SenderKind) -> bool:
        """Whether only members may send that way: what needs a secret, and everything once there is a member."""
        return sender_kind is SenderKind.GMAIL or bool(self.company().sender.user) or self.has_members()

    def has_members(self) -> bool:
        """Also where the vault is gone from a file in which this person has seen one."""
        from facturier.models.company.connection import StoredBlob

        return bool(StoredBlob(self.store).read()[0]) or self._seen(self.store).last() is not None

    # Writing and queueing

    def choices(self) -> list[SenderChoice]:
        """The addresses to send from: the connected Gmail address first, then the default sender."""
        found = []
        if (connection := self.connection()) is not None:
            found.append(SenderChoice(SenderKind.GMAIL, connection.address, self._connected(connection)))
        sender = self.company().sender
        words = {"smtp": _("default sender (SMTP)"), "folder": _("default sender (folder of .eml files)")}
        if sender.kind:
            found.append(SenderChoice(SenderKind.DEFAULT, sender.address or self.company().email, words[sender.kind]))
        return found

    def address(self) -> str:
        """The address that invoices leave from unless a person chooses another; empty where there is none."""
        if (connection := self.connection()) is not None:
            return connection.address
        company = self.company()
        return (company.sender.address or company.email) if company.sender.kind else ""

    def compose(self, invoice_id: int) -> "Composition":
        """What the preview starts with: what was kept from the last time, or the company's templates."""
        from facturier.mail.sending.prepare import first_composition
        from facturier.models.books.invoices import get_invoice
        from facturier.models.outbox.composition import kept_composition

        kept = kept_composition(self.store, invoice_id)
        sender_kinds = [choice.sender_kind for choice in self.choices()] or [SenderKind.DEFAULT]
        if kept is not None:
            return kept if kept.sender_kind in sender_kinds else replace(kept, sender_kind=sender_kinds[0])
        return first_composition(get_invoice(self.store, invoice_id), self.company(), sender_kinds[0])

    def keep(self, invoice_id: int, composition: "Composition") -> None:
        """Keep what was written in the preview until the invoice was sent."""
        from facturier.models.outbox.composition import keep_composition

        keep_composition(self.store, invoice_id, composition)

    def prepare(self, invoice_id: int, composition: "Composition", *, sent: datetime | None = None) -> "Prepared":
        """Make and check everything that will leave, at `sent` or now."""
        from facturier.mail.sending.prepare import prepare, reached, unfinished_finding
        from facturier.models.books.invoices import get_invoice
        from facturier.models.outbox.deliveries import deliveries_of

        with self.store.reading():
            invoice = get_invoice(self.store, invoice_id)
            company = self.company()
            sender = next(
                (choice.address for choice in self.choices() if choice.sender_kind is composition.sender_kind), ""
            )
            deliveries = deliveries_of(self.store, invoice_id, strict=True)
            before = reached(self.store, deliveries)
        prepared = prepare(invoice, company, composition, sender, sent or self.clock().astimezone(), before)
        more = (unfinished_finding(deliveries), self._sender_finding(composition.sender_kind) if sender else None)
        findings = [*(finding for finding in more if finding), *prepared.findings]
        findings.sort(key=lambda finding: finding.level != "error")
        return replace(prepared, findings=tuple(findings))

    def _sender_finding(self, sender_kind: SenderKind) -> "Finding | None":
        """What keeps this person from sending that way now, or keeps what they send waiting."""
        from facturier.mail.google.connection import grant_of_company
        from facturier.mail.sending.checks import Finding

        if blocker := self.blocker(sender_kind):
            return Finding("error", "from", str(blocker))
        if sender_kind is SenderKind.DEFAULT:
            return self._destination_finding()
        connection = self.connection()
        if connection is None:
            return None
        if connection.over:
            text = _("Google ended the connection of {address}. The invoice waits until someone connects it again.")
            return Finding("warning", "from", text.format(address=connection.address))
        try:
            grant_of_company(self, connection.address)  # that it is for this very address
        except FacturierError as error:
            return Finding("error", "from", str(error))
        return None

    def _destination_finding(self) -> "Finding | None":
        from facturier.mail.senders.default import check_destination
        from facturier.mail.sending.checks import Finding
        from facturier.mail.vault.trust import member_secrets

        try:
            if self.has_members():
                check_destination(member_secrets(self), self.company())
        except FacturierError as error:
            return Finding("error", "from", str(error))
        return None

    def queue(self, prepared: "Prepared", *, not_before: datetime | None = None, as_seen: bool = False) -> "Delivery":
        """Put it in the outbox, to leave at `not_before`, or after the company's undo window.

        Raises Refused if an error stands among the findings; ChangedElsewhere or AlreadyOpen from the outbox;
        NumberTaken if a person has seen the message with that number (`as_seen`). Else it is made again with the next.
        """
        with self.store.reading():  # one connection for all of it
            return self._queue_checked(prepared, not_before, as_seen=as_seen)

    def _queue_checked(self, prepared: "Prepared", not_before: datetime | None, *, as_seen: bool) -> "Delivery":
        when = not_before or self.clock() + timedelta(seconds=self.company().undo)
        for _try in range(_TRIES):
            if not prepared.ready:
                raise Refused(
                    _("This message cannot be sent yet."),
                    todo=" ".join(finding.text for finding in prepared.findings if finding.level == "error"),
                )
            try:
                return self._queue(prepared, when)
            except NumberTaken:  # another window issued an invoice meanwhile: the number is part of what was made
                if as_seen:
                    raise
                assert prepared.invoice.id is not None
                seen = prepared
                prepared = self.prepare(prepared.invoice.id, prepared.composition, sent=not_before)
                if _without_number(prepared) != _without_number(seen):
                    raise
        raise StoreError(
            _("Other windows are issuing invoices right now."), kept=_("Nothing was sent."), todo=_("Send again.")
        )

    def _queue(self, prepared: "Prepared", when: datetime) -> "Delivery":
        from facturier.mail.vault.seal import make_seal
        from facturier.mail.vault.trust import member_secrets
        from facturier.models.outbox.deliveries import write_seal
        from facturier.models.outbox.queue import queue_delivery

        sender_kind = prepared.composition.sender_kind
        guarded = self._guarded(sender_kind)
        if guarded:
            member_secrets(self)  # a passphrase is asked for before the company is locked
        with self.store.writing():
            self.store.check_schema()
            key = self.vault.read().seal_key if guarded else ""
            delivery = queue_delivery(
                self.store,
                prepared.invoice,
                prepared.number,
                sender_kind,
                prepared.envelope,
                prepared.subject,
                prepared.message,
                when,
            )
            if key:  # over what was prepared, not over what the file says by now
                assert prepared.invoice.id is not None
                whole = delivery.id, prepared.invoice.id, sender_kind, prepared.envelope, prepared.message
                write_seal(self.store, delivery.id, make_seal(key, *whole, when))
            self._keep_typed(prepared)
            return delivery

    def _keep_typed(self, prepared: "Prepared") -> None:
        """Whoever takes it back, or sends it again after a refusal, goes on with what was typed; where nothing was,
        with the templates as they are by then."""
        from facturier.mail.sending.prepare import first_composition
        from facturier.models.outbox.composition import drop_composition, keep_composition

        assert prepared.invoice.id is not None
        typed = prepared.composition
        if typed == first_composition(prepared.invoice, self.company(), typed.sender_kind):
            drop_composition(self.store, prepared.invoice.id)
        else:
            keep_composition(self.store, prepared.invoice.id, typed)

    def cancel(self, delivery_id: int) -> None:
        """Cancel a delivery, so that it is never sent from here even if somebody puts it back in the outbox. Raises
        LostClaim where it has begun to leave."""
        import contextlib

        from facturier.mail.vault.trust import remember_cancelled
        from facturier.models.outbox.outbox import cancel_delivery

        cancel_delivery(self.store, delivery_id)
        with contextlib.suppress(VaultError, StoreError):  # it is cancelled either way
            remember_cancelled(self, delivery_id)

    # Delivering

    def postman(self, *, stop: threading.Event | None = None) -> "Postman":
        """A postman for whatever this person may send."""
        from facturier.mail.sending.owner import new_owner
        from facturier.mail.sending.postman import Postman

        if stop is not None:
            self.stop = stop
        return Postman(
            self.store, self.sender_for, new_owner(self.store.user), sender_kinds=self._sender_kinds, stop=self.stop
        )

    def _sender_kinds(self) -> tuple[SenderKind, ...]:
        """What this person can deliver: all, or what needs no secret when the vault does not open for them; nothing
        from a copy. A look at what has ended comes first, so that it is not sent a second time from here."""
        if self.refusal() is not None:
            return ()
        if self.blocker(SenderKind.GMAIL) is None:
            if self.has_members():
                from facturier.mail.vault.trust import member_secrets, remember_ended

                member_secrets(self)
                remember_ended(self)
                self._hide_sessions()
            return tuple(SenderKind)
        return (SenderKind.DEFAULT,) if self.company().sender.kind and not self._guarded(SenderKind.DEFAULT) else ()

    def _hide_sessions(self) -> None:
        """Encrypt what an older Facturier has kept in clear, and forget sessions of finished deliveries."""
        from facturier.mail.vault.session_cipher import SessionCipher
        from facturier.models.errors import BrokenCompany
        from facturier.models.outbox.deliveries import message_of
        from facturier.models.outbox.sessions import forget_finished, kept_in_clear, replace_session

        key = self.vault.read().seal_key
        if not key or self._hid_sessions:
            return
        for delivery_id, session in kept_in_clear(self.store):
            try:
                hidden = SessionCipher(key).encrypt(session, message_of(self.store, delivery_id))
            except BrokenCompany:
                continue
            replace_session(self.store, delivery_id, session, hidden)
        forget_finished(self.store)
        self._hid_sessions = True

    def sender_for(self, delivery: "Delivery", message: bytes) -> "Sender":
        """The way out of a delivery with this message. Raises Refused where it is gone, or where nobody who may send
        has queued them; CompanyCopy where an older file took the company's place since the round began; VaultError
        where this person may not use it."""
        if (refusal := self.refusal()) is not None:
            raise refusal
        self.remember()  # of the claim, so that a file from before it is known as old
        from facturier.mail.senders.sealed import SealedSender
        from facturier.mail.vault.trust import checked_seal, handed_over, member_secrets

        secrets = member_secrets(self) if self._guarded(delivery.sender_kind) else None
        if secrets is None or not secrets.members:
            return self._way_out(delivery, secrets)
        seal = checked_seal(self.store, secrets, delivery, message)
        return SealedSender(self._way_out(delivery, secrets), seal, handed_over(self), self.clock)

    def _way_out(self, delivery: "Delivery", secrets: "Secrets | None") -> "Sender":
        address = delivery.envelope.sender
        if delivery.sender_kind is SenderKind.GMAIL:
            return self._gmail(address)
        from facturier.mail.senders.default import default_sender

        sender = default_sender(self, secrets)
        if sender.address != address:  # what is frozen says From that address, and would leave from this one
            raise Refused(
                _("The default sender has changed from {address} to {now}.").format(
                    address=address, now=sender.address
                ),
                kept=_("Nothing was sent."),
                todo=_("Send the invoice again."),
            )
        return sender

    def _gmail(self, address: str) -> "Sender":
        """The same as long as the permission is: it keeps its access token."""
        from facturier.mail.google.connection import grant_of_company
        from facturier.mail.senders.gmail import GmailSender
        from facturier.mail.senders.gmail_rate_limit import RateLimit
        from facturier.mail.vault.session_cipher import SessionCipher

        grant = grant_of_company(self, address)
        if self._gmail_sender is None or self._gmail_sender.grant != grant:
            self._gmail_sender = GmailSender(grant, self.endpoints, self.clock, RateLimit(self.locations.data / "pace"))
        self._gmail_sender.stop = self.stop
        self._gmail_sender.cipher = SessionCipher(self.vault.read().seal_key)
        return self._gmail_sender

    def _connected(self, connection: Connection) -> str:
        if connection.over:
            return _("Gmail, connection ended: connect again")
        from babel.dates import format_date

        from facturier.models.text.i18n import spoken

        day = format_date(connection.connected.astimezone(), "d MMM", locale=spoken())
        from facturier.models.company.user import full_name

        return _("Gmail, connected {day} by {user}").format(day=day, user=full_name(connection.user))

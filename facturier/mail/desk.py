"""A desk: what one person at one company has at hand. The screens and the command line work on nothing else."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from facturier.mail.errors import ConnectError, ConnectionOver, Refused, VaultError
from facturier.mail.places import Places
from facturier.mail.senders.sender import Sender
from facturier.models.company import Company, Connection, DefaultSender
from facturier.models.composition import Composition, keep_composition, kept_composition
from facturier.models.connection import get_connection, remove_connection, set_connection
from facturier.models.deliveries import deliveries_of, message_of
from facturier.models.delivery import Delivery, Way
from facturier.models.errors import FacturierError, NumberTaken, StoreError
from facturier.models.invoices import get_invoice
from facturier.models.known import known_companies, remember_company
from facturier.models.language import _
from facturier.models.preferences import Preferences, read_preferences, save_preferences
from facturier.models.settings import read_company
from facturier.models.store import Store, open_company

if TYPE_CHECKING:  # what the list of invoices needs is loaded with it; all else where it is used
    from facturier.mail.checks import Finding
    from facturier.mail.gmail.client import OAuthClient
    from facturier.mail.gmail.endpoints import Endpoints
    from facturier.mail.gmail.grant import Grant
    from facturier.mail.gmail.sender import GmailSender
    from facturier.mail.identity import Identity
    from facturier.mail.postman import Postman
    from facturier.mail.practice.company import Practice
    from facturier.mail.prepare import Prepared
    from facturier.mail.senders.folder import FolderSender
    from facturier.mail.senders.smtp import SmtpSender
    from facturier.mail.vault import Vault

_TRIES = 3


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """One address that the company can send from, and a few words about it for the person who chooses."""

    way: Way
    address: str
    detail: str


class Desk:
    """One person at one company. `endpoints` says where Google is; `practice` is there in the practice company only;
    `ask_passphrase` is asked when the identity is wrapped in one."""

    def __init__(
        self,
        store: Store,
        places: Places,
        endpoints: "Endpoints",
        *,
        practice: "Practice | None" = None,
        ask_passphrase: Callable[[], str] | None = None,
        identity: "Identity | None" = None,
    ) -> None:
        self.store = store
        self.clock = store.clock
        self.endpoints = endpoints
        self.practice = practice
        self.places = places
        self._ask_passphrase = ask_passphrase
        self._identity = identity
        self._gmail_sender: GmailSender | None = None
        if practice is None:  # that one is not for every day, and opens by a verb of its own
            remember_company(places.data, store.path)

    def at(self, path: Path) -> "Desk":
        """The same person's desk at another company. Raises StoreError."""
        from facturier.models.copies import open_kept

        store = open_kept(path, self.places.copies, clock=self.clock, user=self.store.user)
        return Desk(store, self.places, self.endpoints, identity=self._identity)

    def today(self) -> date:
        """The date where the person is."""
        return self.clock().astimezone().date()

    def company(self) -> Company:
        return read_company(self.store)

    def connection(self) -> Connection | None:
        return get_connection(self.store)

    def preferences(self) -> Preferences:
        """What this person prefers, whatever the company."""
        return read_preferences(self.places.data)

    def save_preferences(self, preferences: Preferences) -> None:
        """Raises StoreError."""
        save_preferences(self.places.data, preferences)

    @property
    def identity(self) -> "Identity":
        """This person's key. Raises VaultError."""
        if self._identity is None:
            self.unlock(self._ask_passphrase)
        assert self._identity is not None
        return self._identity

    @property
    def locked(self) -> bool:
        """Whether a passphrase must be given before anything can be sent."""
        from facturier.mail.identity import is_wrapped

        return self._identity is None and is_wrapped(self.places.identity)

    def unlock(self, ask_passphrase: Callable[[], str] | None) -> None:
        """Take this person's key out of its place. Raises WrongPassphrase, VaultError."""
        from facturier.mail.identity import load_identity

        self._identity = load_identity(self.places.identity, ask_passphrase=ask_passphrase)

    def set_passphrase(self, passphrase: str) -> None:
        """Keep this person's key under a passphrase from now on, an empty one for none. Raises VaultError."""
        from facturier.mail.identity import wrap_identity

        self._identity = wrap_identity(self.places.identity, self.identity, passphrase)

    @cached_property
    def vault(self) -> "Vault":
        """The company's secrets, for this person. Raises VaultError."""
        return self.vault_of(self.store)

    def vault_of(self, store: Store) -> "Vault":
        """Another company's secrets, for this person. Raises VaultError."""
        from facturier.mail.seen import Seen
        from facturier.mail.vault import Vault
        from facturier.models.vault_blob import StoredBlob

        company = hashlib.sha256(str(store.path.resolve()).encode()).hexdigest()[:16]
        seen = Seen(self.places.data / "seen" / company)
        return Vault(StoredBlob(store), self.identity, name=store.user, seen=seen)

    def barrier(self, way: Way) -> VaultError | None:
        """What keeps this person from sending that way; None where nothing does."""
        if not self._needs_vault(way):
            return None
        try:
            self.vault.read()
        except VaultError as error:
            return error
        return None

    def _needs_vault(self, way: Way) -> bool:
        return way is Way.GMAIL or bool(self.company().sender.user)

    # Writing and queueing

    def choices(self) -> list[SenderChoice]:
        """The addresses to send from: the connected Gmail address first, then the default sender."""
        found = []
        if (connection := self.connection()) is not None:
            found.append(SenderChoice(Way.GMAIL, connection.address, self._connected(connection)))
        sender = self.company().sender
        words = {"smtp": _("default sender (SMTP)"), "folder": _("default sender (folder of .eml files)")}
        if sender.kind:
            found.append(SenderChoice(Way.DEFAULT, sender.address or self.company().email, words[sender.kind]))
        return found

    def address(self) -> str:
        """The address that invoices leave from unless a person chooses another; empty where there is none."""
        if (connection := self.connection()) is not None:
            return connection.address
        company = self.company()
        return (company.sender.address or company.email) if company.sender.kind else ""

    def compose(self, invoice_id: int) -> Composition:
        """What the preview starts with: what was kept from the last time, or the company's templates."""
        from facturier.mail.prepare import first_composition

        kept = kept_composition(self.store, invoice_id)
        ways = [choice.way for choice in self.choices()]
        if kept is not None and kept.way in ways:
            return kept
        way = ways[0] if ways else Way.DEFAULT
        return first_composition(get_invoice(self.store, invoice_id), self.company(), way)

    def keep(self, invoice_id: int, composition: Composition) -> None:
        """Keep what was written in the preview until the invoice is queued."""
        keep_composition(self.store, invoice_id, composition)

    def prepare(self, invoice_id: int, composition: Composition, *, sent: datetime | None = None) -> "Prepared":
        """Make and check everything that will leave, at `sent` or now."""
        from facturier.mail.history import reached, unfinished_finding
        from facturier.mail.prepare import prepare

        with self.store.reading():
            invoice = get_invoice(self.store, invoice_id)
            company = self.company()
            sender = next((choice.address for choice in self.choices() if choice.way is composition.way), "")
            deliveries = deliveries_of(self.store, invoice_id)
            before = reached(self.store, deliveries)
        prepared = prepare(invoice, company, composition, sender, sent or self.clock().astimezone(), before)
        more = (unfinished_finding(deliveries), self._sender_finding(composition.way) if sender else None)
        findings = [*(finding for finding in more if finding), *prepared.findings]
        findings.sort(key=lambda finding: finding.level != "error")
        return replace(prepared, findings=tuple(findings))

    def _sender_finding(self, way: Way) -> "Finding | None":
        """What keeps this person from sending that way now, or keeps what they send waiting."""
        from facturier.mail.checks import Finding

        if barrier := self.barrier(way):
            return Finding("error", "from", str(barrier))
        connection = self.connection() if way is Way.GMAIL else None
        if connection is None:
            return None
        if connection.over:
            text = _("Google ended the connection of {address}: the invoice waits until someone reconnects it.")
            return Finding("warning", "from", text.format(address=connection.address))
        try:
            self._grant(connection.address)  # that it is for this very address
        except FacturierError as error:
            return Finding("error", "from", str(error))
        return None

    def queue(self, prepared: "Prepared", *, not_before: datetime | None = None) -> Delivery:
        """Put it in the outbox, to leave at `not_before`, or after the company's undo window.

        Raises Refused if an error stands among the findings; ChangedElsewhere or AlreadyOpen from the outbox.
        """
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
                assert prepared.invoice.id is not None
                seen = prepared.invoice.version, prepared.envelope
                prepared = self.prepare(prepared.invoice.id, prepared.composition, sent=not_before)
                if (prepared.invoice.version, prepared.envelope) != seen:
                    raise
        raise StoreError(
            _("Other windows are issuing invoices at this moment."), kept=_("Nothing was sent."), todo=_("Send again.")
        )

    def _queue(self, prepared: "Prepared", when: datetime) -> Delivery:
        from facturier.mail.sealing import seal
        from facturier.models.queueing import queue_delivery
        from facturier.models.seals import write_seal

        way = prepared.composition.way
        key = self.vault.read().seal_key if self._needs_vault(way) else ""
        with self.store.writing():
            delivery = queue_delivery(
                self.store,
                prepared.invoice,
                prepared.number,
                way,
                prepared.envelope,
                prepared.subject,
                prepared.message,
                when,
            )
            if key:
                write_seal(self.store, delivery.id, seal(key, delivery, prepared.message))
            return delivery

    # Delivering

    def postman(self, *, stop: threading.Event | None = None) -> "Postman":
        """A postman for whatever this person may send."""
        from facturier.mail.owner import new_owner
        from facturier.mail.postman import Postman

        return Postman(self.store, self.sender_for, new_owner(self.store.user), ways=self._ways, stop=stop)

    def _ways(self) -> tuple[Way, ...]:
        """What this person can deliver: all, or what needs no secret when the vault does not open for them."""
        if self.barrier(Way.GMAIL) is None:
            return tuple(Way)
        return (Way.DEFAULT,) if self.company().sender.kind and not self._needs_vault(Way.DEFAULT) else ()

    def sender_for(self, delivery: Delivery) -> Sender:
        """The way out of a delivery. Raises Refused where it is gone, VaultError where this person may not use it."""
        address = delivery.envelope.sender
        if self._needs_vault(delivery.way):
            self._check_seal(delivery)
        if delivery.way is Way.GMAIL:
            return self._gmail(address)
        sender = self._default_sender()
        if sender.address != address:  # what is frozen says From that address, and would leave from this one
            raise Refused(
                _("The default sender is no longer {address} but {now}.").format(address=address, now=sender.address),
                kept=_("Nothing was sent."),
                todo=_("Send the invoice again."),
            )
        return sender

    def _check_seal(self, delivery: Delivery) -> None:
        """Raises Refused where nobody who may send has queued it."""
        from facturier.mail.sealing import is_sealed
        from facturier.models.seals import read_seal

        found, message = read_seal(self.store, delivery.id), message_of(self.store, delivery.id)
        if not is_sealed(self.vault.read().seal_key, delivery, message, found):
            raise Refused(
                _("Nobody who may send from {address} has put this message in the outbox.").format(
                    address=delivery.envelope.sender
                ),
                kept=_("It was not sent."),
                todo=_("If the invoice is right, send it again."),
            )

    def _gmail(self, address: str) -> Sender:
        """The same as long as the permission is: it keeps its access token."""
        from facturier.mail.gmail.sender import GmailSender

        grant = self._grant(address)
        if self._gmail_sender is None or self._gmail_sender.grant != grant:
            self._gmail_sender = GmailSender(grant, self.endpoints, self.clock)
        return self._gmail_sender

    def _grant(self, address: str) -> "Grant":
        """The right to send as `address`. Raises Refused where that is not the company’s Gmail address any more,
        ConnectionOver where the vault does not hold it."""
        from facturier.mail.gmail.grant import Grant

        connection = self.connection()
        if connection is None or connection.address != address:
            raise Refused(
                _("{address} is no longer the company’s Gmail address.").format(address=address),
                kept=_("Nothing was sent."),
                todo=_("Send the invoice again."),
            )
        kept = self.vault.read().grant
        grant = Grant.from_json(kept) if kept else None
        if grant is None or grant.address != address:
            raise ConnectionOver(
                _("The permission to send as {address} is gone.").format(address=address),
                kept=_("The invoices wait in the outbox."),
                todo=_("Connect the Gmail address again."),
            )
        return grant

    def _default_sender(self) -> "SmtpSender | FolderSender":
        company = self.company()
        settings = replace(company.sender, address=company.sender.address or company.email)
        if settings.kind == "smtp":
            from facturier.mail.senders.smtp import SmtpSender

            return SmtpSender(settings, self.smtp_password(settings) if settings.user else "")
        if settings.kind == "folder":
            from facturier.mail.senders.folder import FolderSender

            return FolderSender(settings.address, Path(settings.folder).expanduser())
        raise Refused(
            _("The company has no default sender."),
            kept=_("Nothing was sent."),
            todo=_("Add a Gmail address, or set up a default sender in Settings, then send again."),
        )

    def check_connection(self) -> None:
        """Whether Google still lets the company send. Raises ConnectionOver and other SendErrors, VaultError."""
        from facturier.mail.gmail.check import check

        connection = self.connection()
        if connection is None:
            return
        if connection.over:
            raise ConnectionOver(connection.over, todo=_("Reconnect the Gmail address."))
        check(self._grant(connection.address), self.endpoints, self.clock)

    def check_default_sender(self) -> None:
        """Whether the default sender would take a message now; nothing is sent. Raises SendError, VaultError."""
        self._default_sender().check()

    # Connecting

    def known_client(self) -> "OAuthClient | None":
        """The OAuth client of the last connection, so that reconnecting needs no file."""
        from facturier.mail.gmail.grant import Grant

        kept = self.vault.read().grant
        return Grant.from_json(kept).client if kept else None

    def accept_grant(self, grant: "Grant") -> Connection:
        """Keep the right to send: secrets in the vault, the address in the company. Raises VaultError, StoreError."""
        self.vault.change(lambda secrets: replace(secrets, grant=grant.to_json()))
        return set_connection(self.store, grant.address, grant.client.id)

    def removal(self) -> str:
        """What removing the Gmail address will do, for the question that asks."""
        connection = self.connection()
        assert connection is not None
        if others := self._others_with(connection.address):
            return _(
                "{others} also sends from {address}, so Google’s permission stays; only this company forgets it."
            ).format(others=", ".join(path.stem for path in others), address=connection.address)
        return _("Facturier gives its permission back to Google and forgets it. Then the default sender is used.")

    def disconnect(self) -> str:
        """Remove the Gmail address. What could not be given back to Google comes back as a sentence, else nothing."""
        from facturier.mail.gmail.grant import Grant
        from facturier.mail.gmail.revoke import revoke

        connection = self.connection()
        if connection is None:
            return ""
        kept = self.vault.read().grant
        shared = self._others_with(connection.address)
        self.vault.change(lambda secrets: replace(secrets, grant=None))
        remove_connection(self.store)
        if kept is None or shared or connection.over:
            return ""
        try:
            revoke(Grant.from_json(kept), self.endpoints)
        except ConnectError as error:
            return str(error)
        return ""

    def save_smtp_password(self, password: str, sender: DefaultSender) -> None:
        """Keep the password of a default sender, in the vault only; an empty one is the one that is kept already, now
        meant for this server. Raises VaultError."""
        self.vault.change(
            lambda secrets: replace(
                secrets, smtp_password=password or secrets.smtp_password, smtp_server=_server(sender)
            )
        )

    def smtp_password(self, sender: DefaultSender) -> str:
        """Never told to another server than the one that it was typed for: the settings are open to all who may write
        the company file. Raises Refused, VaultError."""
        secrets = self.vault.read()
        if secrets.smtp_password and secrets.smtp_server != _server(sender):
            raise Refused(
                _("The mail server in the settings is not the one that the password was typed for."),
                kept=_("Nothing was sent, and the password was told to nobody."),
                todo=_("If the server is right, type the password again in Settings."),
            )
        return secrets.smtp_password

    def _others_with(self, address: str) -> list[Path]:
        """Other companies known here that use the same Gmail address."""
        others = []
        for path in known_companies(self.places.data):
            if path == self.store.path.resolve():
                continue
            try:
                connection = get_connection(open_company(path, clock=self.clock, user=self.store.user, check=False))
            except StoreError:
                continue  # what cannot be opened cannot be asked, and cannot send either
            if connection is not None and connection.address == address:
                others.append(path)
        return others

    def _connected(self, connection: Connection) -> str:
        if connection.over:
            return _("Gmail, connection ended: reconnect")
        from babel.dates import format_date

        from facturier.models.language import spoken

        day = format_date(datetime.fromisoformat(connection.connected).astimezone(), "d MMM", locale=spoken())
        from facturier.models.full_names import full_name

        return _("Gmail, connected {day} by {user}").format(day=day, user=full_name(connection.user))


def _server(sender: DefaultSender) -> str:
    return f"{sender.user} {sender.host}:{sender.port} {sender.security}"

"""Who may send for a company, who asked to, and how that changes. Each step stands in the journal."""

from dataclasses import dataclass

from facturier.mail.errors import ConnectError, NotAdmitted, VaultError
from facturier.mail.vault.identity import fingerprint
from facturier.mail.vault.trust import member_secrets, seal_again
from facturier.mail.vault.vault import Member
from facturier.mail.workspace import Desk
from facturier.models.books.journal import write_journal
from facturier.models.company.access_requests import Asker, ask, askers, settle_question
from facturier.models.company.connection import end_connection
from facturier.models.company.user import full_name
from facturier.models.errors import InputError
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class People:
    """As this person can see it. `me` is their own fingerprint, empty where their key is out of reach; `members` may
    send, and is empty where the vault does not open for them: `barrier` says why."""

    me: str
    members: tuple[Member, ...]
    askers: tuple[Asker, ...]
    barrier: VaultError | None

    @property
    def asked(self) -> bool:
        """Whether this person has asked to be admitted."""
        return self.me in {fingerprint(asker.recipient) for asker in self.askers}

    @property
    def may_ask(self) -> bool:
        return isinstance(self.barrier, NotAdmitted) and not self.asked


def people_of(desk: Desk) -> People:
    """Raises StoreError."""
    me = ""
    members: tuple[Member, ...] = ()
    barrier: VaultError | None = None
    try:
        me = desk.identity.fingerprint
        members = desk.vault.read().members
    except VaultError as error:
        barrier = error
    known = {member.recipient for member in members}
    waiting = tuple(asker for asker in askers(desk.store) if asker.recipient not in known)
    return People(me, members, waiting, barrier)


def ask_to_send(desk: Desk) -> None:
    """Ask to be admitted. Raises VaultError, StoreError."""
    ask(desk.store, desk.store.user, desk.identity.recipient, desk.identity.fingerprint)


def admit(desk: Desk, typed: str) -> Member:
    """Admit the one who asked whose fingerprint was `typed`, as they read it out. Raises InputError where nobody who
    asked has it, VaultError, StoreError."""
    for asker in askers(desk.store):
        if _same(typed, fingerprint(asker.recipient)):
            member = Member(asker.name, asker.recipient)
            desk.vault.admit(member)
            _write_down(desk, "admitted", member)
            return member
    raise InputError(
        _("No access request has this fingerprint."),
        todo=_("Ask them to read it out again. If it still differs, do not approve anyone."),
    )


def dismiss(desk: Desk, typed: str) -> Member:
    """Let the one with this fingerprint send no more, or turn down their question. Raises InputError, VaultError,
    StoreError."""
    for member in member_secrets(desk).members:
        if _same(typed, member.fingerprint):
            with desk.vault.whole(), desk.store.writing():  # no postman may look in between
                desk.store.check_schema()
                before = desk.vault.read()
                after = desk.vault.remove(member)
                _write_down(desk, "dismissed", member)
                # What colleagues have queued goes on, and what is in doubt can still be asked for; what the one who
                # left could still make is not sent.
                seal_again(desk.store, before, after)
            return member
    for asker in askers(desk.store):
        if _same(typed, fingerprint(asker.recipient)):
            member = Member(asker.name, asker.recipient)
            _write_down(desk, "turned_down", member)
            return member
    raise InputError(_("Nobody here has this fingerprint."))


def end_permission(desk: Desk) -> None:
    """Give Google's permission back, so that no copy of it sends any more. The outbox waits for a new connection.
    Raises ConnectError, VaultError, StoreError."""
    from facturier.mail.google.connection import revoke
    from facturier.mail.google.grant import Grant

    kept, connection = desk.vault.read().grant, desk.connection()
    if kept is None or connection is None:
        return
    try:
        revoke(Grant.from_json(kept), desk.endpoints, desk.stop)
    except ConnectError as error:
        raise ConnectError(error.happened, kept=_("The connection was not changed."), todo=error.todo) from None
    reason = _("{user} ended Google’s permission, so that nobody else can use it.")
    end_connection(desk.store, connection, reason.format(user=full_name(desk.store.user)))


def accept_vault(desk: Desk) -> None:
    """A person says that the vault as it stands is right: the company was restored from a backup, for one."""
    desk.vault.accept()
    desk.vault.read()
    with desk.store.writing():
        write_journal(desk.store, "vault_accepted")


def begin_vault_anew(desk: Desk) -> None:
    """Put an empty vault in the place of one that nobody here can open. Everyone must be admitted again, Gmail
    connected again, and the mail server's password typed again. Raises VaultError, StoreError."""
    desk.vault.begin_anew()
    with desk.store.writing():
        write_journal(desk.store, "vault_begun")
    end_connection(desk.store, desk.connection(), _("The company’s vault was created again, without the permission."))


def _write_down(desk: Desk, kind: str, member: Member) -> None:
    with desk.store.writing():
        settle_question(desk.store, member.recipient)
        write_journal(desk.store, kind, name=full_name(member.name), fingerprint=member.fingerprint)


def _same(typed: str, known: str) -> bool:
    return "".join(filter(str.isalnum, typed.upper())) == known.replace("-", "")

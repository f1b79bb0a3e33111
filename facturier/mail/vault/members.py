"""Members, who may send for a company, and access requests. Every change is recorded in the history."""

from dataclasses import dataclass

from facturier.mail.errors import NotAMember, VaultError
from facturier.mail.vault.approval import approve_again
from facturier.mail.vault.identity import fingerprint
from facturier.mail.vault.trust import member_secrets, seal_again
from facturier.mail.vault.vault import Member
from facturier.mail.workspace import Workspace
from facturier.models.books.journal import write_journal
from facturier.models.company.access_requests import AccessRequest, access_requests, ask, close_request
from facturier.models.company.connection import end_connection
from facturier.models.company.user import full_name
from facturier.models.errors import InputError
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class Membership:
    """The members and access requests, as far as this person can see them.

    `me` is their own fingerprint, empty if their key cannot be read. `members` is empty if the vault does not open for
    them; `blocker` is the reason.
    """

    me: str
    members: tuple[Member, ...]
    access_requests: tuple[AccessRequest, ...]
    blocker: VaultError | None

    @property
    def asked(self) -> bool:
        """Whether this person has requested access."""
        return self.me in {fingerprint(request.recipient) for request in self.access_requests}

    @property
    def may_ask(self) -> bool:
        return isinstance(self.blocker, NotAMember) and not self.asked


def membership_of(ws: Workspace) -> Membership:
    """Return the membership as this person can see it. Raises StoreError."""
    me = ""
    members: tuple[Member, ...] = ()
    blocker: VaultError | None = None
    try:
        me = ws.keys.identity.fingerprint
        members = ws.keys.vault.read().members
    except VaultError as error:
        blocker = error
    known = {member.recipient for member in members}
    waiting = tuple(request for request in access_requests(ws.store) if request.recipient not in known)
    return Membership(me, members, waiting, blocker)


def request_access(ws: Workspace) -> None:
    """Request access for this person. Raises VaultError, StoreError."""
    ask(ws.store, ws.store.user, ws.keys.identity.recipient, ws.keys.identity.fingerprint)


def admit(ws: Workspace, typed: str) -> Member:
    """Approve the access request with the fingerprint `typed`, as the other person read it out.

    Raises InputError if no request has this fingerprint, VaultError, StoreError.
    """
    for request in access_requests(ws.store):
        if _same(typed, fingerprint(request.recipient)):
            member = Member(request.name, request.recipient)
            ws.keys.vault.admit(member)
            _write_down(ws, "admitted", member)
            return member
    raise InputError(
        _("No access request has this fingerprint."),
        todo=_("Ask them to read it out again. If it still differs, do not approve anyone."),
    )


def dismiss(ws: Workspace, typed: str) -> Member:
    """Remove the member with this fingerprint, or decline their access request. Raises InputError, VaultError,
    StoreError."""
    for member in member_secrets(ws).members:
        if _same(typed, member.fingerprint):
            with ws.keys.vault.whole(), ws.store.writing():  # no postman may read the vault in between
                ws.store.check_schema()
                before = ws.keys.vault.read()
                after = ws.keys.vault.remove(member)
                _write_down(ws, "dismissed", member)
                # Deliveries that colleagues have queued are still sent, and those in doubt can still be asked for. The
                # removed member can no longer make valid seals.
                seal_again(ws.store, before, after)
                approve_again(ws.store, before, after)
            return member
    for request in access_requests(ws.store):
        if _same(typed, fingerprint(request.recipient)):
            member = Member(request.name, request.recipient)
            _write_down(ws, "turned_down", member)
            return member
    raise InputError(_("No member or access request has this fingerprint."))


def accept_vault(ws: Workspace) -> None:
    """Accept the current vault, because a person confirms that it is correct, such as after a restore."""
    ws.keys.vault.accept()
    ws.keys.vault.read()
    with ws.store.writing():
        write_journal(ws.store, "vault_accepted")


def start_new_vault(ws: Workspace) -> None:
    """Replace a vault that nobody here can open with an empty one. Raises VaultError, StoreError.

    Afterwards, all members must be approved again, Gmail connected again, and the mail server's password entered again.
    """
    ws.keys.vault.start_new()
    with ws.store.writing():
        write_journal(ws.store, "vault_begun")
    end_connection(
        ws.store,
        ws.connection(),
        _("A new vault was created for the company. It does not contain the permission to send."),
    )


def _write_down(ws: Workspace, kind: str, member: Member) -> None:
    with ws.store.writing():
        close_request(ws.store, member.recipient)
        write_journal(ws.store, kind, name=full_name(member.name), fingerprint=member.fingerprint)


def _same(typed: str, known: str) -> bool:
    return "".join(filter(str.isalnum, typed.upper())) == known.replace("-", "")

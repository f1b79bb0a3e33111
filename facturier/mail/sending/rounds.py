"""Create the postman for one person, with the senders that this person may use."""

from facturier.mail.senders.access import blocker, needs_membership
from facturier.mail.senders.senders import Senders
from facturier.mail.sending.owner import new_owner
from facturier.mail.sending.postman import Postman
from facturier.mail.vault.permission import has_members, refusal
from facturier.mail.vault.session_cipher import SessionCipher
from facturier.mail.vault.trust import member_secrets, remember_ended
from facturier.mail.workspace import Workspace
from facturier.models.errors import BrokenCompany
from facturier.models.outbox.deliveries import message_of
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.outbox.sessions import forget_finished, kept_in_clear, replace_session


def postman(ws: Workspace) -> Postman:
    """Return a postman for everything that this person may send. It ends shortly after `ws.stop` is set."""
    owner = new_owner(ws.store.user)
    return Postman(ws.store, Senders(ws).for_delivery, owner, sender_kinds=_Rounds(ws).sender_kinds, stop=ws.stop)


class _Rounds:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._hid_sessions = False

    def sender_kinds(self) -> tuple[SenderKind, ...]:
        """Return the kinds of sender that this person can use.

        If the vault does not open for this person, these are only those that need no secret. A copy of a company can
        use none. Finished deliveries are remembered first, so that they are never sent again from here.
        """
        ws = self._ws
        company = ws.company()
        if refusal(ws, company) is not None:
            return ()
        if blocker(ws, SenderKind.GMAIL, company) is None:
            if has_members(ws):
                key = member_secrets(ws).seal_key
                remember_ended(ws)
                if key and not self._hid_sessions:
                    self._hide_sessions(key)
            return tuple(SenderKind)
        open_to_all = company.sender.kind and not needs_membership(ws, SenderKind.DEFAULT, company)
        return (SenderKind.DEFAULT,) if open_to_all else ()

    def _hide_sessions(self, key: str) -> None:
        """Encrypt sessions that an earlier version of Facturier stored unencrypted, and delete those of finished
        deliveries."""
        store = self._ws.store
        for delivery_id, session in kept_in_clear(store):
            try:
                hidden = SessionCipher(key).encrypt(session, message_of(store, delivery_id))
            except BrokenCompany:
                continue
            replace_session(store, delivery_id, session, hidden)
        forget_finished(store)
        self._hid_sessions = True

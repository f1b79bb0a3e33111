"""Decide which data in the company file a member's program trusts: people who may not send can write the file too."""

import contextlib
import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from facturier.mail.errors import Refused
from facturier.mail.vault.destination import destination
from facturier.mail.vault.private_files import private_folder
from facturier.mail.vault.seal import is_sealed, make_seal, was_sealed
from facturier.mail.vault.vault import SEALS, Secrets, new_seal_key
from facturier.mail.workspace import Workspace
from facturier.models.errors import BrokenCompany
from facturier.models.outbox.deliveries import (
    Seal,
    ended_tokens,
    in_doubt,
    message_of,
    read_seal,
    unfinished,
    write_seal,
)
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.handed_over import HandedOver
from facturier.models.outbox.sessions import replace_session
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# Clocks differ, so each search for finished deliveries starts a little before the last search. The first one goes back
# as far as a seal is valid.
_OVERLAP = timedelta(hours=1)
_FIRST = timedelta(days=32)


def member_secrets(ws: Workspace) -> Secrets:
    """Return the company's secrets. Raises VaultError, StoreError.

    A vault of version 0.1.0 is upgraded first. Its seals did not include a time, so it gets a new key, and deliveries
    in the outbox with a valid seal get a new seal. It did not store the destination of the default sender, so the one
    in the settings counts as saved by a member.
    """
    secrets = ws.keys.vault.read()
    if not secrets.members or secrets.seals >= SEALS:
        return secrets
    with ws.keys.vault.whole(), ws.store.writing():
        ws.store.check_schema()
        before = ws.keys.vault.read()
        if before.seals >= SEALS:
            return before  # another window was faster
        leads = destination(ws.company())
        after = ws.keys.vault.change(
            lambda kept: replace(kept, seals=SEALS, seal_key=new_seal_key(), default_sender=leads)
        )
        seal_again(ws.store, before, after)
        return after


def seal_again(store: Store, before: Secrets, after: Secrets) -> None:
    """Seal unfinished deliveries again with the new key, if they have a valid seal of the old key.

    Other deliveries get no seal. Runs inside the caller's transaction.
    """
    for delivery in (*unfinished(store), *in_doubt(store)):
        found = read_seal(store, delivery.id)
        if found is None:
            continue
        with contextlib.suppress(BrokenCompany):  # a damaged message is not sent
            message = message_of(store, delivery.id)
            token, time = "", max(delivery.not_before, store.clock())
            if before.seals >= SEALS:
                if not is_sealed(before.seal_key, delivery, message, found):
                    continue
                token, time = found.token, found.time
            elif not was_sealed(before.seal_key, delivery, message, found):
                continue
            whole = delivery.id, delivery.invoice_id, delivery.sender_kind, delivery.envelope, message
            write_seal(store, delivery.id, make_seal(after.seal_key, *whole, time, token))
            if delivery.sender_kind.connected and delivery.session:
                _hide_session_again(store, delivery, message, before.seal_key, after.seal_key)


def _hide_session_again(store: Store, delivery: Delivery, message: bytes, before: str, after: str) -> None:
    """Encrypt the address of an upload session with the new key."""
    from facturier.mail.vault.session_cipher import SessionCipher

    with contextlib.suppress(ValueError):  # a damaged address cannot be used anyway
        session = SessionCipher(before).decrypt(delivery.session, message)
        replace_session(store, delivery.id, delivery.session, SessionCipher(after).encrypt(session, message))


def checked_seal(store: Store, secrets: Secrets, delivery: Delivery, message: bytes) -> Seal:
    """Return the valid seal of this delivery and message. Raises Refused if it is missing or invalid, StoreError."""
    found = read_seal(store, delivery.id)
    if found is None or not is_sealed(secrets.seal_key, delivery, message, found):
        raise Refused(
            _("This message was not queued by a member who may send from {address}.").format(
                address=delivery.envelope.sender
            ),
            kept=_("The message was not sent."),
            todo=_("If the invoice is correct, send it again."),
        )
    return found


def handed_over(ws: Workspace) -> HandedOver:
    """Return this person's record of deliveries. Raises VaultError if others could have changed the folder."""
    folder = ws.locations.data / "handed-over"
    with private_folder(folder):
        return _handed_over(folder / "tokens")


@lru_cache(4)
def _handed_over(path: Path) -> HandedOver:
    """Return the same object for each call, because it keeps its connections."""
    return HandedOver(path)


def remember_ended(ws: Workspace) -> None:
    """Record the deliveries that ended since the last search, so that they are never sent again, whatever the file
    says later. Raises VaultError, StoreError."""
    # one machine: a company is known by the path of its file.
    company = hashlib.sha256(str(ws.store.path.resolve()).encode()).hexdigest()[:16]
    memory, now = handed_over(ws), ws.clock()
    last = memory.looked(company)
    since = min(last, now) - _OVERLAP if last is not None else now - _FIRST
    memory.look(company, now, ended_tokens(ws.store, since))


def remember_cancelled(ws: Workspace, delivery_id: int) -> None:
    """Record that this person cancelled a delivery. Raises VaultError, StoreError."""
    found = read_seal(ws.store, delivery_id)
    if found is not None and found.token:
        handed_over(ws).add(found.token)

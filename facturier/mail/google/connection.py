"""The company's Gmail connection: accept, check and remove it."""

import threading
from dataclasses import replace
from pathlib import Path

from facturier.mail.errors import ConnectError, ConnectionOver, Refused, WrongGoogle
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.google.gmail_client import GmailClient
from facturier.mail.google.gmail_errors import json_object
from facturier.mail.google.grant import Grant
from facturier.mail.google.transport import TIMEOUT, one_shot
from facturier.mail.vault.approval import approve_reminders
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.schedule_approval import approve_all_schedules
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.books.status import State
from facturier.models.company.connection import end_connection, get_connection, remove_connection, set_connection
from facturier.models.company.recent import recent_companies
from facturier.models.company.user import full_name
from facturier.models.errors import StoreError
from facturier.models.outbox.deliveries import unfinished
from facturier.models.settings.company import Connection
from facturier.models.store.opening import open_company
from facturier.models.store.store import Clock, utc_now
from facturier.models.text.i18n import _, ngettext


def known_client(ws: Workspace) -> OAuthClient | None:
    """Return the OAuth client of the last connection, so that reconnecting needs no file. None if there is none."""
    grant = _kept_grant(ws)
    return grant.client if grant is not None and grant.stand_in == bool(ws.endpoints.stand_in) else None


def replaced_by(ws: Workspace, address: str) -> str:
    """Return the Gmail address that would be replaced by this one, or an empty text."""
    connection = ws.connection()
    return connection.address if connection is not None and connection.address != address else ""


def replacing_words(before: str, address: str) -> tuple[str, str]:
    """Return the question to ask before a Gmail address is replaced, and a text that says what happens then."""
    return (
        _("Replace {before}?").format(before=before),
        _(
            "A company has one Gmail address. From now on, its invoices will be sent from {address}. "
            "Invoices still waiting to be sent from {before} will not be sent: send them again."
        ).format(address=address, before=before),
    )


def accept_grant(ws: Workspace, grant: Grant, *, replacing: str | None = None) -> Connection:
    """Store a grant: its secrets in the vault, and the address in the company.

    `replacing` is the address that a person agreed to replace, or an empty text. Raises ConnectError if another address
    would be replaced, VaultError, StoreError.
    """
    before = replaced_by(ws, grant.address)
    if replacing is not None and before not in ("", replacing):
        raise ConnectError(
            _("{address} is connected.").format(address=before),
            kept=_("It was not replaced."),
            todo=_("Connect {address} again, and confirm that it replaces the current address.").format(
                address=grant.address
            ),
        )
    first = not has_members(ws)
    ws.keys.vault.change(lambda secrets: replace(secrets, grant=grant.to_json()))
    if first:  # what the settings say when the first member is created counts as theirs
        approve_reminders(ws, ws.company())
        approve_all_schedules(ws)
    return set_connection(ws.store, grant.address, grant.client.id)


def removal(ws: Workspace) -> str:
    """Return what removing the Gmail address will do, for the question to the person."""
    connection = ws.connection()
    assert connection is not None
    if others := _others_with(ws, connection.address):
        does = _(
            "{address} is also used by {others}, so the permission at Google is kept. Only this company stops using it."
        ).format(others=", ".join(path.stem for path in others), address=connection.address)
    else:
        does = _("Facturier revokes its permission at Google and deletes it here.")
    does = f"{does} {after_removal(ws)}"
    waiting = sum(found.sender_kind.connected and found.state is State.QUEUED for found in unfinished(ws.store))
    if not waiting:
        return does
    taken = ngettext(
        "{n} invoice waiting to be sent from it will be cancelled, with an alert.",
        "{n} invoices waiting to be sent from it will be cancelled, each with an alert.",
        waiting,
    )
    return f"{does} {taken.format(n=waiting)}"


def after_removal(ws: Workspace) -> str:
    """Return a sentence about how invoices are sent after the Gmail address was removed."""
    if address := ws.company().sender_address:
        return _("Invoices will be sent from the default sender, {address}.").format(address=address)
    return _("There is no default sender: no invoice can be sent until you set one up or add a Gmail address.")


def disconnect(ws: Workspace) -> str:
    """Remove the Gmail address. Return a sentence if its permission at Google was not revoked, or an empty text."""

    connection = ws.connection()
    if connection is None:
        return ""
    kept = _kept_grant(ws)
    shared = _others_with(ws, connection.address)
    ws.keys.vault.change(lambda secrets: replace(secrets, grant=None))
    remove_connection(ws.store)
    if kept is None or shared or connection.over:
        return ""
    try:
        _same_google(ws, kept)
        revoke(kept, ws.endpoints, ws.stop)
    except (ConnectError, WrongGoogle) as error:
        return str(error)
    return ""


def check_connection(ws: Workspace) -> None:
    """Check that Google still allows the company to send. Raises ConnectionOver and other SendErrors, VaultError."""

    connection = ws.connection()
    if connection is None:
        return
    if connection.over:
        raise ConnectionOver(connection.over, todo=_("Connect the Gmail address again."))
    grant = grant_for(ws, connection, ws.keys.vault.read(), connection.address)
    check(grant, ws.endpoints, ws.clock, ws.stop)


def grant_for(ws: Workspace, connection: Connection | None, secrets: Secrets, address: str) -> Grant:
    """Return the grant to send as `address`. The caller has read the company's connection and secrets.

    Raises Refused if this is no longer the company's Gmail address, ConnectionOver if the vault does not have the
    grant, and WrongGoogle if it is for another Google than the one in use.
    """
    if connection is None or connection.address != address:
        raise Refused(
            _("{address} is no longer the company’s Gmail address.").format(address=address),
            kept=_("Nothing was sent."),
            todo=_("Send the invoice again."),
        )
    grant = Grant.from_json(secrets.grant) if secrets.grant else None
    if grant is None or grant.address != address:
        raise ConnectionOver(
            _("The permission to send as {address} is missing.").format(address=address),
            kept=_("The invoices are waiting in the outbox."),
            todo=_("Connect the Gmail address again."),
        )
    _same_google(ws, grant)
    return grant


def end_permission(ws: Workspace) -> None:
    """Revoke Google's permission, so that no copy of it can be used to send. The outbox waits for a new connection.

    Raises ConnectError, VaultError, StoreError, and WrongGoogle if the permission is for another Google than the one in
    use.
    """
    kept, connection = ws.keys.vault.read().grant, ws.connection()
    if kept is None or connection is None:
        return
    grant = Grant.from_json(kept)
    _same_google(ws, grant)
    try:
        revoke(grant, ws.endpoints, ws.stop)
    except ConnectError as error:
        raise ConnectError(error.happened, kept=_("The connection was not changed."), todo=error.todo) from None
    reason = _("{user} revoked the permission at Google, so that nobody else can use it.")
    end_connection(ws.store, connection, reason.format(user=full_name(ws.store.user)))


def _kept_grant(ws: Workspace) -> Grant | None:
    kept = ws.keys.vault.read().grant
    return Grant.from_json(kept) if kept else None


def _same_google(ws: Workspace, grant: Grant) -> None:
    """Check that a grant is for the Google in use, so that secrets for one are never sent to the other.

    Raises WrongGoogle. Any user of this machine may have started the simulator.
    """
    if grant.stand_in == bool(ws.endpoints.stand_in):
        return
    if grant.stand_in:
        raise WrongGoogle(
            _("{address} was connected to a Google simulator.").format(address=grant.address),
            kept=_("Nothing was sent."),
            todo=_("Connect it to Google itself."),
        )
    raise WrongGoogle(
        _("FACTURIER_GOOGLE is set, but {address} was connected to Google itself.").format(address=grant.address),
        kept=_("Nothing was sent, and no secret was revealed to the server at that address."),
        todo=_("Unset FACTURIER_GOOGLE."),
    )


def _others_with(ws: Workspace, address: str) -> list[Path]:
    """Return the other companies on this machine that use the same Gmail address."""
    others = []
    for path in recent_companies(ws.locations.data):
        # one machine: other companies are files that this person has opened here.
        if path == ws.store.path.resolve():
            continue
        try:
            connection = get_connection(open_company(path, clock=ws.clock, user=ws.store.user, check=False))
        except StoreError:
            continue  # a company that cannot be opened cannot send either
        if connection is not None and connection.address == address:
            others.append(path)
    return others


def revoke(grant: Grant, endpoints: Endpoints, stop: threading.Event | None = None) -> None:
    """Revoke a grant (RFC 7009).

    This ends *every* token of this client's project and account, including those of other companies. It is no error if
    the grant had already ended. Raises ConnectError if Google could not be reached or refused.
    """
    import requests

    try:
        with one_shot(requests.Session(), endpoints, stop) as session:
            reply = session.post(
                endpoints.revoke, data={"token": grant.refresh_token}, timeout=TIMEOUT, allow_redirects=False
            )
    except requests.RequestException:
        told = False
    else:
        told = reply.status_code == 200 or (json_object(reply.content) or {}).get("error") == "invalid_token"
    if not told:
        raise ConnectError(
            _("Could not revoke the permission for {address} at Google.").format(address=grant.address),
            kept=_("The connection was removed from Facturier anyway."),
            todo=_("Remove the access yourself at https://myaccount.google.com/connections when you can."),
        )


def check(grant: Grant, endpoints: Endpoints, clock: Clock = utc_now, stop: threading.Event | None = None) -> None:
    """Renew the access token and open an upload session that is never used, so nothing is sent.

    Raises ConnectionOver, Refused (no Gmail, API not enabled), NotNow, Unreachable.
    """
    _session, transport = GmailClient(grant, endpoints, clock, stop=stop).open_session(b"\r\n")
    transport.close()

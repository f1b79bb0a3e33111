"""Share one Gmail address between companies: a company can use an address that another company here sends from."""

from dataclasses import dataclass
from pathlib import Path

from facturier.mail.errors import ConnectError, ConnectionOver, VaultError
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.grant import Grant
from facturier.mail.workspace import Workspace
from facturier.models.company.connection import get_connection
from facturier.models.company.recent import recent_companies
from facturier.models.errors import StoreError
from facturier.models.settings.company import Connection
from facturier.models.settings.settings import read_company
from facturier.models.store.opening import open_company
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class Offer:
    """A Gmail address that `company`, whose file is `path`, sends from."""

    address: str
    company: str
    path: Path


def offers(ws: Workspace) -> list[Offer]:
    """Return the addresses of other companies on this machine that this person may send for.

    Return none if this company has a working Gmail address. This opens files and vaults, so do not call it in the
    interface's thread.
    """
    connection = ws.connection()
    if ws.practice is not None or (connection is not None and not connection.over):
        return []
    found: dict[str, Offer] = {}
    for path in recent_companies(ws.locations.data):
        try:
            # one machine: other companies are files that this person has opened here.
            if path != ws.store.path.resolve():
                offer = offer_of(ws, path)
                found.setdefault(offer.address, offer)
        except (ConnectError, StoreError, VaultError):
            continue  # a company that does not open for this person cannot share its address
    return list(found.values())


def take(ws: Workspace, offer: Offer, *, replacing: str | None = None) -> Connection:
    """Use the address in this company too, without another consent: the grant is copied from vault to vault.

    Raises ConnectionOver if the other company no longer has it, ConnectError if an address other than `replacing` would
    be replaced, VaultError, StoreError.
    """
    kept = ws.keys.vault_of(open_company(offer.path, check=False)).read().grant
    grant = Grant.from_json(kept) if kept else None
    if grant is None or grant.address != offer.address:
        raise ConnectionOver(
            _("{company} no longer sends from {address}.").format(company=offer.company, address=offer.address),
            kept=_("Nothing was changed."),
            todo=_("Add the Gmail address here."),
        )
    return accept_grant(ws, grant, replacing=replacing)


def offer_of(ws: Workspace, path: Path) -> Offer:
    """Return the address that a company can share. Raises ConnectError if there is none, VaultError, StoreError."""
    store = open_company(path, clock=ws.clock, user=ws.store.user, check=False)
    connection = get_connection(store)
    kept = ws.keys.vault_of(store).read().grant if connection is not None and not connection.over else None
    company = read_company(store).name
    if connection is None or kept is None or kept.get("address") != connection.address:
        raise ConnectError(_("{company} has no Gmail address that can be used here.").format(company=company))
    return Offer(connection.address, company, path)

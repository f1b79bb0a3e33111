"""Whether anything may be sent from this company file, and whether only members may send."""

import contextlib
from typing import TYPE_CHECKING

from facturier.mail.errors import VaultError
from facturier.mail.vault.copy_guard import CopyGuard
from facturier.mail.workspace import Workspace
from facturier.models.company.connection import StoredBlob
from facturier.models.company.recent import remember_company
from facturier.models.errors import FacturierError
from facturier.models.settings.company import Company

if TYPE_CHECKING:
    from facturier.models.company.adopting import Adopted


def refusal(ws: Workspace, company: Company | None = None) -> FacturierError | None:
    """Why nothing may be sent from this file, such as that it is a copy; None if it is the company. `company` is what
    the caller has read already."""
    try:
        guard = _copy_guard(ws)
        return None if _is_demo(guard, company or ws.company()) else guard.refusal()
    except VaultError as error:  # what this person remembers is out of reach
        return error


def recognise(ws: Workspace) -> None:
    """Find out whether this file is the company, and remember it if it is. Raises StoreError."""
    company = ws.company()
    if not company.practice and refusal(ws, company) is None:
        remember_company(ws.locations.data, ws.store.path)
        remember(ws, company)


def remember(ws: Workspace, company: Company | None = None) -> None:
    """This person has seen the company as it is now. `company` is what the caller has read already. Raises
    StoreError."""
    with contextlib.suppress(VaultError):
        guard = _copy_guard(ws)
        if not _is_demo(guard, company or ws.company()):
            guard.remember()


def adopt(ws: Workspace) -> "Adopted":
    """A person says that this file is the company from now on. Raises StoreError, VaultError."""
    done = _copy_guard(ws).adopt()
    remember_company(ws.locations.data, ws.store.path)
    return done


def has_members(ws: Workspace) -> bool:
    """True also if the vault is gone from a file in which this person has seen one. Raises VaultError, StoreError."""
    return bool(StoredBlob(ws.store).read()[0]) or ws.keys.has_seen_vault()


def _is_demo(guard: CopyGuard, company: Company) -> bool:
    """Whether it is the demo company, from which nothing is sent. The setting alone does not make it one: somebody may
    have written it into the file of a real company. Raises StoreError, VaultError."""
    return bool(company.practice) and not guard.has_worked_here()


def _copy_guard(ws: Workspace) -> CopyGuard:
    return CopyGuard(ws.store, ws.locations.data / "seen", known=ws.known)

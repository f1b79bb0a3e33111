"""Check whether anything may be sent from this company file, and whether only members may send."""

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
    """Return why nothing may be sent from this file, such as that it is a copy, or None if it is the company.

    `company` is the company's settings if the caller has already read them.
    """
    try:
        guard = _copy_guard(ws)
        return None if _is_demo(guard, company or ws.company()) else guard.refusal()
    except VaultError as error:  # this person's record cannot be read
        return error


def recognise(ws: Workspace) -> None:
    """Find out whether this file is the company, and remember it if it is. Raises StoreError."""
    company = ws.company()
    if not company.practice and refusal(ws, company) is None:
        remember_company(ws.locations.data, ws.store.path)
        remember(ws, company)


def remember(ws: Workspace, company: Company | None = None) -> None:
    """Record that this person has seen the company in its current state. Raises StoreError.

    `company` is the company's settings if the caller has already read them.
    """
    with contextlib.suppress(VaultError):
        guard = _copy_guard(ws)
        if not _is_demo(guard, company or ws.company()):
            guard.remember()


def adopt(ws: Workspace) -> "Adopted":
    """Make this file the company from now on, when a person chooses to. Raises StoreError, VaultError."""
    done = _copy_guard(ws).adopt()
    remember_company(ws.locations.data, ws.store.path)
    return done


def has_members(ws: Workspace) -> bool:
    """Return whether the company has members. Raises VaultError, StoreError.

    This is also True if this person has seen a vault in the file before and it is missing now.
    """
    return bool(StoredBlob(ws.store).read()[0]) or ws.keys.has_seen_vault()


def _is_demo(guard: CopyGuard, company: Company) -> bool:
    """Return whether it is the demo company, from which nothing is sent. Raises StoreError, VaultError.

    The setting alone is not enough: somebody may have written it into the file of a real company.
    """
    return bool(company.practice) and not guard.has_worked_here()


def _copy_guard(ws: Workspace) -> CopyGuard:
    return CopyGuard(ws.store, ws.locations.data / "seen", known=ws.known)

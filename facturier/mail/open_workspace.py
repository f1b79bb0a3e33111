"""Make the workspace of one person at one company."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from facturier.mail.errors import WrongGoogle
from facturier.mail.locations import Locations
from facturier.mail.vault.keyring import KeyRing
from facturier.mail.workspace import Workspace
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

if TYPE_CHECKING:  # what the list of invoices needs is loaded with it, everything else where it is used
    from facturier.mail.google.endpoints import Endpoints
    from facturier.mail.practice.company import Practice
    from facturier.mail.vault.identity import Identity


def open_workspace(
    store: Store,
    locations: Locations,
    endpoints: "Endpoints",
    *,
    practice: "Practice | None" = None,
    ask_passphrase: Callable[[], str] | None = None,
    identity: "Identity | None" = None,
    looking: bool = False,
    recognise: bool = True,
) -> Workspace:
    """`ask_passphrase` is asked if this person's key is protected by a passphrase. `identity` is that key, if it is
    known already. Without `recognise`, the caller calls `permission.recognise` when there is time for it; nothing is
    sent from a copy in any case.

    Raises WrongGoogle if the demo company would reach the real Google. With `looking` it reaches none."""
    demo = bool(read_company(store).practice)
    if demo and not endpoints.stand_in:
        if not looking:
            raise WrongGoogle(
                _("“{path}” is the demo company. It never sends email.").format(path=store.path),
                kept=_("It was not opened."),
                todo=_(
                    "Open it with “facturier practice”. To use other commands, run “facturier practice "
                    "--serve” in a second terminal and set the two variables that it prints."
                ),
            )
        from facturier.mail.google.endpoints import no_google

        endpoints = no_google()
    keys = KeyRing(store, locations, ask_passphrase=ask_passphrase, identity=identity)
    ws = Workspace(store, locations, endpoints, keys, practice)
    if recognise and not demo:
        from facturier.mail.vault import permission

        permission.recognise(ws)
    return ws


def open_another(ws: Workspace, path: Path) -> Workspace:
    """The same person's workspace at another company. Raises StoreError."""
    from facturier.models.store.backups import open_kept

    store = open_kept(path, ws.locations.copies, clock=ws.clock, user=ws.store.user)
    return open_workspace(store, ws.locations, ws.endpoints, identity=ws.keys.known_identity)

"""Make the workspace of one person at one company."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from facturier.mail.errors import WrongGoogle
from facturier.mail.locations import Locations
from facturier.mail.vault.keyring import KeyRing
from facturier.mail.workspace import Workspace
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Clock, Store, utc_now
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
    if demo:
        store.make_message = partial(_make_message, store)
    keys = KeyRing(store, locations, ask_passphrase=ask_passphrase, identity=identity)
    ws = Workspace(store, locations, endpoints, keys, practice)
    if recognise and not demo:
        from facturier.mail.vault import permission

        permission.recognise(ws)
    return ws


def _make_message(store: Store, delivery_id: int) -> None:
    from facturier.mail.practice.messages import make_message

    make_message(store, delivery_id)


@dataclass(frozen=True)
class Companies:
    """Opens companies for one person. `endpoints` is where Google is for all of them but the demo company, which brings
    its own simulator. `identity` is the person's key, if it is known already."""

    locations: Locations
    endpoints: "Endpoints"
    clock: Clock = utc_now
    user: str = ""
    identity: "Identity | None" = None

    def open(self, path: Path) -> Workspace:
        """The company in this file. Raises StoreError, and WrongGoogle for the demo company."""
        from facturier.models.store.backups.backups import open_kept

        store = open_kept(path, self.locations.copies, clock=self.clock, user=self.user)
        return open_workspace(store, self.locations, self.endpoints, identity=self.identity)

    def open_demo(self, told: Callable[[int, int], None]) -> Workspace:
        """The demo company, with its simulator running until `Workspace.close`. The first time its books are made, in
        about two seconds; `told(done, of)` reports the progress. Raises StoreError."""
        from facturier.mail.practice.company import Practice

        practice = Practice(self.locations.practice)
        store = practice.open(self.clock(), told)
        endpoints = practice.start()
        return open_workspace(store, self.locations, endpoints, practice=practice, identity=self.identity)


def companies_of(ws: Workspace) -> Companies:
    """The other companies of the person at this one. Raises FacturierError if FACTURIER_GOOGLE is not usable."""
    endpoints = ws.endpoints
    if ws.practice is not None:  # no other company may meet its simulator
        from facturier.mail.google.endpoints import google_endpoints

        endpoints = google_endpoints(os.environ)
    return Companies(ws.locations, endpoints, ws.clock, ws.store.user, ws.keys.known_identity)

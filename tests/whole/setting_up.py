"""Set up a company for tests of the whole program with our own functions, because a process per step is slow."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import locations
from facturier.mail.new_company import new_company
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.workspace import Workspace
from facturier.models.company.recent import remember_company
from facturier.models.drafts.draft_json import read_draft
from facturier.models.drafts.drafts import save_draft
from facturier.models.store.opening import open_company
from tests.whole.program import Program


@contextmanager
def _private() -> Iterator[None]:
    """Create files that only this person can read, like the program."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _ws(program: Program) -> Workspace:
    assert program.company is not None
    return open_workspace(
        open_company(program.company), locations(program.environment), google_endpoints(program.environment)
    )


def make_company(program: Program, name: str) -> None:
    """Create the company like `facturier new`."""
    assert program.company is not None
    with _private():
        new_company(program.company, name=name, email="hello@me.example", currency="CAD", language="en")
        remember_company(locations(program.environment).data, program.company)


def add_drafts(program: Program, *drafts: Mapping[str, Any]) -> None:
    """Create drafts like `facturier draft -`."""
    with _private():
        ws = _ws(program)
        with ws.store.writing():
            for fields in drafts:
                save_draft(ws.store, read_draft(ws.store, dict(fields), ws.today()))


def connect_account(program: Program, google: Google) -> None:
    """Connect the first account of the simulator, like `facturier connect`."""
    with _private():
        ws = _ws(program)
        consent = Consent(parse_client(google.client_json()), ws.endpoints, 53682)
        accept_grant(ws, consent.accept(google.allow(consent.link)))

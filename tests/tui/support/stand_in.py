"""A shop with the Google simulator, and what a person does in the browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot

from facturier.mail.google.client import parse_client
from facturier.mail.google.connection import accept_grant
from facturier.mail.google.consent import Consent
from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.google import Google
from facturier.mail.practice.grants import Account
from facturier.models.store.opening import open_company
from facturier.tui.screens.connect.link_view import LinkView
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until

ACCOUNTS = (
    Account("billing@acme.example"),
    Account("marie@acme.example"),
    Account("nomail@acme.example", gmail=False),
)


@contextmanager
def google_for(shop: Shop, *, granting: bool = False) -> Iterator[Google]:
    """Run the simulator, which the shop's workspace uses as Google in this block."""
    folder = shop.store.path.parent
    with Google(ACCOUNTS, folder=folder / "google", granting=granting) as google:
        endpoints = google_endpoints({"FACTURIER_GOOGLE": google.url})
        shop.ws = open_workspace(open_company(shop.store.path), Locations(folder / "data", folder / "log"), endpoints)
        yield google


def connect(shop: Shop, google: Google) -> None:
    """Connect billing@acme.example without a screen."""
    consent = Consent(parse_client(google.client_json()), shop.ws.endpoints, 53682, clock=shop.ws.clock)
    accept_grant(shop.ws, consent.accept(google.allow(consent.link)))


def paste(app: App[None], text: str) -> None:
    """Paste like a terminal: a bracketed paste goes to the program, wherever the focus is."""
    app.post_message(Paste(text))


async def at_link(pilot: Pilot[None], google: Google) -> str:
    """Give the client file on the connect screen, and return the link that is then shown."""
    await sees(pilot, "Paste the JSON")
    view = pilot.app.screen.query_one(LinkView)
    before = view.link
    paste(pilot.app, google.client_json())
    await until(pilot, lambda: view.link != before)
    await until(pilot, lambda: view.link in "".join(text_of(pilot.app).split()))
    return view.link

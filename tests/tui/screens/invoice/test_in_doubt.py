"""A delivery in doubt: what is known, where to check, and who may answer. Also sending again to refused recipients."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.gmail import sent_search
from facturier.models.books.alerts import open_alerts
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.connection import set_connection
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import hand_over, lost, partly_accepted
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, message_of
from facturier.models.outbox.delivery import Claim, Delivery, Envelope, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.store.opening import open_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.connect.link_view import LinkView
from facturier.tui.screens.invoice.delivery.in_doubt import DoubtScreen
from tests.models.making import next_number
from tests.tui.support.sample import OWNER, Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import google_for
from tests.tui.support.typing import keys

GMAIL, DEFAULT = "billing@acme.example", "hello@acme.example"
TO, CC, BCC = "compta@tremblay.example", "boss@tremblay.example", "archive@acme.example"


def handed_over(shop: Shop, way: SenderKind, session: str) -> Claim:
    draft = shop.draft()
    envelope = Envelope(GMAIL if way is SenderKind.GMAIL else DEFAULT, (TO,), (CC,), (BCC,))
    message = b"Message-ID: <1@acme.example>\r\n\r\nHello\r\n"
    number = next_number(shop.store)
    now = shop.store.clock() - timedelta(seconds=1)
    queue_delivery(shop.store, draft, number, way, envelope, f"Invoice {number}", message, now)
    delivery = claim_next(shop.store, OWNER)
    assert delivery is not None
    claim = Claim(delivery.id, OWNER, delivery.epoch)
    hand_over(shop.store, claim, session)
    return claim


def doubtful(shop: Shop, way: SenderKind = SenderKind.GMAIL, session: str = "") -> Delivery:
    claim = handed_over(shop, way, session)
    return lost(shop.store, claim, "The line dropped [here].", "503 Backend Error")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_says_what_is_known_and_links_to_the_search_in_the_sent_folder(
    shop: Shop, size: tuple[int, int]
) -> None:
    set_connection(shop.store, GMAIL, "client")
    delivery = doubtful(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await app.push_screen(DoubtScreen(shop.ws, delivery.id))
        await sees(pilot, "cannot be asked about a message later")
        shown = text_of(app)
        for words in (
            GMAIL,
            TO,
            CC,
            "Invoice 1001",
            "Sending started",
            "The line dropped [here].",
            "503 Backend Error",
        ):
            assert words in shown
        assert "Look for “1001” in the Sent folder of billing@acme.example" in shown
        link = app.screen.query_one(LinkView).link
        assert link in "".join(line.strip() for line in shown.split("\n"))
        await pilot.press("Y")
        assert app.clipboard == link


def test_the_link_searches_the_sent_folder_of_that_account_for_that_number() -> None:
    found = sent_search("billing+a@acme.example", "compta@tremblay.example", "2026/41 A")
    assert found == (
        "https://mail.google.com/mail/u/?authuser=billing%2Ba%40acme.example"
        "#search/in%3Asent+to%3Acompta%40tremblay.example+%222026%2F41+A%22"
    )


@pytest.mark.parametrize(
    ("key", "state", "kind"), [("y", State.SENT, "said_sent"), ("n", State.FAILED, "said_not_sent")]
)
async def test_both_answers_need_a_reason_that_the_journal_keeps(shop: Shop, key: str, state: State, kind: str) -> None:
    delivery = doubtful(shop, SenderKind.DEFAULT)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(DoubtScreen(shop.ws, delivery.id))
        await sees(pilot, "cannot be asked about a message later")
        await pilot.press(key, "enter")
        await sees(pilot, "Enter a reason")
        await keys(pilot, "=I looked")
        await pilot.press("enter", "y")
        await until(pilot, lambda: not isinstance(app.screen, DoubtScreen))
        await until(pilot, lambda: get_delivery(shop.store, delivery.id).state is state)
    entry = read_journal(shop.store, delivery.invoice_id)[-1]
    assert (entry.kind, entry.detail["reason"]) == (kind, "I looked")


async def test_opening_asks_the_sender_and_a_proof_settles_it(shop: Shop) -> None:
    delivery = doubtful(shop, SenderKind.DEFAULT, "left.eml")
    (shop.mail / "left.eml").write_bytes(message_of(shop.store, delivery.id))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(DoubtScreen(shop.ws, delivery.id))
        await until(pilot, lambda: not isinstance(app.screen, DoubtScreen))
    assert get_delivery(shop.store, delivery.id).state is State.SENT
    assert open_alerts(shop.store) == []


async def test_who_may_not_send_cannot_answer(shop: Shop, tmp_path: Path) -> None:
    set_connection(shop.store, GMAIL, "client")
    shop.ws.keys.vault.change(lambda secrets: replace(secrets, smtp_password="s3cret"))  # the company has members now
    delivery = doubtful(shop)
    other = open_workspace(
        open_company(shop.store.path), Locations(tmp_path / "other", tmp_path / "other.log"), Endpoints()
    )
    app = FacturierApp(other)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(DoubtScreen(other, delivery.id))
        await pilot.press("y")
        await keys(pilot, "=seen")
        await pilot.press("enter", "y")
        await sees(pilot, "You are not a member, so you cannot send for this company")
    assert get_delivery(shop.store, delivery.id).state is State.IN_DOUBT


async def test_a_new_delivery_goes_only_to_refused_recipients(shop: Shop) -> None:
    claim = handed_over(shop, SenderKind.DEFAULT, "")
    partly_accepted(shop.store, claim, "id", {TO: "550 full", BCC: "550 gone"})
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await pilot.press("enter")
            await sees(pilot, "r Send to refused")
            await pilot.press("r")
            await sees(pilot, "Attached")
            await sees(pilot, "Send invoice 1001 again to Boulangerie Tremblay")
            await pilot.press("f9")
            await until(pilot, lambda: len(deliveries_of(shop.store, claim.delivery_id)) == 2)
    again = deliveries_of(shop.store, claim.delivery_id)[-1]
    assert (again.envelope.to, again.envelope.cc, again.envelope.bcc) == ((TO,), (), (BCC,))
    assert "queued_again" in [entry.kind for entry in read_journal(shop.store, again.invoice_id)]


async def test_sending_again_from_the_alert_closes_it(shop: Shop) -> None:
    claim = handed_over(shop, SenderKind.DEFAULT, "")
    partly_accepted(shop.store, claim, "id", {TO: "550 full"})
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await pilot.press("a", "r")
            await sees(pilot, "Attached")
            await pilot.press("f9")
            await sees(pilot, "No alerts")
    assert deliveries_of(shop.store, claim.delivery_id)[-1].envelope.recipients == (TO,)


async def test_if_only_a_copy_was_refused_it_moves_to_to(shop: Shop) -> None:
    claim = handed_over(shop, SenderKind.DEFAULT, "")
    partly_accepted(shop.store, claim, "id", {CC: "550 full"})
    with google_for(shop):
        app = FacturierApp(shop.ws)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await pilot.press("enter")
            await sees(pilot, "r Send to refused")
            await pilot.press("r")
            await sees(pilot, "Attached")
            await pilot.press("f9")
            await until(pilot, lambda: len(deliveries_of(shop.store, claim.delivery_id)) == 2)
    envelope = deliveries_of(shop.store, claim.delivery_id)[-1].envelope
    assert (envelope.to, envelope.cc, envelope.bcc) == ((CC,), (), ())

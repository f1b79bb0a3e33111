"""The history of an invoice opens exactly what was sent, whatever has changed since."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from facturier.mail.message import split_message
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.models.books.attachments import attach_file
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.invoice.delivery.sent_message import SentScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def queued_twice(shop: Shop) -> int:
    """Return an issued invoice that was queued under one name, cancelled, and queued again under another."""
    draft = shop.issued()
    assert draft.id is not None
    later = shop.store.clock() + timedelta(hours=1)
    hours = shop.mail.with_name("hours.csv")
    hours.write_text("8;Monday")
    for name in ("Acme Old", "Acme New"):
        save_company(shop.store, replace(read_company(shop.store), name=name))
        first = queue(shop.ws, prepare(shop.ws, draft.id, compose(shop.ws, draft.id)), not_before=later)
        cancel_delivery(shop.store, first.id)
        attach_file(shop.store, draft.id, hours, private=shop.ws.locations.data)
    save_company(shop.store, replace(read_company(shop.store), name="Acme Newest"))
    return draft.id


async def saved(pilot: Pilot[None], key: str, path: Path) -> bytes:
    await pilot.press(key)
    await until(pilot, lambda: not isinstance(pilot.app.screen, SentScreen))
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    await until(pilot, path.exists)
    await until(pilot, lambda: isinstance(pilot.app.screen, SentScreen))
    return path.read_bytes()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_every_delivery_is_opened_as_it_was_frozen(shop: Shop, tmp_path: Path, size: tuple[int, int]) -> None:
    invoice_id = queued_twice(shop)
    first, second = deliveries_of(shop.store, invoice_id)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=size, notifications=True) as pilot:
        await app.push_screen(InvoiceScreen(shop.ws, invoice_id))
        await pilot.press("m")
        await sees(pilot, 'From: "Acme New" <hello@acme.example>')
        for words in ("Subject: Invoice 1001 from Acme New", "2 of 2", "Hello Boulangerie Tremblay,"):
            await sees(pilot, words)
        headers = str(app.screen.query_one("#sent-message Static", Static).content)
        assert "Attached: hours.csv, 1 KB." in headers  # the second one was added later
        assert "hours (2).csv" not in headers
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "▀" in text_of(app) and "page 1 of 1" in text_of(app))
        await pilot.press("ctrl+t", "left_square_bracket")
        await sees(pilot, 'From: "Acme Old" <hello@acme.example>')
        await sees(pilot, "1 of 2")
        old = message_of(shop.store, first.id)
        assert await saved(pilot, "W", tmp_path / "old.eml") == old
        assert await saved(pilot, "w", tmp_path / "old.pdf") == split_message(old).document
        await pilot.press("right_square_bracket")
        await sees(pilot, "2 of 2")
        assert await saved(pilot, "W", tmp_path / "new.eml") == message_of(shop.store, second.id)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))


async def test_without_colours_the_document_is_named_instead_of_drawn(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    invoice_id = queued_twice(shop)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(120, 36)) as pilot:
        await app.push_screen(SentScreen(shop.ws, deliveries_of(shop.store, invoice_id), 1))
        await sees(pilot, "Invoice-1001-Acme-New.pdf, ")
        assert "▀" not in text_of(app)

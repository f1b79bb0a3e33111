"""If the company file cannot be written, a person can quit without saving, with a copy elsewhere."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from textual.app import App

from facturier.models.drafts.draft_json import read_draft
from facturier.models.errors import NoRoom
from facturier.models.settings.line import Line, LineKind
from facturier.models.store.store import Store
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.leaving.typed_copy import draft_copy, kept_aside
from facturier.tui.screens.dialogs.leaving.unsaved import UnsavedScreen
from facturier.tui.screens.editor.state.autosave import as_typed
from facturier.tui.widgets.inputs.fields import Field
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import ended, sees, text_of, until
from tests.tui.support.typing import keys

SIZE = (80, 24)


@pytest.fixture
def full(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that makes the disk full from then on."""

    def fill() -> None:
        def refuse(store: Store) -> None:
            raise NoRoom("The disk is full.", kept="The last change was not saved.", todo="Make room.")

        monkeypatch.setattr(Store, "writing", refuse)

    return fill


async def test_quitting_without_saving_is_possible(shop: Shop, full: Callable[[], None]) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("n")
        full()
        await keys(pilot, "=Zoe")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, UnsavedScreen))
        await sees(pilot, "The disk is full.")
        await pilot.press("escape")
        await sees(pilot, "Draft for Zoe")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, UnsavedScreen))
        await pilot.press("y")
        await ended(app)


async def test_the_draft_verb_reads_a_saved_copy(shop: Shop, full: Callable[[], None], tmp_path: Path) -> None:
    app = FacturierApp(shop.ws)
    copy = tmp_path / "copy.json"
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("n")
        full()
        await keys(pilot, "=Zoe")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, UnsavedScreen))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query(Field))
        app.screen.query_one(Field).input.value = str(copy)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, UnsavedScreen) and "A copy is in" in text_of(app))
        await pilot.press("y")
        await ended(app)
    assert json.loads(copy.read_text())["customer"] == {"name": "Zoe"}


def test_a_copy_has_everything_that_was_entered(shop: Shop) -> None:
    day = date(2026, 11, 2)
    lines = (
        Line("Phase 1", kind=LineKind.HEADING),
        Line("Work", "Audit", "2", "10.5", "GST", unit="HUR", discount="10%", service_from=day, service_to=day),
    )
    texts = {"reference": "PO 7", "project": "North wing", "message": "Thanks", "notes": "private", "own_number": "A-7"}
    amounts = {"discount": "5%", "shipping": "7", "shipping_tax": "GST", "deposit": "30%", "exchange_rate": "1.4"}
    more = {"inclusive": True, "ship_to": "Dock\n4", "custom": {"Ref": "7"}, "service_from": day, "service_to": day}
    draft = replace(shop.draft(), lines=lines, **texts, **amounts, **more)  # type: ignore[arg-type]
    with shop.store.writing():
        read = read_draft(shop.store, json.loads(draft_copy(draft)), draft.date)
    assert as_typed(read) == replace(as_typed(draft), customer=read.customer.on_invoice())
    assert read.customer.name == draft.customer.name


async def test_without_a_terminal_a_copy_is_saved_and_reported_at_the_next_start(
    shop: Shop, full: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("n")
        full()
        await keys(pilot, "=Zoe")
        app.hang_up()
        await ended(app)
    [kept] = kept_aside(shop.ws.locations.data)
    assert json.loads(kept.read_text())["customer"] == {"name": "Zoe"}
    assert kept.stat().st_mode & 0o777 == 0o600
    monkeypatch.undo()
    again: App[None] = FacturierApp(shop.ws)
    async with again.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: "Texts that were not" in text_of(again))

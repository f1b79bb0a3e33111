"""Everything that is typed in the editor is there when the draft is opened again."""

from dataclasses import replace
from datetime import date

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from facturier.models.company.save_settings import save_company
from facturier.models.settings.company import CustomField
from facturier.models.settings.settings import read_company
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.details.details_screen import DetailsScreen
from facturier.tui.screens.editor.details.line_screen import LineScreen
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from tests.tui.screens.editor.editing import drafts, editing
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import ended, sees, text_of, until
from tests.tui.support.typing import keys

pytestmark = pytest.mark.usefixtures("little_garbage")

# What is typed into each field, and how the field shows it later.
FIELDS = {
    "customer": ("Zo", "Zo"),
    "email": ("zo@zo.example", "zo@zo.example"),
    "reference": ("PO 7", "PO 7"),
    "project": ("North wing", "North wing"),
    "date": ("2026-11-02", "2 Nov 2026"),
    "terms": ("12", "Net 91"),  # as the due date says, which is typed later
    "due": ("2027-02-01", "1 Feb 2027"),
    "currency": ("usd", "USD"),
    "message-printed": ("Thanks", "Thanks"),
}
CELLS = {"item": "Wid", "description": "half a li", "quantity": "3", "rate": "12.5"}
LINE_DETAILS = {
    "discount": ("10%", "10%"),
    "unit": ("hours", "hour"),
    "service_from": ("2026-11-02", "2 Nov 2026"),
    "service_to": ("2026-11-03", "3 Nov 2026"),
}
DETAILS = {
    "discount": ("5%", "5%"),
    "shipping": ("20", "20"),
    "shipping_tax": ("gst", "GST"),
    "deposit": ("30%", "30%"),
    "service_from": ("2026-11-02", "2 Nov 2026"),
    "service_to": ("2026-11-03", "3 Nov 2026"),
    "exchange_rate": ("1.4", "1.4"),
    "own_number": ("A-7", "A-7"),
    "custom-0": ("North", "North"),
    "ship_to": ("Dock 4", "Dock 4"),
    "notes": ("asks for Marie", "asks for Marie"),
}


def entry(pilot: Pilot[None], name: str) -> Input | TextArea:
    found = pilot.app.screen.query_one(f"#{name}", LabelledField).query_one("Input, TextArea")
    assert isinstance(found, Input | TextArea)
    return found


def text_in(pilot: Pilot[None], name: str) -> str:
    found = entry(pilot, name)
    return found.value if isinstance(found, Input) else found.text


async def type_into(pilot: Pilot[None], name: str, text: str) -> None:
    entry(pilot, name).focus()
    await keys(pilot, "end", "ctrl+u", f"={text}")


async def leave(pilot: Pilot[None]) -> None:
    """Press Esc as often as a person does who means it: to close a list, after a warning, and to go back."""
    for _time in range(4):
        if isinstance(pilot.app.screen, EditorScreen):
            await keys(pilot, "escape")
    await until(pilot, lambda: not isinstance(pilot.app.screen, EditorScreen))


async def edit(pilot: Pilot[None], shop: Shop, draft_id: int | None = None) -> None:
    await pilot.app.push_screen(EditorScreen(shop.ws, draft_id))
    await pilot.pause()


async def fill(pilot: Pilot[None], fields: dict[str, tuple[str, str]]) -> None:
    for name, (typed, _shown) in fields.items():
        await type_into(pilot, name, typed)


def shown(pilot: Pilot[None], fields: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {name: (typed, text_in(pilot, name)) for name, (typed, _shown) in fields.items()}


async def details(pilot: Pilot[None], dialog: type[DetailsScreen | LineScreen]) -> None:
    await keys(pilot, "ctrl+l")
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog) and pilot.app.screen.is_mounted)


async def test_one_field_is_enough_for_a_draft_that_is_kept(books: Shop) -> None:
    async with editing(books) as pilot:
        for count, (name, (typed, _shown)) in enumerate(FIELDS.items(), 1):
            await type_into(pilot, name, typed)
            await leave(pilot)
            assert len(drafts(books)) == count, name
            await edit(pilot, books)
        await fill(pilot, FIELDS)
        await leave(pilot)
        await edit(pilot, books, drafts(books)[-1].id)
        assert shown(pilot, FIELDS) == FIELDS


async def test_a_half_typed_line_is_kept(books: Shop) -> None:
    async with editing(books) as pilot:
        for count, (cell, typed) in enumerate(CELLS.items(), 1):
            pilot.app.screen.query_one(LineGrid).go(0, cell)
            await pilot.pause()
            await keys(pilot, f"={typed}")
            await leave(pilot)
            assert len(drafts(books)) == count, cell
            assert getattr(drafts(books)[-1].lines[0], cell) == typed
            await edit(pilot, books)
        for draft_id in (None, len(CELLS) + 1):  # details without a text, and again after reopening
            await edit(pilot, books, draft_id)
            pilot.app.screen.query_one(LineGrid).go_first()
            await details(pilot, LineScreen)
            if draft_id is None:
                await fill(pilot, LINE_DETAILS)
            else:
                assert shown(pilot, LINE_DETAILS) == LINE_DETAILS
            await keys(pilot, "ctrl+s")
            await leave(pilot)
        await edit(pilot, books, len(CELLS) + 1)
        pilot.app.screen.query_one(LineGrid).go_first()
        await details(pilot, LineScreen)
        await type_into(pilot, "discount", "20%")
        assert isinstance(pilot.app, FacturierApp)
        pilot.app.hang_up()
        await ended(pilot.app)
    assert drafts(books)[-1].lines[0].discount == "20%"


async def test_details_are_kept_and_a_hang_up_keeps_what_is_typed_in_an_open_dialog(books: Shop) -> None:
    save_company(books.store, replace(read_company(books.store), custom_fields=(CustomField("Site"),)))
    async with editing(books) as pilot:
        await details(pilot, DetailsScreen)
        await fill(pilot, DETAILS)
        await keys(pilot, "ctrl+s")
        await leave(pilot)
        await edit(pilot, books, drafts(books)[-1].id)
        await details(pilot, DetailsScreen)
        assert shown(pilot, DETAILS) == DETAILS
        await type_into(pilot, "notes", "Marie wants")
        await type_into(pilot, "discount", "half")  # not an amount, which must not prevent that the notes are saved
        await type_into(pilot, "service_from", "2026-12-20")  # a period that would end before it begins
        app = pilot.app
        assert isinstance(app, FacturierApp)
        app.hang_up()
        await ended(app)
    [kept] = drafts(books)
    assert (kept.notes, kept.discount) == ("Marie wants", "5%")
    assert (kept.service_from, kept.service_to) == (date(2026, 11, 2), date(2026, 11, 3))


async def test_a_value_that_is_not_saved_is_never_said_to_be(books: Shop) -> None:
    draft = books.invoice(books.draft().id)
    async with editing(books, draft.id) as pilot:
        app = pilot.app
        for name, label in (("customer", "Name"), ("reference", "PO number"), ("project", "Project")):
            await type_into(pilot, name, "x")
            before = text_in(pilot, name)
            entry(pilot, name).value = "A" * 300  # type: ignore[union-attr]
            await keys(pilot, "f6", "escape")
            await sees(pilot, "is not saved")
            assert isinstance(app.screen, EditorScreen), name
            assert app.focused is entry(pilot, name)
            assert f"{label} is still {before}" in " ".join(text_of(app).split())
            await keys(pilot, "ctrl+z")
            assert text_in(pilot, name) == before
            entry(pilot, name).value = "A" * 300  # type: ignore[union-attr]
            await keys(pilot, "f6", "escape")  # it warns again, because it was corrected in between
            await sees(pilot, "is not saved")
            assert isinstance(app.screen, EditorScreen), name
            await keys(pilot, "ctrl+z")
        await type_into(pilot, "due", "30/02/2026")
        await sees(pilot, "not saved")
        await keys(pilot, "ctrl+q")
        await sees(pilot, "Quit without saving?")
        await sees(pilot, "“30/02/2026” is not saved")
        await keys(pilot, "escape", "ctrl+z")
        await sees(pilot, "saved ")
        await keys(pilot, "ctrl+q")
        await ended(app)

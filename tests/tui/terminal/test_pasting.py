"""Paste and type into every kind of field: all text arrives, without anything that a terminal would obey."""

import unicodedata
from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.settings.line import Line
from facturier.tui.app import FacturierApp
from facturier.tui.screens.customer.screen import CustomerScreen
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.preview.screen import PreviewScreen
from facturier.tui.widgets.inputs.fields import Area, Field
from facturier.tui.widgets.inputs.lookup import Lookup
from facturier.tui.widgets.inputs.one_line import Joined
from facturier.tui.widgets.inputs.paste_field import PasteField
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import paste

THREE = "a@example.com\nb@example.com\nc@example.com\n"
# CSI and a colour, OSC with a title, C1 controls, a right-to-left override, an isolate, a lone surrogate
HOSTILE = "x\x1b[31my\x1b]0;title\x07z\x9b31m\x85\u202eabc\u2066d\udcffe"
FORBIDDEN = {"\x1b", "\x07", "\x9b", "\x85", "\u202e", "\u2066", "\udcff"}


class Fields(App[None]):
    def compose(self) -> ComposeResult:
        yield Field("To", joined=Joined.ADDRESSES, id="to")
        yield Field("Subject", id="subject")
        yield Field("Password", password=True, id="password")
        yield Lookup("Customer", find=lambda _text: ((), -1), id="lookup")
        yield PasteField("…", id="link")
        yield Area("Message", id="message")


def text_in(app: App[None], field: str) -> str:
    """Return the text of the input of a field."""
    entry = app.query_one(f"#{field} Input, #{field} TextArea")
    assert isinstance(entry, Input | TextArea)
    return entry.value if isinstance(entry, Input) else entry.text


async def pasted(pilot: Pilot[None], field: str, text: str) -> str:
    """Paste into a field, and return the text of the input."""
    pilot.app.query_one(f"#{field} Input, #{field} TextArea").focus()
    paste(pilot.app, text)
    await pilot.pause()
    return text_in(pilot.app, field)


async def typed(pilot: Pilot[None], field: str, text: str) -> str:
    """Type characters that have no keys, and return the text of the input. The last one ends the waiting."""
    before = text_in(pilot.app, field).count(text[-1])
    for letter in text:
        pilot.app.post_message(Key(f"key {ord(letter)}", letter))
    await until(pilot, lambda: text_in(pilot.app, field).count(text[-1]) > before)
    return text_in(pilot.app, field)


@pytest.mark.parametrize(
    ("field", "text", "shown"),
    [
        ("to", THREE, "a@example.com, b@example.com, c@example.com"),
        ("to", "a@x.example,\r\nMarie <m@x.example>;\r\n\r\n", "a@x.example, Marie <m@x.example>"),
        ("to", "a@x.example\tb@x.example\rc@x.example", "a@x.example, b@x.example, c@x.example"),
        ("to", "Marie\tm@x.example\nPaul\tp@x.example", "Marie m@x.example, Paul p@x.example"),
        ("to", "a@x.example, ", "a@x.example, "),
        ("subject", "Invoice\n  for October  \n", "Invoice for October"),
        ("subject", "one\u2028two\x0bthree\tfour\n", "one two three four"),
        ("subject", " with spaces ", " with spaces "),
        ("subject", "\n", ""),
        ("password", " a\tb\x7f ", " a\tb\x7f "),
        ("lookup", "Boulangerie\nTremblay", "Boulangerie Tremblay"),
        ("link", "http://127.0.0.1:1/?state=a\nb&code=c\n", "http://127.0.0.1:1/?state=ab&code=c"),
        ("message", "one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
    ],
)
async def test_all_of_what_is_pasted_arrives(field: str, text: str, shown: str) -> None:
    async with Fields().run_test(size=(80, 24)) as pilot:
        assert await pasted(pilot, field, text) == shown


async def test_pasted_addresses_are_told_from_those_that_are_there() -> None:
    async with Fields().run_test(size=(80, 24)) as pilot:
        entry = pilot.app.query_one("#to Input", Input)
        entry.value = "first@x.example; last@x.example"
        entry.cursor_position = len("first@x.example")
        assert await pasted(pilot, "to", THREE) == (
            "first@x.example, a@example.com, b@example.com, c@example.com; last@x.example"
        )
        entry.value, entry.cursor_position = "last@x.example", 0
        assert (await pasted(pilot, "to", THREE)).endswith("c@example.com, last@x.example")


@pytest.mark.parametrize("field", ["to", "subject", "lookup", "link", "message"])
async def test_no_control_gets_into_a_field_in_any_way(field: str) -> None:
    app = Fields()
    async with app.run_test(size=(80, 24)) as pilot:
        entry = app.query_one(f"#{field} Input, #{field} TextArea")
        assert isinstance(entry, Input | TextArea)
        assert not FORBIDDEN & set(await pasted(pilot, field, HOSTILE))
        if isinstance(entry, Input):
            entry.value = HOSTILE  # set by the program
        else:
            entry.text = HOSTILE
        app._clipboard = HOSTILE  # copied in another field
        await pilot.press("ctrl+v")
        shown = await typed(pilot, field, HOSTILE)
        assert not FORBIDDEN & set(shown)
        assert "abcde" in shown
        assert not FORBIDDEN & set(text_of(app))


@pytest.mark.parametrize("field", ["subject", "message"])
async def test_an_accent_that_comes_alone_joins_the_letter_before_it(field: str) -> None:
    app = Fields()
    async with app.run_test(size=(80, 24)) as pilot:
        await pasted(pilot, field, "caf noir")
        await pilot.press("home", "right", "right", "right")
        shown = await typed(pilot, field, "e\u0301s")
        assert unicodedata.normalize("NFC", shown) == "cafés noir"


@pytest.mark.parametrize("field", ["subject", "message"])
async def test_a_joiner_that_a_script_needs_can_be_typed(field: str) -> None:
    app = Fields()
    async with app.run_test(size=(80, 24)) as pilot:
        await pasted(pilot, field, "می")
        assert await typed(pilot, field, "\u200c") == "می\u200c"


async def test_three_pasted_addresses_get_the_invoice(shop: Shop) -> None:
    draft = shop.draft()
    assert draft.id is not None
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = PreviewScreen(shop.ws, draft.id, check_domain=lambda _address: None)
        await app.push_screen(screen)
        await sees(pilot, "✓ Ready")
        for name in ("to", "cc", "bcc"):
            screen.query_one(f"#{name} Input", Input).focus()
            screen.query_one(f"#{name} Input", Input).select_all()
            paste(app, THREE)
            await pilot.pause()  # a paste goes to the field that has the focus when it arrives
        await until(pilot, lambda: screen._composition().bcc)
        composition = screen._composition()
    expected = "a@example.com, b@example.com, c@example.com"
    assert (composition.to, composition.cc, composition.bcc) == (expected,) * 3


async def test_three_pasted_addresses_are_the_customers(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        for screen, place in (
            (EditorScreen(shop.ws), "#email"),
            (CustomerScreen(shop.ws, Customer()), "Field.contact-email"),
        ):
            await app.push_screen(screen)
            await pilot.pause()
            field = screen.query_one(place, Field)
            field.input.focus()
            paste(app, THREE)
            await until(pilot, lambda: field.text == "a@example.com, b@example.com, c@example.com")  # noqa: B023
            assert not field.problem


async def edited(shop: Shop, act: Callable[[Pilot[None], LineGrid], object], *texts: str) -> Invoice:
    """Start a draft with one line, move with `act`, and paste. Return the saved draft."""
    draft = shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(EditorScreen(shop.ws, draft.id))
        await pilot.pause()
        act(pilot, app.screen.query_one(LineGrid))
        await pilot.pause()
        for text in texts:
            paste(app, text)
            await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        await app.workers.wait_for_complete()
    assert draft.id is not None
    return get_invoice(shop.store, draft.id)


async def test_pasted_lines_become_lines_with_the_cells_of_a_spreadsheet(shop: Shop) -> None:
    def to_the_end(_pilot: Pilot[None], grid: LineGrid) -> None:
        grid.go(1, "description")

    kept = await edited(shop, to_the_end, "Concept\t2\t50.00\tGST\r\nDesign\t1.5\t80\r\n\r\nTravel\n")
    assert kept.lines[1:] == (
        Line("Concept", "", "2", "50", "GST"),
        Line("Design", "", "1.5", "80", "GST"),
        Line("Travel"),
    )


async def test_a_pasted_table_says_itself_what_its_columns_are(shop: Shop) -> None:
    def to_the_end(_pilot: Pilot[None], grid: LineGrid) -> None:
        grid.go_last()

    french = "Désignation\tMontant\tQté\tPrix unitaire\nAudit\t300,00\t2\t150\n"
    without_descriptions = "Pens\t10\t1.20\tGST\nInk\t1\t$9.00\n"
    kept = await edited(shop, to_the_end, french, without_descriptions)
    assert kept.lines[1:] == (
        Line("Audit", "", "2", "150", "GST"),
        Line("", "Pens", "10", "1.2", "GST"),
        Line("", "Ink", "1", "9", "GST"),
    )


async def test_pasted_lines_replace_nothing(shop: Shop) -> None:
    def into_the_first(_pilot: Pilot[None], grid: LineGrid) -> None:
        grid.go(0, "description")
        grid.input.action_end()

    kept = await edited(shop, into_the_first, " and\nOne\nTwo", "Three\nFour", "Five\t\t\tGST\t8")
    described = ["October, on site and", "One", "Two", "Three", "Four", "Five"]
    assert [line.description for line in kept.lines] == described
    assert [line.tax for line in kept.lines] == ["GST", "", "", "", "", "GST 8"]


async def test_lines_are_inserted_where_they_are_pasted(shop: Shop) -> None:
    def above_the_last(_pilot: Pilot[None], grid: LineGrid) -> None:
        grid.go_first()
        grid.duplicate_line()
        grid.go(0, "description")

    kept = await edited(shop, above_the_last, "One\nTwo", " and more\nThree")
    assert [line.description for line in kept.lines] == ["One", "Two and more", "Three", "October, on site"]

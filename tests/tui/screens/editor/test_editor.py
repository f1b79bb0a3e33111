"""The invoice editor, with keys only."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from rich.console import Console
from textual.events import Key
from textual.widgets import Input

from facturier.models.books import invoice
from facturier.models.books.attachments import attachments_of
from facturier.models.books.customers import customer_named, find_customers
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.items.items import find_items, save_item
from facturier.models.settings.company import CustomField
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.totals import Totals, totals
from facturier.models.store.opening import open_company
from facturier.models.text.clean import clean_lines
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import speak
from facturier.models.text.money import Money
from facturier.tui.app import FacturierApp
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.editor.state.autosave import Autosave, as_typed
from facturier.tui.screens.invoice.parts.invoice_view import InvoiceView
from facturier.tui.terminal import external_editor
from facturier.tui.widgets.inputs.fields import Area, Field
from tests.tui.screens.editor.editing import again, drafts, editing, saved
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.stand_in import paste
from tests.tui.support.typing import burst, keys

pytestmark = pytest.mark.usefixtures("little_garbage")

SIZES = [(80, 24), (120, 36)]


async def test_an_invoice_is_written_with_keys_alone(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=boul", "enter")
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            shown = text_of(pilot.app)
            assert "Draft for Boulangerie Tremblay" in shown
            assert "Marie Tremblay, Français" in shown
            assert "compta@tremblay.example" in shown
            assert "Net 15" in shown
        # An item from the list and a quantity. Rate and tax are the item's. Enter in the last cell goes to a new line.
        await keys(pilot, "=consu", "enter", "=8")
        for size in reversed(SIZES):  # the amounts are in one column
            await pilot.resize_terminal(*size)
            rows = text_of(pilot.app).splitlines()
            amount = re.compile(r"(Consulting|Subtotal|GST 5|Total  CAD).*\.\d\d(?= )")
            assert len({found.end() for row in rows if (found := amount.search(row))}) == 1
        await keys(pilot, "enter", "enter", "enter")
        await keys(pilot, "=Travel", "tab", "=By train", "enter", "=2", "tab", "=12.345", "tab", "tab")
        draft = await saved(pilot, books)
        assert draft.lines == (
            Line("October, on site", "Consulting", "8", "125", "GST"),
            Line("By train", "Travel", "2", "12.345", "GST"),
        )
        assert (draft.customer.email, draft.customer.cc) == ("compta@tremblay.example", "patron@tremblay.example")
        assert draft.due == draft.date + timedelta(15)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            shown = text_of(pilot.app)
            assert "1,000.00" in shown
            assert "12.345" in shown
            assert "Total  CAD" in shown
            assert "1,075.92" in shown
            assert re.search(r"saved \d\d:\d\d:\d\d", shown)


async def test_keys_that_come_all_at_once_land_in_their_own_cells(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "f6")
        await burst(pilot, "Books\tTwo of them\n2\n15.50\nGST\nPens\t\t10\t1.2\t\nInk\n1\n9")
        draft = await saved(pilot, books)
        assert draft.lines == (
            Line("Two of them", "Books", "2", "15.5", "GST"),
            Line("", "Pens", "10", "1.2", "GST"),
            Line("", "Ink", "1", "9", "GST"),
        )


async def test_typed_text_is_saved_within_a_second_and_an_empty_draft_is_not(books: Shop) -> None:
    async with editing(books) as pilot:
        await pilot.pause(0.7)
        assert drafts(books) == []
        await keys(pilot, "=Ne")
        await until(pilot, lambda: drafts(books), seconds=1)
        # A partial name is saved with the draft, but no customer is created with it.
        assert drafts(books)[0].customer == Customer(name="Ne")
        assert customer_named(books.store, "Ne") is None
        await keys(pilot, "backspace", "backspace", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EditorScreen))
        assert drafts(books) == []


async def test_a_new_customer_is_made_in_place(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=Zénith [b]", "enter")
        await sees(pilot, "New customer")
        await keys(pilot, "enter", "enter", "enter", "=zoe@zenith.example, nope", "f9")
        await sees(pilot, "“nope” is not an address")
        await sees(pilot, "zoe@zenith.example, nope")
        await sees(pilot, "F9 ^s Save")
        await keys(pilot, *["backspace"] * 6, "ctrl+s")
        await until(pilot, lambda: customer_named(books.store, "zenith [b]"))
        draft = await saved(pilot, books)
        assert draft.customer.name == "Zénith [b]"
        assert draft.customer.email == "zoe@zenith.example"
        assert draft.customer.id is not None
        await sees(pilot, "Draft for Zénith [b]")


async def test_a_customer_is_changed_in_place_and_no_two_have_one_name(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=boul", "enter", "f4", "home", "=Acme [EU] [/x]")
        await sees(pilot, "Acme [EU] [/x]Boulangerie")
        await keys(pilot, "shift+end", "delete", "f9")
        await sees(pilot, "A customer named “Acme [EU] [/x]” already")
        await keys(pilot, "escape", "n", "escape", "y")
        known = customer_named(books.store, "Boulangerie Tremblay")
        assert known is not None
        assert known.terms == 15


async def test_a_new_name_never_keeps_the_address_of_the_customer_before(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=boul", "enter", "f6", "f6", "=Zeta")
        draft = await saved(pilot, books)
        assert draft.customer == Customer(name="Zeta")
        assert "tremblay.example" not in pilot.app.screen.query_one("#email Input", Input).value


async def test_a_change_of_the_customer_leaves_what_was_typed_for_this_invoice(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=boul", "tab", "ctrl+u", "=other@tremblay.example", "tab", "tab", "tab", "tab", "=7", "tab")
        await keys(pilot, "f4", "tab", "tab", "=Paul", "f9")
        draft = await saved(pilot, books)
        assert draft.customer.contact == "Marie TremblayPaul"
        assert (draft.customer.email, draft.terms) == ("other@tremblay.example", 7)


async def test_a_customers_tax_is_what_its_lines_get(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "f6", "=Tea", "escape", "tab", "tab", "tab", "=10", "f6", "f6")
        await keys(pilot, "=eu@", "enter", "=conf", "enter", "=2")
        draft = await saved(pilot, books)
        assert [(line.item, line.tax) for line in draft.lines] == [("Tea", "GST"), ("Conference", "GST")]


async def test_the_printed_message_is_in_the_customers_language_until_another_is_typed(books: Shop) -> None:
    save_company(books.store, replace(read_company(books.store), messages={"en": "Thank you.", "fr": "Merci."}))
    async with editing(books) as pilot:
        await keys(pilot, "=boul", "enter", "=Consulting")
        assert (await saved(pilot, books)).message == "Merci."
        await keys(pilot, "f6", "f6", "ctrl+u", "=eu@", "enter")
        assert (await saved(pilot, books)).message == "Thank you."
        await keys(pilot, "f6", "end", "= Zoé", "f6", "ctrl+u", "=boul", "enter")
        assert (await saved(pilot, books)).message == "Thank you. Zoé"


async def test_an_unknown_customer_is_named_beside_the_field_and_kept(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=Nobody", "escape", "tab")
        await sees(pilot, "The customer “Nobody” does not")
        await sees(pilot, "Press F4 to create it.")
        assert "Nobody" in pilot.app.screen.query_one("#customer Input", Input).value
        draft = await saved(pilot, books)
    async with editing(books, draft.id) as pilot:
        await sees(pilot, "Draft for Nobody")


async def test_a_suggestion_can_be_clicked_and_a_name_typed_in_full_is_that_customer(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=tremblay")
        await pilot.click("#customer .suggestions", offset=(2, 0))
        await pilot.pause()
        assert (await saved(pilot, books)).customer.email == "compta@tremblay.example"
        await again(pilot, books)
        await keys(pilot, "=boulangerie TREMBLAY", "escape", "tab")
        await until(pilot, lambda: len(drafts(books)) == 2)
        assert (await saved(pilot, books)).customer.email == "compta@tremblay.example"


async def test_dates_move_each_other_and_wrong_ones_stay_as_typed(books: Shop) -> None:
    async with editing(books) as pilot:
        date, due, terms = (pilot.app.screen.query_one(f"#{name} Input", Input) for name in ("date", "due", "terms"))
        await keys(pilot, "=boul", "tab", "tab", "tab", "tab", "=1/3/2026", "tab")
        assert (date.value, due.value) == ("1 Mar 2026", "16 Mar 2026")
        await keys(pilot, "=net 45", "tab")
        assert (terms.value, due.value) == ("Net 45", "15 Apr 2026")
        await keys(pilot, "=+10", "tab")
        assert (terms.value, due.value) == ("Net 10", "11 Mar 2026")
        await keys(pilot, "shift+tab", "=28/2/2026", "shift+tab")
        await until(
            pilot, lambda: "due date cannot be before the invoice date." in " ".join(text_of(pilot.app).split())
        )
        assert due.value == "28/2/2026"
        await keys(pilot, "shift+tab", "=31/2", "tab")
        await sees(pilot, "is not a valid")
        assert date.value == "31/2"
        draft = await saved(pilot, books)
        assert (draft.date.isoformat(), draft.due.isoformat()) == ("2026-03-01", "2026-03-11")


async def test_an_invalid_cell_is_explained_after_a_pause_in_typing_and_keeps_its_text(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "f6", "=Tea", "escape", "tab", "tab", "=2x")
        assert "not a number" not in text_of(pilot.app)
        await sees(pilot, "Line 1: Qty")
        await sees(pilot, "“2x” is not a number.")
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            await sees(pilot, "“2x” is not a number.")
        await keys(pilot, "tab", "=1.2.3", "tab", "=VAT", "tab")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            shown = text_of(pilot.app)
            assert "“1.2.3” is not a number." in shown
            assert "Unknown tax “VAT”. Known taxes: GST." in shown
        draft = await saved(pilot, books)
        assert draft.lines == (Line("", "Tea", "2x", "1.2.3", "VAT"),)
        # After the correction, the problem is gone.
        await keys(pilot, "up", "tab", "tab", "=3", "tab", "=1,5", "tab", "=gst", "tab")
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            assert "not a number" not in text_of(pilot.app)
        draft = await saved(pilot, books)
        assert draft.lines == (Line("", "Tea", "3", "1.5", "GST"),)


async def test_sending_moves_to_an_invalid_line_and_explains_it(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "=eu@", "enter", "=Tea", "escape", "tab", "tab", "=2x", "tab", "=1", "tab", "tab", "f9")
        await sees(pilot, "Not ready: line 1, Qty: “2x” is not a number.")
        await keys(pilot, "=2")
        assert "Not ready" not in text_of(pilot.app)
        # An amount that is too large for a file is a problem too.
        await keys(pilot, "ctrl+u", "=999999999999999", "tab", "=999999999999999", "enter")
        await sees(pilot, "This amount is too large.")
    # A discount has no cell.
    draft = new_draft(books.store, books.ws.today(), Customer(name="Tea house"))
    draft = save_draft(books.store, replace(draft, lines=(Line("", "Tea", "1", "5", discount="200%"),)))
    async with editing(books, draft.id) as pilot:
        await keys(pilot, "f6", "f9")
        await sees(pilot, "Not ready: line 1, Discount: A discount is an amount")


async def test_lines_are_moved_copied_removed_and_put_back(books: Shop) -> None:
    draft = books.draft()
    lines = tuple(Line(item=name, quantity="1", rate="1", tax="") for name in "ABC")
    draft = save_draft(books.store, replace(draft, lines=lines))

    def order(invoice: Invoice) -> str:
        return "".join(line.item for line in invoice.lines)

    async with editing(books, draft.id, (120, 36)) as pilot:
        await keys(pilot, "ctrl+home", "alt+down")
        assert order(await saved(pilot, books)) == "BAC"
        await keys(pilot, "alt+down")
        assert order(await saved(pilot, books)) == "BCA"
        await keys(pilot, "shift+down", "shift+up", "alt+up", "alt+up")
        assert order(await saved(pilot, books)) == "ABC"
        await keys(pilot, "f5", "f5")
        assert order(await saved(pilot, books)) == "AAABC"
        await keys(pilot, "down", "f12", "f12")
        assert order(await saved(pilot, books)) == "AAA"
        await sees(pilot, "^z Undo")
        await keys(pilot, "ctrl+z", "ctrl+z")
        assert order(await saved(pilot, books)) == "AAABC"
        await keys(pilot, "ctrl+z", "ctrl+z")
        assert order(await saved(pilot, books)) == "ABC"
        # The name was selected, so one stray key replaces it.
        await keys(pilot, "ctrl+home", "=X", "backspace")
        assert order(await saved(pilot, books)) == "BC"
        await keys(pilot, "ctrl+z")
        assert order(await saved(pilot, books)) == "ABC"
        # The empty line at the end cannot be moved, copied or removed.
        await keys(pilot, "ctrl+end", "f12", "f5", "alt+up", "shift+down")
        assert order(await saved(pilot, books)) == "ABC"


async def test_undo_reverts_changes_one_by_one_wherever_they_were_made(books: Shop) -> None:
    draft = save_draft(books.store, replace(books.draft(), message="Thank you."))
    async with editing(books, draft.id, (120, 36)) as pilot:
        await keys(pilot, "shift+tab", "=5")  # a partial currency, which is not saved
        await keys(pilot, "ctrl+z")
        assert pilot.app.screen.query_one("#currency Input", Input).value == "CAD"
        assert "^z Undo" not in text_of(pilot.app)
        pilot.app.screen.query_one("#reference Input", Input).focus()
        await keys(pilot, "=PO 7", "tab", "=North", "f6", "up", "tab", "tab", "=7")
        paste(pilot.app, "Item\tQty\tRate\nPens\t2\t10\nInk\t1\t5")
        await pilot.pause()
        await keys(pilot, "f6", "=!", "f6", "=eu@", "enter")
        after = await saved(pilot, books)
        assert (after.customer.name, after.reference, after.project) == ("Acme [EU] [/x]", "PO 7", "North")
        assert ([line.item for line in after.lines], after.lines[0].quantity) == (["Consulting", "Pens", "Ink"], "7")
        assert after.message == "Thank you.!"
        seen = []
        for _step in range(20):
            if "^z Undo" not in text_of(pilot.app):
                break
            await keys(pilot, "ctrl+z")
            now = await saved(pilot, books)
            seen.append((now.customer.name, now.message, len(now.lines), now.lines[0].quantity, now.project))
        assert ("Boulangerie Tremblay", "Thank you.!", 3, "7", "North") in seen
        assert seen[-5:-1] == [
            ("Boulangerie Tremblay", "Thank you.", 3, "7", "North"),
            ("Boulangerie Tremblay", "Thank you.", 1, "7", "North"),
            ("Boulangerie Tremblay", "Thank you.", 1, "1", "North"),
            ("Boulangerie Tremblay", "Thank you.", 1, "1", ""),
        ]
        before = await saved(pilot, books)
        assert as_typed(before) == as_typed(draft)


async def test_new_items_are_kept_when_the_person_saves_and_known_ones_stay(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, "f6", "=Zebra", "tab", "=striped", "enter", "=1", "enter", "=99", "enter", "enter")
        await keys(pilot, "=consu", "enter", "tab", "=1", "enter")
        await saved(pilot, books)
        # An item without an amount may be a mistake: it is not saved, and the screen says so.
        await keys(pilot, "enter", "=Slip")
        await sees(pilot, "once it has an amount")
        await keys(pilot, "enter", "tab", "=0", "enter", "enter")
        assert find_items(books.store, "zebra") == []
        await keys(pilot, "ctrl+s")
        await sees(pilot, "New item saved: ")
        assert find_items(books.store, "zebra") == [Item("Zebra", "striped", "99", "GST")]
        assert find_items(books.store, "consulting")[0].rate == "125"
        assert find_items(books.store, "slip") == []
        # Its tax is the one that the line has in the end. That of an item from before does not change.
        await keys(pilot, "ctrl+home", *["tab"] * 4, "ctrl+u", *["tab"] * 5, "ctrl+u", "ctrl+s")
        await until(pilot, lambda: find_items(books.store, "zebra")[0].tax == "")
        assert [line.tax for line in drafts(books)[0].lines[:2]] == ["", ""]
        assert find_items(books.store, "consulting")[0].tax == "GST"


async def test_an_item_comes_in_the_language_of_the_customer_at_the_rate_of_the_currency(books: Shop) -> None:
    save_customer(books.store, Customer(name="Québec USA", language="fr", currency="USD"))
    save_item(books.store, Item("Audit", "Year-end", "150", description_fr="Vérification", rates={"USD": "110.5"}))
    async with editing(books) as pilot:
        await keys(pilot, "=québec", "enter")
        await keys(pilot, "f6", "=aud", "enter")
        draft = await saved(pilot, books)
        await keys(pilot, "f6", "ctrl+l")
        await sees(pilot, "CAD for 1 USD")
        pilot.app.screen.query_one("#exchange_rate", Field).text = "1.4"
        await keys(pilot, "ctrl+s")
        await until(pilot, lambda: bool(re.search(r"In CAD at 1.4 +162.44", text_of(pilot.app))))
        await saved(pilot, books)
        shown = io.StringIO()
        Console(width=80, file=shown).print(InvoiceView(books.invoice(draft.id), draft.date, "CAD"))
        assert "Exchange rate  1\u00a0USD = 1.4\u00a0CAD" in shown.getvalue()
        # They had no address. The one that is typed is saved for the next invoice.
        pilot.app.screen.query_one("#email Input", Input).focus()
        await keys(pilot, "=aud@usa.example", "ctrl+s")
        await sees(pilot, "Email saved for Québec USA: aud@usa.example.")
        assert [found.email for found in find_customers(books.store, "québec")] == ["aud@usa.example"]
    [line] = draft.lines
    assert (draft.currency, line.item, line.description, line.rate) == ("USD", "Audit", "Vérification", "110.5")


async def test_an_unsaved_value_is_reported_before_closing(books: Shop) -> None:
    draft = books.invoice(books.draft().id)
    async with editing(books, draft.id) as pilot:
        for name, typed, kept in (
            ("due", "30/02/2026", draft.due),
            ("date", "31/2", draft.date),
            ("terms", "soon", None),
        ):
            pilot.app.screen.query_one(f"#{name} Input", Input).focus()
            await keys(pilot, f"={typed}", "f6", "escape")
            assert isinstance(pilot.app.screen, EditorScreen)
            assert pilot.app.focused is pilot.app.screen.query_one(f"#{name} Input")
            said = " ".join(text_of(pilot.app).split())
            assert f"“{typed}” is not saved: {name.capitalize()} is still" in said
            assert kept is None or f"is still {kept.day} {kept:%b %Y}." in said
            await again(pilot, books, draft.id)
            assert (books.invoice(draft.id).date, books.invoice(draft.id).due) == (draft.date, draft.due)
        # An address is saved as entered, valid or not.
        pilot.app.screen.query_one("#email Input", Input).focus()
        await keys(pilot, "ctrl+u", "=nope@")
        await again(pilot, books, draft.id)
        await sees(pilot, "nope@")


async def test_the_message_is_shown_as_typed_here_or_in_another_editor(
    books: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = save_draft(books.store, replace(books.draft(), message="First line"))
    async with editing(books, draft.id) as pilot:
        await keys(pilot, "f6", "=, begun before", "enter", "=second", "enter", "=third", "enter", "=fourth")
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            shown = text_of(pilot.app)
            assert all(words in shown for words in ("First line, begun before", "second", "third", "fourth"))
        await keys(pilot, "enter", "=fifth")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await sees(pilot, "fifth")
            await sees(pilot, "Total  CAD")
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.delenv("EDITOR", raising=False)
        await keys(pilot, "f6", "ctrl+g")
        await sees(pilot, "No editor is set.")
        monkeypatch.setattr(external_editor, "edited", lambda _app, text, _name: f"{text}\nsixth\n\n")
        await keys(pilot, "ctrl+g")
        assert (await saved(pilot, books)).message.endswith("fifth\nsixth")
        await keys(pilot, "ctrl+z")
        assert (await saved(pilot, books)).message.endswith("fifth")


async def test_the_tax_cell_offers_the_codes_and_what_is_used_together(books: Shop) -> None:
    from decimal import Decimal

    from facturier.models.company.save_settings import save_company
    from facturier.models.settings.tax import TaxRate

    rates = (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))
    save_company(books.store, replace(books.ws.company(), rates=rates))
    save_item(books.store, Item("Both", "", "1", "GST+QST"))
    async with editing(books) as pilot:
        # The line has the taxes that are charged together. All taxes are suggested when the cursor enters the cell.
        await keys(pilot, "f6", "=Tea", "enter", "=2", "enter", "=10", "enter")
        shown = text_of(pilot.app)
        assert all(words in shown for words in ("Line 1: Tax", "✓ GST+QST", "✓ QST", "9.975%"))
        assert shown.index("✓ GST+QST") < shown.index("✓ GST  ")
        await keys(pilot, "ctrl+u")
        await sees(pilot, "Line 1 has no tax.")
        await keys(pilot, "=g")
        await sees(pilot, "GST+QST")
        await keys(pilot, "=st+q")  # the beginning of a suggestion
        await sees(pilot, "GST+QST")
        await keys(pilot, "=z")
        await sees(pilot, "Unknown tax “qz”")
        await keys(pilot, *["backspace"] * 5, "enter")
        # Space selects several.
        await keys(pilot, "=Pens", "enter", "enter", "=1", "enter")
        await keys(pilot, "ctrl+u", "shift+tab", "tab", "down", "down", "down", "space")
        await sees(pilot, "✓ QST")
        await keys(pilot, "up", "space", "enter", "=x", "tab", "tab", "=1", "tab", "=1", "tab", "ctrl+u")
        draft = await saved(pilot, books)
        assert [line.tax for line in draft.lines] == ["GST+QST", "GST+QST", ""]
        assert draft.lines[2].item == "x"
        await sees(pilot, "Line 3 has no tax.")


async def test_taxes_follow_the_date_and_have_the_names_of_the_readers_language(books: Shop) -> None:
    from facturier.models.company.save_settings import save_company
    from facturier.models.settings.tax_text import parse_rates
    from facturier.models.text.i18n import speak

    # Canada Revenue Agency, Notice 342.
    rates = parse_rates("GST 5\nHST 15 until 2025-03-31\nHST 14 from 2025-04-01")
    save_company(books.store, replace(books.ws.company(), rates=rates))
    draft = books.draft(rate="200")
    speak("fr")
    try:
        async with editing(books, draft.id) as pilot:
            await sees(pilot, "TPS 5")
            await keys(pilot, "up", *["tab"] * 4, "end", "=+tv")
            await sees(pilot, "TPS+TVH")
            await keys(pilot, "enter")
            date_field = pilot.app.screen.query_one("#date Input", Input)
            for day, percent in (("2025-03-31", "15"), ("2025-04-01", "14")):
                date_field.value = day
                await until(pilot, lambda: f"TVH {percent}\u00a0%" in text_of(pilot.app).replace("\u202f", "\u00a0"))  # noqa: B023
            assert "GST" not in text_of(pilot.app)
            kept = await saved(pilot, books)
    finally:
        speak("en")
    assert (kept.lines[0].tax, kept.total.minor) == ("GST+HST", 23800)


async def test_two_windows_on_one_draft_lose_nothing(books: Shop) -> None:
    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        theirs = save_draft(books.store, replace(draft, message="Theirs"))
        await keys(pilot, "f6", "=Mine")
        await sees(pilot, "Someone else has saved this draft in the meantime.")
        await sees(pilot, "not saved")
        assert (books.invoice(draft.id).version, books.invoice(draft.id).message) == (theirs.version, "Theirs")
        # Esc asks first, and staying loses nothing.
        await keys(pilot, "escape")
        await sees(pilot, "Go back without saving?")
        await keys(pilot, "n")
        await sees(pilot, "Mine")
        await keys(pilot, "ctrl+n")
        await until(pilot, lambda: len(drafts(books)) == 2)
        assert "Mine" in drafts(books)[1].message
        assert (books.invoice(draft.id).version, books.invoice(draft.id).message) == (theirs.version, "Theirs")
        await keys(pilot, "= too", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EditorScreen))
        assert drafts(books)[1].message.endswith("Mine too")


async def test_new_tax_rates_reach_an_open_draft_without_a_conflict(books: Shop) -> None:
    from decimal import Decimal

    from facturier.models.company.save_settings import save_company
    from facturier.models.settings.series import Series
    from facturier.models.settings.tax import TaxRate

    draft = books.draft(rate="200")
    async with editing(books, draft.id) as pilot:
        changed = replace(books.ws.company(), rates=(TaxRate("GST", Decimal(10)),))
        yearly = Series("{year}-{n}", {str(books.today.year): 7000})
        save_company(books.store, changed.with_series("invoice", yearly))
        await sees(pilot, "GST 10%")
        await sees(pilot, f"{books.today.year}-7000 when issued")
        pilot.app.screen.query_one("#date Input", Input).value = f"{books.today.year + 1}-01-05"
        await sees(pilot, f"{books.today.year + 1}-1 when issued")
        await keys(pilot, "f6", "=!")
        assert (await saved(pilot, books)).total.minor == 22000
        assert "not saved" not in text_of(pilot.app)


async def test_a_draft_that_was_issued_elsewhere_is_not_changed(books: Shop) -> None:
    from facturier.models.issuing.numbering import issue_invoice

    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        issued = issue_invoice(books.store, draft)
        await keys(pilot, "f6", "=late")
        await sees(pilot, f"issued as {issued.number}")
        assert books.invoice(draft.id) == issued
    async with editing(books, draft.id) as pilot:
        await sees(pilot, f"Invoice {issued.number} has been issued.")
        await keys(pilot, "escape")
        assert not isinstance(pilot.app.screen, EditorScreen)


async def test_a_locked_file_is_reported_and_tried_again(books: Shop) -> None:
    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        with books.store.writing():  # another program locks the file for a long time
            await keys(pilot, "f6", "=held")
            await pilot.pause(3)  # one long pause instead of many short ones
            await sees(pilot, "has locked")
            await sees(pilot, "not saved")
        await until(pilot, lambda: "held" in books.invoice(draft.id).message)
        await until(pilot, lambda: "not saved" not in text_of(pilot.app))


async def test_send_moves_to_the_first_missing_value(books: Shop) -> None:
    async with editing(books) as pilot:
        screen = pilot.app.screen
        await keys(pilot, "f9")
        await sees(pilot, "Choose a customer.")
        assert pilot.app.focused is screen.query_one("#customer Input")
        await keys(pilot, "=boul", "enter", "f9")
        await sees(pilot, "An invoice needs at least one line with an amount.")
        await keys(pilot, "=Tea", "enter", "enter", "=x", "f6", "f9")
        assert pilot.app.focused is screen.query_one("LineGrid Input")
        await keys(pilot, "=2", "enter", "=10", "f6", "f6", "tab", "=@", "f9")
        assert pilot.app.focused is screen.query_one("#email Input")
        assert pilot.app.screen is screen
        assert find_items(books.store, "tea") == []


async def test_save_and_send_opens_the_preview_and_a_queued_invoice_closes_the_editor(books: Shop) -> None:
    from facturier.tui.screens.preview.screen import PreviewScreen

    answers: list[int | None] = []
    app = FacturierApp(books.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await app.push_screen(EditorScreen(books.ws), answers.append)
        await pilot.pause()
        await keys(pilot, "=boul", "enter", "=Bread, sliced", "tab", "tab", "=8", "tab", "=5", "f9")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        await sees(pilot, "New item saved: Bread, sliced.")
        await sees(pilot, "✓ Ready.")  # not covered by the notification
        assert "New item saved: Bread, sliced." in text_of(app)
        app.screen.dismiss(None)
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        await keys(pilot, "f9")
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        app.screen.dismiss(1)
        await until(pilot, lambda: answers)
        assert answers == [drafts(books)[0].id]


async def test_text_from_elsewhere_is_shown_literally_and_without_controls(books: Shop) -> None:
    hostile = "[bold]x[/x] \x1b[31mred\x1b[0m \u202e"
    draft = new_draft(books.store, books.today, Customer(name=hostile, email=hostile))
    draft = save_draft(
        books.store, replace(draft, lines=(Line(hostile + "\nsecond", hostile, "1", "2", ""),), message=hostile)
    )
    save_item(books.store, Item("Hostile [/x]", hostile, "1", ""))
    async with editing(books, draft.id) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            shown = text_of(pilot.app)
            assert "Draft for [bold]x[/x] [31mred[0m" in shown
            assert "\x1b" not in shown
            assert "\u202e" not in shown
            assert "[bold]x[/x] [31mred[0m  ↵ second" in shown
        await keys(pilot, "ctrl+end", "=hosti")
        for size in reversed(SIZES):
            await pilot.resize_terminal(*size)
            await sees(pilot, "Hostile [/x]")
        await keys(pilot, "enter")
    # A description with several lines keeps them when the cursor passes through.
    assert drafts(books)[-1].lines[0].description == clean_lines(hostile + "\nsecond")


async def test_in_french(books: Shop) -> None:
    speak("fr")
    try:
        async with editing(books) as pilot:
            await keys(pilot, "=boul", "enter", "=consu", "enter", "=1,5", "enter", "=1234,5", "enter")
            draft = await saved(pilot, books)
            assert (draft.lines[0].quantity, draft.lines[0].rate) == ("1.5", "1234.5")
            shown = text_of(pilot.app)
            assert "1\u202f851,75" in shown
            await keys(pilot, "shift+tab")
            focused = pilot.app.focused
            assert isinstance(focused, Input)
            assert focused.value == "1234,5"
            await keys(pilot, "f6", "f6", "tab", "tab", "tab", "tab", "=14 août 2026", "tab")
            await sees(pilot, "14 août 2026")
            assert (await saved(pilot, books)).date.isoformat() == "2026-08-14"
    finally:
        speak("en")


async def test_two_hundred_lines_scroll_and_show_the_position(books: Shop) -> None:
    lines = tuple(Line(f"about {number}", f"Item {number}", "1", "1", "") for number in range(1, 201))
    draft = save_draft(books.store, replace(books.draft(), lines=lines))
    async with editing(books, draft.id) as pilot:
        await keys(pilot, "ctrl+home")
        await until(pilot, lambda: re.search(r"1–\d+ of 200", text_of(pilot.app)))
        for _page in range(60):
            pilot.app.post_message(Key("pagedown", None))
        await sees(pilot, "–200 of 200")
        await sees(pilot, "Item 200")
        await keys(pilot, "=Last", "escape", "tab", "tab", "tab", "=5")
        assert (await saved(pilot, books)).lines[200].rate == "5"


async def test_the_currency_is_the_customers_until_another_is_typed_or_chosen(books: Shop) -> None:
    save_customer(books.store, Customer(name="Müller Optik", email="m@muller.example", currency="EUR"))
    async with editing(books) as pilot:
        await sees(pilot, "Currency   CAD")
        await keys(pilot, *"mull", "enter")
        await sees(pilot, "Currency   EUR")
        assert (await saved(pilot, books)).currency == "EUR"
        field = pilot.app.screen.query_one("#currency Input", Input)
        field.focus()
        await keys(pilot, "down")
        await until(pilot, lambda: all(code in text_of(pilot.app) for code in ("CAD", "USD", "GBP")))
        await keys(pilot, *"usd", "tab")
        assert (await saved(pilot, books)).currency == "USD"
        pilot.app.screen.query_one("#customer Input", Input).focus()
        await keys(pilot, *"boul", "enter")
        kept = await saved(pilot, books)
        assert (kept.customer.name, kept.currency) == ("Boulangerie Tremblay", "USD")
        # A draft that is opened again uses its customer's currency too.
        draft = books.draft("Müller Optik")
        assert draft.currency == "EUR"
        await again(pilot, books, draft.id)
        pilot.app.screen.query_one("#customer Input", Input).focus()
        await keys(pilot, *"boul", "enter")
        assert (await saved(pilot, books)).currency == "CAD"
        await sees(pilot, "The rates were not converted")
        await sees(pilot, "Total  CAD")
        # An invalid currency is reported, and nothing is sent.
        pilot.app.screen.query_one("#currency Input", Input).focus()
        await keys(pilot, *"eux", "f9")
        assert isinstance(pilot.app.screen, EditorScreen)
        await until(pilot, lambda: "“eux” is not a currency" in " ".join(text_of(pilot.app).split()))
        assert books.invoice(draft.id).currency == "CAD"


async def test_a_rate_in_another_currency_is_a_problem_of_its_line(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, *"boul", "enter", *"Audit", "tab", "tab", *"2", "tab")
        await burst(pilot, "CAD 1,234.50\t")
        assert (await saved(pilot, books)).total.minor == 259245
        await sees(pilot, "1,234.50")


async def test_the_customer_remembers_the_currency_of_the_last_invoice(books: Shop) -> None:
    draft = books.draft()
    issue_invoice(books.store, save_draft(books.store, replace(draft, currency="EUR")))
    assert books.draft().currency == "EUR"
    async with editing(books, books.draft().id) as pilot:
        await keys(pilot, "f4")
        # It is added after the first picture.
        await until(pilot, lambda: pilot.app.screen.query("#customer-box #currency Input"))
        assert pilot.app.screen.query_one("#currency Input", Input).value == "EUR"
        pilot.app.screen.query_one("#currency Input", Input).focus()
        await keys(pilot, *"usd", "f9")
        await sees(pilot, "Currency   USD")
    found = customer_named(books.store, "Boulangerie Tremblay")
    assert found is not None
    assert found.currency == "USD"


async def test_a_text_that_is_too_long_is_reported_at_its_field(books: Shop) -> None:
    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        for name in ("customer", "reference", "project", "email"):
            field = pilot.app.screen.query_one(f"#{name} Input", Input)
            before, field.value = field.value, "A" * 60_000
            await until(pilot, lambda: "too long: 60000" in " ".join(text_of(pilot.app).split()))
            assert books.invoice(draft.id).customer.name == "Boulangerie Tremblay"
            field.value = before
            await until(pilot, lambda: "too long" not in text_of(pilot.app))


async def test_a_project_is_typed_below_the_po_number(books: Shop) -> None:
    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        pilot.app.screen.query_one("#reference Input", Input).focus()
        await keys(pilot, *"PO 7", "enter", *"North wing")
        kept = await saved(pilot, books)
        assert (kept.reference, kept.project) == ("PO 7", "North wing")
        shown = text_of(pilot.app)
        assert re.search("Project +North wing", shown)
        assert "Total  CAD" in shown


async def test_totals_are_computed_once_a_key_and_not_again_to_save(
    books: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    computed: list[object] = []

    def counted(*arguments: Any, **options: Any) -> Totals:
        computed.append(arguments)
        return totals(*arguments, **options)

    draft = books.draft()
    async with editing(books, draft.id) as pilot:
        await keys(pilot, "=Tea", "escape", "tab", "tab", "tab")
        await saved(pilot, books)
        monkeypatch.setattr(invoice, "totals", counted)
        await keys(pilot, "7", "8")
        kept = await saved(pilot, books)
        assert kept.lines[-1].rate == "78"
        assert len(computed) == 2


async def test_an_earlier_draft_whose_terms_contradict_its_due_date_keeps_the_date(books: Shop) -> None:
    draft = books.draft()
    odd = save_draft(books.store, replace(draft, due=draft.date + timedelta(7)))
    async with editing(books, odd.id) as pilot:
        await sees(pilot, "Net 7")
        pilot.app.screen.query_one("#reference Input", Input).focus()
        await keys(pilot, *"PO")
        kept = await saved(pilot, books)
        assert (kept.terms, kept.due) == (7, odd.due)
        # Terms that depend on the month are kept as such, and a due date that is typed ends that.
        pilot.app.screen.query_one("#terms", Field).input.focus()
        await keys(pilot, *"2/10 net 30 eom")
        kept = await saved(pilot, books)
        assert (kept.payment_terms, kept.due) == (Terms(30, "2/10 eom"), Terms(30, "eom").due(draft.date))
        pilot.app.screen.query_one("#due", Field).input.focus()
        await keys(pilot, *"+12", "tab")
        await until(pilot, lambda: drafts(books)[-1].terms == 12)
        kept = await saved(pilot, books)
        assert (kept.payment_terms, kept.due) == (Terms(12, "2/10"), draft.date + timedelta(12))


async def test_an_open_draft_follows_its_customer_and_what_was_typed_stays(books: Shop) -> None:
    twin = save_customer(books.store, Customer(name="Twin", email="old@twin.example"))
    draft = books.draft("Twin")
    async with editing(books, draft.id) as pilot:
        pilot.app.screen.query_one("#reference Input", Input).focus()
        await keys(pilot, *"PO 7")
        elsewhere = open_company(books.store.path)  # because a connection does not notice its own changes
        save_customer(elsewhere, replace(twin, email="new@twin.example", ship_to="Dock 4"))
        await sees(pilot, "new@twin.example")
        kept = await saved(pilot, books)
        assert (kept.customer.email, kept.reference, kept.ship_to) == ("new@twin.example", "PO 7", "Dock 4")
        assert "not saved" not in text_of(pilot.app)


async def test_a_save_that_meets_a_new_address_does_not_write_the_old_one_back(
    books: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(drafts: Autosave) -> Invoice:
        """Ignore changes, so that only the save notices them."""
        return drafts.kept

    monkeypatch.setattr(Autosave, "follow", late)
    twin = save_customer(books.store, Customer(name="Twin", email="old@twin.example"))
    draft = books.draft("Twin")
    async with editing(books, draft.id) as pilot:
        pilot.app.screen.query_one("#reference Input", Input).focus()
        elsewhere = open_company(books.store.path)
        save_customer(elsewhere, replace(twin, email="new@twin.example", ship_to="Dock 4"))
        await keys(pilot, *"PO 7")
        kept = await saved(pilot, books)
        assert (kept.customer.email, kept.reference, kept.ship_to) == ("new@twin.example", "PO 7", "Dock 4")
        await sees(pilot, "new@twin.example")


async def test_a_new_address_of_the_customer_reaches_this_draft_and_the_others(books: Shop) -> None:
    save_customer(books.store, Customer(name="Twin", email="old@twin.example"))
    other, draft = books.draft("Twin"), books.draft("Twin")
    async with editing(books, draft.id) as pilot:
        await keys(pilot, "f4")
        await until(pilot, lambda: pilot.app.screen.query("#customer-box #ship_to"))  # added after the first picture
        pilot.app.screen.query_one("#customer-box .contact-email Input", Input).value = "new@twin.example"
        pilot.app.screen.query_one("#customer-box #ship_to", Area).text = "Dock 4"
        await keys(pilot, "f9")
        kept = await saved(pilot, books)
        assert (kept.customer.email, kept.ship_to) == ("new@twin.example", "Dock 4")
        assert "not saved" not in text_of(pilot.app)
    assert books.invoice(other.id).customer.email == "new@twin.example"


async def test_details_of_the_invoice_and_of_a_line_are_kept_and_undone(books: Shop) -> None:
    fields = (CustomField("Site"), CustomField("Cost centre", printed=False))
    save_company(books.store, replace(read_company(books.store), custom_fields=fields))
    async with editing(books) as pilot:
        await keys(pilot, *"Acme", "enter")
        await sees(pilot, "Line 1")
        await keys(pilot, *"Phase 1", "ctrl+l")
        await sees(pilot, "Details of line 1")
        await keys(pilot, "shift+tab", "enter", "down", "enter", "ctrl+s")  # a heading
        await keys(pilot, "down", *"Consulting", "enter", "enter", "ctrl+l")
        await sees(pilot, "Details of line 2")
        await keys(pilot, *"10%", "tab", *"hours", "tab", *"2 Nov 2026", "ctrl+l")  # and on to those of the invoice
        await sees(pilot, "Private notes")
        await keys(pilot, *"2.50", "tab", *"20", "tab", "tab", *"30%", *["tab"] * 7, *"K77", "ctrl+s")
        draft = await saved(pilot, books)
        assert draft.custom == {"Cost centre": "K77"}
        assert [str(line.kind) for line in draft.lines] == ["heading", "item"]
        line = draft.lines[1]
        assert (line.unit, line.discount, line.service_to) == ("HUR", "10%", date(2026, 11, 2))
        assert (draft.discount, draft.shipping, draft.deposit) == ("2.5", "20", "30%")
        assert draft.balance.minor == draft.total.minor - draft.deposit_received
        shown = text_of(pilot.app)
        assert "Discount" in shown
        assert "Shipping" in shown
        less, rest = (amount.text("en") for amount in (Money(-draft.deposit_received, "CAD"), draft.balance))
        rows = re.compile(rf"│ Deposit +{less} │\n.*│ Balance  CAD +{rest} │")
        await until(pilot, lambda: bool(rows.search(text_of(pilot.app))))
        for size in ((50, 24), *SIZES):  # the unit and the discount of the line are in a quiet row
            await pilot.resize_terminal(*size)
            await sees(pilot, "hour · −10%")
        await keys(pilot, "ctrl+z")
        draft = await saved(pilot, books)
        assert (draft.discount, draft.shipping, draft.deposit) == ("", "", "")
        pilot.app.screen.query_one(LineGrid).go(1, "item")
        await keys(pilot, "enter")  # an item that is there already: on to its quantity, as from a suggestion
        await sees(pilot, "Line 2: Qty")


async def test_a_detail_that_cannot_be_is_refused_at_its_field(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, *"Acme", "enter", "f6", "ctrl+l")
        await sees(pilot, "Details of the invoice")
        await keys(pilot, *"120%", "ctrl+s")
        await sees(pilot, "A discount is an amount")
        pilot.app.screen.query_one("#discount", Field).text = "10.005"
        await keys(pilot, "ctrl+s")
        await sees(pilot, "Amounts in CAD have at most 2 decimals")
        await keys(pilot, "escape")
        await sees(pilot, "Go back without saving")
        await keys(pilot, "y")
        assert (await saved(pilot, books)).discount == ""


async def test_a_draft_with_a_file_is_kept_even_if_it_is_blank_again(books: Shop) -> None:
    path = books.mail.with_name("hours.csv")
    path.write_text("8;Monday")
    async with editing(books) as pilot:
        await keys(pilot, "ctrl+f")
        await sees(pilot, "Choose the customer first")
        await keys(pilot, "=Zo", "ctrl+f")
        await sees(pilot, "⏎ Add   esc Close")
        pilot.app.screen.query_one("#file", Field).text = str(path)
        await keys(pilot, "enter")
        await sees(pilot, "hours.csv  1 KB")
        await keys(pilot, "escape", "backspace", "backspace")
        draft = await saved(pilot, books)
        assert draft.customer.name == ""
        await sees(pilot, "1 file · saved")
        await keys(pilot, "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EditorScreen))
        assert [file.name for file in attachments_of(books.store, drafts(books)[0].id or 0)] == ["hours.csv"]


async def test_a_name_that_is_not_a_customer_is_reported_before_closing_and_kept(books: Shop) -> None:
    async with editing(books) as pilot:
        await keys(pilot, *"Zo")
        await sees(pilot, "saved ")
        await keys(pilot, "escape")  # closes the suggestions
        await keys(pilot, "f6", "escape")
        await sees(pilot, "“Zo” is not a customer yet.")
        assert pilot.app.focused is pilot.app.screen.query_one("#customer Input")
        await again(pilot, books)
    assert [draft.customer for draft in drafts(books)] == [Customer(name="Zo")]

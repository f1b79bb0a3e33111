"""The items on the screen: create, change, find, archive, delete and undo, by keys alone."""

from dataclasses import replace

from facturier.models.books.invoice import Item
from facturier.models.books.invoices import get_invoice
from facturier.models.drafts.drafts import save_draft
from facturier.models.items.items import all_items, get_item, save_item
from facturier.models.settings.line import Line
from facturier.tui.app import FacturierApp
from tests.models.making import a_draft
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


async def test_an_item_is_created_found_repriced_and_renamed_by_keys(shop: Shop) -> None:
    for name, rate in (("Travel", "0.68"), ("Workshop", "900")):
        save_item(shop.store, Item(name, rate=rate))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("I", "n", *"Audit", "tab", "tab", *"1,500", "tab")
        await until(pilot, lambda: "e.g. USD 110.50" in text_of(app) and "e.g. hour" in text_of(app))
        await pilot.press(*"1100 USD, 95 EUR", "tab", *"90", "ctrl+s")  # a number is no unit
        await sees(pilot, "“90” is not a unit. Examples: hour, day, box")
        await pilot.press("ctrl+u", *"hours", "ctrl+s")
        await sees(pilot, "CAD 1,500.00   USD 1,100.00")
        rates = {"USD": "1100", "EUR": "95"}
        assert get_item(shop.store, "Audit") == Item("Audit", rate="1500", rates=rates, unit="HUR")
        # The form starts with the name; typing in the rate replaces it.
        await pilot.press("e")
        await until(pilot, lambda: "F9" in text_of(app) and app.screen.query("#name Input:focus"))
        await sees(pilot, "USD 1,100.00; EUR 95.00")
        await pilot.press("tab", "tab", *"1650", "f9")
        await sees(pilot, "CAD 1,650.00")
        await sees(pilot, "Rate of “Audit” changed: CAD 1,500.00 → CAD 1,650.00. u to undo.")
        await pilot.press("u")
        await sees(pilot, "“Audit” was restored.")
        assert get_item(shop.store, "Audit").rate == "1500"
        await pilot.press("e")
        await until(pilot, lambda: "F9" in text_of(app) and app.screen.query("#name Input:focus"))
        await pilot.press("tab", "tab", *"1650", "f9")
        await sees(pilot, "CAD 1,650.00")
        await pilot.press("greater_than_sign", "less_than_sign", "g", "enter")
        await pilot.press("ctrl+u", *"workshop", "ctrl+s")
        await sees(pilot, "An item named “Workshop” already exists.")
        await pilot.press("ctrl+u", *"Review", "ctrl+s")
        await until(pilot, lambda: "Review" in text_of(app) and "Audit" not in text_of(app))
        await pilot.press("slash", *"trav", "enter")
        await until(pilot, lambda: "Travel" in text_of(app) and "1 item " in text_of(app))
        await pilot.press("escape")
        await sees(pilot, "Review")
    assert get_item(shop.store, "Review") == Item("Review", rate="1650", rates=rates, unit="HUR")
    assert {item.name: item.rate for item in all_items(shop.store)} == {
        "Review": "1650",
        "Travel": "0.68",
        "Workshop": "900",
    }


async def test_a_used_item_is_archived_an_unused_one_deleted_and_both_can_be_undone(shop: Shop) -> None:
    draft = a_draft(shop.store)
    draft = save_draft(shop.store, replace(draft, lines=(Line("", "Audit", "1", "150"),)))
    audit, slip = Item("Audit", rate="150"), Item("Slip", "A slip of Enter", rates={"EUR": "3"})
    for item in (audit, slip):
        save_item(shop.store, item)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("I", "end", "d")
        await sees(pilot, "“Slip” was deleted. u to undo.")
        assert all_items(shop.store) == [audit]
        await pilot.press("u")
        await until(pilot, lambda: all_items(shop.store) == [audit, slip])
        await pilot.press("home", "d")
        await sees(pilot, "Invoices use “Audit”, so it was archived")
        assert all_items(shop.store) == [replace(audit, archived=True), slip]
        await pilot.press("escape", "I", "f")
        await sees(pilot, " archived")
        await pilot.press("end", "u")
        await until(pilot, lambda: all_items(shop.store) == [audit, slip])
        await pilot.press("d", "f", "f", "end", "d", "y")
        await until(pilot, lambda: all_items(shop.store) == [slip])
    assert get_invoice(shop.store, draft.id or 0) == draft

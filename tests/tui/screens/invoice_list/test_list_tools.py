"""Tools of the invoice list: filter it, go to a row, mark many rows, and draw it for a slow line."""

from dataclasses import replace
from datetime import date, timedelta

from textual.widgets import Input

from facturier.models.drafts.drafts import save_draft
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import saved_views
from facturier.models.listing.totals import FilterTotals
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.payments.payments import record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.help import HelpScreen
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.screens.invoice_list.filtering.filter_choice import FilterChoice
from facturier.tui.screens.invoice_list.filtering.filter_screen import FilterScreen
from facturier.tui.screens.invoice_list.filtering.filters import Filters
from facturier.tui.screens.invoice_list.filtering.views import view_words
from facturier.tui.screens.invoice_list.parts.money_bar import MoneyBar
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.widgets.rows.row_list import RowList
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


def rows(app: FacturierApp) -> RowList:  # type: ignore[type-arg]
    screen = app.screen_stack[0]
    assert isinstance(screen, InvoicesScreen)
    return screen.rows


async def test_several_conditions_at_once_are_kept_by_name_and_left_by_escape(shop: Shop) -> None:
    wanted = shop.draft("Boulangerie Tremblay", "900")
    shop.draft("Boulangerie Tremblay", "9")
    shop.draft("Harbour Systems", "900")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen))
        await pilot.press("f1")  # the help works in dialogs too
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen))
        await pilot.press("x", "tab", "shift+tab")
        await keys(pilot, "=boul")
        await pilot.press("tab", "tab", "tab")
        await keys(pilot, "=500x")
        await pilot.press("enter")
        await sees(pilot, "is not a number")
        await pilot.press("backspace", "tab", "tab", "tab")
        await keys(pilot, "=large")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        assert [row.id for row in rows(app).rows] == [wanted.id]
        await sees(pilot, "Only customer boul…, ≥ 500 CAD (Esc: all)")
        await until(pilot, lambda: "large" in saved_views(shop.store))
        await pilot.press("escape")
        assert len(rows(app).rows) == 3
        # In an open list, Enter selects an option instead of applying the filter.
        await pilot.press("f", "shift+tab", "down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen))
        assert app.screen.query_one("#show", FilterChoice).text == str(InvoiceFilter.SENT)
        await pilot.press("enter")
        await until(pilot, lambda: not rows(app).rows)
        await pilot.press("escape")
        await pilot.press("colon")
        await keys(pilot, "=show large")
        await pilot.press("enter")
        await until(pilot, lambda: len(rows(app).rows) == 1)
        await pilot.press("escape", "colon")
        await keys(pilot, "=delete the filter")
        await pilot.press("enter")
        await until(pilot, lambda: not saved_views(shop.store))


async def test_what_a_filter_or_a_search_shows_is_added_up_for_each_currency(shop: Shop) -> None:
    for name, rate in (("Boulangerie Tremblay", "100"), ("Boulangerie Tremblay", "200"), ("Harbour Systems", "40")):
        shop.issued(name, rate)
    paid = shop.invoice(1)
    record_payment(shop.store, 1, shop.today, 500)
    save_draft(shop.store, replace(shop.draft("Boulangerie Tremblay", "10"), currency="EUR"))
    void_invoice(shop.store, shop.issued("Boulangerie Tremblay", "900").id or 0, "a mistake")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "All 5")
        assert "balance" not in text_of(app)  # all invoices are in the figures at the top
        await pilot.press("2")
        shown = "4 invoices · total CAD 357.00, balance 352.00, tax 17.00"
        await sees(pilot, f"{shown} · 1 more currency ")
        await pilot.resize_terminal(60, 24)
        await sees(pilot, "4 invoices  ")
        await pilot.resize_terminal(110, 24)
        await sees(pilot, f"{shown} · total EUR 10.50, balance 0.00, tax 0.50")
        await pilot.press("escape", "slash")
        await keys(pilot, "=boul")
        await sees(pilot, "4 invoices · total CAD 315.00, balance 310.00, tax 15.00")
        await keys(pilot, f"= {paid.number}")
        await sees(pilot, "1 invoice · total 105.00, balance 100.00, tax 5.00")
        record_payment(shop.store, 1, shop.today, 1000)
        await sees(pilot, "1 invoice · total 105.00, balance 90.00, tax 5.00")
        await pilot.press("escape")
        await until(pilot, lambda: "balance" not in text_of(app))


async def test_in_a_search_n_goes_through_the_matches_and_escape_ends_one_thing_at_a_time(shop: Shop) -> None:
    zoo = [shop.draft("Zoo").id for _number in range(3)][::-1]
    shop.draft("Harbour")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "2", "space", "home", "slash")
        await keys(pilot, "=zoo")
        await pilot.press("enter")
        await until(pilot, lambda: "n Next match" in text_of(app) and "n New" not in text_of(app))
        visited = []
        for key in ("n", "n", "n", "N", "N"):
            await pilot.press(key)
            chosen = rows(app).chosen
            assert chosen is not None
            visited.append(chosen.id)
        assert visited == [zoo[1], zoo[2], zoo[0], zoo[2], zoo[1]]
        assert isinstance(app.screen, InvoicesScreen)
        await pilot.press("escape")
        assert (len(rows(app).rows), len(rows(app).marked)) == (4, 1)
        await pilot.press("escape")
        assert not rows(app).marked
        await sees(pilot, "4 invoices")  # the filter is still on
        await pilot.press("escape")
        await until(pilot, lambda: "4 invoices" not in text_of(app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))


async def test_the_total_has_room_at_80_columns_and_the_status_at_every_width(shop: Shop) -> None:
    invoice = shop.issued("Société d’exploitation forestière et d’aménagement", "1000")
    record_payment(shop.store, invoice.id or 0, shop.today, 105000)
    shop.issued("Harbour Systems", "20", shop.today - timedelta(80))
    save_draft(shop.store, replace(shop.draft("Zoo"), reference="PO 77", project="Atrium"))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "1,050.00" in text_of(app) and "50 days late" in text_of(app))
        await sees(pilot, "Société d’exploit")
        for size, shown, hidden in (
            ((60, 20), ("1,050.00", "50 days late", "○", "Not sent 126"), ("Not sent  ○", "Date")),
            ((40, 15), ("50 days late", "○", "Overdue 0", "All"), (" 1,050.00 ",)),
            ((100, 24), ("Balance", "1,050.00", "Société d’exploitation"), ("PO 77",)),
            ((200, 40), ("PO 77", "Atrium", "Balance", "Société d’exploitation forestière et d’aménagement"), ()),
        ):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda shown=shown: all(words in text_of(app) for words in shown))  # type: ignore[misc]
            assert not any(words in text_of(app) for words in hidden)
            assert all(len(line) <= size[0] for line in text_of(app).split("\n"))


async def test_typing_goes_to_a_customer_and_keeps_the_search(shop: Shop) -> None:
    wanted = shop.draft("Zoo")
    for number in range(30):
        shop.draft(f"Customer {number:02}")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash")
        await keys(pilot, "=compta@tremblay")
        await pilot.press("enter")  # the search also finds email addresses
        await until(pilot, lambda: len(rows(app).rows) > 10)
        await pilot.press("escape", "slash")
        await keys(pilot, "=october")
        await pilot.press("enter", "apostrophe")
        await keys(pilot, "=zo")
        chosen = rows(app).chosen
        assert chosen is not None
        assert chosen.id == wanted.id
        await pilot.press("enter")
        assert app.screen.query_one(Input).value == "october"
        assert not isinstance(app.focused, Input)


async def test_a_number_that_the_list_does_not_have_leads_nowhere(shop: Shop) -> None:
    paid, owed = shop.issued("Acme", "10"), shop.issued("Zoo", "20")
    record_payment(shop.store, paid.id or 0, shop.today, paid.total.minor)
    other = shop.issued("Garage", "30")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("2")  # not sent: two of the three
        await until(pilot, lambda: len(rows(app).rows) == 2)
        for start in (owed, other):
            rows(app).go_to(start.id or 0)
            await keys(pilot, "apostrophe")
            await sees(pilot, "Go to number or customer")
            await keys(pilot, "escape")
            await keys(pilot, "apostrophe", f"={paid.number}", "enter")
            await sees(pilot, f"Nothing in this list starts with “{paid.number}”.")
            chosen = rows(app).chosen
            assert chosen is not None
            assert chosen.id == start.id  # a payment is not recorded for an invoice whose number begins like it


async def test_a_range_and_all_of_the_filter_are_marked(shop: Shop) -> None:
    for number in range(40):
        shop.draft(f"Customer {number:02}")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("M")
        await sees(pilot, "Mark the first row")
        await pilot.press("space", "end", "up", "M")
        await until(pilot, lambda: len(rows(app).marked) == 39)
        assert rows(app).marked == set(Listing(shop.store, View(), shop.today).ids()) - {1}
        await pilot.press("escape", "asterisk")
        await until(pilot, lambda: len(rows(app).marked) == 40)
        await pilot.press("4", "s")  # marked invoices that are not visible are sent only after a question
        await sees(pilot, "40 marked invoices are not shown here. Continue anyway?")
        await pilot.press("enter", "n", "1", "s")
        await sees(pilot, "Send 40 invoices")


async def test_a_slow_line_draws_a_mark_instead_of_a_bar_and_is_remembered(shop: Shop) -> None:
    shop.draft()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("colon")
        await keys(pilot, "=slow conn")
        await pilot.press("enter")
        await until(pilot, lambda: rows(app).sparing)
        await until(pilot, lambda: shop.ws.preferences().line == "slow")
    again = FacturierApp(shop.ws)
    async with again.run_test(size=(80, 24)):
        assert rows(again).sparing


async def test_the_figures_keep_their_thousands_and_the_filters_their_counts_at_80_columns(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "Overdue 0.00")
        await until(pilot, lambda: text_of(app).split("\n")[3].split()[0] == "No.")  # four lines above the first row
        large = {show: FilterTotals(show, "CAD", 1_234_567, 1_234_567, 24_784_600) for show in InvoiceFilter}
        bar, filters = app.screen.query_one(MoneyBar), app.screen.query_one(Filters)
        bar.sums = filters.sums = large
        await pilot.pause()
        await until(pilot, lambda: text_of(app).count("247,846") == 4)
        await until(pilot, lambda: text_of(app).count("1.2M") == 6)
        for words in ("Overdue 247,846", "Not due 247,846", "Not sent 247,846", "Paid (30 days) 247,846", "Paid 1.2M"):
            await sees(pilot, words)
        bar.sums = filters.sums = {show: FilterTotals(show, "CAD", 18, 18, 310_000) for show in InvoiceFilter}
        await pilot.pause()
        await until(pilot, lambda: text_of(app).count("3,100.00") == 4)
        await sees(pilot, "Alerts 18")
        await pilot.resize_terminal(50, 24)
        await sees(pilot, "All  Not sent  Sent  Overdue")  # nothing runs together
        await pilot.resize_terminal(120, 36)
        await sees(pilot, "Paid (30 days) 3,100.00")
        await until(pilot, lambda: "█" in text_of(app).split("\n")[2])


def test_the_days_of_relative_dates_are_shown() -> None:
    assert view_words(View(since="-400", until="today"), date(2026, 11, 24)) == (
        "Only from 20 Oct 2025, to 24 Nov 2026 (Esc: all)"
    )


async def test_where_suspending_is_impossible_it_says_so(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("ctrl+z")
        await sees(pilot, "cannot suspend")

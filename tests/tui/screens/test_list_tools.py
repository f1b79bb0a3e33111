"""Tools of the invoice list: filter it, go to a row, mark many rows, and draw it for a slow line."""

from datetime import date

from textual.widgets import Input

from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import saved_views
from facturier.models.listing.totals import FilterTotals
from facturier.models.listing.view import InvoiceFilter, View
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.help import HelpScreen
from facturier.tui.screens.invoice_list.filter_screen import FilterScreen
from facturier.tui.screens.invoice_list.filters import Filters
from facturier.tui.screens.invoice_list.money_bar import MoneyBar
from facturier.tui.screens.invoice_list.screen import InvoicesScreen
from facturier.tui.screens.invoice_list.views import view_words
from facturier.tui.widgets.inputs.fields import Choice
from facturier.tui.widgets.rows.row_list import RowList
from tests.tui.sample import Shop
from tests.tui.screen_text import text_of, until
from tests.tui.typing import keys


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
        await until(pilot, lambda: "is not a number" in text_of(app))
        await pilot.press("backspace", "tab", "tab", "tab")
        await keys(pilot, "=large")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoicesScreen))
        assert [row.id for row in rows(app).rows] == [wanted.id]
        assert "Only customer boul…, ≥ 500 CAD (Esc: all)" in text_of(app)
        await until(pilot, lambda: "large" in saved_views(shop.store))
        await pilot.press("escape")
        assert len(rows(app).rows) == 3
        # In an open list, Enter selects an option instead of applying the filter.
        await pilot.press("f", "shift+tab", "down", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, FilterScreen) and app.screen.query_one("#show", Choice).text)
        assert app.screen.query_one("#show", Choice).text == str(InvoiceFilter.SENT)
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


async def test_a_range_and_all_of_the_filter_are_marked(shop: Shop) -> None:
    for number in range(40):
        shop.draft(f"Customer {number:02}")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Mark the first row" in text_of(app))
        await pilot.press("space", "end", "up", "m")
        await until(pilot, lambda: len(rows(app).marked) == 39)
        assert rows(app).marked == set(Listing(shop.store, View(), shop.today).ids()) - {1}
        await pilot.press("u", "asterisk")
        await until(pilot, lambda: len(rows(app).marked) == 40)
        await pilot.press("4", "s")  # marked invoices that are not visible are sent only after a question
        await until(pilot, lambda: "40 marked invoices are not shown here. Continue anyway?" in text_of(app))
        await pilot.press("enter", "n", "1", "s")
        await until(pilot, lambda: "Send 40 invoices" in text_of(app))


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
        await until(pilot, lambda: "Overdue 0.00" in text_of(app))
        large = {show: FilterTotals(show, "CAD", 1_234_567, 1_234_567, 24_784_600) for show in InvoiceFilter}
        bar, filters = app.screen.query_one(MoneyBar), app.screen.query_one(Filters)
        bar.sums = filters.sums = large
        await pilot.pause()
        assert text_of(app).count("247,846") == 4
        assert text_of(app).count("1.2M") == 6
        bar.sums = filters.sums = {show: FilterTotals(show, "CAD", 18, 18, 310_000) for show in InvoiceFilter}
        await pilot.pause()
        assert text_of(app).count("3,100.00") == 4
        assert "Alerts 18" in text_of(app)
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: "All  Not sent  Sent  Overdue" in text_of(app))  # the labels do not overlap


def test_the_days_of_relative_dates_are_shown() -> None:
    assert view_words(View(since="-400", until="today"), date(2026, 11, 24)) == (
        "Only from 20 Oct 2025, to 24 Nov 2026 (Esc: all)"
    )


async def test_where_suspending_is_impossible_it_says_so(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("ctrl+z")
        await until(pilot, lambda: "cannot suspend" in text_of(app))

"""Screens that say what was just done."""

from functools import partial

from textual.screen import Screen

from facturier.tui.app import FacturierApp
from facturier.tui.messages import CompanyChanged
from facturier.tui.screens.alerts.screen import AlertsScreen
from facturier.tui.screens.chase.screen import ChaseScreen
from facturier.tui.screens.customers.screen import CustomersScreen
from facturier.tui.screens.estimates.screen import EstimatesScreen
from facturier.tui.screens.items.screen import ItemsScreen
from facturier.tui.screens.outbox.screen import OutboxScreen
from facturier.tui.screens.recurring.screen import RecurringScreen
from facturier.tui.screens.statements.screen import StatementsScreen
from facturier.tui.widgets.done_line import DoneLine
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until

DONE = (AlertsScreen, ChaseScreen, CustomersScreen, EstimatesScreen, ItemsScreen, RecurringScreen, StatementsScreen)


async def test_a_change_of_the_company_is_read_once_and_ends_what_can_no_longer_be_undone(shop: Shop) -> None:
    async def undo() -> None: ...

    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        for kind in (*DONE, OutboxScreen):
            screen: Screen[None] = kind(shop.ws)
            await app.push_screen(screen)
            possible = [True]
            read: list[Screen[None]] = []
            if kind in DONE:
                screen.query_one(DoneLine).say("Done.", undo, partial(all, possible))
                await sees(pilot, "u to undo")
            vars(screen)["_renew"] = partial(read.append, screen)
            possible[0] = False
            screen.post_message(CompanyChanged())
            await until(pilot, lambda: "u to undo" not in text_of(app))
            await until(pilot, partial(any, read))
            assert read == [screen]

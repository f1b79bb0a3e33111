"""Filter, search and sort the invoice list."""

import asyncio
from dataclasses import replace

from textual import on, work

from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.errors import InputError
from facturier.models.listing.conditions import check_search
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.filtering.filters import Filters
from facturier.tui.screens.invoice_list.filtering.search_line import SearchLine
from facturier.tui.screens.invoice_list.filtering.views import next_filter, next_sort, turned
from facturier.tui.screens.invoice_list.parts.money_bar import MoneyBar
from facturier.tui.screens.invoice_list.shown import ShownInvoices
from facturier.tui.themes.theme import read_all_styles
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.workers import run_in_worker


class SearchActions(ShownInvoices):
    """The actions that change what the list shows."""

    _went_from: int | None = None  # the invoice that was selected when the user began to type where to go
    _missed = ""  # what was typed, if nothing in the list starts with it

    # Search

    @on(SearchLine.Changed)
    async def _searched(self, event: SearchLine.Changed) -> None:
        view = replace(self._view, text=event.text)
        try:
            check_search(view.text)
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if len(view.text.split()) > 1:
            # Words that are each frequent, and rare together, take long to find: the next key does not wait for that.
            self._view = view
            run_in_worker(self, self._search, "search", exclusive=True)
            return
        self._look_at(view)
        await asyncio.sleep(0)  # so that the list and the field are drawn together

    async def _search(self) -> None:
        listing, size = self._listing(), self.rows.page_size

        def read() -> list[InvoiceRow]:
            with self._ws.store.reading():
                return listing.first(size)

        page = await asyncio.to_thread(read)
        self._show_rows(listing, page=page if size == self.rows.page_size else None)

    @on(SearchLine.Sought)
    def _sought(self, event: SearchLine.Sought) -> None:
        """Go to what was typed. If it is not in the list, go back: the next key must not be for another invoice."""
        typed = event.text.strip()
        found = self._listing().find(event.text) if typed else None
        self._missed = typed if found is None else ""
        there = self._went_from if found is None else found
        if there is not None:
            self.rows.go_to(there)

    @on(SearchLine.Left)
    def _back_to_list(self) -> None:
        self.rows.focus()
        if self._missed:
            words = _("Nothing in this list starts with “{text}”.").format(text=self._missed)
            self.notify(words, severity="warning", markup=False)
            self._missed = ""

    async def action_search(self) -> None:
        await self._complete()
        self.query_one(SearchLine).start()

    async def action_go(self) -> None:
        await self._complete()
        self._went_from = self.rows.chosen.id if self.rows.chosen is not None else None
        self._missed = ""
        self.query_one(SearchLine).go()

    async def _complete(self) -> None:
        read_all_styles(self.app)
        await self.query_one(SearchLine).complete()

    def action_clear(self) -> None:
        """End the search; without one, clear the marks; without any, show all invoices."""
        if self._view.text:
            self.query_one(SearchLine).clear()
        elif self.rows.marked:
            self.rows.unmark()
            self._renew_title()
        elif self._view.narrowed or self._view.show is not InvoiceFilter.ALL:
            self._look_at(View(sort=self._view.sort, descending=self._view.descending), keep=True)

    # Filter, currency and order

    @on(MoneyBar.Picked)
    @on(Filters.Picked)
    def _picked(self, event: MoneyBar.Picked | Filters.Picked) -> None:
        self._look_at(replace(self._view, show=event.show))

    @on(RowList.Headed)
    def _headed(self, event: "RowList.Headed") -> None:
        self._look_at(turned(self._view, SortKey(event.key)), keep=True)

    def action_show(self, show: str) -> None:
        self._look_at(replace(self._view, show=InvoiceFilter(show)))

    def action_filter(self, step: int) -> None:
        self._look_at(next_filter(self._view, step))

    @work
    async def action_narrow(self) -> None:
        from facturier.tui.screens.invoice_list.filtering.filter_screen import FilterScreen

        view = await self.app.push_screen_wait(FilterScreen(self._ws, self._view))
        if view is not None:
            self._look_at(view)

    def action_currency(self) -> None:
        place = self._currencies.index(self._currency) + 1
        self._currency = self._currencies[place % len(self._currencies)]
        self._count()

    def action_sort(self) -> None:
        self._look_at(next_sort(self._view), keep=True)

    def action_turn(self) -> None:
        self._look_at(turned(self._view, self._view.sort), keep=True)

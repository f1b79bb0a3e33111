"""What the invoice list shows, and what it adds up to."""

import asyncio
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from textual import work
from textual.timer import Timer

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.errors import StoreError
from facturier.models.listing.listing import Listing
from facturier.models.listing.totals import Added, currencies, filter_sums, sums
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.actions import InvoiceActions
from facturier.tui.screens.invoice_list.filtering.filters import Filters
from facturier.tui.screens.invoice_list.filtering.search_line import SearchLine
from facturier.tui.screens.invoice_list.filtering.views import sums_words, view_words
from facturier.tui.screens.invoice_list.parts.money_bar import MoneyBar

if TYPE_CHECKING:
    from facturier.tui.screens.invoice_list.parts.undo_line import UndoLine

_SUMS_DELAY = 0.15  # seconds the search rests before its invoices are added up
_MOST_TAXED = 1000  # see models/listing/taxes.py, which is not loaded at start


class ShownInvoices(InvoiceActions):
    """The part of the list that shows the invoices of a filter or search, and their sums."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="invoices")
        self._ws = ws
        self._view = View()
        self._currency = ""
        self._currencies: list[str] = []
        self._card_timer: Timer | None = None
        self._undo_line: UndoLine | None = None
        self._searching = False
        self._sums_timer: Timer | None = None
        self._sums: list[Added] | None = None
        self._sums_took = 0.0  # seconds for which the last sums were added up
        self._new_company: bool | None = None  # whether it shows its checklist; None until that is read

    def _listing(self) -> Listing:
        return Listing(self._ws.store, self._view, self._ws.today())

    def _sorting(self) -> tuple[str, bool]:
        return self._view.sort, self._view.descending

    def _nothing(self) -> str:
        if self._view.text.strip():
            return _("No match for “{text}”. Esc ends the search.").format(text=clean(self._view.text))
        if self._view.narrowed or self._view.show is not InvoiceFilter.ALL:
            return _("No invoices here. Esc shows all.")
        return _("No invoices yet. Press n to create one.")

    def _look_at(self, view: View, *, keep: bool = False) -> None:
        self.workers.cancel_group(self, "search")
        self._view = view
        self._show_rows(self._listing(), keep=keep)
        self.query_one(Filters).current = view.show

    def _show_rows(self, listing: Listing, *, keep: bool = False, page: list[InvoiceRow] | None = None) -> None:
        self.rows.show(listing, sorting=self._sorting(), empty=self._nothing(), keep=keep, page=page)
        if bool(self._view.text) != self._searching:
            self._searching = bool(self._view.text)
            self.refresh_bindings()  # n goes to the next match, or creates an invoice
        self._show_note()

    def _show_note(self) -> None:
        """Show the filter of the list, and its sums."""
        line = self.query_one(SearchLine)
        line.note = view_words(self._view, self._ws.today())
        if self._view.text or self._view.narrowed:
            self._show_sums(None)
        self._add_up()

    # Sums

    def _count(self) -> None:
        store, own = self._ws.store, self._ws.company().currency
        found = {own, *currencies(store)}
        self._currency = self._currency if self._currency in found else own
        self._currencies = [own, *sorted(found - {own})]
        bar = self.query_one(MoneyBar)
        bar.coded = len(found) > 1
        bar.sums = self.query_one(Filters).sums = sums(store, self._ws.today(), self._currency)

    def _add_up(self) -> None:
        """Add up what a filter or search shows: from counters at once, or else after a pause in a worker."""
        self.workers.cancel_group(self, "sums")
        if self._sums_timer is not None:
            self._sums_timer.stop()
        view = self._view
        if not (view.text.strip() or view.narrowed or view.show is InvoiceFilter.ALERTS):
            if view.show is InvoiceFilter.ALL:
                self._show_sums(None)
                return
            found = filter_sums(self._ws.store, self._ws.today(), view.show)
            if self._sums is not None and found == [one._replace(tax=None) for one in self._sums]:
                return
            self._show_sums(found)
            if sum(one.invoices for one in found) > _MOST_TAXED:
                return
        # A million invoices take seconds: not for every key, and not at every change in the file.
        self._sums_timer = self.set_timer(max(_SUMS_DELAY, 5 * self._sums_took), self._add_up_rows)

    @work(group="sums", exclusive=True)
    async def _add_up_rows(self) -> None:
        listing, stop, started = self._listing(), Event(), monotonic()
        try:
            found = await asyncio.to_thread(listing.add_up, stop.is_set)
        except StoreError:
            return  # the list shows the problem
        finally:
            stop.set()  # so that the thread ends, too, after a cancel
            self._sums_took = monotonic() - started
        self._show_sums(found)

    def _show_sums(self, sums: list[Added] | None) -> None:
        self._sums = sums
        self.query_one(SearchLine).sums = () if sums is None else sums_words(sums, self._ws.company().currency)

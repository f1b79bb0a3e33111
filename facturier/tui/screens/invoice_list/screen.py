"""The invoice list: the first screen."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.timer import Timer
from textual.widget import Widget

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.errors import InputError, StoreError
from facturier.models.listing.conditions import check_search
from facturier.models.listing.listing import Listing
from facturier.models.listing.totals import Added, currencies, filter_sums, sums
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.actions import InvoiceActions
from facturier.tui.screens.invoice_list.filtering.filters import Filters
from facturier.tui.screens.invoice_list.filtering.search_line import SearchLine
from facturier.tui.screens.invoice_list.filtering.views import (
    line_words,
    next_filter,
    next_sort,
    sums_words,
    turned,
    view_commands,
    view_words,
)
from facturier.tui.screens.invoice_list.keys import KEYS
from facturier.tui.screens.invoice_list.parts.card import InvoiceCard
from facturier.tui.screens.invoice_list.parts.columns import invoice_columns
from facturier.tui.screens.invoice_list.parts.money_bar import MoneyBar
from facturier.tui.screens.invoice_list.parts.state import list_state
from facturier.tui.terminal.driver import wait_for_sequences
from facturier.tui.theme import read_all_styles
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.title import Title

if TYPE_CHECKING:
    from facturier.tui.screens.dialogs.palette.commands import Command
    from facturier.tui.screens.invoice_list.parts.undo_line import UndoLine

_CARD_DELAY = 0.12  # seconds the cursor rests before the card follows it: a held key draws no cards
_SUMS_DELAY = 0.15  # seconds the search rests before its invoices are added up

_MOST_TAXED = 1000  # see models/listing/taxes.py, which is not loaded at start
_MOST_MARKS = 2000  # marks that are checked at every change; a batch can have at most as many
_WIDE = 120  # columns from which on the card is shown beside the list
_PICTURE = 30  # lines from which on the money bar has a picture, too


class InvoicesScreen(InvoiceActions):
    BINDINGS: ClassVar[list[BindingType]] = KEYS

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

    def compose(self) -> ComposeResult:
        company = self._ws.company()
        self.set_class(self.app.size.height >= _PICTURE, "-picture")
        yield Title(clean(company.name))
        yield MoneyBar()
        yield Filters()
        with Horizontal(classes="invoices-body"):
            columns = invoice_columns(
                self._ws.today, company.currency, self._ws.clock, company.next_number(self._ws.today())
            )
            sparing = self._ws.preferences().line == "slow"
            yield RowList(columns, self._listing(), sorting=self._sorting(), empty=self._nothing(), sparing=sparing)
        yield SearchLine()
        if company.practice or self._ws.endpoints.stand_in:
            from facturier.tui.widgets.title import Banner

            yield Banner(self._ws, _("F3  My own company"))
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        self.app.call_after_refresh(self._fill_in)  # the app's: this screen's own would come before it is drawn

    def _fill_in(self) -> None:
        """What the rows do not wait for: first what is on the screen, then what is not yet."""
        self._renew_heading()
        self.call_after_refresh(self._complete)
        self.call_after_refresh(self._renew_checklist)

    async def _complete(self) -> None:
        read_all_styles(self.app)
        await self.query_one(SearchLine).complete()

    def _renew_checklist(self) -> None:
        """Show a new company what it still needs."""
        if self._new_company is None:
            from facturier.models.company.checklist import is_shown

            self._new_company = is_shown(self._ws.store)
        if self._new_company and self.is_attached:
            from facturier.tui.screens.companies.checklist import renew_checklist

            read_all_styles(self.app)
            renew_checklist(self, self._ws, self.rows)

    def on_checklist_ended(self) -> None:
        self._new_company = False
        self.query("#checklist").remove()
        self.rows.focus()

    def _show_what_leaves(self) -> None:
        from facturier.models.outbox.deliveries import leaving_soon
        from facturier.tui.screens.invoice_list.parts.undo_line import SOON, UndoLine

        self._forget_before_sending()
        if self._undo_line is not None:
            self._undo_line.look()
        elif self.is_attached and leaving_soon(self._ws.store, SOON):
            # Not before there is something: mounting a line draws the whole screen again.
            read_all_styles(self.app)
            self._undo_line = UndoLine(self._ws)
            self._show_below(self._undo_line)

    @property
    def _counts_down(self) -> bool:
        return self._undo_line is not None and self._undo_line.display

    def _show_below(self, line: Widget) -> None:
        self.mount(line, after=self.query_one(SearchLine))

    def commands(self) -> "Iterable[Command]":
        """Return the commands that have no key, or no key now."""
        from facturier.tui.screens.dialogs.palette.commands import Command
        from facturier.tui.screens.settings.commands import section_commands

        if self._view.text:
            yield Command(_("New"), (), _("Create an invoice."), self.action_new, self)
        yield Command(
            _("Send everything in the list…"),
            (),
            _("Review what will happen to each one before you send."),
            self.action_send_all,
            self,
        )
        about = _("Look for gaps and duplicates in the numbers.")
        yield Command(_("Check numbers"), (), about, self.action_check_numbers, self)
        yield Command(*line_words(self.rows.sparing), self._change_line, self)
        from facturier.models.imports.fields import Kind
        from facturier.tui.screens.companies.commands import company_commands
        from facturier.tui.screens.imports.open_import import import_command

        yield from company_commands(self, self._ws)
        yield import_command(self, self._ws, Kind.CUSTOMERS)
        yield import_command(self, self._ws, Kind.ITEMS)
        yield from view_commands(self, self._ws.store, self._view, self._look_at, self._ws.today())
        from facturier.tui.screens.export.commands import export_commands

        yield from export_commands(self, self._ws)
        yield from section_commands(self, self.action_settings)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        if action in ("send", "send_marked"):
            rows = self.query_one_optional(RowList)
            return bool(rows is not None and rows.marked) == (action == "send_marked")
        if action == "undo":
            return self.query_one_optional(RowList) is not None and self._can_undo()
        if action in ("new", "next_match", "previous_match"):
            return bool(self._view.text) == (action != "new")
        return True

    # What is shown

    def on_company_changed(self) -> None:
        self._renew()

    async def on_language_changed(self) -> None:
        await self.recompose()
        self.rows.focus()
        self._show_beside(self.size.width)
        self._undo_line = self._done_line = None
        await self._complete()
        self._renew_heading()
        self._renew_checklist()
        self.query_one(Filters).current = self._view.show
        self._show_note()

    def _renew(self) -> None:
        """Read again what is on the screen; draw what changed."""
        self.rows.reload()
        if 0 < len(self.rows.marked) <= _MOST_MARKS:  # another window may have deleted some
            from facturier.models.books.invoices import existing

            self.rows.marked &= existing(self._ws.store, self.rows.marked)
        self._renew_heading()
        self._show_card()
        self._renew_checklist()
        self._add_up()

    on_checklist_changed = _renew

    def _renew_heading(self) -> None:
        self._renew_title()
        self._show_what_leaves()
        self._count()

    def _renew_title(self) -> None:
        title = self.query_one(Title)
        title.left, title.right = clean(self._ws.company().name), list_state(self._ws, len(self.rows.marked))
        self.refresh_bindings()

    def _count(self) -> None:
        store, own = self._ws.store, self._ws.company().currency
        found = {own, *currencies(store)}
        self._currency = self._currency if self._currency in found else own
        self._currencies = [own, *sorted(found - {own})]
        bar = self.query_one(MoneyBar)
        bar.coded = len(found) > 1
        bar.sums = self.query_one(Filters).sums = sums(store, self._ws.today(), self._currency)

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
        """Say what the list is narrowed to, and what it adds up to."""
        line = self.query_one(SearchLine)
        line.note = view_words(self._view, self._ws.today())
        if self._view.text or self._view.narrowed:
            self._show_sums(None)
        self._add_up()

    def _add_up(self) -> None:
        """Add up what a filter or search shows: at once where counters know it, otherwise soon and in a worker."""
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
            return  # the rows say what is wrong
        finally:
            stop.set()  # cancelled: the thread ends, too
            self._sums_took = monotonic() - started
        self._show_sums(found)

    def _show_sums(self, sums: list[Added] | None) -> None:
        self._sums = sums
        self.query_one(SearchLine).sums = "" if sums is None else sums_words(sums, self._ws.company().currency)

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

    @on(RowList.Chosen)
    def _rest(self) -> None:
        if not self.has_class("-wide"):
            return
        if self._card_timer is not None:
            self._card_timer.stop()
        self._card_timer = self.set_timer(_CARD_DELAY, self._show_card)

    def _show_card(self) -> None:
        if self.has_class("-wide"):
            chosen = self.rows.chosen
            self.query_one(InvoiceCard).show(chosen.id if chosen else None, self._ws.today())

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height >= _PICTURE, "-picture")
        self._show_beside(event.size.width)

    def _show_beside(self, width: int) -> None:
        """Show the chosen invoice beside the list, where there is room."""
        wide = width >= _WIDE
        if wide and not self.query(InvoiceCard):
            self.query_one(".invoices-body").mount(InvoiceCard(self._ws.store))
        self.set_class(wide, "-wide")
        self._show_card()

    # Filter, search, sort

    @on(MoneyBar.Picked)
    @on(Filters.Picked)
    def _picked(self, event: MoneyBar.Picked | Filters.Picked) -> None:
        self._look_at(replace(self._view, show=event.show))

    @on(RowList.Headed)
    def _headed(self, event: "RowList.Headed") -> None:
        self._look_at(turned(self._view, SortKey(event.key)), keep=True)

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
            self.run_worker(self._search(), group="search", exclusive=True)
            return
        self._look_at(view)
        await asyncio.sleep(0)  # until the list has said what it is to draw: then it is drawn with the field, at once

    async def _search(self) -> None:
        listing, size = self._listing(), self.rows.page_size

        def read() -> list[InvoiceRow]:
            with self._ws.store.reading():
                return listing.first(size)

        page = await asyncio.to_thread(read)
        self._show_rows(listing, page=page if size == self.rows.page_size else None)

    @on(SearchLine.Sought)
    def _sought(self, event: SearchLine.Sought) -> None:
        if event.text.strip() and (found := self._listing().find(event.text)) is not None:
            self.rows.go_to(found)

    @on(SearchLine.Left)
    def _back_to_list(self) -> None:
        self.rows.focus()

    async def action_search(self) -> None:
        await self._complete()
        self.query_one(SearchLine).start()

    async def action_go(self) -> None:
        await self._complete()
        self.query_one(SearchLine).go()

    def action_clear(self) -> None:
        """End the search; without one, clear the marks; without any, show all invoices."""
        if self._view.text:
            self.query_one(SearchLine).clear()
        elif self.rows.marked:
            self.rows.unmark()
            self._renew_title()
        elif self._view.narrowed or self._view.show is not InvoiceFilter.ALL:
            self._look_at(View(sort=self._view.sort, descending=self._view.descending), keep=True)

    def action_show(self, show: str) -> None:
        self._look_at(replace(self._view, show=InvoiceFilter(show)))

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

    async def _change_line(self) -> None:
        """To a slow line, or back from it."""
        from facturier.models.company.user import save_preferences

        rows, preferences = self.rows, self._ws.preferences()
        rows.sparing = not rows.sparing
        rows.refresh()
        wait_for_sequences(slow=rows.sparing)
        slow = preferences._replace(line="slow" if rows.sparing else "")
        await asyncio.to_thread(save_preferences, self._ws.locations.data, slow)

    def action_filter(self, step: int) -> None:
        self._look_at(next_filter(self._view, step))

    def action_sort(self) -> None:
        self._look_at(next_sort(self._view), keep=True)

    def action_turn(self) -> None:
        self._look_at(turned(self._view, self._view.sort), keep=True)

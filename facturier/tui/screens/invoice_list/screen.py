"""The invoice list: the first screen."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.widget import Widget

from facturier.models.books.status import InvoiceKind
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.invoice_list.filtering.filters import Filters
from facturier.tui.screens.invoice_list.filtering.search_line import SearchLine
from facturier.tui.screens.invoice_list.filtering.views import line_words, view_commands
from facturier.tui.screens.invoice_list.keys import KEYS
from facturier.tui.screens.invoice_list.parts.card import InvoiceCard
from facturier.tui.screens.invoice_list.parts.columns import invoice_columns
from facturier.tui.screens.invoice_list.parts.money_bar import MoneyBar
from facturier.tui.screens.invoice_list.parts.state import list_state
from facturier.tui.screens.invoice_list.search_actions import SearchActions
from facturier.tui.terminal.driver import wait_for_sequences
from facturier.tui.themes.theme import read_all_styles
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.title import Title

if TYPE_CHECKING:
    from facturier.tui.screens.dialogs.palette.commands import Command

_CARD_DELAY = 0.12  # seconds the cursor rests before the card follows it: a held key draws no cards
_MOST_MARKS = 2000  # marks that are checked at every change; a batch can have at most as many
_WIDE = 120  # columns from which on the card is shown beside the list
_PICTURE = 30  # lines from which on the money bar has a picture, too


class InvoicesScreen(SearchActions):
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def compose(self) -> ComposeResult:
        company = self._ws.company()
        self.set_class(self.app.size.height >= _PICTURE, "-picture")
        yield Title(clean(company.name))
        yield MoneyBar()
        yield Filters()
        with Horizontal(classes="invoices-body"):
            kinds = (InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE)
            longest = max((company.next_number(self._ws.today(), kind) for kind in kinds), key=len)
            columns = invoice_columns(self._ws.today, company.currency, self._ws.clock, longest)
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
        """Add what the rows do not wait for: first what is on the screen, then the rest."""
        self._renew_heading()
        self.call_after_refresh(self._complete)
        self.call_after_refresh(self._renew_checklist)

    def _renew_checklist(self) -> None:
        """Show a new company what it still needs."""
        if self._new_company is None:
            from facturier.models.company.checklist import is_shown

            self._new_company = is_shown(self._ws.store)
        if self._new_company and self.is_attached:
            from facturier.tui.screens.companies.checklist import renew_checklist

            read_all_styles(self.app)
            renew_checklist(self, self._ws, self.rows, self._say)

    def on_checklist_ended(self) -> None:
        self._new_company = False
        self.query("#checklist").remove()
        self.rows.focus()

    # Keys and commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        if action in ("send", "send_marked"):
            rows = self.query_one_optional(RowList)
            return bool(rows is not None and rows.marked) == (action == "send_marked")
        if action == "undo":
            return self.query_one_optional(RowList) is not None and self._can_undo()
        if action in ("new", "next_match", "previous_match"):
            return bool(self._view.text) == (action != "new")
        return True

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
        yield import_command(self, self._ws, Kind.CUSTOMERS, self._say)
        yield import_command(self, self._ws, Kind.ITEMS, self._say)
        yield from view_commands(self, self._ws.store, self._view, self._look_at, self._ws.today())
        from facturier.tui.screens.export.commands import export_commands

        yield from export_commands(self, self._ws)
        yield from section_commands(self, self.action_settings)
        from facturier.tui.screens.reports.commands import report_commands

        yield from report_commands(self, self._ws)

    async def _change_line(self) -> None:
        """Switch to the settings for a slow connection, or back."""
        from facturier.models.company.user import change_preferences

        rows = self.rows
        rows.sparing = not rows.sparing
        rows.refresh()
        wait_for_sequences(slow=rows.sparing)
        line = "slow" if rows.sparing else ""
        await asyncio.to_thread(change_preferences, self._ws.locations.data, lambda kept: kept._replace(line=line))

    # Changes

    def on_company_changed(self) -> None:
        self._renew()

    def _renew(self) -> None:
        """Read again what is on the screen, and draw what changed."""
        self.rows.reload()
        if 0 < len(self.rows.marked) <= _MOST_MARKS:  # another window may have deleted some
            from facturier.models.books.invoices import existing

            self.rows.marked &= existing(self._ws.store, self.rows.marked)
        self._renew_heading()
        self._show_card()
        self._renew_checklist()
        self._add_up()

    on_checklist_changed = _renew

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

    def _renew_heading(self) -> None:
        self._renew_title()
        self._show_what_leaves()
        self._count()

    def _renew_title(self) -> None:
        title = self.query_one(Title)
        title.left, title.right = clean(self._ws.company().name), list_state(self._ws, len(self.rows.marked))
        self.refresh_bindings()

    def _show_what_leaves(self) -> None:
        from facturier.models.outbox.deliveries import leaving_soon
        from facturier.tui.screens.invoice_list.parts.undo_line import SOON, UndoLine

        self._forget_before_sending()
        if self._done_line is not None:
            self._done_line.look()
        if self._undo_line is not None:
            self._undo_line.look()
        elif self.is_attached and leaving_soon(self._ws.store, SOON):
            # Mounted when it is first needed, because mounting a line draws the whole screen again.
            read_all_styles(self.app)
            self._undo_line = UndoLine(self._ws, lambda: self._done_line is not None and self._done_line.can_undo)
            self._show_below(self._undo_line)

    @property
    def _counts_down(self) -> bool:
        return self._undo_line is not None and self._undo_line.display

    def _show_below(self, line: Widget) -> None:
        self.mount(line, after=self.query_one(SearchLine))

    # The invoice beside the list

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

"""The invoice list: where the program opens, and where the person comes back to."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.screen import Screen
from textual.timer import Timer

from facturier.mail.desk import Desk
from facturier.models.alerts import count_alerts
from facturier.models.clean import clean
from facturier.models.drafts import delete_draft
from facturier.models.invoice import InvoiceRow
from facturier.models.language import N_, _, ngettext
from facturier.models.listing import Listing
from facturier.models.status import Standing
from facturier.models.tally import sums
from facturier.models.view import Show, Sort, View
from facturier.tui import opening
from facturier.tui.commands import Command
from facturier.tui.facts import CompanyChosen
from facturier.tui.screens.ask import AskScreen
from facturier.tui.view_choice import next_filter, next_sort, turned, view_commands
from facturier.tui.widgets.filters import Filters
from facturier.tui.widgets.invoice_card import InvoiceCard
from facturier.tui.widgets.invoice_columns import invoice_columns
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.money_bar import MoneyBar
from facturier.tui.widgets.notice import Notice
from facturier.tui.widgets.row_list import RowList
from facturier.tui.widgets.search_line import SearchLine
from facturier.tui.widgets.title import Title

_CARD_DELAY = 0.12  # seconds the cursor rests before the card follows it: a held key draws no cards

_WIDE = 120  # columns from which on the card stands beside the list


class InvoicesScreen(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), tooltip=N_("Begin an invoice."), id="list.new"),
        Binding("enter", "open", N_("Open"), tooltip=N_("Open the chosen invoice."), id="list.open"),
        Binding(
            "s",
            "send",
            N_("Save & send"),
            tooltip=N_("See it first, then send it; all marked ones in turn."),
            id="list.send",
        ),
        Binding("space", "mark", N_("Mark"), tooltip=N_("Mark it, to do the same with several."), id="list.mark"),
        Binding("p", "pay", N_("Payment"), tooltip=N_("Money came in for the chosen invoice."), id="list.pay"),
        Binding(
            "slash",
            "search",
            N_("Search"),
            tooltip=N_("Number, customer, reference, item or amount."),
            id="list.search",
        ),
        Binding("a", "alerts", N_("Alerts"), tooltip=N_("What a person must deal with."), id="list.alerts", show=False),
        Binding("c", "copy", N_("Copy"), tooltip=N_("Begin a draft with the same lines."), id="list.copy", show=False),
        Binding("d,delete", "delete", N_("Delete draft"), tooltip=N_("Asks first."), id="list.delete", show=False),
        Binding("u", "unmark", N_("Unmark all"), id="list.unmark", show=False),
        Binding("right", "filter(1)", N_("Next filter"), id="list.next", show=False),
        Binding("left", "filter(-1)", N_("Previous filter"), id="list.previous", show=False),
        Binding("1", "show('all')", N_("All invoices"), id="list.all", show=False),
        Binding("2", "show('not_sent')", N_("Not sent"), id="list.not_sent", show=False),
        Binding("3", "show('sent')", N_("Sent"), id="list.sent", show=False),
        Binding("4", "show('overdue')", N_("Overdue"), id="list.overdue", show=False),
        Binding("5", "show('paid')", N_("Paid"), id="list.paid", show=False),
        Binding("6", "show('alerts')", N_("With alerts"), id="list.with_alerts", show=False),
        Binding("o", "sort", N_("Sort by the next column"), id="list.sort", show=False),
        Binding("O", "turn", N_("Turn the order round"), id="list.turn", show=False),
        Binding(
            "comma,f2",
            "settings",
            N_("Settings"),
            tooltip=N_("Company, sending, sales."),
            id="list.settings",
            show=False,
        ),
        Binding(
            "f3",
            "companies",
            N_("Companies"),
            tooltip=N_("Go to another company, open one, or make one."),
            id="list.companies",
            show=False,
        ),
        Binding("escape", "clear", N_("End the search"), id="list.clear", show=False),
        Binding("q", "app.quit", N_("Quit"), tooltip=N_("Drafts are kept."), id="list.quit", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(classes="invoices")
        self._desk = desk
        self._view = View()
        self._card_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        company = self._desk.company()
        yield Title()
        yield Notice(self._desk)
        yield MoneyBar()
        yield Filters()
        yield SearchLine()
        with Horizontal(classes="invoices-body"):
            columns = invoice_columns(self._desk.today, company.currency)
            yield RowList(columns, self._listing(), sorting=self._sorting(), empty=self._nothing())
            yield InvoiceCard(self._desk.store)
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        self._renew_heading()

    @property
    def rows(self) -> RowList[InvoiceRow]:
        return self.query_one(RowList)

    def commands(self) -> Iterable[Command]:
        """Filters and sorts that have no key of their own, for the palette."""
        return view_commands(self, self._view, self._look_at)

    # What is shown

    def on_company_changed(self) -> None:
        self._renew()

    def _renew(self) -> None:
        """Read again what is on the screen; draw what changed."""
        self.rows.reload()
        self._renew_heading()
        self._show_card()

    def _renew_heading(self) -> None:
        with self._desk.store.reading():
            company, alerts = self._desk.company(), count_alerts(self._desk.store)
            choices, connection = self._desk.choices(), self._desk.connection()
        right = Text()
        if not choices:
            right.append(_("No sender yet: F2"), "yellow")
        elif connection is not None and connection.over:
            right.append(_("{address}: connection ended").format(address=connection.address), "yellow")
        else:
            right.append(_("From {address}").format(address=choices[0].address), "not bold")
        if alerts:
            right.append("   ⚠ " + ngettext("{count} alert", "{count} alerts", alerts).format(count=alerts), "yellow")
        title = self.query_one(Title)
        title.left, title.right = clean(company.name), right
        self.run_worker(self._count(company.currency), group="sums", exclusive=True)

    async def _count(self, currency: str) -> None:
        found = await asyncio.to_thread(sums, self._desk.store, self._desk.today(), currency)
        self.query_one(MoneyBar).sums = found
        self.query_one(Filters).sums = found

    def _look_at(self, view: View, *, keep: bool = False) -> None:
        self._view = view
        self.rows.show(self._listing(), sorting=self._sorting(), empty=self._nothing(), keep=keep)
        self.query_one(Filters).current = view.show

    def _listing(self) -> Listing:
        return Listing(self._desk.store, self._view, self._desk.today())

    def _sorting(self) -> tuple[str, bool]:
        return self._view.sort, self._view.descending

    def _nothing(self) -> str:
        if self._view.text.strip():
            return _("Nothing matches “{text}”. Esc ends the search.").format(text=clean(self._view.text))
        return _("No invoices yet. Press n to begin one.") if self._view.show is Show.ALL else _("No invoices here.")

    @on(RowList.Chosen)
    def _rest(self) -> None:
        if self._card_timer is not None:
            self._card_timer.stop()
        self._card_timer = self.set_timer(_CARD_DELAY, self._show_card)

    def _show_card(self) -> None:
        if self.has_class("-wide"):
            chosen = self.rows.chosen
            self.query_one(InvoiceCard).show(chosen.id if chosen else None, self._desk.today())

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "-wide")
        self._show_card()

    # Filter, search, sort

    @on(MoneyBar.Picked)
    @on(Filters.Picked)
    def _picked(self, event: MoneyBar.Picked | Filters.Picked) -> None:
        self._look_at(_with(self._view, show=event.show))

    @on(RowList.Headed)
    def _headed(self, event: "RowList.Headed") -> None:
        self._look_at(turned(self._view, Sort(event.key)), keep=True)

    @on(SearchLine.Changed)
    def _searched(self, event: SearchLine.Changed) -> None:
        self._look_at(_with(self._view, text=event.text))

    @on(SearchLine.Left)
    def _back_to_list(self) -> None:
        self.rows.focus()

    def action_search(self) -> None:
        self.query_one(SearchLine).start()

    def action_clear(self) -> None:
        self.query_one(SearchLine).clear()

    def action_show(self, show: str) -> None:
        self._look_at(_with(self._view, show=Show(show)))

    def action_filter(self, step: int) -> None:
        self._look_at(next_filter(self._view, step))

    def action_sort(self) -> None:
        self._look_at(next_sort(self._view), keep=True)

    def action_turn(self) -> None:
        self._look_at(turned(self._view, self._view.sort), keep=True)

    # What is done with the chosen invoice

    def action_new(self) -> None:
        opening.edit_invoice(self, self._desk, None, self._renew)

    @on(RowList.Opened)
    def action_open(self) -> None:
        if (row := self.rows.chosen) is not None:
            opening.open_invoice(self, self._desk, row.id, self._renew)

    def action_send(self) -> None:
        chosen = [self.rows.chosen.id] if self.rows.chosen else []
        self._send_next(sorted(self.rows.marked) or chosen)

    def _send_next(self, ids: list[int]) -> None:
        """One preview after the other; going back from one ends it, and leaves the rest marked."""
        if not ids:
            return

        def sent(queued: bool) -> None:
            self._renew()
            if queued:
                self.rows.marked.discard(ids[0])
                self.rows.refresh()
                self._send_next(ids[1:])

        opening.send_invoice(self, self._desk, ids[0], sent)

    def action_mark(self) -> None:
        self.rows.mark()

    def action_unmark(self) -> None:
        self.rows.unmark()

    def action_pay(self) -> None:
        if (row := self.rows.chosen) is not None:
            opening.take_payment(self, self._desk, row.id, self._renew)

    def action_copy(self) -> None:
        if (row := self.rows.chosen) is not None:
            opening.copy_to_draft(self, self._desk, row.id, self._renew)

    def action_delete(self) -> None:
        row = self.rows.chosen
        if row is None:
            return
        if row.standing is not Standing.DRAFT:
            self.notify(_("Only a draft can be deleted. An issued invoice can be voided: open it."), markup=False)
            return

        async def delete() -> None:
            await asyncio.to_thread(delete_draft, self._desk.store, row.id)

        def answered(yes: bool | None) -> None:
            if yes:
                self.rows.marked.discard(row.id)
                opening.attempt(self, delete, self._renew)

        question = _("Delete the draft for {customer}?").format(customer=clean(row.customer) or _("nobody yet"))
        self.app.push_screen(AskScreen(question, _("It cannot be brought back.")), answered)

    def action_alerts(self) -> None:
        from facturier.tui.screens.alerts import AlertsScreen

        self.app.push_screen(AlertsScreen(self._desk), lambda _none: self._renew())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        # The practice company has a Google of its own, which others must not meet.
        return action != "companies" or self._desk.practice is None

    def action_companies(self) -> None:
        from facturier.tui.screens.companies import CompaniesScreen

        def chosen(desk: Desk | None) -> None:
            if desk is not None:
                self.post_message(CompanyChosen(desk))

        self.app.push_screen(CompaniesScreen(self._desk), chosen)

    def action_settings(self) -> None:
        from facturier.tui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self._desk), lambda _none: self._renew())


def _with(view: View, *, show: Show | None = None, text: str | None = None) -> View:
    return View(show or view.show, view.text if text is None else text, view.sort, view.descending)

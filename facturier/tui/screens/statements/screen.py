"""The customers with a balance, and their statements of account: show, save and send."""

import asyncio
import threading
from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from facturier.mail.notices.statement import statement_email
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.receivables.accounts import Account, open_accounts
from facturier.models.reports.period import Period
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import SearchedList, SortedList, no_match
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.screens.statements.open_statement import tell_queued
from facturier.tui.screens.statements.period import choose_period, other_period, period_words
from facturier.tui.screens.statements.rows import SORTS, AccountRow, account_columns, in_order, matching
from facturier.tui.screens.statements.sending import check_all, queue_all, shortened
from facturier.tui.screens.statements.statement_screen import StatementScreen
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.inputs.search_field import SearchField
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted


class StatementsScreen(DoneScreen, SearchedList[AccountRow], SortedList[AccountRow]):
    """One row for each customer and currency with a balance."""

    SORTS = SORTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Show"), tooltip=N_("Show the statement."), id="statements.open"),
        keys.SEND.on("statements.send", N_("See the email, then send it.")),
        keys.SEND_ALL.on(
            "statements.send_all",
            N_("Send all statements that the list shows, or the marked ones. You will be asked to confirm."),
        ),
        keys.MARK.on("statements.mark", N_("Mark the account, to send several statements at once.")),
        keys.PERIOD.on("statements.period"),
        keys.SAVE_PDF.on("statements.pdf", N_("Save the statement as a PDF.")),
        keys.UNDO.on("statements.undo", N_("Undo the last send, while it is waiting.")),
        keys.SEARCH.on("statements.search", N_("Name, email or currency.")),
        keys.EARLIER.on("statements.before", show=False),
        keys.LATER.on("statements.after", show=False),
        keys.MARK_ALL.on("statements.mark_all", show=False),
        keys.SORT.on("statements.sort", show=False),
        keys.REVERSE.on("statements.turn", show=False),
        keys.OUTBOX.on("statements.outbox", action="app.outbox", show=False),
        keys.BACK.on("statements.back", N_("End the search, clear the marks, or go back."), action="back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="statements")
        self._own = ws.company().currency
        self._period: Period | None = None
        self._accounts: list[Account] | None = None  # None until they are read
        self._ids: dict[tuple[int, str], int] = {}  # the number of an account in the list
        self._source: FewRows[AccountRow] = FewRows()
        self._shown: list[AccountRow] = []
        self._progress = ""
        self._enough = threading.Event()

    def compose(self) -> ComposeResult:
        yield Title(_("Statements"))
        yield Banner(self._ws)
        yield SearchField()
        yield RowList(account_columns(self._ws.today), self._source, sorting=self._sort, empty=_("Reading…"))
        yield DoneLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._tell()

    @property
    def _chosen(self) -> Account | None:
        return self._row.account if self._row is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "open" | "send" | "mark" | "save_pdf" | "send_all" | "mark_all" | "sort" | "turn":
                return not self.busy and self._chosen is not None
            case "undo":
                return not self.busy and self._can_undo
        return True

    # What is shown

    def _renew(self) -> None:
        self._read()

    @work(exclusive=True, group="accounts")
    async def _read(self) -> None:
        with problems_shown(self):
            accounts = await asyncio.to_thread(open_accounts, self._ws.store, self._ws.today())
            if self.is_mounted and not self.answered and self.query(RowList):
                self._accounts = accounts
                self._show()

    def _show(self) -> None:
        """Show those of the accounts that are searched for."""
        accounts = self._accounts or []
        for account in accounts:
            self._ids.setdefault((account.customer_id, account.currency), len(self._ids) + 1)
        key, descending = self._sort
        found = in_order(matching(accounts, self._search.text), key, self._own, descending=descending)
        self._shown = [AccountRow(self._ids[account.customer_id, account.currency], account) for account in found]
        self._source.put(self._shown)
        self.rows.marked &= {row.id for row in self._shown}
        self.rows.show(self._source, sorting=self._sort, empty=self._nothing(), keep=True)
        self._tell()

    def _nothing(self) -> str:
        if self._search.text:
            return no_match(self._search.text)
        return _("No customer has a balance.")

    def _tell(self) -> None:
        count = len(self._shown)
        words = ngettext("{count} account", "{count} accounts", count).format(count=counted(count))
        parts = [self._progress] if self._progress else [words if self._accounts is not None else ""]
        self.query_one(Title).right = " · ".join(filter(None, (*parts, period_words(self._period))))
        self.refresh_bindings()

    # Search, order, marks and period

    def _searched(self, _text: str) -> None:
        self._show()

    def _show_sorted(self) -> None:
        self._show()

    def action_back(self) -> None:
        if self.busy:
            self._enough.set()
        else:
            super().action_back()

    def action_mark(self) -> None:
        self.rows.mark()

    def action_mark_all(self) -> None:
        self.rows.mark_these(row.id for row in self._shown)

    @work
    async def action_period(self) -> None:
        if (chosen := await choose_period(self, self._ws, self._period)) is not None:
            self._period = chosen[0]
            self._tell()

    def action_go(self, step: int) -> None:
        self._period = other_period(self._ws, self._period, step)
        self._tell()

    # One statement

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        await self._open(sending=False)

    @work
    async def action_send(self) -> None:
        await self._open(sending=True)

    async def _open(self, *, sending: bool) -> None:
        if (account := self._chosen) is None:
            return
        screen = StatementScreen(self._ws, account.customer_id, account.currency, self._period, sending=sending)
        delivery = await self.app.push_screen_wait(screen)
        if delivery is not None:
            tell_queued(self, self._ws, self._say, [delivery])
        self._renew()

    @work
    async def action_save_pdf(self) -> None:
        if (account := self._chosen) is not None:
            with problems_shown(self):
                email = await asyncio.to_thread(
                    statement_email, self._ws, account.customer_id, account.currency, self._period
                )
                await save_as(self, self._ws, _("Save the PDF"), email.file_name, email.pdf)

    # Several statements

    @work(group="send")
    @once
    async def action_send_all(self) -> None:
        marked = self.rows.marked
        accounts = [row.account for row in self._shown if not marked or row.id in marked]
        if not accounts:
            return
        self._enough.clear()
        count = len(accounts)
        try:
            telling = self._telling(_("Checking {done} of {all}…"), count)
            batch = await asyncio.to_thread(check_all, self._ws, accounts, self._period, telling, self._enough.is_set)
            self._done_telling()
            if self._enough.is_set():
                return
            if not batch.ready:
                error = FacturierError(_("There is no statement to send."), kept=batch.details(self._ws))
                show_problem(self, error)
                return
            ready = len(batch.ready)
            question = ngettext("Send {count} statement?", "Send {count} statements?", ready).format(count=ready)
            if not await self.app.push_screen_wait(ConfirmScreen(question, batch.details(self._ws))):
                return
            telling = self._telling(_("Queueing {done} of {all}. Esc stops."), ready)
            queued, reasons = await asyncio.to_thread(queue_all, self._ws, batch.ready, telling, self._enough.is_set)
        finally:
            self._done_telling()
        self.rows.unmark()
        if queued:
            tell_queued(self, self._ws, self._say, queued)
        if reasons:
            words = ngettext(
                "{count} statement could not be queued.", "{count} statements could not be queued.", len(reasons)
            )
            show_problem(self, FacturierError(words.format(count=len(reasons)), kept="\n".join(shortened(reasons))))
        self._renew()

    def _telling(self, words: str, count: int) -> Callable[[int], None]:
        """Return what shows the progress. It is called in a thread."""

        def told(done: int) -> None:
            self.app.call_from_thread(self._show_progress, words.format(done=done + 1, all=count))

        return told

    def _show_progress(self, words: str) -> None:
        self._progress = words
        if self.is_mounted and self.query(Title):
            self._tell()

    def _done_telling(self) -> None:
        self._show_progress("")

    async def save_now(self) -> bool:
        """Stop queueing, because the program ends. The rest is not sent."""
        self._enough.set()
        sending = [worker for worker in self.workers if worker.node is self and worker.group == "send"]
        if sending and self.is_current:  # else it waits for an answer
            await self.workers.wait_for_complete(sending)
        return True

    @work
    @once
    async def action_undo(self) -> None:
        await self.query_one(DoneLine).undo_once()
        self._renew()

"""Check several invoices before they are sent, and show what would become of each."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from facturier.mail.senders.choices import SenderChoice, choices
from facturier.mail.sending.batch import Checked, check, with_domains
from facturier.mail.sending.checks.addresses import DomainChecker
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import InvoiceRow
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _, ngettext
from facturier.tui.errors.faults import as_problem
from facturier.tui.screen import KeyRepeatGuard, ResultScreen
from facturier.tui.screens.outbox.batch_rows import BatchRow, batch_columns, batch_detail, batch_sum
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title


class BatchChecks(ResultScreen[frozenset[int]]):
    """The rows of a batch and their checks. The screen's result is the ids of the queued invoices."""

    def __init__(
        self, ws: Workspace, rows: Sequence[InvoiceRow], *, check_domain: Callable[[str], str | None] | None = None
    ) -> None:
        super().__init__(classes="batch")
        self._ws = ws
        self._rows = {row.id: BatchRow(row) for row in rows}
        self._source: FewRows[BatchRow] = FewRows()
        self._domains = DomainChecker(ws, check_domain)
        offered = choices(ws)
        self._sender = offered[0] if offered else None
        self._overrule = False
        self._queued: set[int] = set()
        self._enough = threading.Event()
        self._sending: Worker[None] | None = None
        self._held = KeyRepeatGuard()

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        yield Static(classes="batch-sum", markup=False)
        yield RowList(self._columns(), self._source, empty=_("There is nothing to send."))
        detail = Static(classes="batch-detail region", markup=False)
        detail.border_title = _("Selected invoice")
        yield detail
        yield KeyBar()

    def on_mount(self) -> None:
        self.rows.focus()
        self._check(tuple(self._rows))
        self._show()

    def on_company_changed(self) -> None:
        """Update the sender, because somebody may have replaced or removed it, and the title shows its address."""
        offered = choices(self._ws)
        sender_kind = self._sender.sender_kind if self._sender else None
        sender = next(
            (choice for choice in offered if choice.sender_kind is sender_kind), offered[0] if offered else None
        )
        if self._sending is None and sender != self._sender:
            self._from(sender)

    @property
    def rows(self) -> RowList[BatchRow]:
        return self.query_one(RowList)

    # What batches of something else do differently

    def _columns(self) -> tuple[Column[BatchRow], ...]:
        return batch_columns()

    def _heading(self, count: int) -> str:
        return ngettext("Send {count} invoice", "Send {count} invoices", count).format(count=count)

    def _check_one(self, invoice_id: int, sender_kind: SenderKind | None) -> Checked:
        return check(self._ws, invoice_id, sender_kind)

    # What is shown

    def _show(self) -> None:
        if not self.is_attached:
            return
        rows = list(self._rows.values())
        self._source.put(rows)
        self.rows.reload()
        title = self.query_one(Title)
        title.left = self._heading(len(rows))
        sender = _("From {address}").format(address=self._sender.address) if self._sender else _("No sender yet: F2")
        title.right = Text(sender, "not bold" if self._sender else WARNING)
        self.query_one(".batch-sum", Static).update(self._sum(rows))
        self._show_detail()
        self.refresh_bindings()

    def _sum(self, rows: Sequence[BatchRow]) -> Text:
        if self._sending is not None:
            done, all_ = len(self._queued), len(self._queued) + sum(row.goes for row in rows)
            return Text(_("Queueing {done} of {all}. Esc stops.").format(done=done, all=all_))
        looked = sum(row.checked is not None for row in rows)
        if looked < len(rows):
            return Text(_("Checking {done} of {all}…").format(done=looked, all=len(rows)))
        return batch_sum(rows)

    @on(RowList.Chosen)
    def _show_detail(self) -> None:
        chosen = self.rows.chosen
        self.query_one(".batch-detail", Static).update(batch_detail(chosen) if chosen else "")

    # Checking

    @work(thread=True, group="check", exclusive=True)
    def _check(self, ids: tuple[int, ...]) -> None:
        worker = get_current_worker()
        sender_kind = self._sender.sender_kind if self._sender else None
        for invoice_id in ids:
            if worker.is_cancelled:
                return
            try:
                checked = self._check_one(invoice_id, sender_kind)
            except Exception as error:  # noqa: BLE001 - `_stopped` logs it, and the others can still be checked
                self.app.call_from_thread(self._stopped, invoice_id, error)
                continue
            self.app.call_from_thread(self._checked, checked)
        for invoice_id in ids:
            row = self._rows.get(invoice_id)
            if worker.is_cancelled:
                return
            if row is not None and row.checked is not None:
                checked = with_domains(row.checked, self._domains)
                if checked != row.checked:
                    self.app.call_from_thread(self._checked, checked)

    def _checked(self, checked: Checked) -> None:
        row = self._rows.get(checked.id)
        if row is not None and (self._sender is None or checked.composition.sender_kind is self._sender.sender_kind):
            self._rows[checked.id] = replace(row, checked=checked, stopped="")
            self._show()

    def _stopped(self, invoice_id: int, error: BaseException) -> None:
        if (row := self._rows.get(invoice_id)) is not None:
            self._rows[invoice_id] = replace(row, stopped=str(as_problem(error)))
            self._show()

    def _from(self, sender: SenderChoice | None) -> None:
        self._sender = sender
        self._rows = {row.id: replace(row, checked=None, stopped="") for row in self._rows.values()}
        self._check(tuple(self._rows))
        self._show()

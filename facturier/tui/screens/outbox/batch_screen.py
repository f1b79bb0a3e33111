"""Send several invoices at once: check each, show the results, then queue all that can be sent."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from facturier.mail.senders.choices import SenderChoice, choices
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.batch import Checked, check, queue_checked, with_domains
from facturier.mail.sending.checks.addresses import DomainChecker
from facturier.mail.sending.checks.checks import daily_limit
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import InvoiceRow
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui.errors.faults import as_problem
from facturier.tui.screen import KeyRepeatGuard, ResultScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.outbox.batch_rows import BatchRow, batch_columns, batch_detail, batch_sum
from facturier.tui.themes.theme import WARNING
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title


class BatchScreen(ResultScreen[frozenset[int]]):
    """The screen's result is the ids of the queued invoices. The others are not changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "send", N_("Send"), tooltip=N_("Queue all invoices that can be sent."), id="batch.send"),
        Binding(
            "asterisk",
            "overrule",
            N_("Include all"),
            tooltip=N_("Include or exclude the invoices with warnings."),
            id="batch.overrule",
        ),
        Binding("at", "sender", N_("Switch sender"), tooltip=N_("Send from the other address."), id="batch.sender"),
        Binding(
            "enter",
            "look",
            N_("Preview"),
            tooltip=N_("See what the customer will get, and change it if needed."),
            id="batch.look",
        ),
        Binding("d,delete", "leave_out", N_("Exclude"), tooltip=N_("Exclude it from the batch."), id="batch.leave_out"),
        Binding("e", "open", N_("Edit"), tooltip=N_("Open the invoice."), id="batch.open", show=False),
        Binding(
            "escape,q",
            "back",
            N_("Back"),
            tooltip=N_("Go back. Invoices already in the outbox stay there."),
            id="batch.back",
        ),
    ]

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
        yield RowList(batch_columns(), self._source, empty=_("There is nothing to send."))
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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        busy = self._sending is not None
        match action:
            case "send":
                return not busy and any(row.goes for row in self._rows.values())
            case "overrule":
                return not busy and any(row.warned for row in self._rows.values())
            case "sender":
                return not busy and len(choices(self._ws)) > 1
            case "look" | "open" | "leave_out":
                return not busy and bool(self._rows)
        return True

    # What is shown

    def _show(self) -> None:
        if not self.is_attached:
            return
        rows = list(self._rows.values())
        self._source.put(rows)
        self.rows.reload()
        title = self.query_one(Title)
        title.left = ngettext("Send {count} invoice", "Send {count} invoices", len(rows)).format(count=len(rows))
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
                checked = check(self._ws, invoice_id, sender_kind)
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

    # Actions

    def action_overrule(self) -> None:
        self._overrule = not self._overrule
        self._rows = {row.id: replace(row, overrule=self._overrule) for row in self._rows.values()}
        self._show()

    def action_sender(self) -> None:
        offered = choices(self._ws)
        sender_kinds = [choice.sender_kind for choice in offered]
        here = (
            sender_kinds.index(self._sender.sender_kind)
            if self._sender and self._sender.sender_kind in sender_kinds
            else -1
        )
        self._from(offered[(here + 1) % len(offered)])

    def _from(self, sender: SenderChoice | None) -> None:
        self._sender = sender
        self._rows = {row.id: replace(row, checked=None, stopped="") for row in self._rows.values()}
        self._check(tuple(self._rows))
        self._show()

    def action_leave_out(self) -> None:
        if (row := self.rows.chosen) is not None:
            del self._rows[row.id]
            self._show()

    @work
    async def action_look(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_invoice

        if (row := self.rows.chosen) is not None:
            self._looked(row.id, queued=await send_invoice(self, self._ws, row.id))

    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.invoice.open_invoice import open_invoice

        if (row := self.rows.chosen) is not None:
            await open_invoice(self, self._ws, row.id)
            self._looked(row.id, queued=False)

    def _looked(self, invoice_id: int, *, queued: bool) -> None:
        """Check an invoice again after its preview or screen has closed, and continue with those not checked yet."""
        if queued:
            self._queued.add(invoice_id)
            self._rows.pop(invoice_id, None)
        waiting = tuple(row.id for row in self._rows.values() if row.checked is None and not row.stopped)
        self._check(tuple(dict.fromkeys((*(() if queued else (invoice_id,)), *waiting))))
        self._show()

    # Sending

    @work
    async def action_send(self) -> None:
        going = [row for row in self._rows.values() if row.goes]
        staying = len(self._rows) - len(going)
        if not going or self._sender is None or self._held.may_be():
            return
        question = ngettext("Send {count} invoice?", "Send {count} invoices?", len(going)).format(count=len(going))
        detail = [_("The sender is {address}.").format(address=self._sender.address)]
        if undo := self._ws.company().undo:
            detail.append(
                _("You can undo each send for {seconds} seconds, and for as long as it is waiting.").format(
                    seconds=undo
                )
            )
        envelopes = [row.checked.envelope for row in going if row.checked is not None]
        if said := daily_limit(envelopes, sender_type(self._sender.sender_kind, self._ws.company())):
            detail.append(said)
        if staying:
            detail.append(
                ngettext("{count} is not included.", "{count} are not included.", staying).format(count=staying)
            )
        if await self.app.push_screen_wait(ConfirmScreen(question, " ".join(detail))):
            self._start(going)

    def _start(self, going: Sequence[BatchRow]) -> None:
        self._enough.clear()
        self._sending = self._queue(tuple(going))
        self._show()

    @work(thread=True, group="queue")
    def _queue(self, going: Sequence[BatchRow]) -> None:
        """Queue one invoice after the other, so that stopping affects only the rest."""
        for row in going:
            if self._enough.is_set():
                break
            assert row.checked is not None
            try:
                queue_checked(self._ws, row.checked, overrule=row.overrule)
            except Exception as error:  # noqa: BLE001 - `_stopped` logs it, and the others can still be queued
                self.app.call_from_thread(self._stopped, row.id, error)
            else:
                self.app.call_from_thread(self._went, row.id)
        self.app.call_from_thread(self._ended)

    def _went(self, invoice_id: int) -> None:
        self._queued.add(invoice_id)
        self._rows.pop(invoice_id, None)
        self._show()

    def _ended(self) -> None:
        self._sending = None
        stopped = [row for row in self._rows.values() if row.stopped]
        if not stopped and not self._enough.is_set():
            self.dismiss(frozenset(self._queued))
            return
        self._show()
        if stopped:
            error = ngettext(
                "{count} invoice could not be queued.",
                "{count} invoices could not be queued.",
                len(stopped),
            ).format(count=len(stopped))
            kept = _("The others are in the outbox.") if self._queued else _("Nothing was sent.")
            show_problem(self, FacturierError(error, kept=kept, todo=_("Each one shows the reason.")))

    def action_back(self) -> None:
        if self._sending is not None:
            self._enough.set()
        else:
            self.dismiss(frozenset(self._queued))

    async def save_now(self) -> bool:
        """Stop queueing, because the program ends. The rest is not sent."""
        self._enough.set()
        sending: Worker[Any] | None = self._sending
        if sending is not None:
            await sending.wait()
        return True

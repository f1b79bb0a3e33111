"""Send several invoices at once: check each, show the results, then queue all that can be sent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import Worker

from facturier.mail.senders.choices import choices
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.batch import Checked, queue_checked
from facturier.mail.sending.checks.checks import daily_limit
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.outbox.batch_checks import BatchChecks
from facturier.tui.screens.outbox.batch_rows import BatchRow


class BatchScreen(BatchChecks):
    """Change, preview and queue what is checked. Invoices that are not queued are not changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "send", N_("Send"), tooltip=N_("Queue all invoices that can be sent."), id="batch.send"),
        keys.INCLUDE_ALL.on("batch.overrule", N_("Include or exclude the invoices with warnings."), action="overrule"),
        Binding("at", "sender", N_("Switch sender"), tooltip=N_("Send from the other address."), id="batch.sender"),
        Binding(
            "enter",
            "look",
            N_("Preview"),
            tooltip=N_("See what the customer will get, and change it if needed."),
            id="batch.look",
        ),
        Binding("d,delete", "leave_out", N_("Exclude"), tooltip=N_("Exclude it from the batch."), id="batch.leave_out"),
        keys.EDIT.on("batch.open", N_("Open the invoice."), action="open", show=False),
        keys.BACK.on("batch.back", N_("Go back. Invoices already in the outbox stay there."), action="back"),
    ]

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

    # What batches of something else do differently

    def _question(self, count: int) -> str:
        return ngettext("Send {count} invoice?", "Send {count} invoices?", count).format(count=count)

    def _failure(self, count: int) -> str:
        return ngettext("{count} invoice could not be queued.", "{count} invoices could not be queued.", count).format(
            count=count
        )

    def _queue_one(self, row: BatchRow, checked: Checked) -> None:
        queue_checked(self._ws, checked, overrule=row.overrule)

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
        question = self._question(len(going))
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
                self._queue_one(row, row.checked)
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
            error = self._failure(len(stopped))
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

"""Send several reminders: a dry run that lists each with what speaks against it, then all that can be sent."""

from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text

from facturier.mail.notices.chase import check_reminder, send_due
from facturier.mail.sending.batch import Checked, these
from facturier.mail.workspace import Workspace
from facturier.models.chasing.due_levels import Chased
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.settings.reminders import level_text
from facturier.models.text.i18n import _, ngettext
from facturier.models.text.money import Money
from facturier.tui.screens.outbox.batch_rows import BatchRow, batch_columns
from facturier.tui.screens.outbox.batch_screen import BatchScreen
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.words.formatting import with_currency


class ReminderBatchScreen(BatchScreen):
    """The screen's result is the ids of the invoices whose reminders are in the outbox; `deliveries` has those."""

    def __init__(self, ws: Workspace, chased: Sequence[Chased]) -> None:
        rows = {row.id: row for row in these(ws.store, [one.id for one in chased], ws.today())}
        super().__init__(ws, [rows[one.id] for one in chased if one.id in rows])
        self._chased = {one.id: one for one in chased}
        self.deliveries: list[Delivery] = []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # A reminder comes from the address that sends now, is looked at in the list before, and is not edited.
        return action not in ("sender", "look", "open") and super().check_action(action, parameters)

    def _columns(self) -> tuple[Column[BatchRow], ...]:
        def balance(row: BatchRow) -> Text:
            return Text(with_currency(Money(row.invoice.balance, row.invoice.currency)))

        def level(row: BatchRow) -> Text:
            return Text(level_text(self._chased[row.id].days))

        number, customer, to, total, result = batch_columns()
        return (
            *(number, customer, to._replace(rank=3), Column(_("Reminder"), level, 15, rank=2)),
            *(total._replace(title=_("Balance"), cell=balance), result),
        )

    def _heading(self, count: int) -> str:
        return ngettext("Send {count} reminder", "Send {count} reminders", count).format(count=count)

    def _question(self, count: int) -> str:
        return ngettext("Send {count} reminder?", "Send {count} reminders?", count).format(count=count)

    def _failure(self, count: int) -> str:
        return ngettext(
            "{count} reminder could not be queued.", "{count} reminders could not be queued.", count
        ).format(count=count)

    def _check_one(self, invoice_id: int, sender_kind: SenderKind | None) -> Checked:
        checked = check_reminder(self._ws, self._chased[invoice_id])
        if sender_kind is None:
            return checked
        # What could not be made has no sender of its own.
        return replace(checked, composition=replace(checked.composition, sender_kind=sender_kind))

    def _queue_one(self, row: BatchRow, checked: Checked) -> None:  # noqa: ARG002
        self.deliveries.append(send_due(self._ws, self._chased[row.id], overrule=row.overrule))

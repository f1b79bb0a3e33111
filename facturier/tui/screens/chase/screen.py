"""Reminders due today: one row per invoice, oldest money first, with the email that its level would send."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.notices.reminder import Reminder, make_reminder
from facturier.mail.sending.batch import MOST
from facturier.mail.workspace import Workspace
from facturier.models.chasing.due_levels import Chased
from facturier.models.errors import FacturierError
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import ListScreen
from facturier.tui.screen import once
from facturier.tui.screens.chase.reminder_screen import ReminderScreen, reminder_head
from facturier.tui.screens.chase.rows import chase_columns, chase_sum
from facturier.tui.screens.dialogs.cancelling import say_queued
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.silence import ask_silence
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.letter_view import rendered_letter
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title


class ChaseScreen(DoneScreen, ListScreen[Chased]):
    """The list and the emails are made in threads, so that keys never wait for them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "look", N_("Preview"), tooltip=N_("See the email and the PDF before sending."), id="chase.look"
        ),
        keys.SEND.on("chase.send", N_("Send the reminder of the selected invoice.")),
        keys.SEND_ALL.on(
            "chase.send_all", N_("Check all reminders, or the marked ones, and send those that can be sent.")
        ),
        keys.PROMISE_OR_DISPUTE.on("chase.silence"),
        keys.MARK.on("chase.mark", N_("Mark the invoice, to send several reminders at once.")),
        keys.MARK_ALL.on("chase.mark_all", show=False),
        keys.UNDO.on("chase.undo", N_("Undo your last action here.")),
        keys.OPEN_WITH_O.on("chase.open", N_("Open the invoice."), show=False),
        keys.OUTBOX.on("chase.outbox", action="app.outbox", show=False),
        keys.BACK.on("chase.back", N_("Clear the marks, or go back."), action="back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="chase")
        self._source: FewRows[Chased] = FewRows()
        self._listed: Sequence[Chased] = ()
        self._emailed = False  # whether an email is shown

    def compose(self) -> ComposeResult:
        yield Title(_("Reminders due today"))
        yield Banner(self._ws)
        yield RowList(chase_columns(self._ws.today), self._source, empty=_("Reading…"))
        with VerticalScroll(classes="chase-email region", can_focus=False) as email:
            email.border_title = _("Email")
            yield Static(markup=False)
        yield DoneLine()
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "look" | "send" | "send_all" | "silence" | "mark" | "mark_all" | "open":
                return bool(self._listed)
            case "undo":
                return self._can_undo
        return True

    # What is shown

    def _renew(self) -> None:
        self._read()

    @work(exclusive=True, group="list")
    async def _read(self) -> None:
        with problems_shown(self):
            listed = await asyncio.to_thread(due_today, self._ws)
            if self.is_mounted and self.query(RowList):
                self._show(listed)

    def _show(self, listed: Sequence[Chased]) -> None:
        self._listed = listed
        self._source.put(listed)
        rows = self.rows
        rows.marked &= {one.id for one in listed}
        empty = _("No reminders are due today.")
        if not self._ws.company().levels:
            empty = _("There are no levels. Add some under Settings, Sales, Reminders.")
        if listed and rows.rows:
            rows.reload()  # the cursor stays, or moves to the next row if its own is gone
        else:
            rows.show(self._source, empty=empty)
        words = chase_sum(listed)
        if len(listed) == MOST:
            words = _("the oldest {count}").format(count=MOST)
        self.query_one(Title).right = words if listed else ""
        self._show_email()
        self.refresh_bindings()

    def _moved(self) -> None:
        self._show_email()

    @work(exclusive=True, group="email")
    async def _show_email(self) -> None:
        chosen = self.rows.chosen
        text = Text("")
        if chosen is not None:
            if self._emailed:
                await asyncio.sleep(0.05)  # somebody who holds the key sees the last one
            try:
                reminder = await asyncio.to_thread(make_reminder, self._ws, chosen.id, document=False)
                text = _email(reminder)
            except FacturierError as error:
                text = Text(str(error))
        for email in self.query(".chase-email"):
            email.query_one(Static).update(text)
            email.scroll_to(y=0, animate=False)
        self._emailed = bool(text)

    # What is done

    @on(RowList.Opened)
    @work
    async def action_look(self) -> None:
        chosen = self.rows.chosen
        if chosen is None:
            return
        with problems_shown(self):
            reminder = await asyncio.to_thread(make_reminder, self._ws, chosen.id)
            delivery = await self.app.push_screen_wait(ReminderScreen(self._ws, reminder))
            if delivery is not None:
                self._queued([delivery])
            self._renew()

    @work
    @once
    async def action_send(self) -> None:
        chosen = self.rows.chosen
        if chosen is None:
            return
        with problems_shown(self):
            reminder = await asyncio.to_thread(make_reminder, self._ws, chosen.id, document=False)
            warnings = " ".join(reminder.warnings) if reminder.ready else ""
            if warnings and not await self.app.push_screen_wait(ConfirmScreen(_("Send it anyway?"), warnings)):
                return
            self._queued([await asyncio.to_thread(lambda: send_due(self._ws, chosen, overrule=bool(warnings)))])
        self._renew()

    @work
    async def action_send_all(self) -> None:
        """Check the marked invoices, or all of them, in a list of their own."""
        from facturier.tui.screens.chase.batch import ReminderBatchScreen

        marked = self.rows.marked
        chosen = [one for one in self._listed if not marked or one.id in marked]
        if not chosen:
            return
        batch = ReminderBatchScreen(self._ws, chosen)
        await self.app.push_screen_wait(batch)
        if batch.deliveries:
            self.rows.unmark()
            self._queued(batch.deliveries)
        self._renew()

    def _queued(self, deliveries: Sequence[Delivery]) -> None:
        if len(deliveries) == 1:
            words = _("Reminder for invoice {number} is in the outbox.").format(number=deliveries[0].number)
        else:
            words = ngettext(
                "{count} reminder is in the outbox.", "{count} reminders are in the outbox.", len(deliveries)
            ).format(count=len(deliveries))
        say_queued(self, self._ws, self._say, words, deliveries)

    @work
    async def action_silence(self) -> None:
        if (chosen := self.rows.chosen) is not None:
            await ask_silence(self, self._ws, chosen.id, self._say)
            self._renew()

    @work
    @once
    async def action_undo(self) -> None:
        with problems_shown(self):
            await self.query_one(DoneLine).undo_once()
        self._renew()

    def action_mark(self) -> None:
        self.rows.mark()

    def action_mark_all(self) -> None:
        self.rows.mark_these(one.id for one in self._listed)

    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.invoice.open_invoice import open_invoice

        if (chosen := self.rows.chosen) is not None:
            await open_invoice(self, self._ws, chosen.id)
            self._renew()

    def action_back(self) -> None:
        if self.rows.marked:
            self.rows.unmark()
        else:
            self.dismiss()


def _email(reminder: Reminder) -> Text:
    notice = reminder.notice
    return Text("\n").join(
        [reminder_head(reminder), Text(notice.subject, "bold"), Text(""), rendered_letter(notice.letter)]
    )

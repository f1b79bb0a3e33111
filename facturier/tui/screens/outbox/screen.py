"""The outbox: waiting deliveries, deliveries in progress, and those that ended in the last day."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.mail.sending.queue import cancel_all
from facturier.mail.workspace import Workspace
from facturier.models.books.status import DeliveryKind, State
from facturier.models.company.user import full_name
from facturier.models.outbox.deliveries import ended_since, in_doubt, unfinished
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.pauses import pause_outbox, paused_by, resume_outbox, server_pauses
from facturier.models.receivables.statements import statement_about
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.list_screen import ListScreen
from facturier.tui.screens.dialogs.cancelling import cancel_sending
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.open_invoice import open_invoice
from facturier.tui.screens.invoice.parts.history import delivery_course
from facturier.tui.screens.outbox.rows import outbox_columns, outbox_outlook, outbox_sum
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.notices import notice_title

_BACK = timedelta(days=1)  # how long finished deliveries are shown
_MOST = 2000


class OutboxScreen(ListScreen[Delivery]):
    """Shows only data from the company file, so that every window shows the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("outbox.open", N_("Open the invoice, the statement or the delivery in doubt.")),
        Binding(
            "u",
            "undo",
            N_("Undo send"),
            tooltip=N_("Cancel the delivery before it is sent."),
            id="outbox.undo",
        ),
        Binding(
            "U",
            "undo_all",
            N_("Undo all"),
            tooltip=N_("Cancel all deliveries that are still waiting."),
            id="outbox.undo_all",
        ),
        keys.PAUSE.on("outbox.pause", N_("Pause all sending, in every window, until someone resumes it.")),
        keys.RESUME.on("outbox.pause", N_("Resume sending.")),
        keys.BACK.on("outbox.back", N_("Go back. Sending continues.")),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="outbox")
        self._deliveries: list[Delivery] = []
        self._source: FewRows[Delivery] = FewRows()
        self._paused: str | None = None
        self._said: list[Text] = []

    def compose(self) -> ComposeResult:
        yield Title(_("Outbox"))
        yield Banner(self._ws)
        yield Static(classes="outbox-sum", markup=False)
        yield RowList(outbox_columns(self._ws.today), self._source, empty=_("The outbox is empty."))
        detail = Static(classes="outbox-detail region", markup=False)
        detail.border_title = _("Selected delivery")
        yield detail
        yield KeyBar()

    def on_mount(self) -> None:
        self.set_interval(1, self._tell)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "open":
                return bool(self._deliveries)
            case "undo":
                return self._row is not None and self._row.state is State.QUEUED
            case "undo_all":
                return sum(delivery.state is State.QUEUED for delivery in self._deliveries) > 1
            case "pause":
                return self._paused is None
            case "resume":
                return self._paused is not None
        return True

    # What is shown

    def _renew(self) -> None:
        store = self._ws.store
        with store.reading():
            ended = ended_since(store, self._ws.clock() - _BACK, _MOST)
            self._deliveries = [*unfinished(store), *in_doubt(store), *ended]
            self._paused = paused_by(store)
        self._source.put(self._deliveries)
        self.rows.reload()
        self._tell()
        self.refresh_bindings()

    def _moved(self) -> None:
        self._tell()
        self.refresh_bindings()

    def _tell(self) -> None:
        """Update what has changed, so that an idle outbox draws nothing."""
        if not self.is_current:
            return
        now, chosen = self._ws.clock(), self.rows.chosen
        paused = full_name(self._paused) if self._paused is not None else None
        outlook = outbox_outlook(self._deliveries, now, paused, server_pauses(self._ws.store))
        said = [
            Text("\n").join([outbox_sum(self._deliveries), outlook]),
            _detail(chosen, now, paused=self._paused is not None) if chosen is not None else Text(""),
        ]
        if said != self._said:
            self._said = said
            self.query_one(".outbox-sum", Static).update(said[0])
            self.query_one(".outbox-detail", Static).update(said[1])

    # Actions

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        delivery = self.rows.chosen
        if delivery is None:
            return
        if delivery.state is State.IN_DOUBT:
            from facturier.tui.screens.invoice.delivery.in_doubt import DoubtScreen

            await self.app.push_screen_wait(DoubtScreen(self._ws, delivery.id))
        elif delivery.kind is DeliveryKind.STATEMENT and (about := statement_about(delivery.key)) is not None:
            from facturier.tui.screens.statements.statement_screen import StatementScreen

            await self.app.push_screen_wait(StatementScreen(self._ws, *about))
        else:
            await open_invoice(self, self._ws, delivery.invoice_id)
        self._renew()

    @work
    async def action_undo(self) -> None:
        if (delivery := self.rows.chosen) is not None:
            await cancel_sending(self, self._ws, delivery)
            self._renew()

    @work
    async def action_undo_all(self) -> None:
        waiting = [delivery for delivery in self._deliveries if delivery.state is State.QUEUED]
        count = len(waiting)
        if all(delivery.kind is DeliveryKind.INVOICE for delivery in waiting):
            question = ngettext("Cancel sending {count} invoice?", "Cancel sending {count} invoices?", count)
        else:  # a reminder, receipt or statement among them
            question = ngettext("Cancel sending {count} email?", "Cancel sending {count} emails?", count)
        detail = _("Invoices that were never sent become drafts again and keep their numbers. You can send them again.")
        if not await self.app.push_screen_wait(ConfirmScreen(question.format(count=count), detail)):
            return

        with problems_shown(self):
            if late := await asyncio.to_thread(cancel_all, self._ws, waiting):
                words = ngettext("{count} was already being sent.", "{count} were already being sent.", late)
                self.notify(words.format(count=late), severity="warning", markup=False)
        self._renew()

    @work
    async def action_pause(self) -> None:
        await self._set(pause_outbox)

    @work
    async def action_resume(self) -> None:
        await self._set(resume_outbox)

    async def _set(self, act: Callable[..., None]) -> None:
        with problems_shown(self):
            await asyncio.to_thread(act, self._ws.store)
        self._renew()


def _detail(delivery: Delivery, now: datetime, *, paused: bool) -> Text:
    course = delivery_course(delivery, now, paused=paused)
    title = notice_title(delivery)
    return Text.assemble((title, "bold"), "\n", course) if title else course

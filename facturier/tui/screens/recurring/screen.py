"""The recurring invoices: what is invoiced on a schedule, when next, and what became of the earlier dates."""

import asyncio
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.mail.sending.recurring import Ran, run_recurring
from facturier.mail.vault.schedule_approval import (
    keep_approval,
    keeping_approval,
    unapproved,
)
from facturier.mail.workspace import Workspace
from facturier.models.recurring.changing import change_schedule
from facturier.models.recurring.deleting import delete_schedule
from facturier.models.recurring.pausing import pause_schedule, resume_schedule, skip_period, undo_skip
from facturier.models.recurring.schedule import Schedule, all_schedules, runs_of
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import ListScreen
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.cancelling import say_queued
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.invoice.open_invoice import open_invoice
from facturier.tui.screens.recurring.deletion import Deletion
from facturier.tui.screens.recurring.rows import recurring_columns, schedule_details
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted, long_day
from facturier.tui.words.recurring import created_words, days_text

_MOST = 12  # how many dates a question lists


class RecurringScreen(DoneScreen, ListScreen[Schedule]):
    """`template_id` is the template of the schedule that the cursor starts on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.NEW.on("recurring.new", N_("Create a schedule from an invoice or a draft.")),
        keys.OPEN_TO_EDIT.on("recurring.edit", N_("Edit the lines and texts of each new invoice.")),
        Binding(
            "l",
            "schedule",
            N_("Schedule…"),
            tooltip=N_("Change how often, until when, and whether invoices are sent automatically."),
            id="recurring.schedule",
        ),
        keys.PAUSE.on("recurring.pause", N_("Stop creating invoices until you resume.")),
        keys.RESUME.on("recurring.pause", N_("Start creating invoices again.")),
        Binding(
            "Z",
            "skip",
            N_("Skip next"),
            tooltip=N_("Skip the next date: no invoice is created for it."),
            id="recurring.skip",
        ),
        keys.UNDO.on("recurring.undo", N_("Undo what you did last here.")),
        Binding(
            "f9",
            "run",
            N_("Create now"),
            tooltip=N_("Create all invoices of this schedule that are due."),
            id="recurring.run",
        ),
        Binding(
            "A",
            "approve",
            N_("Approve…"),
            tooltip=N_("See what is sent automatically, and allow it."),
            id="recurring.approve",
        ),
        keys.DELETE.on("recurring.delete", N_("Delete the schedule. Invoices that it created are kept.")),
        keys.OUTBOX.on("recurring.outbox", action="app.outbox", show=False),
        keys.BACK.on("recurring.back"),
    ]

    def __init__(self, ws: Workspace, template_id: int | None = None) -> None:
        super().__init__(ws, classes="recurring")
        self._template_id = template_id
        self._source: FewRows[Schedule] = FewRows()
        self._unapproved: frozenset[int] = frozenset()

    def compose(self) -> ComposeResult:
        yield Title(_("Recurring invoices"))
        yield Banner(self._ws)
        empty = _("No recurring invoices yet. Press l on an invoice in the list, or n here.")
        yield RowList(recurring_columns(self._ws.today), self._source, empty=empty)
        detail = Static(classes="recurring-detail region", markup=False)
        detail.border_title = _("Selected schedule")
        yield detail
        yield DoneLine()
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        schedule = self._row
        match action:
            case "edit" | "schedule" | "delete":
                return schedule is not None
            case "pause":
                return schedule is not None and schedule.status == "active"
            case "resume":
                return schedule is not None and schedule.status == "paused"
            case "skip":
                return schedule is not None and schedule.next is not None
            case "run":
                return schedule is not None and not schedule.paused and bool(schedule.due(self._ws.today()))
            case "approve":
                return schedule is not None and schedule.id in self._unapproved
            case "undo":
                return self._can_undo
        return True

    # What is shown

    def _renew(self, reveal: int | None = None) -> None:
        found = all_schedules(self._ws.store)
        if self._template_id is not None:  # the first time
            reveal = next((one.id for one in found if one.invoice_id == self._template_id), None)
            self._template_id = None
        self._source.put(found)
        self.rows.reload()
        if reveal is not None:
            self.rows.go_to(reveal)
        words = ngettext("{count} schedule", "{count} schedules", len(found))
        self.query_one(Title).right = words.format(count=counted(len(found))) if found else ""
        self._moved()
        self._look_for_unapproved()

    @work(group="unapproved", exclusive=True)
    async def _look_for_unapproved(self) -> None:
        """Find the schedules that a member must approve. It opens the vault, which takes a moment."""
        with problems_shown(self):
            found = await asyncio.to_thread(unapproved, self._ws)
            self._unapproved = frozenset(one.id for one in found)
            self._moved()

    def _moved(self) -> None:
        schedule = self._row
        detail = self.query_one(".recurring-detail", Static)
        detail.display = schedule is not None
        if schedule is None:
            detail.update("")
        else:
            runs, waits = runs_of(self._ws.store, schedule.id), schedule.id in self._unapproved
            detail.update(schedule_details(schedule, runs, self._ws.today(), unapproved=waits))
        self.refresh_bindings()

    # Actions

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.schedule.approving import approve_if_needed
        from facturier.tui.screens.schedule.form import ScheduleScreen

        if (saved := await self.app.push_screen_wait(ScheduleScreen(self._ws))) is not None:
            words = _("Schedule for {customer} created.").format(customer=_customer(saved))
            self._done(words, partial(delete_schedule, self._ws.store, saved.id))
            self._renew(saved.id)
            await approve_if_needed(self, self._ws, saved)

    @on(RowList.Opened)
    @work
    async def action_edit(self) -> None:
        if (schedule := self._row) is not None:
            known = schedule.id in self._unapproved
            await open_invoice(self, self._ws, schedule.invoice_id)
            self._renew()
            if known:  # the person has just looked at all of it
                from facturier.tui.screens.schedule.approving import ask_approval

                await ask_approval(self, self._ws, schedule)
                self._renew()

    @work
    async def action_schedule(self) -> None:
        from facturier.tui.screens.schedule.approving import approve_if_needed
        from facturier.tui.screens.schedule.form import ScheduleScreen

        if (schedule := self._row) is None:
            return
        saved = await self.app.push_screen_wait(ScheduleScreen(self._ws, schedule=schedule))
        if saved is not None:
            await approve_if_needed(self, self._ws, saved)
        if saved is not None and saved != schedule:
            words = _("Schedule for {customer} changed.")
            self._done(words.format(customer=_customer(schedule)), partial(_change_back, self._ws, schedule, saved))
        self._renew(schedule.id)

    @work
    @once
    async def action_pause(self) -> None:
        if (schedule := self._row) is not None and await self._do(partial(pause_schedule, self._ws.store, schedule.id)):
            words = _("Schedule for {customer} paused.").format(customer=_customer(schedule))
            self._done(words, partial(resume_schedule, self._ws.store, schedule.id))

    @work
    @once
    async def action_resume(self) -> None:
        """Resume. If dates passed during the pause, ask whether to invoice them."""
        if (schedule := self._row) is None:
            return
        missed = schedule.due(self._ws.today())
        create = bool(missed) and await self.app.push_screen_wait(
            ConfirmScreen(
                ngettext(
                    "Invoice the date that passed during the pause?",
                    "Invoice the {count} dates that passed during the pause?",
                    len(missed),
                ).format(count=len(missed)),
                _("{dates}\n\nYes: the invoices are created now.\nNo: these dates are skipped.").format(
                    dates=_listed(missed)
                ),
                grave=True,
            )
        )
        skip = () if create else tuple(missed)
        if await self._do(partial(resume_schedule, self._ws.store, schedule.id, skip=skip)):
            words = _("Schedule for {customer} resumed.").format(customer=_customer(schedule))
            # A pause would not bring the skipped dates back.
            self._done(words, None if skip else partial(pause_schedule, self._ws.store, schedule.id))
            if create:
                await self._run(schedule)

    @work
    @once
    async def action_skip(self) -> None:
        if (schedule := self._row) is None or schedule.next is None:
            return
        if await self._do(partial(skip_period, self._ws.store, schedule.id, schedule.next)):
            words = _("{day} is skipped for {customer}.")
            self._done(
                words.format(day=long_day(schedule.next), customer=_customer(schedule)),
                partial(undo_skip, self._ws.store, schedule.id, schedule.next),
            )

    def _done(self, words: str, undo: Callable[[], object] | None = None) -> None:
        """Show what was just done. `undo` reverses it; it is called in a thread."""

        async def undo_and_say() -> None:
            if undo is not None and await self._do(undo):
                self._done(_("Undone."))

        self._say(words, None if undo is None else undo_and_say)

    @work
    @once
    async def action_undo(self) -> None:
        await self.query_one(DoneLine).undo_once()
        self._renew()

    @work
    @once
    async def action_run(self) -> None:
        """Create what is due. If that is more than one invoice, ask first."""
        if (schedule := self._row) is None:
            return
        due = schedule.due(self._ws.today())
        if len(due) > 1:
            words = ngettext("Create {count} invoice?", "Create {count} invoices?", len(due))
            question = ConfirmScreen(words.format(count=len(due)), _listed(due), grave=True)
            if not await self.app.push_screen_wait(question):
                return
        await self._run(schedule)

    async def _run(self, schedule: Schedule) -> None:
        def create() -> Ran:
            return run_recurring(self._ws, catch_up=[schedule.id], only=[schedule.id])

        with problems_shown(self):
            ran = await asyncio.to_thread(create)
            words = " ".join(created_words(ran))
            if ran.queued:
                say_queued(self, self._ws, self._say, words, ran.queued)
            elif words:
                self._done(words)
            for reason in ran.unsent.values():
                self.notify(_("Not sent: {reason}").format(reason=reason), severity="warning", markup=False)
            for problem in ran.problems:
                show_problem(self, problem)
        self._renew()

    @work
    @once
    async def action_approve(self) -> None:
        from facturier.tui.screens.schedule.approving import ask_approval

        schedule = self._row
        if schedule is not None and await ask_approval(self, self._ws, schedule):
            self._say(_("Schedule for {customer} approved.").format(customer=_customer(schedule)))
            self._renew()

    @work
    @once
    async def action_delete(self) -> None:
        if (schedule := self._row) is None:
            return
        name = _customer(schedule)
        question = ConfirmScreen(
            _("Delete the schedule for {customer}?").format(customer=name),
            _("Invoices and drafts that were created already are kept."),
        )
        deletion = Deletion(self._ws, schedule.id)
        if await self.app.push_screen_wait(question) and await self._do(deletion.delete):
            words = _("The schedule for {customer} was deleted.").format(customer=name)
            self._done(words, deletion.restore)

    async def _do(self, act: Callable[[], object]) -> bool:
        """Return whether it was done. If not, the person was told."""
        done = False
        with problems_shown(self):
            await asyncio.to_thread(keep_approval, self._ws, act)
            done = True
        self._renew()
        return done


def _change_back(ws: Workspace, before: Schedule, after: Schedule) -> None:
    with keeping_approval(ws):
        change_schedule(ws.store, before.id, before.rhythm, action=before.action, prices=before.prices, seen=after)


def _customer(schedule: Schedule) -> str:
    return clean(schedule.customer) or _("an unnamed customer")


def _listed(days: list[date]) -> str:
    more = len(days) - _MOST
    return days_text(days[:_MOST]) + (f" … (+{more})" if more > 0 else "")

"""The form for a schedule: how often, from when, until when, and what is done with each invoice."""

import asyncio
from datetime import date
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, Static

from facturier.mail.vault.schedule_approval import create_approved, keeping_approval
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import find_invoice
from facturier.models.books.status import PeriodUnit, Prices, RecurringAction
from facturier.models.errors import FacturierError, InputError
from facturier.models.recurring.changing import change_schedule, create_schedule, is_first, proposed_first
from facturier.models.recurring.periods import Rhythm, check_rhythm, parse_every
from facturier.models.recurring.schedule import SHOWN, Schedule, next_after
from facturier.models.text.clean import clean
from facturier.models.text.dates.dates import day_text, parse_day
from facturier.models.text.i18n import N_, _, spoken
from facturier.models.text.limits import NAME
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Choice, Field, would_be_lost
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.recurring import action_words, days_text, every_text, prices_words, rhythm_words


class ScheduleScreen(Dialog[Schedule | None]):
    """Changes `schedule`, or creates one from `invoice`, or from an invoice whose number is typed. The result is the
    saved schedule, or None if the person went back."""

    enter_acts = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", N_("Save"), id="schedule.enter", show=False),
        keys.SAVE.on("schedule.save", N_("Save the schedule. Invoices that were created already do not change.")),
        keys.BACK_FROM_FORM.on("schedule.back", N_("Discard the changes to the schedule.")),
    ]

    def __init__(self, ws: Workspace, *, schedule: Schedule | None = None, invoice: Invoice | None = None) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._schedule = schedule
        self._invoice = invoice
        self._start: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        schedule, rhythm = self._schedule, self._proposed()
        with Vertical(classes="dialog-box", id="schedule-box"):
            yield Label(self._heading(), markup=False, classes="dialog-title")
            if schedule is None and self._invoice is None:
                yield Field(
                    _("Invoice to copy"),
                    check=self._find,
                    placeholder=_("its number, or @id of a draft"),
                    whole=True,
                    most=NAME,
                    id="invoice",
                )
            yield Field(
                _("Every"),
                every_text(rhythm),
                check=parse_every,
                placeholder=_("month, 2 weeks, quarter, 1 year"),
                whole=True,
                id="every",
            )
            yield Field(_("First date"), day_text(rhythm.first, spoken()), check=self._day, whole=True, id="first")
            yield Field(
                _("Last date"),
                day_text(rhythm.until, spoken()) if rhythm.until is not None else "",
                check=self._last,
                placeholder=_("no end"),
                whole=True,
                id="until",
            )
            yield Field(
                _("How many"),
                str(rhythm.most or ""),
                check=_most,
                placeholder=_("no limit"),
                whole=True,
                id="most",
            )
            yield Choice(
                _("Each invoice"),
                {str(action): action_words(action) for action in RecurringAction},
                str(schedule.action if schedule is not None else RecurringAction.DRAFT),
                id="action",
            )
            yield Choice(
                _("Rates"),
                {str(prices): prices_words(prices) for prices in Prices},
                str(schedule.prices if schedule is not None else Prices.FIXED),
                id="prices",
            )
            yield Static(id="schedule-next", markup=False)
            yield Label(
                _("Lines can contain {month}, {year} and {period}."),
                markup=False,
                classes="hint",
            )
            yield KeyBar()

    def _proposed(self) -> Rhythm:
        if self._schedule is not None:
            return self._schedule.rhythm
        today = self._ws.today()
        first = proposed_first(self._invoice, today) if self._invoice is not None else today
        return Rhythm(1, PeriodUnit.MONTH, first)

    def _heading(self) -> str:
        if self._schedule is not None:
            return _("Schedule for {customer}").format(customer=clean(self._schedule.customer))
        if self._invoice is None:
            return _("New recurring invoice")
        return _("Make {ref} recurring").format(ref=self._invoice.ref)

    def on_mount(self) -> None:
        self._start = self._texts()
        self.query(Field).first(Field).input.focus()
        self._tell()

    @on(LabelledField.Changed)
    def _tell(self) -> None:
        """Show the next dates of what is typed."""
        if not self._start:
            return
        try:
            rhythm = self._rhythm()
        except InputError:
            self.query_one("#schedule-next", Static).update("")
            return
        days = self._upcoming(rhythm)
        dates = days_text(days) if days else _("no date")
        words = Text.assemble((rhythm_words(rhythm), "bold"), "\n", _("Next: {dates}").format(dates=dates))
        self.query_one("#schedule-next", Static).update(words)

    def _upcoming(self, rhythm: Rhythm) -> list[date]:
        following = next(rhythm.since(rhythm.first), None)
        if self._schedule is not None:
            following = self._schedule.next
            if rhythm != self._schedule.rhythm:
                following = next_after(self._ws.store, self._schedule.id, rhythm)
        elif self._invoice is not None and is_first(self._invoice, rhythm):
            following = rhythm.after(rhythm.first)
        days = rhythm.since(following) if following is not None else iter(())
        return [day for _n, day in zip(range(SHOWN), days, strict=False)]

    # What is typed

    def _rhythm(self) -> Rhythm:
        """Raises InputError."""
        every, unit = parse_every(self._text("every"))
        return check_rhythm(
            Rhythm(
                every, unit, self._day(self._text("first")), self._last(self._text("until")), _most(self._text("most"))
            )
        )

    def _day(self, text: str) -> date:
        return parse_day(text, self._ws.today())

    def _last(self, text: str) -> date | None:
        return self._day(text) if text else None

    def _find(self, text: str) -> Invoice:
        try:
            return find_invoice(self._ws.store, text)
        except FacturierError as error:
            raise InputError(error.happened) from None

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LabelledField).text

    def _texts(self) -> tuple[str, ...]:
        return tuple(field.text for field in self.query(LabelledField))

    # Saving and going back

    @work(group="save")
    @once
    async def action_save(self) -> None:
        """Save it, or go to the first field that is wrong."""
        for field in self.query(Field):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        try:
            saved = await asyncio.to_thread(self._save, self._rhythm())
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(saved)

    def _save(self, rhythm: Rhythm) -> Schedule:
        action, prices = RecurringAction(self._text("action")), Prices(self._text("prices"))
        if (seen := self._schedule) is not None:
            with keeping_approval(self._ws):
                return change_schedule(self._ws.store, seen.id, rhythm, action=action, prices=prices, seen=seen)
        invoice = self._invoice or self._find(self._text("invoice"))
        assert invoice.id is not None
        create = partial(create_schedule, self._ws.store, invoice.id, rhythm, action=action, prices=prices)
        return create_approved(self._ws, create) if action is RecurringAction.SEND else create()

    @work
    async def action_back(self) -> None:
        if self.busy:
            return
        question = _("Go back without saving this schedule?")
        if not self.half_typed() or await self.app.push_screen_wait(ConfirmScreen(question, self.half_typed())):
            self.dismiss(None)

    def half_typed(self) -> str:
        return would_be_lost() if self._start and self._texts() != self._start else ""


def _most(text: str) -> int | None:
    """Return the number of invoices, None for no limit. Raises InputError."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 10_000:
        raise InputError(_("Enter a number from 1 to {most}.").format(most=10_000))
    return int(text)

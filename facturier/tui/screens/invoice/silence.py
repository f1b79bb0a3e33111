"""Record why a customer is not reminded of an invoice: a promise, a dispute, or an off switch."""

import asyncio
from datetime import date
from typing import Any, ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.chasing.silence import (
    Silenced,
    end_silence,
    parse_promise,
    restore_silence,
    set_dispute,
    set_promise,
    silenced,
    turn_customer,
    turn_reminders,
)
from facturier.models.errors import InputError
from facturier.models.text.dates.dates import day_text
from facturier.models.text.i18n import N_, _, spoken
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.inputs.fields import Choice, Field, typed_in
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import long_day

_REASONS = {
    "promise": N_("Promised to pay by"),
    "dispute": N_("Disputed"),
    "off": N_("No reminders for this invoice"),
    "customer": N_("No reminders for this customer"),
    "none": N_("Send reminders"),
}


class Chosen(NamedTuple):
    """What the person chose: one of the keys of `_REASONS`, and a day for a promise or a dispute. `about` is what is
    disputed."""

    reason: str
    until: date | None
    about: str = ""


class SilenceScreen(Dialog[Chosen | None]):
    """The dialog's result is what the person chose, None if they cancelled."""

    enter_acts = True
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.RECORD.on("silence.record"),
        keys.CANCEL.on("silence.cancel"),
    ]

    def __init__(self, invoice: Invoice, now: Silenced, today: date) -> None:
        super().__init__(classes="dialog")
        self._invoice = invoice
        self._now = now
        self._today = today

    def compose(self) -> ComposeResult:
        now, title = self._now, _("Reminders for invoice {number}")
        reason = str(now.why) or ("off" if now.off else "customer" if now.customer_off else "promise")
        answers = {name: _(words) for name, words in _REASONS.items()}
        if self._invoice.customer.id is None:
            del answers["customer"]
        with Vertical(classes="dialog-box"):
            yield Label(title.format(number=self._invoice.ref), markup=False, classes="dialog-title")
            yield Choice(_("Situation"), answers, reason, id="silence-reason")
            yield Field(
                _("Until"),
                day_text(now.until, spoken()) if now.until else "",
                placeholder=_("5 Dec, Friday, +10"),
                whole=True,
                id="silence-until",
            )
            yield Field(_("Reason"), now.reason, placeholder=_("what is disputed"), id="silence-about")
            yield KeyBar()

    def on_mount(self) -> None:
        self._show_until()
        box = self.query_one("#silence-until", Field) if self._has_day else self.query_one("#silence-reason", Choice)
        box.input.focus()

    def half_typed(self) -> str:
        return typed_in(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        # Enter chooses from the open list.
        return action != "record" or not any(choice.is_open for choice in self.query(Choice))

    @property
    def _reason(self) -> str:
        return self.query_one("#silence-reason", Choice).text

    @property
    def _has_day(self) -> bool:
        return self._reason in ("promise", "dispute")

    @on(Choice.Changed)
    def _chosen(self) -> None:
        """Go to what is asked next, so that Enter records."""
        self._show_until()
        if self._has_day:
            name = "#silence-about" if self._reason == "dispute" else "#silence-until"
            self.query_one(name, Field).input.focus()

    def _show_until(self) -> None:
        until = self.query_one("#silence-until", Field)
        until.disabled = not self._has_day
        self.query_one("#silence-about", Field).disabled = self._reason != "dispute"
        until.show_problem("")  # it was for the other reason: a dispute needs no day

    def action_record(self) -> None:
        reason, field = self._reason, self.query_one("#silence-until", Field)
        until = None
        if reason == "promise" or (reason == "dispute" and field.text):
            try:
                until = parse_promise(field.text, self._today)
            except InputError as error:
                field.show_problem(str(error))
                field.input.focus()
                return
        about = self.query_one("#silence-about", Field).text if reason == "dispute" else ""
        self.dismiss(Chosen(reason, until, about))


async def ask_silence(screen: Screen[Any], ws: Workspace, invoice_id: int, say: Say) -> None:
    """Ask why no reminders are sent for an invoice, record it, and say so with its undo."""
    with problems_shown(screen):
        invoice, now = get_invoice(ws.store, invoice_id), silenced(ws.store, invoice_id)
        chosen = await screen.app.push_screen_wait(SilenceScreen(invoice, now, ws.today()))
        if chosen is None:
            return
        await asyncio.to_thread(_record, ws, invoice, now, chosen)

        async def undo() -> None:
            await asyncio.to_thread(_undo, ws, invoice, now)
            say(_("Undone."), None)

        say(_words(invoice, chosen), undo)


def _record(ws: Workspace, invoice: Invoice, now: Silenced, chosen: Chosen) -> None:
    assert invoice.id is not None
    with ws.store.writing():
        match chosen.reason:
            case "promise":
                assert chosen.until is not None
                set_promise(ws.store, invoice.id, chosen.until)
            case "dispute":
                set_dispute(ws.store, invoice.id, chosen.until, chosen.about)
            case "off":
                turn_reminders(ws.store, invoice.id, off=True)
            case "customer":
                assert invoice.customer.id is not None
                turn_customer(ws.store, invoice.customer.id, off=True)
            case _:
                end_silence(ws.store, invoice.id)
                turn_reminders(ws.store, invoice.id, off=False)
                if now.customer_off and invoice.customer.id is not None:
                    turn_customer(ws.store, invoice.customer.id, off=False)


def _undo(ws: Workspace, invoice: Invoice, before: Silenced) -> None:
    assert invoice.id is not None
    with ws.store.writing():
        restore_silence(ws.store, invoice.id, before)
        if invoice.customer.id is not None:
            turn_customer(ws.store, invoice.customer.id, off=before.customer_off)


def _words(invoice: Invoice, chosen: Chosen) -> str:
    if chosen.reason == "promise" and chosen.until is not None:
        words = _("Invoice {number}: promised by {day}. No reminders until then.")
        return words.format(number=invoice.ref, day=long_day(chosen.until))
    if chosen.reason == "dispute":
        if chosen.until is not None:
            words = _("Invoice {number}: disputed. No reminders until {day}.")
            return words.format(number=invoice.ref, day=long_day(chosen.until))
        return _("Invoice {number}: disputed. No reminders.").format(number=invoice.ref)
    if chosen.reason == "off":
        return _("Reminders are off for invoice {number}.").format(number=invoice.ref)
    if chosen.reason == "customer":
        return _("Reminders are off for {customer}.").format(customer=invoice.customer.name)
    return _("Reminders are on for invoice {number}.").format(number=invoice.ref)

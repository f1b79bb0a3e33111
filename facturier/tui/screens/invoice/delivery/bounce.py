"""Record a bounce: the person pastes it, because Facturier never reads the mailbox, or enters what it says."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, TextArea

from facturier.mail.bounces.record import hand_in, likely_delivery, record_bounce
from facturier.mail.errors import UnreadBounce
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError, InputError, NoSuchInvoice
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.widgets.inputs.fields import Field, typed_in, would_be_lost
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.keybar import KeyBar


class BounceScreen(Dialog[Delivery | None]):
    """The dialog's result is the bounced delivery.

    The pasted mail identifies it, or else the person does. `number` is the invoice from which the dialog was opened.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+s", "report", N_("Record"), id="bounce.report", priority=True),
        Binding("f4", "choose", N_("Choose the invoice"), id="bounce.choose", priority=True),
        keys.CANCEL.on("bounce.cancel", priority=True),
    ]

    def __init__(self, ws: Workspace, number: str = "") -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._number = number

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box bounce-box"):
            yield Label(_("An invoice bounced"), markup=False, classes="dialog-title")
            yield Label(
                _("Open the bounce in your email program, choose “Show original”, copy everything and paste it here."),
                markup=False,
            )
            yield ManyLines()
            yield KeyBar()

    def half_typed(self) -> str:
        return would_be_lost() if any(area.text.strip() for area in self.query(TextArea)) else ""

    @property
    def _mail(self) -> bytes:
        return self.query_one(TextArea).text.encode(errors="replace")

    @work
    @once
    async def action_report(self) -> None:
        mail = self._mail
        with problems_shown(self):
            try:
                (delivery, _recipients), *_more = await asyncio.to_thread(hand_in, self._ws.store, mail)
            except UnreadBounce as error:
                await self._ask(mail, error.happened)
            else:
                self.dismiss(delivery)

    @work
    @once
    async def action_choose(self) -> None:
        await self._ask(self._mail, "")

    async def _ask(self, mail: bytes, why: str) -> None:
        """Let the person choose the invoice. Fields are filled in with what the mail suggests."""
        found = await asyncio.to_thread(likely_delivery, self._ws.store, mail)
        number, address = (found[0].number, found[1]) if found is not None else ("", "")
        if self._number and number != self._number:
            number, address = self._number, ""
        self.busy = False  # the person can go back from the other screen, or quit and lose the mail here
        delivery = await self.app.push_screen_wait(ChosenBounceScreen(self._ws, why, number, address))
        if delivery is not None:
            self.dismiss(delivery)


class ChosenBounceScreen(Dialog[Delivery | None]):
    """The dialog's result is the bounced delivery that the person chose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.RECORD.on("chosen_bounce.report", action="report", priority=True),
        keys.BACK_FROM_FORM.on("chosen_bounce.back", action="dismiss(None)"),
    ]

    def __init__(self, ws: Workspace, why: str, number: str, address: str) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._why = why
        self._number = number
        self._address = address

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Which invoice bounced?"), markup=False, classes="dialog-title")
            if self._why:
                yield Label(self._why, markup=False)
            yield Label(_("Enter what the email says. Your reason is saved in the history."), markup=False)
            yield Field(_("Invoice"), self._number, whole=True, id="bounced-invoice")
            yield Field(_("Address"), self._address, whole=True, id="bounced-address")
            yield Field(_("Reason"), placeholder=_("mailbox full, address unknown…"), id="bounced-reason")
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    @once
    async def action_report(self) -> None:
        invoice, address, reason = (
            self.query_one(f"#bounced-{name}", Field) for name in ("invoice", "address", "reason")
        )
        for field in (invoice, address, reason):
            field.show_problem("")
        store = self._ws.store
        try:
            delivery, _recipients = await asyncio.to_thread(
                record_bounce, store, invoice.text, address.text, reason.text
            )
        except NoSuchInvoice as error:
            _point_at(invoice, error)
        except InputError as error:
            _point_at(address if reason.text else reason, error)
        except FacturierError as error:
            show_problem(self, error)
        else:
            self.dismiss(delivery)


def _point_at(field: Field, error: FacturierError) -> None:
    field.show_problem(error.happened)
    field.input.focus()

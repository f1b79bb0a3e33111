"""A message came back: the person pastes the mail that says so, since Facturier never reads the mailbox."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, TextArea

from facturier.mail.bouncing import hand_in
from facturier.mail.desk import Desk
from facturier.models.delivery import Delivery
from facturier.models.errors import FacturierError
from facturier.models.language import N_, _
from facturier.tui.answering import Dialog, once
from facturier.tui.half_typed import would_be_lost
from facturier.tui.screens.problem import ProblemScreen
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.many_lines import ManyLines


class BounceScreen(Dialog[Delivery | None]):
    """Answers the delivery that came back. Which one that is, the pasted mail tells."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+s", "report", N_("Report it"), id="bounce.report", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="bounce.cancel", priority=True),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(classes="dialog")
        self._desk = desk

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box bounce-box"):
            yield Label(_("An invoice came back"), markup=False, classes="dialog-title")
            yield Label(
                _("Open the bounce in your mail, choose “Show original”, copy all of it, and paste it here."),
                markup=False,
            )
            yield ManyLines()
            yield KeyBar()

    def half_typed(self) -> str:
        return would_be_lost() if any(area.text.strip() for area in self.query(TextArea)) else ""

    @once
    async def action_report(self) -> None:
        text = self.query_one(TextArea).text.encode(errors="replace")
        try:
            self.dismiss(await asyncio.to_thread(self._report, text))
        except FacturierError as error:
            self.app.push_screen(ProblemScreen(error))

    def _report(self, text: bytes) -> Delivery:
        delivery, _recipients = hand_in(self._desk.store, text)
        return delivery

"""Approve an access request. The member types the fingerprint that the other person reads out, so that it is really
compared."""

import asyncio
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.vault.members import admit
from facturier.mail.workspace import Workspace
from facturier.models.company.access_requests import AccessRequest
from facturier.models.company.user import full_name
from facturier.models.errors import FacturierError, InputError
from facturier.models.text.i18n import N_, _
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar


class ApproveScreen(Dialog[str | None]):
    """Answers a sentence about what was done; None for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "admit", N_("Approve"), id="admit.yes", priority=True),
        Binding("escape", "dismiss(None)", N_("Later"), id="admit.later"),
    ]

    def __init__(self, ws: Workspace, request: AccessRequest) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._asker_name = full_name(request.name)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Approve {name}?").format(name=self._asker_name), markup=False, classes="dialog-title")
            yield Label(
                _(
                    "Anyone can request access under any name. Call this person and have them read out "
                    "the fingerprint that Facturier shows them under Settings, Users. Enter it here: "
                    "sixteen letters and digits. To decline, go back and remove the request."
                ),
                markup=False,
            )
            yield Field(_("Fingerprint"), placeholder="ABCD-EFGH-IJKL-MNOP")
            yield KeyBar()

    @work(group="admit")
    @once
    async def action_admit(self) -> None:
        field = self.query_one(Field)
        if not field.text:
            field.show_problem(_("Enter the fingerprint as it is read out to you."))
            return
        try:
            member = await asyncio.to_thread(admit, self._ws, field.text)
        except InputError as error:
            field.show_problem(str(error))
        except FacturierError as error:
            show_problem(self, error)
        else:
            self.dismiss(_("✓ {name} can send from now on.").format(name=full_name(member.name)))

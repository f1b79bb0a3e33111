"""The passphrase of the person's key: asked for once, or changed."""

import asyncio
from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.errors import TooBusy, WrongPassphrase
from facturier.mail.vault.kernel_keyring import can_hold
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Choice, Field
from facturier.tui.widgets.keybar import KeyBar

# How long the system holds the key open, in hours. Without a choice it is open for this program alone, while it runs.
_HOURS = {"": N_("until this window is closed"), "1": N_("1 hour, in all windows"), "8": N_("8 hours, in all windows")}


class PassphraseScreen(Dialog[bool]):
    """Answers True once the key is open. Asks for how long as well, where the system can hold it."""

    enter_acts = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9,ctrl+s", "unlock", N_("Unlock"), id="passphrase.open"),
        Binding("escape", "dismiss(False)", N_("Continue without sending"), id="passphrase.later"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="dialog")
        self._ws = ws

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Your key is protected by a passphrase"), markup=False, classes="dialog-title")
            yield Label(_("Enter the passphrase to send."), markup=False, id="passphrase-about")
            yield Field(_("Passphrase"), password=True)
            if can_hold():
                yield Choice(_("Unlocked"), {hours: _(words) for hours, words in _HOURS.items()}, "")
            yield KeyBar()

    @on(Choice.Changed)
    def _chosen(self) -> None:
        self.query_one(Field).input.focus()  # so that Enter unlocks

    @work(group="passphrase")
    @once
    async def action_unlock(self) -> None:
        field = self.query_one(Field)
        passphrase = field.input.value
        hours = "".join(choice.text for choice in self.query(Choice))
        about = self.query_one("#passphrase-about", Label)
        about.update(_("Unlocking…"))  # on purpose it takes a second or more
        try:
            await asyncio.to_thread(self._ws.keys.unlock, lambda: passphrase)
            if hours:
                await asyncio.to_thread(self._ws.keys.hold, timedelta(hours=int(hours)))
        except (WrongPassphrase, TooBusy) as error:
            about.update(_("Enter the passphrase to send."))
            field.show_problem(str(error))
            field.input.action_select_all()
        except FacturierError as error:
            about.update(_("Enter the passphrase to send."))
            show_problem(self, error)
        else:
            self.dismiss(True)


class NewPassphraseScreen(Dialog[bool]):
    """Answers True once the key is kept under the new passphrase, or under none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9,ctrl+s", "keep", N_("Set"), id="new_passphrase.keep", priority=True),
        keys.CANCEL.on("new_passphrase.cancel", action="dismiss(False)"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="dialog")
        self._ws = ws

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Set a passphrase for your key"), markup=False, classes="dialog-title")
            yield Label(
                _(
                    "Facturier then asks for it at every start, or once every few hours. Nobody can "
                    "recover it: if you lose it, another member must approve you again. Leave both "
                    "fields empty for no passphrase."
                ),
                markup=False,
            )
            yield Field(_("Passphrase"), password=True, id="first")
            yield Field(_("Repeat"), password=True, id="second")
            yield KeyBar()

    @work(group="passphrase")
    @once
    async def action_keep(self) -> None:
        first, second = (self.query_one(f"#{name}", Field) for name in ("first", "second"))
        if self.focused is first.input and first.input.value and not second.input.value:
            second.input.focus()
            return
        if first.input.value != second.input.value:
            second.show_problem(_("The passphrases do not match."))
            return
        try:
            await asyncio.to_thread(self._ws.keys.set_passphrase, first.input.value)
        except FacturierError as error:
            show_problem(self, error)
        else:
            self.dismiss(True)

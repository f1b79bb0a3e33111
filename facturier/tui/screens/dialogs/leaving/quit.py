"""Ask what to do when the person quits, or switches companies, while invoices are being sent or about to be."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import seconds_left

_OFTEN = 0.25  # seconds between two checks of the outbox


class QuitScreen(Dialog[bool]):
    """A dialog that stays open until everything is sent.

    `waiting` returns the deliveries that still wait, or None when nothing is being sent any more. `company` is the one
    that the person switches to, or empty when they quit. The result is True to go and False to stay.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y,o",
            "dismiss(True)",
            N_("Quit now"),
            tooltip=N_("Waiting invoices stay in the outbox until someone opens the company."),
            id="leaving.now",
            key_display=N_("y"),
        ),
        keys.STAY.on("leaving.stay"),
    ]

    def __init__(self, ws: Workspace, waiting: Callable[[], list[Delivery] | None], company: str = "") -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._waiting = waiting
        self._company = company
        self._said: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(markup=False, classes="dialog-title")
            yield Label(markup=False, classes="leaving-detail")
            yield KeyBar()

    def on_mount(self) -> None:
        self._tell()
        self.set_interval(_OFTEN, self._tell)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # A hand-over is always waited for.
        return action != "dismiss" or parameters != (True,) or bool(self._waiting())

    def _tell(self) -> None:
        waiting = self._waiting()
        if waiting is None:
            self.dismiss(True)
            return
        if waiting:
            seconds = min(seconds_left(delivery, self._ws.clock()) for delivery in waiting)
            words = ngettext(
                "{count} email will be sent in {seconds} s.",
                "{count} emails will be sent, the first in {seconds} s.",
                len(waiting),
            )
            said = [
                words.format(count=len(waiting), seconds=seconds),
                self._then(
                    _("Facturier waits until sending is finished, then quits automatically."),
                    _("Facturier waits until sending is finished, then switches to {company}."),
                )
                + " "
                + _(
                    "If you quit now, waiting emails stay in the outbox until someone opens this "
                    "company or runs “facturier post”."
                ),
            ]
        else:
            said = [
                _("An email is being sent."),
                self._then(
                    _("Facturier quits automatically as soon as the server has answered."),
                    _("Facturier switches to {company} as soon as the server has answered."),
                )
                + " "
                + _("Deliveries that are still waiting are sent the next time someone opens this company."),
            ]
        if said != self._said:
            self._said = said
            for label, text in zip(self.query(Label), said, strict=False):  # there are no labels while the program ends
                label.update(text)
            self.refresh_bindings()

    def _then(self, ends: str, goes: str) -> str:
        return goes.format(company=self._company) if self._company else ends

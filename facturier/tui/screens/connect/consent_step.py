"""The link to open, and the ways to get the answer: pasting, this machine's browser or SSH, and a device code."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.text.i18n import _
from facturier.tui.screens.connect.attempt import Attempt
from facturier.tui.screens.connect.link_view import LinkView
from facturier.tui.widgets.inputs.paste_field import PasteField


class ConsentStep(Vertical):
    """Posts the pasted address as `PasteField.Given`."""

    DEFAULT_CLASSES: ClassVar[str] = "connect-step"

    def __init__(self) -> None:
        super().__init__(id="consent-step")

    def compose(self) -> ComposeResult:
        yield Label(
            Text.assemble(("1  ", "bold"), _("Open this address on any device, sign in and choose Allow.")),
            classes="connect-line",
        )
        yield LinkView()
        yield Label(
            Text.assemble(("2  ", "bold"), _("The last page will not load. Copy its address and paste it here:")),
            classes="connect-line connect-second",
        )
        yield PasteField("http://127.0.0.1:…/?state=…", id="answer")
        yield Label(
            _("or, to connect without pasting, run this command on your own computer:"),
            markup=False,
            classes="connect-line connect-or",
        )
        yield Label("", markup=False, id="ssh")
        yield Label("", markup=False, id="device")
        yield Label("", markup=False, id="connect-state")

    @property
    def field(self) -> PasteField:
        return self.query_one(PasteField)

    def show(self, attempt: Attempt) -> None:
        self.query_one(LinkView).show(attempt.link)
        self.field.text = ""
        self.query_one("#ssh", Label).update(Text(attempt.ssh, style="bold"))
        self.show_device(Text(_("asking Google for one…"), style="dim"))

    def show_device(self, text: Text) -> None:
        self.query_one("#device", Label).update(Text.assemble((_("Device code"), "bold"), "  ", text))

    def show_state(self, text: str) -> None:
        self.query_one("#connect-state", Label).update(text)

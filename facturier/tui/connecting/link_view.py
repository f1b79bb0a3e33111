"""The consent link, whole, and ways to get it to another device."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.models.language import N_, _


class LinkView(Static, can_focus=True):
    """Shows the link over as many lines as it needs; a terminal that knows OSC 8 takes it for one link."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", N_("Copy the link"), tooltip=N_("Put the link on your clipboard."), id="connect.copy"),
        Binding(
            "q", "code", N_("QR code"), tooltip=N_("Show the link as a QR code for a telephone."), id="connect.code"
        ),
        Binding(
            "l",
            "alone",
            N_("Link alone"),
            tooltip=N_("Leave the screens for a moment: the link stands alone on the terminal, in one piece to mark."),
            id="connect.alone",
        ),
        Binding(
            "o", "open", N_("Open"), tooltip=N_("Open the link in the browser of this machine."), id="connect.open"
        ),
    ]

    def __init__(self) -> None:
        super().__init__(markup=False, id="link")
        self.link = ""

    def show(self, link: str) -> None:
        self.link = link
        self.update(Text(link, style=Style(link=link), overflow="fold"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        if action == "open":
            import os

            from facturier.mail.gmail.loopback import can_open_browser

            return can_open_browser(os.environ)
        return True

    def action_copy(self) -> None:
        # The terminal passes it on (OSC 52), also through SSH.
        self.app.copy_to_clipboard(self.link)
        self.notify(
            _("The link was copied. If your terminal did not take it, press l and mark it there."), markup=False
        )

    def action_code(self) -> None:
        from facturier.tui.screens.qr import QrScreen

        self.app.push_screen(QrScreen(self.link))

    @work(group="alone", exclusive=True)
    async def action_alone(self) -> None:
        from textual.app import SuspendNotSupported

        from facturier.tui.connecting.link_alone import show_alone

        try:
            await show_alone(self.app, self.link)
        except SuspendNotSupported:
            self.notify(_("This terminal cannot be left for a moment. Copy the link with y."), markup=False)

    def action_open(self) -> None:
        import webbrowser

        self.run_worker(lambda: webbrowser.open(self.link), thread=True, group="browser")

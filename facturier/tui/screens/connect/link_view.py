"""The complete consent link, and ways to get it to another device."""

import asyncio
import os
import signal
import sys
import termios
import tty
from contextlib import suppress
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screens.connect.browser import browser_here, open_in_browser

_BACK = (b"\x1b", b"\r", b"\n", b"q")  # keys that go back


class LinkView(Static, can_focus=True):
    """The link on as many lines as it needs. A terminal that supports OSC 8 treats it as one link."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.COPY_LINK.on("connect.copy"),
        Binding(
            "t",
            "code",
            N_("QR code"),
            tooltip=N_("Switch between the link and its QR code, for a phone."),
            id="connect.code",
        ),
        Binding(
            "F",
            "alone",
            N_("Link only"),
            tooltip=N_("Show only the link, so that you can select all of it."),
            id="connect.alone",
        ),
        keys.OPEN_WITH_O.on("connect.open", N_("Open the link in the browser of this machine.")),
    ]

    def __init__(self) -> None:
        super().__init__(markup=False, id="link")
        self.link = ""

    def show(self, link: str) -> None:
        self.link = link
        self.update(Text(link, style=Style(link=link), overflow="fold"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "open" or browser_here()

    def action_copy(self) -> None:
        # The terminal puts it on the clipboard (OSC 52), which also works through SSH.
        self.app.copy_to_clipboard(self.link)
        self.notify(_("Link copied. If you cannot paste it, press F and select the link there."), markup=False)

    def action_code(self) -> None:
        from facturier.tui.screens.connect.qr import QrScreen

        self.app.push_screen(QrScreen(self.link))

    @work(group="alone", exclusive=True)
    async def action_alone(self) -> None:
        from textual.app import SuspendNotSupported

        try:
            await show_alone(self.app, self.link)
        except SuspendNotSupported:
            self.notify(_("This terminal cannot show the link alone. Press y to copy it."), markup=False)

    def action_open(self) -> None:
        open_in_browser(self, self.link)


async def show_alone(app: App[Any], link: str) -> None:
    """Suspend the screens, print the link from the first column, and return after Esc or Enter.

    The terminal wraps the line itself, so it can be selected as one line with the terminal's own mouse selection.
    Raises SuspendNotSupported if the program has no terminal.
    """
    back = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Textual must not draw in the meantime, which it would do when the company changes.
    with app.batch_update(), app.suspend():
        assert sys.__stdin__ is not None, "the screens read from it"
        terminal = sys.__stdin__.fileno()
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)  # keys arrive without Enter

        def typed() -> None:
            keys = b""
            with suppress(OSError):
                keys = os.read(terminal, 4096)
            if not keys or keys in _BACK:
                back.set()

        interrupt = signal.getsignal(signal.SIGINT)
        loop.add_signal_handler(signal.SIGINT, back.set)
        loop.add_reader(terminal, typed)
        # Push the old contents up instead of erasing them.
        empty = "\n" * app.size.height + "\x1b[H"
        words = _("Select the link and copy it. Press Esc to go back to Facturier.")
        sys.stderr.write(f"{empty}{link}\n\n{words}\n")  # Textual draws on stderr too
        sys.stderr.flush()
        # This is cancelled when Google's answer arrives. Textual restores the terminal only if no exception is raised.
        with suppress(asyncio.CancelledError):
            await back.wait()
        loop.remove_reader(terminal)
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, interrupt)
        with suppress(termios.error):
            termios.tcsetattr(terminal, termios.TCSANOW, before)

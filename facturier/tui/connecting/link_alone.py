"""The consent link on the bare terminal, in one piece: for those whose terminal takes no clipboard from programs."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from textual.app import App

from facturier.models.language import _


async def show_alone(app: App[Any], link: str) -> None:
    """Leave the screens, print the link from the first column on, and come back with Enter.

    The terminal breaks such a line itself, and so knows that it is one when a person marks it. No mouse is asked for
    meanwhile. Raises SuspendNotSupported where the program has no terminal that it could leave.
    """
    back = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Nothing may be drawn meanwhile, and Textual itself would do so when the company changes.
    with app.batch_update(), app.suspend():
        assert sys.__stdin__ is not None, "the screens read from it"
        terminal = sys.__stdin__.fileno()

        def entered() -> None:
            with suppress(OSError):
                os.read(terminal, 4096)
            back.set()

        interrupt = signal.getsignal(signal.SIGINT)
        loop.add_signal_handler(signal.SIGINT, back.set)
        loop.add_reader(terminal, entered)
        # What stood on the terminal is pushed up, not wiped.
        empty = "\n" * app.size.height + "\x1b[H"
        words = _("Mark the link and copy it. Press Enter to go back to Facturier.")
        sys.stderr.write(f"{empty}{link}\n\n{words}\n")  # where Textual draws, too
        sys.stderr.flush()
        # The wait is cancelled when Google's answer has come. Textual takes the terminal back after no exception.
        with suppress(asyncio.CancelledError):
            await back.wait()
        loop.remove_reader(terminal)
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, interrupt)

"""Open pages in the browser of this machine, if it has one."""

import os
import webbrowser

from textual.widget import Widget


def browser_here() -> bool:
    """Return whether a page can be opened on this machine."""
    from facturier.mail.google.loopback import can_open_browser

    return can_open_browser(os.environ)


def open_in_browser(widget: Widget, page: str) -> None:
    """Open a page without waiting for the browser."""
    widget.run_worker(lambda: webbrowser.open(page), thread=True, group="browser")

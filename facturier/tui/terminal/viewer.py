"""Show a PDF in the system's viewer, where there is one."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress

from facturier.mail.scratch import folder_for_others

_PATIENCE = 3.0  # seconds within which a starter that finds no viewer has said so


def viewer() -> str | None:
    """Return the command that opens a file, or None over SSH and without a display."""
    from facturier.mail.google.loopback import can_open_browser

    if not can_open_browser(os.environ):
        return None
    return shutil.which("open" if sys.platform == "darwin" else "xdg-open")


def show_document(name: str, content: bytes) -> bool:
    """Show a document and return whether that worked. It blocks for up to three seconds.

    The file is private and lies in a temporary folder. A start of Facturier after this program removes it.
    """
    command = viewer()
    if command is None:
        return False
    path = folder_for_others() / name.replace("/", "-")
    path.write_bytes(content)
    none = subprocess.DEVNULL
    try:
        started = subprocess.Popen([command, path], stdin=none, stdout=none, stderr=none, start_new_session=True)  # noqa: S603
    except OSError:
        return False
    with suppress(subprocess.TimeoutExpired):
        return started.wait(_PATIENCE) == 0
    return True

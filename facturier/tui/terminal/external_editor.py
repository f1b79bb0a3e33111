"""Edit a text in the person's own editor, as `git commit` does."""

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facturier.mail.scratch import scratch_folder
from facturier.models.errors import InputError
from facturier.models.text.i18n import _
from facturier.tui.textual_private.app import can_suspend

if TYPE_CHECKING:
    from textual.app import App


def editor_of(environment: Mapping[str, str]) -> list[str]:
    """Return the command of VISUAL or EDITOR, which can have arguments; empty if there is none or it cannot be read."""
    try:
        return shlex.split(environment.get("VISUAL") or environment.get("EDITOR") or "")
    except ValueError:  # an open quote
        return []


def edited(app: "App[Any]", text: str, name: str) -> str:
    """Return the text as the person saved it in their editor, which has the terminal meanwhile.

    The file `name` is private and is removed afterwards. Raises InputError if there is no editor, or if it fails.
    """
    command = editor_of(os.environ)
    if not command:
        raise InputError(_("No editor is set. Set EDITOR, for example EDITOR=nano, and start Facturier again."))
    if not can_suspend(app):
        raise InputError(_("This terminal cannot show another program."))
    with scratch_folder() as folder:
        path = Path(folder) / name
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        # Ctrl+C in the editor reaches this process too. A handler, other than SIG_IGN, is not passed on to the editor.
        before = signal.signal(signal.SIGINT, lambda _signal, _frame: None)
        try:
            with app.suspend():
                status = subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603
            if status:
                raise InputError(_("The editor failed, so the message was not changed."))
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(
                _("Could not start the editor {command}: {reason}.").format(command=command[0], reason=error.strerror)
            ) from error
        finally:
            signal.signal(signal.SIGINT, before)

"""Save a document or email to a file that the person chooses."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.store.files import refuse_kept, write_file
from facturier.models.text.i18n import N_, _
from facturier.models.text.paths import typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar


class SaveAsScreen(Dialog[Path | None]):
    """The dialog's result is the saved file. `make` returns the bytes and runs in a thread. Never overwrites a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", N_("Save"), id="save_as.save", priority=True),
        keys.CANCEL.on("save_as.cancel"),
    ]

    def __init__(self, ws: Workspace, title: str, name: str, make: Callable[[], bytes]) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._heading = title
        self._file_name = name
        self._make = make

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._heading, markup=False, classes="dialog-title")
            yield Field(_("File"), str(Path.home() / self._file_name), path=True)
            yield KeyBar()

    @once
    async def action_save(self) -> None:
        field = self.query_one(Field)
        path = typed_path(field.text)
        try:
            await asyncio.to_thread(self._write, path)
        except FileExistsError:
            field.show_problem(_("This file already exists. Choose another name."))
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            field.show_problem(_("Cannot write there: {reason}.").format(reason=reason))
        except FacturierError as error:
            show_problem(self, error)
        else:
            self.dismiss(path)

    def _write(self, path: Path) -> None:
        content = self._make()
        # one machine: a document must not overwrite the company’s file.
        refuse_kept(path.resolve(), self._ws.store.path, self._ws.locations.data)
        write_file(path, content)


async def save_as(screen: Screen[Any], ws: Workspace, title: str, name: str, make: Callable[[], bytes]) -> None:
    """Ask for a file, with `name` as the proposal, save the bytes that `make` returns, and say where they are."""
    path = await screen.app.push_screen_wait(SaveAsScreen(ws, title, name.replace("/", "-"), make))
    if path is not None:
        screen.notify(_("Saved as {path}").format(path=path), markup=False)

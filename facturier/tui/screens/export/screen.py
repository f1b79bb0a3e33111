"""Export a list into a CSV or JSON file, with the columns that the user chooses."""

import asyncio
import threading
from collections.abc import Generator, Iterable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.company.user import change_preferences, export_columns, with_export_columns
from facturier.models.errors import FacturierError, FileExists
from facturier.models.exports.formats import BOM, Cell, csv_lines, json_lines
from facturier.models.exports.lists import column_names, list_rows
from facturier.models.listing.view import View
from facturier.models.store.files import saving_file
from facturier.models.text.i18n import N_, _, ngettext
from facturier.models.text.paths import typed_path
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.columns import column_words
from facturier.tui.words.formatting import counted
from facturier.tui.workers import run_in_worker

_TITLES = {
    "invoices": N_("Export invoices"),
    "estimates": N_("Export estimates"),
    "customers": N_("Export customers"),
    "items": N_("Export items"),
    "payments": N_("Export payments"),
}
_FILES = {
    "invoices": N_("invoices"),
    "estimates": N_("estimates"),
    "customers": N_("customers"),
    "items": N_("items"),
    "payments": N_("payments"),
}
_STEP = 500  # rows between two reports of progress


class _Columns(Options):
    """The columns. Those with a tick are exported."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.MARK.on("export.mark", N_("Export this column, or not."), action="toggle_column"),
    ]

    def __init__(self, names: list[str], chosen: list[str]) -> None:
        super().__init__(markup=False, compact=True)
        self._names = names
        self._ticked = set(chosen)
        self.add_options([self._words(name) for name in names])

    @property
    def chosen(self) -> list[str]:
        return [name for name in self._names if name in self._ticked]

    def _words(self, name: str) -> Text:
        words, in_file = column_words(name)
        return Text.assemble(
            f"{'✓' if name in self._ticked else ' '} {words}", (f"  {in_file}" if in_file else "", "dim")
        )

    def action_toggle_column(self) -> None:
        if self.highlighted is not None:
            name = self._names[self.highlighted]
            self._ticked ^= {name}
            self.replace_option_prompt_at_index(self.highlighted, self._words(name))


class _Stopped(Exception):
    """The user went back while the file was being written."""


class ExportScreen(Dialog[tuple[Path, int] | None]):
    """Answers the file and the number of its rows. `kind` is one of LISTS; `view` says which invoices; `among` limits
    the rows to these ids, or names of items."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "export", N_("Export the list"), tooltip=N_("Write the file."), id="export.write", priority=True),
        Binding("enter", "export", N_("Export the list"), id="export.enter", show=False, priority=True),
        keys.BACK_FROM_FORM.on("export.back", N_("Go back without a file.")),
    ]

    def __init__(
        self, ws: Workspace, kind: str, *, view: View | None = None, among: Iterable[Any] | None = None, note: str = ""
    ) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._kind = kind
        self._view = view
        self._among = None if among is None else set(among)
        self._note = note
        self._today: date = ws.today()
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        kept = export_columns(self._ws.preferences(), self._kind)
        names = column_names(self._kind)
        chosen = [name for name in kept if name in names] or column_names(self._kind, usual=True)
        file = f"{_(_FILES[self._kind])}-{self._today.isoformat()}.csv"
        with Vertical(classes="dialog-box", id="export-box"):
            yield Label(_(_TITLES[self._kind]), markup=False, classes="dialog-title")
            if self._note:
                yield Label(self._note, markup=False)
            yield Field(_("File"), str(Path.home() / file), path=True, id="file")
            yield Label(_("A name that ends with .json gives JSON."), markup=False, id="export-format")
            yield Label(_("Columns"), markup=False, id="export-columns")
            yield _Columns(names, chosen)
            yield Label("", markup=False, id="export-progress")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(_Columns).highlighted = 0
        self.query_one(Field).input.focus()

    async def action_export(self) -> None:
        if self.busy or self.answered:
            return
        field, names = self.query_one(Field), self.query_one(_Columns).chosen
        if not names:
            field.show_problem(_("Choose at least one column."))
            return
        self.busy = True
        run_in_worker(self, partial(self._export, typed_path(field.text), names), "export")

    async def _export(self, path: Path, names: list[str]) -> None:
        try:
            count = await asyncio.to_thread(self._write, path, names)
        except FileExists:
            self.query_one(Field).show_problem(_("This file already exists. Choose another name."))
        except _Stopped:
            self.dismiss(None)
        except FacturierError as error:
            show_problem(self, error)
        else:
            self.dismiss((path, count))
        finally:
            self.busy = False

    def _write(self, path: Path, names: list[str]) -> int:
        ws, count = self._ws, 0

        def rows() -> Generator[list[Cell], None, None]:
            nonlocal count
            for row in list_rows(ws.store, self._kind, names, self._today, view=self._view, among=self._among):
                if self._stop.is_set():
                    raise _Stopped
                count += 1
                if count % _STEP == 0:
                    self.app.call_from_thread(self._tell, count)
                yield row

        as_json = path.suffix.casefold() == ".json"
        # one machine: an export must not be written over the company’s file.
        with (
            saving_file(path, force=False, company=ws.store.path, private=ws.locations.data) as file,
            ws.store.reading(),
            closing(rows()) as found,
        ):
            file.write(b"" if as_json else BOM.encode())
            for line in json_lines(names, found) if as_json else csv_lines(names, found):
                file.write(line.encode())
        change_preferences(ws.locations.data, lambda kept: with_export_columns(kept, self._kind, names))
        return count

    def _tell(self, count: int) -> None:
        words = _("{count} rows written. Press Esc to stop.")
        self.query_one("#export-progress", Label).update(words.format(count=counted(count)))

    def on_unmount(self) -> None:
        self._stop.set()

    def action_back(self) -> None:
        if self.busy:
            self._stop.set()
        else:
            self.dismiss(None)


async def export_list(
    screen: Screen[Any],
    ws: Workspace,
    kind: str,
    *,
    view: View | None = None,
    among: Iterable[Any] | None = None,
    note: str = "",
) -> None:
    """Let the user export a list, and say where the file is. Arguments are those of ExportScreen."""
    done = await screen.app.push_screen_wait(ExportScreen(ws, kind, view=view, among=among, note=note))
    if done is not None:
        path, count = done
        words = ngettext("{count} row exported to {path}", "{count} rows exported to {path}", count)
        screen.notify(words.format(count=counted(count), path=path), markup=False)

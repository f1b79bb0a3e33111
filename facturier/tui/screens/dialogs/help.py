"""Help: every key of the screen below, from its own bindings."""

from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from facturier.models.text.i18n import N_, _
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.commands import Command, commands_of
from facturier.tui.theme import ACTIVE, BOLD
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Title


class HelpScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", N_("Close"), id="help.close"),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__(classes="help")
        commands = commands_of(below)
        self._parts = [
            (_("This screen"), [command for command in commands if command.node is below]),
            (_("Current field or list"), [command for command in commands if command.node not in (below, below.app)]),
            (_("Everywhere"), [command for command in commands if command.node is below.app]),
        ]

    def compose(self) -> ComposeResult:
        yield Title(_("Keys"))
        with VerticalScroll(classes="help-body"):
            for title, commands in self._parts:
                if commands:
                    yield Static(Text(title, "bold"), classes="help-title")
                    yield Static(_table(commands))
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()


def _table(commands: list[Command]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=12, no_wrap=True)
    table.add_column(width=24)
    table.add_column()
    for command in commands:
        table.add_row(Text("  ".join(command.keys), ACTIVE + BOLD), Text(command.name), Text(command.about, "dim"))
    return table

"""The palette: everything that can be done on the screen below, found by typing."""

import inspect
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.fuzzy import Matcher
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_, _
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.commands import Command, commands_of
from facturier.tui.widgets.inputs.one_line import OneLine
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class PaletteScreen(Dialog[Command | None]):
    """Answers the command that was chosen; whoever opened it runs that on the screen below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", N_("Run"), id="palette.run", priority=True),
        Binding("down", "move(1)", N_("Next"), id="palette.next", show=False, priority=True),
        Binding("up", "move(-1)", N_("Previous"), id="palette.previous", show=False, priority=True),
        Binding("escape", "dismiss(None)", N_("Close"), id="palette.close"),
    ]

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__(classes="dialog palette")
        self._commands = commands_of(below)
        self._found = self._commands

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box palette-box"):
            yield OneLine(placeholder=_("What would you like to do?"))
            yield Options(markup=False, compact=True)
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._fill("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill(event.value.strip())

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])

    def action_run(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(self._found[chosen])

    def action_move(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._found:
            options.highlighted = ((options.highlighted or 0) + step) % len(self._found)

    def _fill(self, typed: str) -> None:
        matcher = Matcher(typed)

        def score(command: Command) -> float:
            """A name counts more than what is said about it."""
            return max(matcher.match(command.name) * 3, matcher.match(command.about)) if typed else 1

        scored = [(score(command), command) for command in self._commands]
        self._found = [command for found, command in sorted(scored, key=lambda pair: -pair[0]) if found > 0]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_line(command)) for command in self._found])
        options.highlighted = 0 if self._found else None


def _line(command: Command) -> Text:
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{command.keys[0] if command.keys else '':>6}  ", "bold")
    line.append(command.name)
    if command.about:
        line.append(f"  {command.about}", "dim")
    return line


async def run(command: Command) -> None:
    """Run what was chosen, whether it answers at once or later."""
    result = command.run()
    if inspect.isawaitable(result):
        await result

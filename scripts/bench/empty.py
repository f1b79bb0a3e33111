"""A minimal Textual program: one static line, one line that a key changes, and a screen of one line that another key
opens."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Label


class Opened(Screen[None], inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Label("opened", markup=False)


class Empty(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "down"), Binding("s", "open")]

    def compose(self) -> ComposeResult:
        yield Label("ready", markup=False)
        self.line = Label("0", markup=False)
        yield self.line

    def action_down(self) -> None:
        self.line.update(str((self.count + 1) % 10))
        self.count += 1

    def action_open(self) -> None:
        self.push_screen(Opened())

    count = 0


Empty(ansi_color=True).run()

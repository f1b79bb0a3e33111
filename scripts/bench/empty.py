"""A minimal Textual program: one static line, and one line that a key changes."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label


class Empty(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "down")]

    def compose(self) -> ComposeResult:
        yield Label("ready", markup=False)
        self.line = Label("0", markup=False)
        yield self.line

    def action_down(self) -> None:
        self.line.update(str((self.count + 1) % 10))
        self.count += 1

    count = 0


Empty(ansi_color=True).run()

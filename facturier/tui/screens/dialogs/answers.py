"""A list of answers, of which the person chooses one."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class AnswersScreen(Dialog[str | None]):
    """Returns the key of the chosen answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.CHOOSE.on("answers.choose", priority=True),
        keys.CANCEL_CHOICE.on("answers.cancel"),
    ]

    def __init__(self, title: str, answers: Mapping[str, str], now: str) -> None:
        super().__init__(classes="dialog")
        self._heading = title
        self._answers = answers
        self._now = now

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._heading, markup=False, classes="dialog-title")
            options = (Option(Text(words)) for words in self._answers.values())
            yield Options(*options, markup=False, compact=True, classes="dialog-list")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = list(self._answers).index(self._now)

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        if (chosen := self.query_one(OptionList).highlighted) is not None:
            self.dismiss(list(self._answers)[chosen])

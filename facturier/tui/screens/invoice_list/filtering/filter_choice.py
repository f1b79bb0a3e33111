"""A field with a list of answers that opens as a dialog: it takes a fifth of the time of a Select to open a screen."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Click
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_
from facturier.tui.screen import Dialog
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar


class FilterChoice(LabelledField):
    """`answers` maps values to words; `value` is one of its keys."""

    def __init__(self, label: str, answers: Mapping[str, str], value: str, *, id: str) -> None:
        super().__init__(label, id=id)
        self._answers = answers
        self._value = value
        self._current = _Current(self)

    def entry(self) -> Static:
        return self._current

    @property
    def text(self) -> str:
        """The key of the chosen answer."""
        return self._value

    @property
    def words(self) -> str:
        return self._answers[self._value]

    @work
    async def choose(self) -> None:
        """Let the user choose another answer."""
        chosen = await self.app.push_screen_wait(AnswersScreen(self._label, self._answers, self._value))
        if chosen is not None:
            self._value = chosen
            self._current.refresh(layout=True)


class _Current(Static, can_focus=True):
    DEFAULT_CLASSES = "filter-choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,up,space", "choose", N_("Choose"), id="filter.choose", key_display="↓"),
    ]

    def __init__(self, field: FilterChoice) -> None:
        super().__init__(markup=False)
        self._field = field

    def render(self) -> Text:
        return Text(f"{self._field.words} ▼", no_wrap=True, overflow="ellipsis")

    def on_click(self, event: Click) -> None:
        event.stop()
        self._field.choose()

    def action_choose(self) -> None:
        self._field.choose()


class AnswersScreen(Dialog[str | None]):
    """Returns the key of the chosen answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", N_("Choose"), id="answers.choose", priority=True),
        Binding("escape,q", "dismiss(None)", N_("Cancel"), id="answers.cancel"),
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

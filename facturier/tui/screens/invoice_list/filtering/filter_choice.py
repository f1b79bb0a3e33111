"""A field with a list of answers that opens as a dialog: it takes a fifth of the time of a Select to open a screen."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.widgets import Static

from facturier.models.text.i18n import N_
from facturier.tui.screens.dialogs.answers import AnswersScreen
from facturier.tui.widgets.inputs.labelled_field import LabelledField


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
            self.screen.focus_next()  # so that Enter shows the list


class _Current(Static, can_focus=True):
    DEFAULT_CLASSES = "filter-choice"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down,up,space", "choose", N_("Choose"), id="filter.choose", key_display="↓"),
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

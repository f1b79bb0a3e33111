"""A labelled choice between a few answers."""

from collections.abc import Mapping
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Label, Select


class Choice(Vertical):
    """As `Field`, with a Select. `answers` maps what is kept to what is shown; `value` is one of its keys."""

    DEFAULT_CLASSES: ClassVar[str] = "field"

    class Changed(Message):
        """Another answer was chosen."""

        def __init__(self, choice: "Choice", text: str) -> None:
            super().__init__()
            self.choice = choice
            self.text = text

        @property
        def control(self) -> "Choice":
            return self.choice

    def __init__(self, label: str, answers: Mapping[str, str], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self._answers = answers
        self._chosen = value if value in answers else next(iter(answers))

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field-line"):
            yield Label(self._label, markup=False, classes="field-label")
            options = [(Text(shown), kept) for kept, shown in self._answers.items()]
            yield Select(options, value=self._chosen, allow_blank=False, compact=True)
        yield Label("", markup=False, classes="field-problem")

    @property
    def input(self) -> Select[str]:
        return self.query_one(Select)

    @property
    def text(self) -> str:
        """The key of the answer that is chosen."""
        return self._chosen

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = value

    @property
    def problem(self) -> str:
        return ""

    def show_problem(self, problem: str = "") -> None:
        """Say that something is wrong with this choice; with nothing, take it back."""
        self.query_one(".field-problem", Label).update(problem)
        self.set_class(bool(problem), "-wrong")

    def on_descendant_focus(self) -> None:
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focused")

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        # A Select says that it changed when it is mounted, too.
        if isinstance(event.value, str) and event.value != self._chosen:
            self._chosen = event.value
            self.post_message(self.Changed(self, self._chosen))

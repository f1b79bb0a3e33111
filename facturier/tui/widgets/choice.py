"""A labelled choice between a few answers."""

from collections.abc import Mapping

from rich.text import Text
from textual import on
from textual.widgets import Select

from facturier.models.clean import clean
from facturier.tui.widgets.labelled import Labelled
from facturier.tui.widgets.picker import Picker


class Choice(Labelled):
    """As `Field`, with a list of answers. `answers` maps what is kept to what is shown. `value` is one of its keys; any
    other, which only a program can have kept, is shown as it is until the person chooses."""

    class Changed(Labelled.Changed):
        """Another answer was chosen."""

    def __init__(self, label: str, answers: Mapping[str, str], value: str, *, id: str | None = None) -> None:
        super().__init__(label, id=id)
        self._answers = answers if value in answers else {**answers, value: clean(value)}
        self._chosen = value

    def entry(self) -> Picker:
        options = [(Text(shown), kept) for kept, shown in self._answers.items()]
        return Picker(options, value=self._chosen, allow_blank=False, compact=True)

    @property
    def input(self) -> Picker:
        return self.query_one(Picker)

    @property
    def text(self) -> str:
        """The key of the answer that is chosen."""
        return self._chosen

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = value

    @property
    def is_open(self) -> bool:
        """Whether the list of answers is down: Enter then chooses from it, whatever else it does on the screen."""
        return any(select.expanded for select in self.query(Select))  # none yet while it is composed

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        # A Select says that it changed when it is mounted, too.
        if isinstance(event.value, str) and event.value != self._chosen:
            self._chosen = event.value
            self.post_message(self.Changed(self, self._chosen))

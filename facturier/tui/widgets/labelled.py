"""What every field on the screens has in common: a label, and a line below that says what is wrong."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Label

from facturier.models.errors import InputError
from facturier.models.limits import TEXT, check_length

Check = Callable[[str], object]


class Labelled(Vertical):
    """A label with what `entry` gives beside it, and below it what is wrong while something is. Without a label the
    entry has the whole line. `check` takes the text and raises InputError. `most` is how many letters it may have."""

    DEFAULT_CLASSES: ClassVar[str] = "field"

    class Changed(Message):
        """The text of a field is another one."""

        def __init__(self, field: "Labelled", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "Labelled":
            return self.field

    def __init__(
        self,
        label: str = "",
        *,
        check: Check | None = None,
        most: int = TEXT,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes, disabled=disabled)
        self._label = label
        self._check = check
        self._most = most

    def entry(self) -> Widget:
        """What the person types or chooses in. Called once, while the field is composed."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        if self._label:
            with Horizontal(classes="field-line"):
                yield Label(self._label, markup=False, classes="field-label")
                yield self.entry()
        else:
            yield self.entry()
        yield Label("", markup=False, classes="field-problem")

    @property
    def text(self) -> str:
        """What stands in the field, cleaned."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """What is wrong with the field now, empty if nothing is."""
        try:
            check_length(self.text, self._most)
            if self._check is not None:
                self._check(self.text)
        except InputError as error:
            return str(error)
        return ""

    def show_problem(self, problem: str = "") -> None:
        """Say that something is wrong, below the field; with nothing, take it back."""
        self.query_one(".field-problem", Label).update(problem)
        self.set_class(bool(problem), "-wrong")

    # A class instead of `:focus-within`: Textual 8.2 leaves the label of the field that lost the focus as it was.
    def on_descendant_focus(self) -> None:
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focused")

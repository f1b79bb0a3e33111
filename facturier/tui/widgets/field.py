"""A labelled field that says beside itself what is wrong, and keeps what was typed."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Label

from facturier.models.clean import clean
from facturier.models.errors import InputError

Check = Callable[[str], object]


class Field(Vertical):
    """One line: a label, an input, and under the input what is wrong with it while something is.

    `check` takes the text and raises InputError; it runs as the person types. `Field.Changed` comes with every change.
    `whole` is for short values that are typed anew, such as dates and amounts: what is typed first replaces what stands
    there. Else it is added at the end, as for addresses.
    """

    DEFAULT_CLASSES: ClassVar[str] = "field"

    class Changed(Message):
        """The text of a field is another one."""

        def __init__(self, field: "Field", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "Field":
            return self.field

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        check: Check | None = None,
        placeholder: str = "",
        password: bool = False,
        whole: bool = False,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes, disabled=disabled)
        self._label = label
        self._start = clean(value)
        self._check = check
        self._placeholder = placeholder
        self._password = password
        self._whole = whole

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field-line"):
            yield Label(self._label, markup=False, classes="field-label")
            entry = Input(
                self._start,
                placeholder=self._placeholder,
                password=self._password,
                compact=True,
                select_on_focus=self._whole,
            )
            entry.cursor_blink = False
            yield entry
        yield Label("", markup=False, classes="field-problem")

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    @property
    def text(self) -> str:
        """What stands in the field, cleaned."""
        return clean(self.input.value)

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = clean(value)

    @property
    def problem(self) -> str:
        """What is wrong with the field now, empty if nothing is."""
        if self._check is None:
            return ""
        try:
            self._check(self.text)
        except InputError as error:
            return str(error)
        return ""

    def show_problem(self, problem: str = "") -> None:
        """Say that something is wrong with this field, beside it; with nothing, take it back."""
        self.query_one(".field-problem", Label).update(problem)
        self.set_class(bool(problem), "-wrong")

    # A class instead of `:focus-within`: Textual 8.2 leaves the label of the field that lost the focus as it was.
    def on_descendant_focus(self) -> None:
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focused")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_problem(self.problem)
        self.post_message(self.Changed(self, self.text))

"""A labelled field of several lines that says under itself what is wrong, and keeps what was typed."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Label, TextArea

from facturier.models.clean import clean_lines
from facturier.models.errors import InputError
from facturier.tui.widgets.field import Check


class Area(Vertical):
    """As `Field`, `lines` high. Tab leaves it, as it leaves every field. `at_end`: typing goes on behind what stands
    there, for texts that are added to rather than read from the top."""

    DEFAULT_CLASSES: ClassVar[str] = "field area"

    class Changed(Message):
        """The text of an area is another one."""

        def __init__(self, area: "Area", text: str) -> None:
            super().__init__()
            self.area = area
            self.text = text

        @property
        def control(self) -> "Area":
            return self.area

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        lines: int = 3,
        at_end: bool = False,
        check: Check | None = None,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._label = label
        self._start = clean_lines(value)
        self._lines = lines
        self._at_end = at_end
        self._check = check

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field-line"):
            yield Label(self._label, markup=False, classes="field-label")
            entry = TextArea(self._start, compact=True, highlight_cursor_line=False)
            entry.cursor_blink = False
            entry.styles.height = self._lines
            if self._at_end:
                entry.move_cursor(entry.document.end)
            yield entry
        yield Label("", markup=False, classes="field-problem")

    @property
    def input(self) -> TextArea:
        return self.query_one(TextArea)

    @property
    def text(self) -> str:
        """What stands in the area, cleaned, without the empty lines at its end."""
        return clean_lines(self.input.text).rstrip()

    @text.setter
    def text(self, value: str) -> None:
        self.input.text = clean_lines(value)

    @property
    def problem(self) -> str:
        """What is wrong with the area now, empty if nothing is."""
        if self._check is None:
            return ""
        try:
            self._check(self.text)
        except InputError as error:
            return str(error)
        return ""

    def show_problem(self, problem: str = "") -> None:
        """Say that something is wrong, under it; with nothing, take it back."""
        self.query_one(".field-problem", Label).update(problem)
        self.set_class(bool(problem), "-wrong")

    def on_descendant_focus(self) -> None:
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        self.remove_class("-focused")

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.show_problem(self.problem)
        self.post_message(self.Changed(self, self.text))

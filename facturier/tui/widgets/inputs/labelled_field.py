"""What all fields have in common: a label, and a validation message below."""

from collections.abc import Callable
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Label

from facturier.models.errors import InputError
from facturier.models.text.limits import TEXT, check_length

Check = Callable[[str], object]

REST = 0.6  # seconds without a key after which a text is checked
_FOCUSED = Style(bold=True, reverse=True)
_WRONG = Style(bold=True)


class LabelledField(Vertical):
    """The widget from `entry`, with a label on its left and a validation message below. The field draws the label
    itself, and the message is mounted with the first problem: a screen of many fields opens twice as fast. Styles give
    the label its room as the left margin of `.field-entry`; without a margin, the label stands above.

    `check` receives the text and raises InputError. `most` is the maximum length in characters.
    """

    DEFAULT_CLASSES: ClassVar[str] = "field"
    below = True  # whether the field shows its validation message itself; else its screen does, at `Checked`

    class Checked(Message):
        """Another validation message is to be shown, or none."""

    class Changed(Message):
        """The text of a field changed."""

        def __init__(self, field: "LabelledField", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "LabelledField":
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
        self._entry: Widget | None = None
        self._said = ""
        self._message: Label | None = None
        self._rest: Timer | None = None  # runs while the user types
        self._focused = False

    def entry(self) -> Widget:
        """Return the input widget. Called once, when the field is composed."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        self._entry = self.entry()
        if self._label:
            self._entry.add_class("field-entry", update=False)
        yield self._entry

    @property
    def text(self) -> str:
        """The cleaned text of the field."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """The validation message for the current text, or an empty string."""
        try:
            check_length(self.text, self._most)
            if self._check is not None:
                self._check(self.text)
        except InputError as error:
            return str(error)
        return ""

    @property
    def shown_problem(self) -> str:
        """The validation message that is shown."""
        return self._said

    def show_problem(self, problem: str = "") -> None:
        """Show a validation message below the field. An empty string removes it."""
        self._end_rest()
        self._say(problem)
        self.set_class(bool(problem), "-wrong")

    def _say(self, problem: str) -> None:
        if problem == self._said:
            return
        self._said = problem
        self.refresh()  # the label has a mark while there is a problem
        # Later, so that it comes from the field: Textual ends a message at the widget whose handler sent it.
        self.call_later(lambda: self.post_message(self.Checked()))
        if not self.below:
            return
        if self._message is None:
            self._message = Label(problem, markup=False, classes="field-problem")
            self.mount(self._message)
        else:
            self._message.update(problem)

    def show_problem_later(self) -> None:
        """The user is typing: check the text when they pause or leave the field. Until then no other field moves."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._show_own_problem)

    def _show_own_problem(self) -> None:
        self._end_rest()
        problem = self.problem
        if problem or not self._focused or not self.below:
            self.show_problem(problem)
        else:
            self._say("")  # its line stays until the user leaves the field

    def _end_rest(self) -> None:
        if self._rest is not None:
            self._rest.stop()
            self._rest = None

    # A class or `:focus-within` would style the entry again, too.
    def on_descendant_focus(self) -> None:
        self._focused = True
        self.refresh()

    def on_descendant_blur(self) -> None:
        self._focused = False
        self.refresh()
        if self._rest is not None:
            self._show_own_problem()
        elif not self.shown_problem:
            self.remove_class("-wrong")

    # The label

    @property
    def _label_width(self) -> int:
        """In cells; 0 if the label stands above the entry."""
        return max(self._entry.styles.margin.left - 1, 0) if self._entry is not None else 0

    def _label_lines(self) -> list[str]:
        return wrap(self._label, self._label_width) if self._label_width else [self._label]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        height = super().get_content_height(container, viewport, width)
        return max(height, len(self._label_lines())) if self._label else height

    def render_line(self, y: int) -> Strip:
        width, style = self.size.width, self.rich_style
        lines = self._label_lines()
        if not self._label or y >= len(lines):
            return Strip.blank(width, style)
        label = set_cell_size(lines[y], min(self._label_width or cell_len(lines[y]), width))
        shown = style + _FOCUSED if self._focused else style
        mark = Segment("!" if self._said and self._label_width and not y else "", style + _WRONG)
        return Strip([Segment(label, shown), mark]).adjust_cell_length(width, style)

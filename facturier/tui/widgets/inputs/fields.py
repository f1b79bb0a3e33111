"""What all fields have in common: a label, and a validation message below."""

from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.dom import DOMNode
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Label, Select, TextArea

from facturier.models.errors import InputError
from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _
from facturier.models.text.limits import LINE, TEXT, check_length
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.inputs.one_line import Joined, OneLine
from facturier.tui.widgets.inputs.picker import Picker

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


def typed_in(screen: DOMNode) -> str:
    """Return a warning if any field on the screen was edited, otherwise an empty string."""
    return would_be_lost() if any(field.typed for field in screen.query(Field)) else ""


def would_be_lost() -> str:
    return _("What you typed here will be lost.")


class Field(LabelledField):
    """A one-line input. `check` runs when the user pauses or leaves it. `Field.Changed` is sent for every change.

    Set `whole` for one short value that is usually replaced, such as a date, an amount or a code: focus selects it, so
    that typing replaces it. Otherwise typing appends, which suits addresses, paths and subjects. `joined` sets how
    pasted lines are joined into one.
    """

    class Changed(LabelledField.Changed):
        """The text of a field changed."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        check: Check | None = None,
        placeholder: str = "",
        password: bool = False,
        whole: bool = False,
        most: int = LINE,
        joined: Joined = Joined.WORDS,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(label, check=check, most=most, id=id, classes=classes, disabled=disabled)
        self._start = clean(value)
        self._placeholder = placeholder
        self._password = password
        self._whole = whole
        self._joined = joined

    def entry(self) -> OneLine:
        return OneLine(
            self._start,
            joined=self._joined,
            placeholder=self._placeholder,
            password=self._password,
            select_on_focus=self._whole,
        )

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    @property
    def text(self) -> str:
        return clean(self.input.value)

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = clean(value)

    @property
    def typed(self) -> bool:
        """Whether the text differs from the initial value."""
        return self.text != self._start

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_problem_later()
        self.post_message(self.Changed(self, self.text))


class Area(LabelledField):
    """Like `Field`, but `lines` lines high. Tab moves to the next field. With `at_end`, the cursor starts at the end,
    for texts that are usually extended."""

    DEFAULT_CLASSES: ClassVar[str] = "field area"

    class Changed(LabelledField.Changed):
        """The text of an area changed."""

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
        super().__init__(label, check=check, id=id)
        self._start = clean_lines(value)
        self._lines = lines
        self._at_end = at_end

    def entry(self) -> TextArea:
        entry = ManyLines(self._start)
        entry.styles.height = self._lines
        if self._at_end:
            entry.move_cursor(entry.document.end)
        return entry

    @property
    def input(self) -> TextArea:
        return self.query_one(TextArea)

    @property
    def text(self) -> str:
        """The cleaned text, without empty lines at the end."""
        return clean_lines(self.input.text).rstrip()

    @text.setter
    def text(self, value: str) -> None:
        self.input.text = clean_lines(value)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.show_problem_later()
        self.post_message(self.Changed(self, self.text))


class Choice(LabelledField):
    """Like `Field`, but with a list of answers. `answers` maps stored values to labels. `value` should be one of its
    keys; any other value, which only another program can have stored, is shown as is until the user chooses."""

    class Changed(LabelledField.Changed):
        """The user chose another answer."""

    def __init__(self, label: str, answers: Mapping[str, str], value: str, *, id: str | None = None) -> None:
        super().__init__(label, id=id)
        self._answers = answers if value in answers else {**answers, value: clean(value)}
        self._chosen = value

    def entry(self) -> Picker[str]:
        options = [(Text(shown), kept) for kept, shown in self._answers.items()]
        return Picker(options, value=self._chosen, allow_blank=False, compact=True)

    @property
    def input(self) -> Picker[str]:
        return self.query_one(Picker)

    @property
    def text(self) -> str:
        """The key of the chosen answer."""
        return self._chosen

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = value

    @property
    def is_open(self) -> bool:
        """Whether the list is open. Enter then chooses from it, even if the screen uses Enter for something else."""
        return any(select.expanded for select in self.query(Select))  # there is no Select before the field is composed

    @on(Select.Changed)
    def _changed(self, event: Select.Changed) -> None:
        event.stop()
        # A Select also reports a change when it is mounted.
        if isinstance(event.value, str) and event.value != self._chosen:
            self._chosen = event.value
            self.post_message(self.Changed(self, self._chosen))

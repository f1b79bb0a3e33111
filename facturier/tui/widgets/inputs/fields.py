"""Fields for one line, several lines and a choice."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.dom import DOMNode
from textual.suggester import SuggestFromList
from textual.widgets import Input, TextArea

from facturier.models.text.clean import clean, clean_lines
from facturier.models.text.i18n import _
from facturier.models.text.limits import LINE
from facturier.tui.widgets.inputs.labelled_field import Check, LabelledField
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.inputs.one_line import Joined, OneLine
from facturier.tui.widgets.inputs.picker import Picker


def typed_in(screen: DOMNode) -> str:
    """Return a warning if any field on the screen was edited, otherwise an empty string."""
    return would_be_lost() if any(field.typed for field in screen.query(Field)) else ""


def restore_invalid(screen: DOMNode) -> None:
    """Show the initial value again in each field whose text is not valid."""
    for field in screen.query(Field):
        if field.problem:
            field.restore()


def would_be_lost() -> str:
    return _("What you typed here will be lost.")


class Field(LabelledField):
    """A one-line input. `check` runs when the user pauses or leaves it. `Field.Changed` is sent for every change.

    Set `whole` for one short value that is usually replaced, such as a date, an amount or a code: focus selects it, so
    that typing replaces it. Otherwise typing appends, which suits addresses, paths and subjects. `joined` sets how
    pasted lines are joined into one. Set `path` for a file or folder: see `OneLine`. What
    begins like one of the `suggested` texts is completed by the right arrow key.
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
        path: bool = False,
        suggested: Sequence[str] = (),
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
        self._path = path
        self._suggested = suggested

    def entry(self) -> OneLine:
        return OneLine(
            self._start,
            joined=self._joined,
            path=self._path,
            placeholder=self._placeholder,
            password=self._password,
            select_on_focus=self._whole,
            suggester=SuggestFromList(self._suggested, case_sensitive=False) if self._suggested else None,
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

    def restore(self) -> None:
        """Show the initial value again."""
        self.text = self._start

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

    def type_instead(self, value: str) -> None:
        """Replace the text as if the person had typed it, so that Ctrl+Z brings the old one back."""
        self.input.replace(clean_lines(value), self.input.document.start, self.input.document.end)

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
        return Picker(options, self._chosen)

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
        return any(picker.expanded for picker in self.query(Picker))  # there is none before the field is composed

    @on(Picker.Changed)
    def _changed(self, event: Picker.Changed) -> None:
        event.stop()
        if isinstance(event.value, str):
            self._chosen = event.value
            self.post_message(self.Changed(self, self._chosen))

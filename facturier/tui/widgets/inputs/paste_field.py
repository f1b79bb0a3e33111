"""A field for pasting long texts: several lines are joined into one, and a validation message appears below."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from facturier.models.text.i18n import N_
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.inputs.one_line import Joined, OneLine


class _Line(OneLine):
    """A one-line input that joins pasted lines without a separator. Terminals wrap long links and JSON contains line
    breaks; neither loses anything when its lines are joined."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", N_("Continue"), id="paste.submit")]

    class Pasted(Message):
        """Text was pasted."""

    def on_paste(self, event: events.Paste) -> None:
        super().on_paste(event)
        self.post_message(self.Pasted())


class PasteField(LabelledField):
    """Sends `Given` when text is pasted, or typed and submitted. The text stays in the field."""

    DEFAULT_CLASSES: ClassVar[str] = "field paste"

    class Given(Message):
        """The user finished entering the text."""

        def __init__(self, field: "PasteField", text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> "PasteField":
            return self.field

    def __init__(self, placeholder: str, *, id: str) -> None:
        super().__init__(id=id)
        self._placeholder = placeholder

    def entry(self) -> Input:
        return _Line(joined=Joined.NOTHING, placeholder=self._placeholder, select_on_focus=False)

    @property
    def input(self) -> Input:
        return self.query_one(Input)

    @property
    def text(self) -> str:
        return self.input.value.strip()

    @text.setter
    def text(self, value: str) -> None:
        self.input.value = value
        self.input.cursor_position = len(value)

    def paste(self, text: str) -> None:
        """Replace the text by one that was pasted elsewhere on the screen."""
        self.input.select_all()
        self.input.replace(text, *self.input.selection)
        self.input.focus()
        self.post_message(self.Given(self, self.text))

    def show_problem(self, problem: str = "") -> None:
        """Show a validation message. The text stays selected, so that the next paste replaces it."""
        if problem:
            self.input.action_select_all()
        super().show_problem(problem)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_problem()

    @on(Input.Submitted)
    @on(_Line.Pasted)
    def _given(self, event: Message) -> None:
        event.stop()
        if self.text:
            self.post_message(self.Given(self, self.text))

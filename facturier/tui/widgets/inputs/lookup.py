"""An input with a list of suggestions that opens below it while the user types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Blur, Key
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from facturier.models.text.clean import clean
from facturier.tui.widgets.inputs.fields import LabelledField
from facturier.tui.widgets.inputs.one_line import OneLine
from facturier.tui.widgets.inputs.options import Options


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion: `text`, with `detail` dimmed beside it. `value` is what the caller gets if it is accepted."""

    text: str
    value: object
    detail: str = ""


# Returns the suggestions for a text, and the index of the one to highlight (-1 for none).
Find = Callable[[str], tuple[Sequence[Suggestion], int]]


class Suggestions(Options, can_focus=False):
    """The list below the input. It never has the focus; the input controls it."""

    DEFAULT_CLASSES: ClassVar[str] = "suggestions"

    def __init__(self, take: Callable[[Suggestion, str], None]) -> None:
        super().__init__(compact=True, markup=False)
        self.display = False
        self._take = take
        self._offered: Sequence[Suggestion] = ()

    @property
    def chosen(self) -> Suggestion | None:
        if not self.display or self.highlighted is None:
            return None
        return self._offered[self.highlighted]

    def offer(self, suggestions: Sequence[Suggestion], chosen: int) -> None:
        if suggestions != self._offered:
            self._offered = suggestions
            self.set_options(Option(_prompt(suggestion)) for suggestion in suggestions)
        self.display = bool(suggestions)
        self.highlighted = chosen if suggestions and chosen >= 0 else None

    def close(self) -> None:
        self.display = False

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.close()
        self._take(self._offered[event.option_index], "enter")

    def move(self, step: int) -> None:
        here = self.highlighted
        if here is None:
            here = -1 if step > 0 else 0
        self.highlighted = (here + step) % len(self._offered)


class LookupInput(OneLine, inherit_bindings=False):
    """The input. While the list is open, up and down move in it, Enter and Tab accept, and Escape closes it.

    With `find` None it is an ordinary input, so that one input can serve the cells of a grid in turn.
    """

    # ctrl+d and ctrl+k are keys of the invoice lines. delete replaces ctrl+d; shift+end then delete replaces ctrl+k.
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            binding
            for binding in Input.BINDINGS
            if isinstance(binding, Binding) and binding.action not in ("delete_right", "delete_right_all")
        ),
        Binding("delete", "delete_right", show=False),
    ]

    class Taken(Message):
        """The user accepted a suggestion with `key`."""

        def __init__(self, suggestion: Suggestion, key: str) -> None:
            super().__init__()
            self.suggestion = suggestion
            self.key = key

    class Typed(Message):
        """The user, not the program, changed the text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        self._putting = True  # True while the program sets the text
        super().__init__(value, placeholder=placeholder, select_on_focus=True)
        self.find: Find | None = None
        self.suggestions = Suggestions(self.taken)
        self._putting = False

    def put(self, text: str) -> None:
        """Set the text without a `Typed` message, and select all of it."""
        self._putting = True
        self.value = text
        self._putting = False
        self.suggestions.close()
        self.select_all()

    def open(self, text: str) -> None:
        """Show the suggestions for a text."""
        if self.find is not None:
            self.suggestions.offer(*self.find(text))

    def typed(self, text: str) -> None:
        """Handle a change of the text by the user. Called before the next key is handled, however fast the keys
        come."""
        if text:
            self.open(text)
        else:
            self.suggestions.close()
        self.post_message(self.Typed(text))

    def taken(self, suggestion: Suggestion, key: str) -> None:
        """Handle an accepted suggestion."""
        self.post_message(self.Taken(suggestion, key))

    def press(self, key: str) -> bool:
        """Handle a key for the list. Return whether the list used it."""
        if not self.suggestions.display:
            return False
        if key in ("up", "down"):
            self.suggestions.move(1 if key == "down" else -1)
        elif key == "escape":
            self.suggestions.close()
        elif key in ("enter", "tab") and (chosen := self.suggestions.chosen):
            self.suggestions.close()
            self.taken(chosen, key)
        else:
            return False
        return True

    def on_key(self, event: Key) -> None:
        if self.press(event.key):
            event.stop()
            event.prevent_default()

    def on_blur(self, _event: Blur) -> None:
        self.suggestions.close()

    def watch_value(self, value: str) -> None:
        if not self._putting:
            self.typed(clean(value))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()  # `Typed` and `Taken` replace this message


class Lookup(LabelledField):
    """A LookupInput with a label and a validation message. It passes on the input's messages."""

    def __init__(
        self, label: str, value: str = "", *, find: Find, placeholder: str = "", id: str | None = None
    ) -> None:
        super().__init__(label, id=id)
        self.input = LookupInput(clean(value), placeholder=placeholder)
        self.input.find = find

    def entry(self) -> Vertical:
        return Vertical(self.input, self.input.suggestions, classes="lookup")

    @property
    def text(self) -> str:
        return clean(self.input.value)

    def on_key(self, event: Key) -> None:
        if event.key == "down":
            self.input.open("")
            event.stop()


def _prompt(suggestion: Suggestion) -> Text:
    text = Text(clean(suggestion.text), no_wrap=True, overflow="ellipsis")
    if suggestion.detail:
        text.append(f"  {clean(suggestion.detail)}", "dim")
    return text

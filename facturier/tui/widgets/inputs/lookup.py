"""An input with a list of suggestions that opens below it while the user types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.events import Blur, Click, Key, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from facturier.models.text.clean import clean
from facturier.models.text.limits import TEXT
from facturier.tui.widgets.inputs.labelled_field import Check, LabelledField
from facturier.tui.widgets.inputs.one_line import OneLine

MOST = 9  # suggestions in view
_DIM = Style(dim=True)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion: `text`, with `detail` dimmed beside it. `value` is what the caller gets if it is accepted."""

    text: str
    value: object
    detail: str = ""


# Returns the suggestions for a text, and the index of the one to highlight (-1 for none).
Find = Callable[[str], tuple[Sequence[Suggestion], int]]


class Suggestions(Widget, can_focus=False):
    """The list below the input. It never has the focus; the input controls it. It draws itself: an OptionList takes
    longer to fill than a key may take."""

    DEFAULT_CLASSES: ClassVar[str] = "suggestions"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"suggestions--cursor"}
    # Textual lays out the screen once more whenever this changes, that is, with the number of suggestions.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, take: Callable[[Suggestion, str], None]) -> None:
        super().__init__()
        self.display = False
        self._take = take
        self._offered: Sequence[Suggestion] = ()
        self._highlighted: int | None = None
        self._top = 0  # the first suggestion in view
        self._style = Style()

    @property
    def chosen(self) -> Suggestion | None:
        if not self.display or self._highlighted is None:
            return None
        return self._offered[self._highlighted]

    def offer(self, suggestions: Sequence[Suggestion], chosen: int) -> None:
        self._offered = suggestions
        self._highlighted = chosen if suggestions and chosen >= 0 else None
        self._top = 0
        self.styles.height = min(len(suggestions), MOST)
        self.display = bool(suggestions)
        self._show_highlighted()

    def close(self) -> None:
        self.display = False

    def move(self, step: int) -> None:
        here = self._highlighted
        if here is None:
            here = -1 if step > 0 else 0
        self._highlighted = (here + step) % len(self._offered)
        self._show_highlighted()

    def _show_highlighted(self) -> None:
        room = min(len(self._offered), self.size.height or MOST, MOST)
        if self._highlighted is not None:
            self._top = max(min(self._top, self._highlighted), self._highlighted - room + 1)
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._style = self.rich_style  # once, and not for each line
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width, style, number = self.size.width, self._style, self._top + y
        if number >= len(self._offered):
            return Strip.blank(width, style)
        if number == self._highlighted:
            style = self.get_component_rich_style("suggestions--cursor")
        suggestion = self._offered[number]
        segments = [Segment(" " + clean(suggestion.text), style)]
        if suggestion.detail:
            segments.append(Segment(f"  {clean(suggestion.detail)}", style + _DIM))
        strip = Strip(segments)
        if strip.cell_length > width - 1:
            strip = Strip([*strip.crop(0, width - 2), Segment("…", style)])
        return strip.adjust_cell_length(width, style)

    def on_click(self, event: Click) -> None:
        event.stop()
        number = self._top + event.y
        if number < len(self._offered):
            self.close()
            self._take(self._offered[number], "enter")

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.move(-1)


class LookupInput(OneLine):
    """The input. While the list is open, up and down move in it, Enter and Tab accept, and Escape closes it.

    With `find` None it is an ordinary input, so that one input can serve the cells of a grid in turn.
    """

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
        self,
        label: str,
        value: str = "",
        *,
        find: Find,
        check: Check | None = None,
        most: int = TEXT,
        placeholder: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(label, check=check, most=most, id=id)
        self.input = LookupInput(clean(value), placeholder=placeholder)
        self.input.find = find

    def entry(self) -> LookupInput:
        return self.input

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield self.input.suggestions.add_class("field-entry", update=False)

    @property
    def text(self) -> str:
        return clean(self.input.value)

    @text.setter
    def text(self, value: str) -> None:
        self.input.put(clean(value))

    def on_key(self, event: Key) -> None:
        if event.key == "down":
            self.input.open("")
            event.stop()

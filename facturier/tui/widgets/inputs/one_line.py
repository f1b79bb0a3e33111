"""A one-line input that accepts multi-line pastes and removes control characters."""

from enum import Enum
from typing import Any

from textual.events import Key, Paste
from textual.geometry import Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input

from facturier.models.text.clean import clean_lines
from facturier.tui.widgets.inputs.compact import compact
from facturier.tui.widgets.inputs.resting import at_rest

JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: Persian and Indic keyboards type them, but Textual treats them as unprintable


class Joined(Enum):
    """The separator between pasted lines when they are joined into one."""

    WORDS = " "
    ADDRESSES = ", "
    NOTHING = ""  # for text that a terminal wrapped, such as a long link


class OneLine(Input):
    """Textual's Input keeps only the first line of a paste and draws control characters as they are. This input keeps
    all lines and cleans every text, except passwords, which are drawn as dots."""

    # Textual lays out the whole screen whenever this changes, that is, at every key. One line never needs it.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, value: str = "", *, joined: Joined = Joined.WORDS, path: bool = False, **options: Any) -> None:
        """With `path`, an absolute path after the proposed one, or after a slash, replaces it, and Tab or → completes
        what was typed."""
        if path:
            from facturier.tui.widgets.inputs.path_suggester import PathSuggester

            options["suggester"] = PathSuggester()
        super().__init__(value, **options)
        self._proposed = value if path else None
        compact(self, OneLine.compact)
        self.cursor_blink = False
        self._joined = joined

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to a dialog that binds it (see `Dialog.enter_acts`)."""
        if action == "submit" and self.is_attached and getattr(self.screen, "enter_acts", False):
            return False
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        if self._proposed:
            self.call_after_refresh(self._show_end)

    def _show_end(self) -> None:
        """Scroll to the cursor, at the name of the file. Textual does it only when the cursor moves."""
        self.action_home()
        self.action_end()

    def render_line(self, y: int) -> Strip:
        return at_rest(super().render_line(y), self)

    def validate(self, value: str) -> None:
        """Check nothing: fields have checks of their own. Textual would set a class, and style the input again."""

    def validate_value(self, value: str) -> str:
        return value if self.password else _flat(value)

    def replace(self, text: str, start: int, end: int) -> None:
        start, end = sorted((start, end))
        if self._proposed is not None and text.lstrip()[:1] in ("/", "~") and start == end == len(self.value):
            start = 0 if self.value == self._proposed or self.value.endswith("/") else start
        text = _one_line(text, self.value[:start], self.value[end:], self._joined)
        # Clean it with the text before it, because a letter and a following combining accent become one character.
        before = self.validate_value(self.value[:start] + text)
        super().replace(before, 0, end)

    def on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(event.text, *self.selection)

    def on_key(self, event: Key) -> None:
        if event.key == "tab" and self._completes():
            event.stop()
            event.prevent_default()
            return
        # Some terminals send a paste as single keys, where Ctrl+J is a line break.
        text = self._joined.value if event.key == "ctrl+j" else event.character
        if event.key == "ctrl+j" or (text and text in JOINERS):
            event.stop()
            event.prevent_default()
            self.replace(text or "", *self.selection)

    def _completes(self) -> bool:
        """Accept the completion of a path. Return whether there was one; a proposed path is not completed."""
        before = self.value
        if self._proposed in (None, before) or not self.cursor_at_end:
            return False
        self.action_cursor_right()
        return self.value != before


def _flat(text: str) -> str:
    flat = clean_lines(text).replace("\n", " ").replace("\t", " ")
    # Keep a joiner at the end: its second letter may come with the next key.
    return flat + text[-1] if text[1:] and text[-1] in JOINERS and flat[-1:] != text[-1] else flat


def _one_line(text: str, before: str, after: str, joined: Joined) -> str:
    """Return `text` as one line, to be inserted between `before` and `after`."""
    lines = clean_lines(text).split("\n")
    if joined is Joined.ADDRESSES:
        parts = [address for line in lines for address in _addresses(line)]
    else:
        parts = [line.strip() for line in lines if line.strip()]
    if len(parts) < 2:
        return text if len(lines) < 2 else next((line for line in lines if line.strip()), "")
    line = joined.value.join(parts)
    if joined is Joined.ADDRESSES:
        line = (", " if before.strip(" ,;") and before.rstrip()[-1] not in ",;" else "") + line
        line += ", " if after.strip(" ,;") and after.lstrip()[0] not in ",;" else ""
    return line


def _addresses(line: str) -> list[str]:
    """Split one line of an address list: remove the trailing comma, and separate the cells of a spreadsheet row."""
    cells = [cell for cell in (cell.strip(" ,;") for cell in line.split("\t")) if cell]
    return cells if all("@" in cell for cell in cells) else [" ".join(cells)]

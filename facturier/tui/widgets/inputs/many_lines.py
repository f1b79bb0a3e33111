"""A multi-line input that never displays control characters."""

from typing import Any

from textual.events import Key
from textual.geometry import Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from facturier.models.text.clean import clean_lines
from facturier.tui.textual_private.scrolling import update_scrollbars
from facturier.tui.textual_private.wrapping import keep_no_break_spaces_in_fields
from facturier.tui.widgets.inputs.compact import compact
from facturier.tui.widgets.inputs.one_line import JOINERS
from facturier.tui.widgets.inputs.resting import at_rest, without_line


class ManyLines(TextArea):
    """Textual's TextArea, except that all text is cleaned before it is shown."""

    # Textual lays out the whole screen whenever this changes: at the first size, and with each new line. The height of
    # these never depends on their text.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, text: str = "", **options: Any) -> None:
        keep_no_break_spaces_in_fields()
        super().__init__(clean_lines(text), highlight_cursor_line=False, **options)
        compact(self, ManyLines.compact)
        self.cursor_blink = False

    def watch_virtual_size(self, size: Size) -> None:
        update_scrollbars(self, size)

    def render_line(self, y: int) -> Strip:
        line = super().render_line(y)
        return at_rest(line, self) if y == self.size.height - 1 else without_line(line, self)

    def load_text(self, text: str) -> None:
        super().load_text(clean_lines(text))

    def edit(self, edit: Edit) -> EditResult:
        if edit.text not in JOINERS:
            edit.text = clean_lines(edit.text)
        return super().edit(edit)

    def on_key(self, event: Key) -> None:
        # Some terminals send a paste as single keys, where Ctrl+J is a line break.
        text = "\n" if event.key == "ctrl+j" else event.character
        if text and (text == "\n" or text in JOINERS):
            event.stop()
            event.prevent_default()
            self.replace(text, *self.selection)

"""How a field looks while it does not have the focus, in the terminal's own colours."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

_DIM = Style(dim=True)
_PLAIN = Style(underline=False)


def at_rest(line: Strip, field: Widget) -> Strip:
    """Dim the underline of the empty cells at the end of a field's line. Its text stays as bright as any other. A theme
    with colours of its own shows a surface instead, and nothing changes."""
    if field.has_focus or not field.app.native_ansi_color:
        return line
    segments = list(line)
    for place in reversed(range(len(segments))):
        text, style, control = segments[place]
        words = text.rstrip(" ")
        blank = Segment(text[len(words) :], (style or Style.null()) + _DIM, control)
        segments[place : place + 1] = [Segment(words, style, control), blank] if words else [blank]
        if words:
            break
    return Strip(segments, line.cell_length)


def without_line(line: Strip, field: Widget) -> Strip:
    """Remove the underline from a line of a field of several lines: only its last line is underlined."""
    if field.has_focus or not field.app.native_ansi_color:
        return line
    return line.apply_style(_PLAIN)

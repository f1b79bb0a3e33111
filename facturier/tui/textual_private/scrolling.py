"""Scrollbars of a widget that keeps its height, whatever is in it."""

from textual.geometry import Size
from textual.scroll_view import ScrollView


def update_scrollbars(widget: ScrollView, size: Size) -> None:
    """Show how long the contents are, and do not stay scrolled past their end. Textual does this in a layout."""
    widget._scroll_update(size)

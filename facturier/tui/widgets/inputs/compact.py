"""The compact look of Textual's inputs, without a border."""

from textual.reactive import Reactive
from textual.widget import Widget


def compact(widget: Widget, attribute: Reactive[bool]) -> None:
    """Make a widget compact that is not mounted yet. The argument `compact=True` would style it right away, which takes
    longer than everything else that its construction does; mounting styles it anyway."""
    widget.set_reactive(attribute, True)
    widget.add_class("-textual-compact", update=False)

"""An option list that also works before it is laid out and in very narrow terminals."""

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from facturier.models.text.i18n import N_
from facturier.tui.textual_private.options import Patient


class Options(Patient, OptionList):
    """The option list that the screens use, with the keys of the other lists."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", N_("Down"), id="options.down", show=False),
        Binding("k", "cursor_up", N_("Up"), id="options.up", show=False),
        Binding("g", "first", N_("First row"), id="options.home", show=False),
        Binding("G", "last", N_("Last row"), id="options.end", show=False),
    ]

    def page(self, direction: int) -> None:
        """Move the highlight down one page, or up if `direction` is negative."""
        move = self.action_page_down if direction > 0 else self.action_page_up
        move()  # type: ignore[no-untyped-call]


ValueT = TypeVar("ValueT")


class ValueOption(Option, Generic[ValueT]):
    """An option with a typed `value`, such as the action to run when it is chosen."""

    def __init__(self, prompt: VisualType, value: ValueT, *, disabled: bool = False) -> None:
        super().__init__(prompt, disabled=disabled)
        self.value = value

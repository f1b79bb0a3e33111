"""An option list that also works before it is laid out and in very narrow terminals."""

from typing import Generic, TypeVar

from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from facturier.tui.textual_private import Patient


class Options(Patient, OptionList):
    """The option list that the screens use."""


ValueT = TypeVar("ValueT")


class ValueOption(Option, Generic[ValueT]):
    """An option with a typed `value`, such as the action to run when it is chosen."""

    def __init__(self, prompt: VisualType, value: ValueT, *, disabled: bool = False) -> None:
        super().__init__(prompt, disabled=disabled)
        self.value = value

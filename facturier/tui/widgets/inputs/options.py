"""A list of options to choose from, also before it is laid out and where there is no room for it."""

from typing import Generic, TypeVar

from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from facturier.tui.textual_private import Patient


class Options(Patient, OptionList):
    """The list that the screens use."""


ValueT = TypeVar("ValueT")


class ValueOption(Option, Generic[ValueT]):
    """An option with what it stands for, such as what is done when it is chosen."""

    def __init__(self, prompt: VisualType, value: ValueT, *, disabled: bool = False) -> None:
        super().__init__(prompt, disabled=disabled)
        self.value = value

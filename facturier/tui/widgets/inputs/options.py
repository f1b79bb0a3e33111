"""A list of options to choose from, also before it is laid out and where there is no room for it."""

from textual.widgets import OptionList

from facturier.tui.textual_private import Patient


class Options(Patient, OptionList):
    """The list that the screens use."""

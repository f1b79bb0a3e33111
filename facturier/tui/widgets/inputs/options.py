"""An option list that also works before it is laid out and in very narrow terminals."""

from textual.widgets import OptionList

from facturier.tui.textual_private import Patient


class Options(Patient, OptionList):
    """The option list that the screens use."""

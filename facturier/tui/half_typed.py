"""What counts only once the person says so: the program does not end over it unasked."""

from textual.dom import DOMNode

from facturier.models.language import _
from facturier.tui.widgets.field import Field


def typed_in(screen: DOMNode) -> str:
    """The sentence for a screen of fields: where one of them says something else than at first."""
    return would_be_lost() if any(field.typed for field in screen.query(Field)) else ""


def would_be_lost() -> str:
    return _("What you typed here would be lost.")

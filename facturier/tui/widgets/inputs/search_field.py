"""The search field of a list: hidden until somebody searches, and as long as there is something to search for."""

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from facturier.models.errors import InputError
from facturier.models.listing.conditions import check_search
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.widgets.inputs.fields import Field


def can_search(screen: Screen[Any], text: str) -> bool:
    """Return whether a list can search for a text. If it is too long, tell the person."""
    try:
        check_search(text)
    except InputError as error:
        screen.notify(str(error), severity="warning", markup=False)
        return False
    return True


class SearchField(Field):
    """Sends `Field.Changed` with every key, and `Left` when the user goes back to the list."""

    DEFAULT_CLASSES: ClassVar[str] = "field search-field"
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.BACK_FROM_SEARCH.on("search_field.leave", priority=True),
        Binding("escape", "clear", N_("End the search"), id="search_field.clear"),
    ]

    class Left(Message):
        """The user goes back to the list. The search stays if there is a text."""

    def __init__(self) -> None:
        super().__init__(_("Search"), id="search")
        self.display = False

    def start(self) -> None:
        """Let the user type."""
        self.display = True
        self.input.focus()

    def action_leave(self) -> None:
        self.display = bool(self.text)
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """End the search."""
        self.text = ""
        self.action_leave()

"""The search under the filters: one line that is empty until someone searches."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

from facturier.models.language import N_, _


class SearchLine(Horizontal):
    """`Changed` comes with every key; `Left` when the person goes back to the list, with the search kept or not."""

    DEFAULT_CLASSES: ClassVar[str] = "search-line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave", N_("To the list"), id="search.leave", priority=True),
        Binding("escape", "clear", N_("End the search"), id="search.clear"),
    ]

    class Changed(Message):
        """Another text is searched for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person goes back to the list."""

    def compose(self) -> ComposeResult:
        yield Label(_("Search"), markup=False, classes="search-label")
        entry = Input(compact=True, select_on_focus=False, placeholder=_("number, customer, reference, item, amount"))
        entry.cursor_blink = False
        yield entry

    def on_mount(self) -> None:
        self._open(False)

    @property
    def text(self) -> str:
        return self.query_one(Input).value

    def start(self) -> None:
        """Let the person type."""
        self._open(True)
        self.query_one(Input).focus()

    def clear(self) -> None:
        """Search for nothing any more."""
        self.query_one(Input).value = ""
        self._open(False)

    def action_leave(self) -> None:
        self._open(bool(self.text.strip()))
        self.post_message(self.Left())

    def action_clear(self) -> None:
        self.clear()
        self.post_message(self.Left())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def _open(self, opened: bool) -> None:
        # The line keeps its place, so that the list does not jump.
        for child in self.children:
            child.visible = opened
        self.query_one(Input).can_focus = opened

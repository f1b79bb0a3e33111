"""A question with a yes and a no, which says what a yes will do."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from facturier.models.language import N_
from facturier.tui.widgets.keybar import KeyBar


class AskScreen(ModalScreen[bool]):
    """Answers True for yes. Escape is always no. `yes` is what the yes key says, such as “Remove”."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,o,enter", "answer(True)", N_("Yes"), id="ask.yes", key_display="y"),
        Binding("n,escape", "answer(False)", N_("No"), id="ask.no", key_display="n"),
    ]

    def __init__(self, question: str, detail: str = "") -> None:
        super().__init__(classes="dialog")
        self._question = question
        self._detail = detail

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._question, markup=False, classes="dialog-title")
            if self._detail:
                yield Label(self._detail, markup=False)
            yield KeyBar()

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

"""A question with a yes and a no, which says what a yes will do."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.language import N_
from facturier.tui.answering import Dialog
from facturier.tui.held_key import HeldKey
from facturier.tui.widgets.keybar import KeyBar


class AskScreen(Dialog[bool]):
    """Answers True for yes. Escape is always no. Enter is yes, too, but not at first, and not at all where the question
    is `grave`: it may have been meant for what came before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,o", "answer(True)", N_("Yes"), id="ask.yes", key_display="y"),
        Binding("enter", "agree", N_("Yes"), id="ask.agree", show=False),
        Binding("n,escape", "answer(False)", N_("No"), id="ask.no", key_display="n"),
    ]

    def __init__(self, question: str, detail: str = "", *, grave: bool = False) -> None:
        super().__init__(classes="dialog")
        self._grave = grave
        self._question = question
        self._detail = detail
        self._enter = HeldKey()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._question, markup=False, classes="dialog-title")
            if self._detail:
                yield Label(self._detail, markup=False)
            yield KeyBar()

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_agree(self) -> None:
        if not self._grave and not self._enter.may_be():
            self.dismiss(True)

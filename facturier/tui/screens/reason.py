"""A question that wants a reason for its yes; the journal keeps it. The reason first, then the yes: what is typed in
answer to the question is never both."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.language import N_, _
from facturier.tui.answering import Dialog
from facturier.tui.half_typed import typed_in
from facturier.tui.screens.ask import AskScreen
from facturier.tui.widgets.field import Field
from facturier.tui.widgets.keybar import KeyBar


class ReasonScreen(Dialog[str | None]):
    """Answers the reason, None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", N_("Go on"), id="reason.yes", priority=True),
        Binding("escape", "dismiss(None)", N_("Cancel"), id="reason.no"),
    ]

    def __init__(self, question: str, detail: str, *, placeholder: str = "") -> None:
        super().__init__(classes="dialog")
        self._question = question
        self._detail = detail
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._question, markup=False, classes="dialog-title")
            yield Label(self._detail, markup=False)
            yield Label(_("First say why: the journal keeps it. Then you are asked for a yes."), markup=False)
            yield Field(_("Reason"), placeholder=self._placeholder)
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    def action_answer(self) -> None:
        field = self.query_one(Field)
        reason = field.text
        if not reason:
            field.show_problem(_("Say why: the journal keeps it."))
            return
        detail = _("{detail} Reason: “{reason}”").format(detail=self._detail, reason=reason)

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(reason)

        self.app.push_screen(AskScreen(self._question, detail, grave=True), answered)

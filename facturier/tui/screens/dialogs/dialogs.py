"""Dialogs for a question, an error, and a reason."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Label

from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.errors.next_steps import next_step
from facturier.tui.screen import Dialog, KeyRepeatGuard
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.keybar import KeyBar

_LONG = 8  # lines that fit into a dialog in every window


class ConfirmScreen(Dialog[bool]):
    """A question. The result is True for yes.

    Escape is always no. Enter is yes too, but not in the first moment, and never for a `grave` question, because the
    key may have been meant for the screen before.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,o", "answer(True)", N_("Yes"), id="ask.yes", key_display=N_("y")),
        Binding("enter", "agree", N_("Yes"), id="ask.agree", show=False),
        Binding("n,escape", "answer(False)", N_("No"), id="ask.no", key_display="n"),
    ]

    def __init__(self, question: str, detail: str = "", *, grave: bool = False) -> None:
        super().__init__(classes="dialog")
        self._grave = grave
        self._question = question
        self._detail = detail
        self._enter = KeyRepeatGuard()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._question, markup=False, classes="dialog-title")
            if self._detail.count("\n") >= _LONG:  # in a part of its own, which the arrow keys scroll
                with VerticalScroll(classes="dialog-long"):
                    yield Label(self._detail, markup=False)
            elif self._detail:
                yield Label(self._detail, markup=False)
            yield KeyBar()

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_agree(self) -> None:
        if not self._grave and not self._enter.may_be():
            self.dismiss(True)


class ProblemScreen(Dialog[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.CLOSE.on("problem.close"),
    ]

    def __init__(self, error: FacturierError) -> None:
        super().__init__(classes="dialog")
        self._error = error

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._error.happened, markup=False, classes="dialog-title")
            for part in (self._error.kept, self._error.todo, next_step(self._error, command_line=False)):
                if part:
                    yield Label(part, markup=False)
            yield KeyBar()


class ReasonScreen(Dialog[str | None]):
    """The dialog's result is the reason, or None if the person cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", N_("Continue"), id="reason.yes", priority=True),
        keys.CANCEL.on("reason.no"),
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
            yield Label(_("Enter a reason for the history. Facturier then asks for confirmation."), markup=False)
            yield Field(_("Reason"), placeholder=self._placeholder)
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    @work
    async def action_answer(self) -> None:
        field = self.query_one(Field)
        reason = field.text
        if not reason:
            field.show_problem(_("Enter a reason. It is saved in the history."))
            return
        detail = _("{detail} Reason: “{reason}”").format(detail=self._detail, reason=reason)
        if await self.app.push_screen_wait(ConfirmScreen(self._question, detail, grave=True)):
            self.dismiss(reason)

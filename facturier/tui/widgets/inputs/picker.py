"""A choice between a few answers that takes one line until it is opened."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Select
from textual.widgets._select import SelectCurrent, SelectOverlay

from facturier.tui.textual_private import Patient


class _Overlay(Patient, SelectOverlay):
    """The open list of answers."""


AnswerT = TypeVar("AnswerT", bound=Hashable)


class Picker(Select[AnswerT]):
    """Textual's Select, except that it redraws the chosen answer when only its label changes. Textual 8.2 does not."""

    def compose(self) -> ComposeResult:
        yield SelectCurrent(self.prompt)
        yield _Overlay(type_to_search=self._type_to_search).data_bind(compact=Select.compact)

    def offer(self, answers: Sequence[tuple[Text, AnswerT]], value: AnswerT) -> None:
        """Replace the answers, given as (label, value), and choose `value`, which must be one of them. No message is
        sent. If the list is open, the highlighted answer stays highlighted while it is still offered."""
        values = [answer for _words, answer in answers]
        overlay = self.query_one(SelectOverlay)
        under_cursor = self._options[overlay.highlighted][1] if overlay.highlighted is not None else value
        with self.prevent(Select.Changed):
            self.set_options(answers)
            self.value = value
        self.query_one(SelectCurrent).update(answers[values.index(value)][0])
        shown = under_cursor if self.expanded and under_cursor in values else value
        overlay.highlighted = values.index(shown)

"""The person goes to another company: nothing is typed into this one any more."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label

from facturier.models.language import _
from facturier.tui.answering import Dialog


class MovingScreen(Dialog[None]):
    """Stands while the company is left, which may take a while: a copy of it is made."""

    def __init__(self, company: str) -> None:
        super().__init__(classes="dialog")
        self._company = company

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(_("Going to {company}…").format(company=self._company), markup=False)

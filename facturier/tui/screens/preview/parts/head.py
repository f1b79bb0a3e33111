"""The sender, the recipients and the subject."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from facturier.mail.senders.choices import SenderChoice
from facturier.models.errors import InputError
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _
from facturier.tui.screens.preview.sender.sender_select import SenderSelect
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.labelled_field import Check
from facturier.tui.widgets.inputs.one_line import Joined

_TYPED = ("to", "cc", "bcc", "subject")


class PreviewHead(Vertical):
    """The head of the preview. The problem of a field comes from checking the whole message, and stays until the next
    check."""

    DEFAULT_CLASSES: ClassVar[str] = "preview-head"

    def __init__(self, choices: Sequence[SenderChoice], first: Composition) -> None:
        super().__init__(id="preview-head")
        self._choices = choices
        self._first = first
        self._problems: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        first = self._first
        yield SenderSelect(self._choices, first.sender_kind)
        yield Field(_("To"), first.to, check=self._trouble("to"), joined=Joined.ADDRESSES, id="to")
        with Horizontal(id="copies"):
            yield Field(_("Cc"), first.cc, check=self._trouble("cc"), joined=Joined.ADDRESSES, id="cc")
            yield Field(_("Bcc"), first.bcc, check=self._trouble("bcc"), joined=Joined.ADDRESSES, id="bcc")
        yield Field(_("Subject"), first.subject, check=self._trouble("subject"), id="subject")

    def composition(self, body: str) -> Composition:
        """Return the entered values, with the message `body`."""
        to, cc, bcc, subject = (self.query_one(f"#{name}", Field).text for name in _TYPED)
        return Composition(self.query_one(SenderSelect).sender_kind or SenderKind.DEFAULT, to, cc, bcc, subject, body)

    def show_subject(self, subject: str) -> None:
        """Replace the subject."""
        field = self.query_one("#subject", Field)
        if field.text != subject:
            field.text = subject

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show the problem of each field beside it: `from`, `to`, `cc`, `bcc`, `subject`."""
        self._problems = problems
        self.query_one(SenderSelect).show_problem(problems.get("from", ""))
        for name in _TYPED:
            self.query_one(f"#{name}", Field).show_problem(problems.get(name, ""))

    def go_to(self, name: str) -> None:
        """Focus a field."""
        self.query_one("#from Picker" if name == "from" else f"#{name} Input").focus()

    def _trouble(self, name: str) -> Check:
        def check(_text: str) -> None:
            if problem := self._problems.get(name):
                raise InputError(problem)

        return check

"""The email as the customer will read it: formatted, or as its plain text part."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from facturier.mail.letter.letter import Letter
from facturier.models.text.i18n import N_


class LetterView(VerticalScroll):
    """Shows an email; `t` switches between formatted and plain text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "look(False)", N_("Plain"), tooltip=N_("Show the email as plain text."), id="letter.plain"),
        Binding(
            "t",
            "look(True)",
            N_("Formatted"),
            tooltip=N_("Show the email with its formatting."),
            id="letter.rendered",
        ),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._subject = ""
        self._letter = Letter("", "")
        self._rendered = True

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, subject: str, letter: Letter) -> None:
        self._subject, self._letter = subject, letter
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "look" or parameters != (self._rendered,)

    def action_look(self, rendered: bool) -> None:
        self._rendered = rendered
        self.refresh_bindings()
        self._show()

    def _show(self) -> None:
        text = rendered_letter(self._letter) if self._rendered else Text(self._letter.plain.strip())
        self.query_one(Static).update(Text.assemble((self._subject, "bold"), "\n\n", text))


def rendered_letter(letter: Letter) -> Text:
    """Return the formatted email. Nothing in it is parsed as markup."""
    text = Text.assemble(*((stretch.text, stretch.look) for stretch in letter.words))
    text.rstrip()
    return text

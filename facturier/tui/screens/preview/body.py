"""The message, and what becomes of it: the email, the PDF and the headers."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Label, Static, TextArea

from facturier.mail.letter.letter import Letter
from facturier.mail.sending.prepare import Prepared
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import N_, _
from facturier.tui.formatting import size_text
from facturier.tui.widgets.document_view import DocumentSource, DocumentView
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.letter_view import LetterView

_VIEWS = {"message": N_("Message"), "letter": N_("Email"), "document": N_("PDF"), "headers": N_("Headers")}
# By the screen's class: the views that Ctrl+T goes through. The others are visible all the time, or have no room.
_TURNED = {
    "-tiny": ("message", "letter", "document", "headers"),
    "-narrow": ("letter", "document", "headers"),
    "-wide": ("document", "headers"),
}


class PreviewBody(Horizontal):
    """The message and its views. The screen's classes say how many of them are side by side: one on a tiny screen, the
    message and the email on a narrow one, and all with one of the PDF and the headers on a wide one."""

    DEFAULT_CLASSES: ClassVar[str] = "preview-body"

    def __init__(self, message: str) -> None:
        super().__init__(id="preview-body")
        self._first = message
        self._view = ""  # the first one that there is room for

    def compose(self) -> ComposeResult:
        with Vertical(id="writing"):
            with Vertical(id="message-pane", classes="preview-pane"):
                yield Label("", markup=False, classes="pane-title")
                yield ManyLines(self._first, id="message")
                yield Label("", markup=False, id="message-problem")
            with Vertical(id="letter-pane", classes="preview-pane"):
                yield Label("", markup=False, classes="pane-title")
                yield LetterView(id="letter")
        with Vertical(id="reading"):
            yield Label("", markup=False, classes="pane-title")
            yield DocumentView(id="document")
            with VerticalScroll(id="headers"):
                yield Static(markup=False)

    @property
    def message(self) -> str:
        """The message as typed, in Markdown."""
        return clean_lines(self.query_one("#message", TextArea).text)

    def show_message(self, text: str) -> None:
        """Put another message in place of the one that is there. The cursor stays where it is, as far as it can."""
        area = self.query_one("#message", TextArea)
        if self.message != text:
            cursor = area.cursor_location
            area.replace(text, (0, 0), area.document.end)
            area.move_cursor(cursor)

    def show_email(self, subject: str, letter: Letter, source: DocumentSource) -> None:
        """Show the email, and the invoice that goes with it. An email that could not be made stays as it was."""
        if letter.html:
            self.query_one(LetterView).show(subject, letter)
        self.query_one(DocumentView).show(source)

    def show(self, prepared: Prepared, source: DocumentSource) -> None:
        """Show what the customer will get. What could not be made stays as it was."""
        self.show_email(prepared.subject, prepared.letter, source)
        if prepared.headers:
            headers = Text(prepared.headers)
            if prepared.message:
                size = size_text(len(prepared.message))
                headers.append("\n\n" + _("The whole message is {size}.").format(size=size), "dim")
            self.query_one("#headers Static", Static).update(headers)

    def show_problem(self, problem: str = "") -> None:
        """Say under the message what is wrong with it. An empty string removes it."""
        label = self.query_one("#message-problem", Label)
        label.update(problem)
        label.display = bool(problem)

    @property
    def _turned(self) -> tuple[str, ...]:
        return next((views for name, views in _TURNED.items() if self.screen.has_class(name)), _TURNED["-narrow"])

    def turn(self) -> None:
        """Go to the next view, and take the focus there, so that its keys work."""
        views = self._turned
        at = views.index(self._view) if self._view in views else -1
        self.go_to(views[(at + 1) % len(views)])

    def go_to(self, view: str) -> None:
        """Show a view and focus it. `letter` focuses the message, except where the email has the room for itself."""
        alone = "message" in self._turned
        self._view = view
        self.show_view()
        self.query_one("#message" if view == "letter" and not alone else f"#{view}").focus()

    def show_view(self) -> None:
        """Arrange the views. Their titles say which are visible, and which has the focus."""
        turned = self._turned
        if not self._view or (self._view == "message" and "message" not in turned):
            self._view = "message" if "message" in turned else "letter"
        for view in _VIEWS:
            self.screen.set_class(view == self._view, f"-{view}")
        shown = self._view if self._view in turned else turned[0]
        place = self.query_one(DocumentView).place if shown == "document" else ""
        focus = self.screen.focused.id if self.screen.focused else ""
        tiny, wide = "message" in turned, "letter" not in turned
        for pane, views, current in (
            ("#message-pane", turned if tiny else ("message",), "message"),
            ("#letter-pane", ("letter",) if wide else turned, "letter"),
            ("#reading", turned, shown),
        ):
            title = self.query_one(f"{pane} > .pane-title", Label)
            width = title.size.width
            title.update(_title(views, current, place, width, focused=focus == current))


def _title(views: Sequence[str], shown: str, place: str, width: int, *, focused: bool) -> Text:
    """The names of the views, with the one that is visible marked, and a rule up to the end of the line."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for view in views:
        text.append(" │ " if text else "", "dim")
        text.append(_(_VIEWS[view]), "dim" if view != shown else "bold reverse" if focused else "bold")
    if place:
        text.append(f"   {place}", "dim")
    if (rest := width - text.cell_len - 2) > 0:
        text.append(f" {'─' * rest}", "dim")
    return text

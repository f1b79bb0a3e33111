"""What is written and what comes of it: the message beside the letter, the document, the headers."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Label, Static, TextArea

from facturier.mail.sending.prepare import Prepared
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import N_, _
from facturier.tui.formatting import size_text
from facturier.tui.widgets.document_view import DocumentSource, DocumentView
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.letter_view import LetterView

_VIEWS = {"letter": N_("Email"), "document": N_("PDF"), "headers": N_("Headers")}


class PreviewBody(Horizontal):
    """On a narrow screen one of the views is in sight, the letter beside the message; on a wide one the letter stands
    under the message, and the document or the headers beside both. The screen's classes say which."""

    DEFAULT_CLASSES: ClassVar[str] = "preview-body"

    def __init__(self, message: str) -> None:
        super().__init__(id="preview-body")
        self._first = message
        self._view = "letter"

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
        """The letter's template as typed."""
        return clean_lines(self.query_one("#message", TextArea).text)

    def show(self, prepared: Prepared, source: DocumentSource) -> None:
        """Show what the customer will get. What could not be made stays as it was."""
        if prepared.letter.html:
            self.query_one(LetterView).show(prepared.subject, prepared.letter)
        self.query_one(DocumentView).show(source)
        if prepared.headers:
            headers = Text(prepared.headers)
            if prepared.message:
                size = size_text(len(prepared.message))
                headers.append("\n\n" + _("The whole message is {size}.").format(size=size), "dim")
            self.query_one("#headers Static", Static).update(headers)

    def show_problem(self, problem: str = "") -> None:
        """Say under the message what is wrong with it; with nothing, take it back."""
        label = self.query_one("#message-problem", Label)
        label.update(problem)
        label.display = bool(problem)

    def turn(self) -> None:
        """To the next view; the focus follows, so that its keys work."""
        views = list(_VIEWS)
        if self.screen.has_class("-wide"):
            views.remove("letter")  # it is in sight all the time
        at = views.index(self._view) if self._view in views else -1
        self.go_to(views[(at + 1) % len(views)])

    def go_to(self, view: str) -> None:
        """Bring a view to sight, and the focus there: to the message for `letter`."""
        self._view = view
        self.show_view()
        self.query_one("#message" if view == "letter" else f"#{view}").focus()

    def show_view(self) -> None:
        """Arrange the views, and mark in their titles which is in sight and which has the focus."""
        for view in _VIEWS:
            self.screen.set_class(view == self._view, f"-{view}")
        wide = self.screen.has_class("-wide")
        shown = "document" if wide and self._view == "letter" else self._view
        place = self.query_one(DocumentView).place if shown == "document" else ""
        right = [view for view in _VIEWS if not wide or view != "letter"]
        focus = self.screen.focused.id if self.screen.focused else ""
        self.query_one("#message-pane > .pane-title", Label).update(
            Text(_("Message"), style="bold reverse" if focus == "message" else "")
        )
        self.query_one("#letter-pane > .pane-title", Label).update(
            _titles(["letter"] if wide else right, "letter", focused=focus == "letter")
        )
        self.query_one("#reading > .pane-title", Label).update(
            _titles(right, shown, place, focused=focus in ("document", "headers"))
        )


def _titles(views: list[str], shown: str, place: str = "", *, focused: bool) -> Text:
    """The names of the views, the one in sight marked."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for view in views:
        text.append(" │ " if text else "", "dim")
        text.append(_(_VIEWS[view]), "dim" if view != shown else "bold reverse" if focused else "bold")
    if place:
        text.append(f"   {place}", "dim")
    return text

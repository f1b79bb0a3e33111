"""The message, with views of the email, the PDF and the headers."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Label, Static, TextArea

from facturier.mail.letter.letter import Letter
from facturier.mail.sending.prepare import Prepared
from facturier.models.text.clean import clean_lines
from facturier.models.text.i18n import N_, _
from facturier.tui.widgets.document_view import DocumentSource, DocumentView
from facturier.tui.widgets.inputs.many_lines import ManyLines
from facturier.tui.widgets.letter_view import LetterView
from facturier.tui.words.formatting import size_text

_VIEWS = {"message": N_("Message"), "letter": N_("Email"), "document": N_("PDF"), "headers": N_("Headers")}
# The views that Ctrl+T switches between, by the screen's class. The others are always visible, or do not fit.
_TURNED = {
    "-tiny": ("message", "letter", "document", "headers"),
    "-narrow": ("letter", "document", "headers"),
    "-wide": ("document", "headers"),
}


class PreviewBody(Horizontal):
    """The message and its views.

    The screen's classes decide which are side by side: one view on a tiny screen; the message and the email on a narrow
    one; and on a wide one also the PDF or the headers.
    """

    DEFAULT_CLASSES: ClassVar[str] = "preview-body"

    def __init__(self, message: str) -> None:
        super().__init__(id="preview-body")
        self._first = message
        self._view = ""  # the current view; empty for the first that fits

    def compose(self) -> ComposeResult:
        with Vertical(id="writing"):
            with Vertical(id="message-pane", classes="preview-pane"):
                yield _PaneTitle()
                yield ManyLines(self._first, id="message")
                yield Label("", markup=False, id="message-problem")
            with Vertical(id="letter-pane", classes="preview-pane"):
                yield _PaneTitle()
                yield LetterView(id="letter")
        with Vertical(id="reading"):
            yield _PaneTitle()
            yield DocumentView(id="document")
            with VerticalScroll(id="headers"):
                yield Static(markup=False)

    @property
    def message(self) -> str:
        """The message as entered, in Markdown."""
        return clean_lines(self.query_one("#message", TextArea).text)

    def show_message(self, text: str) -> None:
        """Replace the message. The cursor stays in its place if possible."""
        area = self.query_one("#message", TextArea)
        if self.message != text:
            cursor = area.cursor_location
            area.replace(text, (0, 0), area.document.end)
            area.move_cursor(cursor)

    def show_email(self, subject: str, letter: Letter, source: DocumentSource) -> None:
        """Show the email and its invoice. If the email could not be created, the old one stays."""
        if letter.html:
            self.query_one(LetterView).show(subject, letter)
        self.query_one(DocumentView).show(source)

    def show(self, prepared: Prepared, source: DocumentSource) -> None:
        """Show what the customer will get. If a part could not be created, the old one stays."""
        self.show_email(prepared.subject, prepared.letter, source)
        if prepared.headers:
            headers = Text(prepared.headers)
            if prepared.message:
                size = size_text(len(prepared.message))
                headers.append("\n\n" + _("The whole message is {size}.").format(size=size), "dim")
            self.query_one("#headers Static", Static).update(headers)

    def show_problem(self, problem: str = "") -> None:
        """Show a problem of the message below it, or none for an empty text."""
        label = self.query_one("#message-problem", Label)
        if problem or label.display:
            label.update(problem)
            label.display = bool(problem)

    @property
    def _turned(self) -> tuple[str, ...]:
        return next((views for name, views in _TURNED.items() if self.screen.has_class(name)), _TURNED["-narrow"])

    def turn(self) -> None:
        """Go to the next view and focus it, so that its keys work."""
        views = self._turned
        at = views.index(self._view) if self._view in views else -1
        self.go_to(views[(at + 1) % len(views)])

    def go_to(self, view: str) -> None:
        """Show a view and focus it. `letter` focuses the message, unless the email has all the space."""
        alone = "message" in self._turned
        self._view = view
        self.show_view()
        self.query_one("#message" if view == "letter" and not alone else f"#{view}").focus()

    def show_view(self) -> None:
        """Arrange the views. Their titles show which are visible, and which has the focus."""
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
            self.query_one(f"{pane} > _PaneTitle", _PaneTitle).show(views, current, place, focused=focus == current)


class _PaneTitle(Widget):
    """The names of the views of a pane. The rule after them has the width that the pane has when it is drawn."""

    DEFAULT_CLASSES: ClassVar[str] = "pane-title"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Sequence[str], str, str, bool] = ((), "", "", False)

    def show(self, views: Sequence[str], current: str, place: str, *, focused: bool) -> None:
        self._shown = (views, current, place, focused)
        self.refresh()

    def render(self) -> RenderResult:
        views, current, place, focused = self._shown
        return _title(views, current, place, self.size.width, focused=focused)


def _title(views: Sequence[str], shown: str, place: str, width: int, *, focused: bool) -> Text:
    """Return the names of the views, with the visible one marked, and a rule to the end of the line."""
    text = Text(no_wrap=True, overflow="ellipsis")
    for view in views:
        text.append(" │ " if text else "", "dim")
        text.append(_(_VIEWS[view]), "dim" if view != shown else "bold reverse" if focused else "bold")
    if place:
        text.append(f"   {place}", "dim")
    if (rest := width - text.cell_len - 2) > 0:
        text.append(f" {'─' * rest}", "dim")
    return text

"""The document as the customer will see it: as plain text, or as an image of one page at a time.

The image is drawn with half blocks, or sent as a real image if the terminal's name shows that it supports them.
"""

import math
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from facturier.mail.document.half_blocks import Run
from facturier.mail.document.plain_text import WIDTH, content_text, document_text
from facturier.mail.document.texts.content import Content
from facturier.models.books.invoice import Invoice
from facturier.models.errors import FacturierError
from facturier.models.settings.company import Company
from facturier.models.text.i18n import N_, ngettext
from facturier.tui.textual_private.app import write_to_terminal
from facturier.tui.widgets import kitty

# Width of the image as a multiple of the view's width.
_ZOOMS = (1.0, 1.5, 2.0, 3.0)
# Pixels of a real image per column, about the width of a cell in a large font.
_SHARPNESS = 12
# Standard input. Textual reads keys from it, so it is the terminal.
_TERMINAL = 0


class Source(Protocol):
    """A document that can be shown."""

    def text(self) -> str: ...

    def page(self, page: int, width: int, abandoned: Callable[[], bool]) -> tuple[bytes, int]:
        """Return a page as PNG, `width` pixels wide, and the number of pages. A `page` past the end gives the last
        page.

        Raises DocumentError if the page cannot be made, or soon after `abandoned` returns True.
        """


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """The data for a document. `number` is the invoice number; for a draft, the number that it will get."""

    invoice: Invoice
    company: Company
    number: str

    def text(self) -> str:
        return document_text(self.invoice, self.company, self.number)

    def page(self, page: int, width: int, abandoned: Callable[[], bool]) -> tuple[bytes, int]:
        """Same as `Source.page`."""
        from facturier.mail.document.document import make_pages

        pages = make_pages(self.invoice, self.company, self.number, width=width, abandoned=abandoned)
        return pages[min(page, len(pages) - 1)], len(pages)


@dataclass(frozen=True, slots=True)
class ContentSource:
    """The texts of a document that is not an invoice, such as a statement. `day` is its date, and `name` is what errors
    call it."""

    content: Content
    company: Company
    day: date
    name: str

    def text(self) -> str:
        return content_text(self.content)

    def page(self, page: int, width: int, abandoned: Callable[[], bool]) -> tuple[bytes, int]:
        """Same as `Source.page`."""
        from facturier.mail.document.document import pages_of

        pages = pages_of(self.content, self.company, self.day, self.name, width=width, abandoned=abandoned)
        return pages[min(page, len(pages) - 1)], len(pages)


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document that was sent. Only its pages can be shown; `about` is shown instead of its text."""

    document: bytes
    about: str

    def text(self) -> str:
        return self.about

    def page(self, page: int, width: int, abandoned: Callable[[], bool]) -> tuple[bytes, int]:
        """Same as `Source.page`."""
        from facturier.mail.document.document import draw_page

        return draw_page(self.document, page, width=width, abandoned=abandoned)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The content to show and its number of pages. `sending` is written to the terminal before it is shown, `removing`
    after it is replaced; both are empty for plain text."""

    text: Text
    pages: int = 1
    sending: str = ""
    removing: str = ""


class DocumentView(ScrollableContainer):
    """Shows a document. Drawing runs in a thread, and the current content stays visible until the next is ready. While
    the view itself is hidden, nothing is drawn."""

    class Drawn(Message):
        """The page or the number of pages changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "t",
            "look('picture')",
            N_("Image"),
            tooltip=N_("Show the page as an image."),
            id="document.picture",
        ),
        Binding("t", "look('text')", N_("Text"), tooltip=N_("Show the PDF as text."), id="document.text"),
        Binding("plus", "zoom(1)", N_("Zoom in"), key_display="+", id="document.larger"),
        Binding("minus", "zoom(-1)", N_("Zoom out"), key_display="-", id="document.smaller"),
        Binding("pagedown,space", "page(1)", N_("Next page"), id="document.next", show=False),
        Binding("pageup", "page(-1)", N_("Previous page"), id="document.before", show=False),
    ]

    def __init__(self, *, picture: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: Source | None = None
        self._picture = picture
        self._zoom = 0
        self._drawing = Drawing(Text())
        self._visible = False
        self._waits = False  # to be drawn
        self.page = 0
        self.pages = 1

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    @property
    def place(self) -> str:
        """The position as `page 1 of 2`, or an empty string while the document is shown as text."""
        if not self._picture:
            return ""
        return ngettext("page {page} of {pages}", "page {page} of {pages}", self.pages).format(
            page=self.page + 1, pages=self.pages
        )

    def on_mount(self) -> None:
        self._picture = self._picture and not self.app.no_color

    def show(self, source: Source) -> None:
        """Show the document of `source`. Does nothing if it is already shown."""
        if source != self._source:
            self._source = source
            self._draw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "zoom":
            return self._picture
        if parameters == ("picture",):
            return not self._picture and not self.app.no_color  # half blocks need colours
        return parameters != ("text",) or self._picture

    def action_look(self, how: str) -> None:
        self._picture = how == "picture"
        self.scroll_home(animate=False)
        self.refresh_bindings()
        self._draw()

    def action_zoom(self, step: int) -> None:
        zoom = min(max(self._zoom + step, 0), len(_ZOOMS) - 1)
        if zoom != self._zoom:
            self._zoom = zoom
            self._draw()

    def action_page(self, step: int) -> None:
        """Scroll by one screen. At the end of a page, go to the next one."""
        room = self.max_scroll_y - self.scroll_y if step > 0 else self.scroll_y
        if room > 0:
            self.scroll_relative(y=step * max(self.size.height - 2, 1), animate=False)
        elif self._picture and 0 <= self.page + step < self.pages:
            self.page += step
            self.scroll_to(0, 0 if step > 0 else self.max_scroll_y, animate=False)
            self._draw()

    def on_resize(self) -> None:
        if self._picture:
            self._draw()

    def on_show(self) -> None:
        self._visible = True
        if self._waits:
            self._draw()

    def on_hide(self) -> None:
        self._visible = False

    def _draw(self) -> None:
        self._waits = not self._visible
        if self._source is not None and self._visible:
            width = self.scrollable_content_region.width
            self._make(self._source, self._picture, self.page, self._zoom, width)

    @work(thread=True, group="document", exclusive=True)
    def _make(self, source: Source, picture: bool, page: int, zoom: int, width: int) -> None:
        worker = get_current_worker()
        try:
            if picture:
                draw = real_picture_of if self._real else picture_of
                drawing = draw(source, page, max(width, 20), _ZOOMS[zoom], lambda: worker.is_cancelled)
            else:
                drawing = Drawing(Text(source.text(), no_wrap=True))
        except FacturierError as error:
            drawing = Drawing(Text(str(error)))
        if not worker.is_cancelled:
            self.app.call_from_thread(self._drawn, drawing)

    @property
    def _real(self) -> bool:
        """Whether the terminal can show real images. Image numbers are encoded as colours, which needs true colour."""
        return kitty.shows_pictures(os.environ) and self.app.console.color_system == "truecolor"

    def _drawn(self, drawing: Drawing) -> None:
        before, self._drawing = self._drawing, drawing
        self.pages = drawing.pages
        self.page = min(self.page, drawing.pages - 1)
        static = self.query_one(Static)
        static.styles.width = (
            max((line.cell_len for line in drawing.text.split()), default=0) if self._picture else WIDTH
        )
        self._tell_terminal(drawing.sending)
        static.update(drawing.text)
        self._tell_terminal(before.removing)
        self.post_message(self.Drawn())

    def on_unmount(self) -> None:
        self._tell_terminal(self._drawing.removing)

    def _tell_terminal(self, sequence: str) -> None:
        if sequence:
            write_to_terminal(self.app, sequence)


def picture_of(source: Source, page: int, width: int, zoom: float, abandoned: Callable[[], bool]) -> Drawing:
    """Draw one page in half blocks, `zoom` times `width` columns wide. A `page` past the end gives the last page.

    Raises DocumentError if the page cannot be made, or soon after `abandoned` returns True.
    """
    from facturier.mail.document.half_blocks import BUDGET, page_picture

    png, pages = source.page(page, int(width * zoom), abandoned)
    # Only the visible part is written to the terminal, so a larger image may use more styles.
    return Drawing(as_text(page_picture(png, budget=int(BUDGET * zoom * zoom))), pages)


def real_picture_of(source: Source, page: int, width: int, zoom: float, abandoned: Callable[[], bool]) -> Drawing:
    """Same as `picture_of`, but as a real image."""
    columns = min(int(width * zoom), kitty.MOST)
    png, pages = source.page(page, columns * _SHARPNESS, abandoned)
    wide, high = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    rows = min(math.ceil(columns * high / wide / kitty.cell_shape(_TERMINAL)), kitty.MOST)
    number = secrets.randbelow(0xFFFFFF) + 1
    return Drawing(
        kitty.cells(number, columns, rows),
        pages,
        kitty.sending(png, number, columns, rows),
        kitty.removing(number),
    )


def as_text(rows: list[list[Run]]) -> Text:
    """Convert the runs of an image to styled text."""
    text = Text(no_wrap=True)
    for row in rows:
        for run in row:
            text.append(run.text, Style(color=Color.from_rgb(*run.fg), bgcolor=Color.from_rgb(*run.bg)))
        text.append("\n")
    text.rstrip()
    return text

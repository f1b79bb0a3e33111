"""The preview: sender, recipients and message of an invoice, and everything as the customer will see it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from facturier.mail.senders.choices import choices
from facturier.models.books.invoices import get_invoice
from facturier.tui.screens.preview.keys import KEYS
from facturier.tui.screens.preview.parts.body import PreviewBody
from facturier.tui.screens.preview.parts.findings import FindingsView
from facturier.tui.screens.preview.parts.head import PreviewHead
from facturier.tui.screens.preview.sending import Sending
from facturier.tui.widgets.document_view import DocumentView
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

_OFFER = 0.8  # seconds until shared addresses are looked up


class PreviewScreen(Sending):
    """The screen's result is the id of the new delivery, or None when the person went back.

    What was entered is saved with the invoice in both cases.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def compose(self) -> ComposeResult:
        # These classes are set now because otherwise all widgets would be styled again when the screen gets its size.
        for points, size in (
            (self.HORIZONTAL_BREAKPOINTS, self.app.size.width),
            (self.VERTICAL_BREAKPOINTS, self.app.size.height),
        ):
            self.add_class([name for least, name in points if least <= size][-1])
        yield Title(id="preview-title")
        yield Banner(self._ws)
        yield PreviewHead(choices(self._ws), self._first)
        yield PreviewBody(self._first.body)
        yield FindingsView()
        yield KeyBar()

    def on_mount(self) -> None:
        invoice, company = get_invoice(self._ws.store, self._invoice_id), self._ws.company()
        self._show_title(invoice, invoice.number_with(company))
        self.query_one(FindingsView).show_making()
        self._go_to("from" if self._first.to else "to")
        self.call_after_refresh(self._prepare)  # so that the screen is drawn first
        self.set_timer(_OFFER, self._look_for_offers)

    async def on_language_changed(self) -> None:
        """Compose the screen again with what was entered."""
        self._first = self._written = self._composition()
        self.workers.cancel_group(self, "prepare")  # a message that is ready meanwhile has no place to be shown
        await self.recompose()
        self.on_mount()

    # Views

    def action_turn(self) -> None:
        self.query_one(PreviewBody).turn()

    def on_resize(self) -> None:
        self.call_after_refresh(self._arrange)

    def on_descendant_focus(self) -> None:
        self._arrange()

    @on(DocumentView.Drawn)
    def _arrange(self) -> None:
        self.query_one(PreviewBody).show_view()

    def _go_to(self, name: str) -> None:
        """Focus the field or view that a finding is about."""
        if name in ("letter", "document"):
            self.query_one(PreviewBody).go_to(name)
        else:
            self.query_one(PreviewHead).go_to(name)

"""The chosen invoice beside the list, where there is room: what it is for, what is owed, what became of it."""

import contextlib
from datetime import date
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from facturier.models.errors import StoreError
from facturier.models.store.store import Store


class InvoiceCard(Widget, can_focus=False):
    """Draws what `show` read last; draws again only when that is another thing."""

    DEFAULT_CLASSES: ClassVar[str] = "invoice-card"

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store
        self._drawn: object = None
        self._content: RenderableType = Text("")

    def show(self, invoice_id: int | None, today: date) -> None:
        read: object = None
        content: RenderableType = Text("")
        if invoice_id is not None:
            from facturier.tui.screens.invoice_list.parts.summary import invoice_summary

            with contextlib.suppress(StoreError):  # deleted between the list and here: the list is about to say so
                read, content = invoice_summary(self._store, invoice_id, today)
        if read != self._drawn:
            self._drawn, self._content = read, content
            self.refresh()

    def render(self) -> RenderResult:
        return self._content

"""The draft of the editor: what was entered, and how it is saved."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

from textual import on

from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, InvoiceKind
from facturier.models.drafts.drafts import new_draft
from facturier.models.errors import StoreError
from facturier.models.items.items import find_items, item_taxes
from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.parts.body import EditorStatus
from facturier.tui.screens.editor.parts.head import InvoiceHead
from facturier.tui.screens.editor.parts.totals import InvoiceTotals
from facturier.tui.screens.editor.state.autosave import Autosave, as_typed
from facturier.tui.screens.editor.state.history import History
from facturier.tui.widgets.inputs.fields import Area
from facturier.tui.widgets.title import Title
from facturier.tui.workers import run_in_worker

SAVE_AFTER = 0.5  # seconds from the first unsaved key; together with the save itself, it is less than one second
TRY_AGAIN_AFTER = 2.0  # seconds

# The fields of an invoice that DetailsScreen changes.
_DETAILS = (
    *("discount", "shipping", "shipping_tax", "deposit", "inclusive", "service_from", "service_to", "exchange_rate"),
    *("own_number", "custom", "ship_to", "notes"),
)


def details_of(invoice: Invoice) -> dict[str, Any]:
    """Return the fields that DetailsScreen changes, with their values."""
    return {name: getattr(invoice, name) for name in _DETAILS}


@contextmanager
def _keeping_approval(ws: Workspace) -> Iterator[None]:
    from facturier.mail.vault.schedule_approval import keeping_approval

    with keeping_approval(ws):
        yield


class DraftSaving(ResultScreen[int | None]):
    """The part of the editor that keeps the draft and saves it."""

    def __init__(
        self,
        ws: Workspace,
        invoice_id: int | None = None,
        *,
        customer: Customer = Customer(),  # noqa: B008
        kind: InvoiceKind = InvoiceKind.INVOICE,
    ) -> None:
        super().__init__()
        self._ws = ws
        self._company = ws.company()
        if invoice_id is None:
            draft = new_draft(ws.store, ws.today(), customer, kind)
        else:
            draft = get_invoice(ws.store, invoice_id)
        self._history = History(as_typed(draft))
        self._issued = draft.book_status is not BookStatus.DRAFT
        saving = partial(_keeping_approval, ws) if draft.kind is InvoiceKind.RECURRING else nullcontext
        self._drafts = Autosave(ws.store, draft, self._snapshot, self._followed, saving)
        self._head = InvoiceHead(ws.store, self._company, ws.today(), draft)
        self._grid = LineGrid(self._offered_items, lambda: item_taxes(ws.store), id="lines")
        self._message = Area("", draft.message, lines=4, at_end=True, id="message-printed")
        self._message.add_class("region")
        self._message.border_title = (
            _("Message on the estimate")
            if draft.is_estimate
            else _("Message on the credit note")
            if draft.is_credit
            else _("Message on the invoice")
        )
        self._details = details_of(draft)
        self._totals = InvoiceTotals(draft, self._company.currency)
        self._status = EditorStatus()
        self._title = Title(id="title")
        self._shown = False  # whether the fields exist
        self._can = (False, False, False)  # the available keys, as the key bar shows them
        self._waiting = False  # whether a save is scheduled
        self._new_items: dict[str, str] = {}  # the tax of each item that this editor has created, by its name
        self._files = 0  # files that are sent with the invoice
        self._missing = ""  # what prevents sending or going back
        self._warned = ""  # the last warning about a text that is not saved

    def _tell(self) -> None:
        """Update the title with the name and state of the draft, and the totals."""
        raise NotImplementedError

    def _not_kept(self) -> str:
        """Return a sentence about the first text that cannot be saved, or an empty text."""
        raise NotImplementedError

    def _place(self) -> object:
        """Return the place where the person is typing."""
        raise NotImplementedError

    def _snapshot(self, kept: Invoice) -> Invoice:
        typed = self._head.apply(kept)
        return replace(typed, lines=self._grid.lines, message=self._message.text, **self._details)

    def _stored(self, customer: Customer) -> Customer:
        """Return the stored customer, with the values that the copy in the invoice does not have."""
        found = get_customer(self._ws.store, customer.id) if customer.id is not None else None
        return found or customer

    def _count_files(self) -> None:
        invoice_id = self._drafts.kept.id
        if invoice_id is not None:
            with problems_shown(self):
                self._files = len(attachments_of(self._ws.store, invoice_id))

    def _offered_items(self, text: str) -> list[Item]:
        """The items that a text may mean, with their description and rate for this invoice."""
        draft, company = self._snapshot(self._drafts.kept), self._company
        language = draft.customer.language or company.language
        return [item.offered(language, draft.currency, company.currency) for item in find_items(self._ws.store, text)]

    @on(InvoiceHead.Changed)
    @on(LineGrid.Changed)
    @on(Area.Changed)
    def _changed(self) -> None:
        self._missing = ""
        self._history.note(as_typed(self._snapshot(self._drafts.kept)), self._place())
        self._tell()
        if not self._waiting and self._drafts.unsaved:
            self._waiting = True
            self.set_timer(SAVE_AFTER, self._save_in_time)

    def _save_in_time(self) -> None:
        self._waiting = False
        run_in_worker(self, self.save_now, "autosave")

    async def save_now(self) -> bool:
        """Save what is not saved yet. If that fails, return False; the screen shows the reason and tries again."""
        saved = await self._drafts.save()
        if not self._has_parts:
            return saved
        self._grid.recheck(self._drafts.kept.rates)
        if not saved and not self._drafts.conflict and not self._waiting:
            self._waiting = True
            self.set_timer(TRY_AGAIN_AFTER, self._save_in_time)
        self._tell()
        return saved

    @property
    def _has_parts(self) -> bool:
        """Whether the parts of the screen exist. At the end of the program, they are removed before the screen."""
        return self.is_mounted and bool(self.query(Title))

    def _followed(self, before: Invoice, after: Invoice) -> None:
        self._history.follow(*(as_typed(one).customer for one in (before, after)))
        if self._details["ship_to"] == before.ship_to:
            self._details["ship_to"] = after.ship_to
        if self._has_parts:
            self._head.follow(before.customer, after.customer)

    def typed_copy(self) -> tuple[str, str]:
        """Return what is not saved, in the format of `facturier draft`, and the reason."""
        from facturier.tui.screens.dialogs.leaving.typed_copy import draft_copy

        if not self._drafts.unsaved:
            return "", ""
        return draft_copy(self._snapshot(self._drafts.kept)), str(self._drafts.problem or "")

    async def on_company_changed(self) -> None:
        """Update the next number and the tax rates, which somebody else may have changed."""
        try:
            self._company = self._ws.company()
            before = await self._drafts.follow()
        except StoreError as error:
            self.log.error(error)  # the app shows it, and so will the next save
            return
        if self._drafts.kept is not before:
            self._followed(before, self._drafts.kept)
        self._grid.recheck(self._drafts.kept.rates)
        self._tell()

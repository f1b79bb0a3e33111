"""An issued invoice: what is on it, and what became of it."""

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.visual import VisualType
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import count_entries, read_journal
from facturier.models.books.payments import payments_of
from facturier.models.books.status import BookStatus
from facturier.models.errors import StoreError
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.pauses import paused_by
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.formatting import seconds_left
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.screens.invoice.actions import InvoiceActions
from facturier.tui.screens.invoice.history import (
    HistoryView,
    alerts_text,
    deliveries_view,
    folded_history,
    payments_view,
)
from facturier.tui.screens.invoice.invoice_view import InvoiceView
from facturier.tui.screens.invoice.keys import KEYS
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.payment_line import PaymentLine
from facturier.tui.widgets.status import delivery_status, settlement
from facturier.tui.widgets.title import Banner, Title

_NARROW = 60  # columns below which the title has no room for the customer


class InvoiceScreen(InvoiceActions):
    """From 120 columns on, deliveries, payments and history are beside the invoice."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(ws, invoice_id)
        self._entries = 0
        self._unfolded = False  # the history
        self._shown: dict[str, object] = {}  # what each part was drawn from

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        with VerticalScroll():
            yield Static(classes="invoice-alerts", markup=False)
            with Container(classes="invoice-parts"):
                yield Static(classes="invoice-itself")
                with Vertical(classes="invoice-side"):
                    yield Static(classes="invoice-deliveries")
                    yield Static(classes="invoice-payments")
                    yield Static(classes="invoice-history")
        yield PaymentLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._renew()
        self.set_interval(1, self._count_down)

    def on_company_changed(self) -> None:
        self._renew()

    # What is shown

    def _renew(self) -> None:
        store = self._ws.store
        try:
            with store.reading():
                self._invoice = invoice = get_invoice(store, self._invoice_id)
                self._deliveries = deliveries_of(store, self._invoice_id)
                self._alerts = open_alerts(store, self._invoice_id)
                self._payments = payments_of(store, self._invoice_id)
                self._entries = count_entries(store, self._invoice_id)
        except StoreError as error:
            self._leave_over(error)
            return
        if invoice.book_status is BookStatus.DRAFT:  # its send was undone: the editor is the place for it
            self.dismiss()
            return
        self._show_title(invoice)
        self.query_one(".invoice-alerts").display = bool(self._alerts)
        self._show("alerts", alerts_text(self._alerts))
        self._show("itself", InvoiceView(invoice, self._ws.today()))
        self._show_deliveries()
        payments = tuple(self._payments), invoice.currency
        self._show("payments", payments_view(self._payments, invoice), payments)
        self._show_history()
        self.refresh_bindings()

    def _show_title(self, invoice: Invoice) -> None:
        title = self.query_one(Title)
        state = delivery_status(invoice.book_status, invoice.delivery).text()
        if self.size.width < _NARROW:  # the number must be readable
            title.left, title.right = invoice.number or "", state
            return
        customer = clean(invoice.customer.name)
        title.left = _("Invoice {number} for {customer}").format(number=invoice.number, customer=customer)
        title.right = Text.assemble(state, "  ", settlement(invoice.owed(self._ws.today())))

    def on_resize(self) -> None:
        if self._invoice is not None:
            self._show_title(self._invoice)

    @work
    async def _leave_over(self, error: StoreError) -> None:
        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss()

    def _show(self, part: str, drawn: VisualType, source: object = None) -> None:
        """Draw a part, unless it was drawn from an equal `source`, by default from itself."""
        source = drawn if source is None else source
        if self._shown.get(part) != source:
            self._shown[part] = source
            self.query_one(f".invoice-{part}", Static).update(drawn)

    def _show_deliveries(self) -> None:
        now, paused = self._ws.clock(), paused_by(self._ws.store) is not None
        explained = {alert.delivery_id for alert in self._alerts}
        left = [seconds_left(delivery, now) for delivery in self._deliveries]
        view = deliveries_view(self._deliveries, explained, now, paused=paused)
        self._show("deliveries", view, (tuple(self._deliveries), explained, left, paused))

    def _show_history(self) -> None:
        assert self._invoice is not None
        if not self._unfolded:
            self._show("history", folded_history(self._entries))
            return
        entries = read_journal(self._ws.store, self._invoice_id)
        source = tuple(entry.id for entry in entries), tuple(self._deliveries)
        self._show("history", HistoryView(entries, self._invoice, self._deliveries), source)

    def _count_down(self) -> None:
        if self._last is not None and seconds_left(self._last, self._ws.clock()) and self.is_current:
            self._show_deliveries()

    def action_history(self) -> None:
        self._unfolded = not self._unfolded
        self._show_history()
        if self._unfolded:
            history = self.query_one(".invoice-history")
            self.call_after_refresh(history.scroll_visible, animate=False, top=True)

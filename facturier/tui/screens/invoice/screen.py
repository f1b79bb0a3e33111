"""An issued invoice: its contents, and what happened to it."""

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.visual import VisualType
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoices import get_invoice, numbers_of
from facturier.models.books.journal import count_entries, read_journal
from facturier.models.books.status import BookStatus
from facturier.models.chasing.silence import silenced
from facturier.models.customers.figures import Balance, read_balance
from facturier.models.errors import StoreError
from facturier.models.estimates.billing import Progress, progress_of
from facturier.models.estimates.estimate_list import Progressing, status_of
from facturier.models.outbox.deliveries import deliveries_of, notices_of
from facturier.models.outbox.pauses import paused_by
from facturier.models.payments.payments import payments_of
from facturier.tui.screens.invoice.actions import InvoiceActions
from facturier.tui.screens.invoice.keys import KEYS
from facturier.tui.screens.invoice.parts.history import (
    HistoryView,
    alerts_text,
    billed_view,
    deliveries_view,
    folded_history,
    payments_view,
)
from facturier.tui.screens.invoice.parts.invoice_view import InvoiceView
from facturier.tui.screens.invoice.parts.rendered_once import RenderedOnce
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.estimate_status import progress_text
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.pages import Pages
from facturier.tui.widgets.status import delivery_status, settlement
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.documents import document_title
from facturier.tui.words.formatting import seconds_left
from facturier.tui.words.notices import silence_words

_PARTS = ("alerts", "itself", "deliveries", "payments", "history")
_NARROW = 60  # columns below which there is no space for the customer in the title


class InvoiceScreen(InvoiceActions):
    """In windows of at least 120 columns, deliveries, payments and history are beside the invoice."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(ws, invoice_id)
        self._numbers: dict[int, str] = {}  # of the other documents of its credits
        self._progress: Progress | None = None  # of an estimate
        self._entries = 0
        self._unfolded = False  # whether the history is shown
        self._problem: StoreError | None = None  # why the invoice could not be read when the screen opened
        self._shown: dict[str, object] = {}  # the data from which each part was drawn

    def compose(self) -> ComposeResult:
        # Everything is read here, so that only one layout is needed.
        yield Title()
        yield Banner(self._ws)
        try:
            self._read()
        except StoreError as error:
            self._problem = error
        else:
            with Pages():
                yield self._part("alerts")
                with Container(classes="invoice-parts"):
                    yield self._part("itself")
                    with Vertical(classes="invoice-side"):
                        yield self._part("deliveries")
                        yield self._part("payments")
                        yield self._part("history")
        yield DoneLine()
        yield KeyBar()

    def on_mount(self) -> None:
        if self._problem is not None:
            self._leave_over(self._problem)
        else:
            self._show_title()
            self.set_interval(1, self._count_down)

    def on_company_changed(self) -> None:
        if self._problem is None:
            self._renew()

    # What is shown

    def _read(self) -> None:
        """Read the invoice and everything about it. Raises StoreError."""
        store = self._ws.store
        with store.reading():
            self._invoice = get_invoice(store, self._invoice_id)
            self._home = self._ws.company().currency
            self._deliveries = deliveries_of(store, self._invoice_id)
            self._notices = notices_of(store, self._invoice_id)
            self._silenced = silenced(store, self._invoice_id)
            self._alerts = open_alerts(store, self._invoice_id)
            self._payments = payments_of(store, self._invoice_id)
            others = {payment.other_id for payment in self._payments if payment.other_id is not None}
            self._numbers = numbers_of(store, others) if others else {}
            self._entries = count_entries(store, self._invoice_id)
            self._progress = progress_of(store, self._invoice) if self._invoice.is_estimate else None

    def _renew(self) -> None:
        try:
            self._read()
        except StoreError as error:
            self._leave_over(error)
            return
        if self._invoice is not None and self._invoice.book_status is BookStatus.DRAFT:
            if not self.busy:  # after undoing the send here, the editor opens instead
                self.dismiss()
            return
        self._show_title()
        for part in _PARTS:
            self._show(part)
        self.refresh_bindings()

    def _part(self, part: str) -> Static:
        drawn, self._shown[part] = self._draw(part)
        widget = Static(drawn, classes=f"invoice-{part}", markup=False)
        widget.display = part != "alerts" or bool(self._alerts)
        return widget

    def _show(self, part: str) -> None:
        """Draw a part again if its data has changed."""
        drawn, source = self._draw(part)
        if self._shown[part] != source:
            self._shown[part] = source
            widget = self.query_one(f".invoice-{part}", Static)
            widget.update(drawn)
            widget.display = part != "alerts" or bool(self._alerts)

    def _draw(self, part: str) -> tuple[VisualType, object]:
        """Return what to draw for a part, and the data that it was drawn from."""
        assert self._invoice is not None
        match part:
            case "alerts":
                text = alerts_text(self._alerts)
                return text, text
            case "itself":
                view = InvoiceView(self._invoice, self._ws.today(), self._home)
                return RenderedOnce(view), view
            case "deliveries":
                now, paused = self._ws.clock(), paused_by(self._ws.store) is not None
                explained = {alert.delivery_id for alert in self._alerts}
                deliveries = self._all_deliveries
                left = [seconds_left(delivery, now) for delivery in deliveries]
                by_hand, silence = self._invoice.handed_over, silence_words(self._silenced)
                course = deliveries_view(
                    deliveries, explained, now, paused=paused, handed_over=by_hand, silence=silence
                )
                return RenderedOnce(course), (deliveries, explained, left, paused, by_hand, silence)
            case "payments" if self._progress is not None:
                billed = billed_view(self._progress, self._invoice.currency)
                return billed, self._progress
            case "payments":
                owes = self._owes()
                view_of = payments_view(self._payments, self._invoice, self._numbers, owes)
                return view_of, (self._payments, self._invoice.currency, owes)
        if not self._unfolded:
            return folded_history(self._entries), self._entries
        entries = read_journal(self._ws.store, self._invoice_id)
        history = HistoryView(entries, self._invoice, self._all_deliveries)
        return RenderedOnce(history), history

    def _progress_text(self) -> Text:
        """Return how far an estimate is, if its delivery does not say that."""
        assert self._invoice is not None
        assert self._progress is not None
        status = status_of(self._invoice, self._progress, self._ws.today())
        if status.progressing in (Progressing.OPEN, Progressing.VOID):
            return Text()
        return progress_text(self._invoice, status)

    def _owes(self) -> Balance | None:
        """Return what the customer owes in this currency, if that is not the balance of the invoice."""
        invoice = self._invoice
        if invoice is None or invoice.customer.id is None or invoice.book_status is not BookStatus.ISSUED:
            return None
        owes = read_balance(self._ws.store, invoice.customer.id, invoice.currency)
        return owes if owes.owed != invoice.balance.minor else None

    def _show_title(self) -> None:
        title, invoice = self.query_one(Title), self._invoice
        assert invoice is not None
        state = delivery_status(invoice.book_status, invoice.delivery, invoice.handed_over).text()
        title.right = state
        if self.size.width < _NARROW:  # the number must fit
            title.left = invoice.number or ""
            return
        title.left = document_title(invoice.kind, invoice.number, invoice.customer.name)
        if invoice.is_estimate:
            title.right = Text.assemble(state, "  ", self._progress_text())
        elif invoice.book_status is BookStatus.ISSUED:
            title.right = Text.assemble(state, "  ", settlement(invoice.owed(self._ws.today())))

    def on_resize(self) -> None:
        if self._invoice is not None:
            self._show_title()

    @work
    async def _leave_over(self, error: StoreError) -> None:
        from facturier.tui.screens.dialogs.dialogs import ProblemScreen

        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss()

    def _count_down(self) -> None:
        now = self._ws.clock()
        if self.is_current and any(seconds_left(one, now) for one in (self._last, *self._notices) if one is not None):
            self._show("deliveries")

    def action_history(self) -> None:
        self._unfolded = not self._unfolded
        self._show("history")
        if self._unfolded:
            history = self.query_one(".invoice-history")
            self.call_after_refresh(history.scroll_visible, animate=False, top=True)

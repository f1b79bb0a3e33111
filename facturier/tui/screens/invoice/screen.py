"""An issued invoice: what was sent, what became of it, and what can be done with it."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from facturier.mail.document.plain_text import document_text
from facturier.mail.sending.queue import cancel
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Alert, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.payments import payments_of, void_invoice
from facturier.models.books.sent import SENT, last_sent
from facturier.models.books.status import OPEN, BookStatus, State
from facturier.models.errors import StoreError
from facturier.models.outbox.deliveries import LEFT, deliveries_of, message_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.settings.company import Company
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.formatting import moment, seconds_left, with_currency
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen, ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.screens.invoice.history import invoice_story
from facturier.tui.screens.invoice.keys import KEYS
from facturier.tui.screens.invoice.paying import take_payment, undo_or_remove
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.payment_line import Booking, PaymentLine
from facturier.tui.widgets.status import delivery_status, settlement
from facturier.tui.widgets.title import Banner, Title

_WIDE = 120  # columns from which on story and document stand side by side


class InvoiceScreen(ResultScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(classes="invoice")
        self._ws = ws
        self._invoice_id = invoice_id
        self._invoice: Invoice | None = None
        self._deliveries: list[Delivery] = []
        self._alerts: list[Alert] = []
        self._paid = False  # money came in, or went back

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        with VerticalScroll(), Container(classes="invoice-parts"):
            yield Static(classes="invoice-story")
            yield Static(classes="invoice-document")
        yield PaymentLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._renew()
        self.set_interval(1, self._count_down)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _WIDE, "-wide")

    def on_company_changed(self) -> None:
        self._renew()

    @property
    def _last(self) -> Delivery | None:
        return self._deliveries[-1] if self._deliveries else None

    @property
    def _sent(self) -> Delivery | None:
        """The last that was sent."""
        return last_sent(self._deliveries)

    @property
    def _frozen(self) -> Delivery | None:
        """What the customer has or, where nothing left, what was meant for them."""
        return self._sent or self._last

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        state = self._last.state if self._last else None
        issued = self._invoice is not None and self._invoice.book_status is BookStatus.ISSUED
        match action:
            case "undo_send":
                return state is State.QUEUED
            case "doubt":
                return state is State.IN_DOUBT
            case "dismiss_alert":
                return bool(self._alerts) and state is not State.IN_DOUBT
            case "send_to_refused":
                return issued and state is State.PARTLY_SENT
            case "send":
                return issued and state not in OPEN
            case "pay" | "correct":
                return issued
            case "remove_payment":
                booked = any(line.booking is not None for line in self.query(PaymentLine))
                return issued and (self._paid or booked)
            case "void":
                return issued and state not in OPEN and self._invoice is not None and not self._invoice.paid
            case "message" | "save_eml":
                return state is not None
            case "bounce":
                return any(delivery.state in LEFT for delivery in self._deliveries)
        return True

    # What is shown

    def _renew(self) -> None:
        store = self._ws.store
        try:
            with store.reading():
                self._invoice = get_invoice(store, self._invoice_id)
                self._deliveries = deliveries_of(store, self._invoice_id)
                self._alerts = open_alerts(store, self._invoice_id)
                self._paid = bool(payments_of(store, self._invoice_id))
        except StoreError as error:
            self._leave_over(error)
            return
        invoice = self._invoice
        if invoice.book_status is BookStatus.DRAFT:  # its send was undone: the editor is the place for it
            self.dismiss()
            return
        title = self.query_one(Title)
        title.left = _("Invoice {number} for {customer}").format(
            number=invoice.number, customer=clean(invoice.customer.name)
        )
        state = delivery_status(invoice.book_status, invoice.delivery).text()
        title.right = Text.assemble(
            state, "  ", settlement(invoice.owed(self._ws.today())), f"  {with_currency(invoice.total)}"
        )
        self._tell()
        self._show_document(invoice)
        self.refresh_bindings()

    @work
    async def _leave_over(self, error: StoreError) -> None:
        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss()

    def _tell(self) -> None:
        if self._invoice is not None:
            story = invoice_story(self._ws.store, self._invoice, self._ws.clock())
            self.query_one(".invoice-story", Static).update(story)

    def _count_down(self) -> None:
        if self._last is not None and seconds_left(self._last, self._ws.clock()) and self.is_current:
            self._tell()

    @work(group="document", exclusive=True)
    async def _show_document(self, invoice: Invoice) -> None:
        def written() -> Text:

            return invoice_document(invoice, self._ws.company(), self._frozen)

        text = await asyncio.to_thread(written)
        self.query_one(".invoice-document", Static).update(text)

    # What can be done

    @work
    async def action_send(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_invoice

        if (before := self._sent) is not None:
            detail = _(
                "It was sent on {moment} to {people}. This is a new delivery: they will get it a second time."
            ).format(moment=moment(before.changed), people=", ".join(before.envelope.recipients))
            if not await self.app.push_screen_wait(ConfirmScreen(_("Send it again?"), detail)):
                return
        await send_invoice(self, self._ws, self._invoice_id)
        self._renew()

    @work
    async def action_undo_send(self) -> None:
        if (delivery := self._last) is not None:
            with problems_shown(self):
                if await asyncio.to_thread(cancel, self._ws, delivery.id):
                    from facturier.tui.screens.editor.screen import EditorScreen

                    await self.app.push_screen_wait(EditorScreen(self._ws, self._invoice_id))
            self._renew()

    @work
    async def action_doubt(self) -> None:
        from facturier.tui.screens.invoice.in_doubt import DoubtScreen

        if (delivery := self._last) is not None:
            await self.app.push_screen_wait(DoubtScreen(self._ws, delivery.id))
            self._renew()

    @work
    async def action_dismiss_alert(self) -> None:
        from facturier.tui.screens.dialogs.dismiss_alerts import dismiss_alerts

        await dismiss_alerts(self, self._ws, self._alerts)
        self._renew()

    @work
    async def action_send_to_refused(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_to_refused

        if (delivery := self._last) is not None:
            await send_to_refused(self, self._ws, delivery.id)
            self._renew()

    @work
    async def action_pay(self) -> None:
        self._booked(await take_payment(self, self._ws, self._invoice_id))

    @work
    async def action_remove_payment(self) -> None:
        line = self.query_one(PaymentLine)
        self._booked(await undo_or_remove(self, self._ws, line, self._invoice_id))

    def _booked(self, booking: Booking | None) -> None:
        if booking is not None:
            self.query_one(PaymentLine).tell(booking)
        self._renew()

    @work
    async def action_copy(self) -> None:
        from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

        await copy_to_draft(self, self._ws, self._invoice_id)
        self._renew()

    @work
    async def action_correct(self) -> None:
        from facturier.tui.screens.invoice.correct import correct

        assert self._invoice is not None
        await correct(self, self._ws, self._invoice)
        self._renew()

    @work
    async def action_void(self) -> None:
        assert self._invoice is not None
        question = _("Void invoice {number}?").format(number=self._invoice.number)
        detail = _("Nothing will be due on it. Its number is not used again, and this cannot be undone.")
        if reason := await self.app.push_screen_wait(ReasonScreen(question, detail)):
            with problems_shown(self):
                await asyncio.to_thread(void_invoice, self._ws.store, self._invoice_id, reason)
            self._renew()

    @work
    async def action_bounce(self) -> None:
        from facturier.tui.screens.dialogs.bounce import BounceScreen

        number = (self._invoice.number or "") if self._invoice is not None else ""
        await self.app.push_screen_wait(BounceScreen(self._ws, number))
        self._renew()

    def action_message(self) -> None:
        from facturier.tui.screens.invoice.sent_message import SentScreen

        assert self._frozen is not None
        self.app.push_screen(SentScreen(self._ws, self._deliveries, self._deliveries.index(self._frozen)))

    @work
    async def action_save_eml(self) -> None:
        if (delivery := self._frozen) is not None:
            title = _("Save the email of {moment}").format(moment=moment(delivery.queued))
            name = f"{delivery.number}.eml"
            await save_as(self, self._ws, title, name, lambda: message_of(self._ws.store, delivery.id))

    @work
    async def action_save_pdf(self) -> None:
        assert self._invoice is not None
        await save_as(self, self._ws, _("Save the PDF"), f"{self._invoice.number}.pdf", self._document)

    def _document(self) -> bytes:
        """The PDF as it was sent, or put in the outbox at least; made now if it never was."""
        if (delivery := self._frozen) is not None:
            from facturier.mail.message import split_message

            return split_message(message_of(self._ws.store, delivery.id)).document
        from facturier.mail.document.document import make_document

        invoice = get_invoice(self._ws.store, self._invoice_id)
        return make_document(invoice, self._ws.company(), invoice.number or "")


def invoice_document(invoice: Invoice, company: Company, frozen: Delivery | None) -> Text:
    """The document with the company's data and the payments of now, below the way to `frozen`: what was sent or, where
    nothing was, what was meant to be."""
    text = document_text(invoice, company, invoice.number or "")
    if frozen is None:
        return Text(text)
    if frozen.state in SENT:
        where = _("Message sent {moment}: press m to see it, f to save its PDF.").format(moment=moment(frozen.changed))
    else:
        where = _("Message queued {moment}: press m to see it, f to save its PDF.").format(moment=moment(frozen.queued))
    below = _("Below: what a new message would contain, with today’s payments and company details.")
    return Text.assemble((where, "bold"), "\n", (below, "italic"), "\n\n", text)

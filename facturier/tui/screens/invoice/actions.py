"""Actions on an issued invoice. Screens are imported when they open."""

import asyncio

from textual import work

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Alert, Invoice, Payment
from facturier.models.books.sent import last_sent
from facturier.models.books.status import OPEN, Answer, BookStatus, DeliveryKind, InvoiceKind, State
from facturier.models.chasing.silence import Silenced
from facturier.models.issuing.by_hand import refusal
from facturier.models.outbox.deliveries import LEFT, message_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.payments.payments import was_received
from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen, once
from facturier.tui.screens.dialogs.cancelling import say_queued, undone_words
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Booking, DoneLine, Possible, Undo
from facturier.tui.words.formatting import moment


class InvoiceActions(ResultScreen[None]):
    """The actions of the invoice screen. InvoiceScreen reads and shows the data for them."""

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(classes="invoice")
        self._ws = ws
        self._invoice_id = invoice_id
        self._invoice: Invoice | None = None
        self._deliveries: list[Delivery] = []
        self._notices: list[Delivery] = []  # its reminders, receipts and statements
        self._silenced = Silenced()
        self._alerts: list[Alert] = []
        self._payments: list[Payment] = []

    def _renew(self) -> None:
        """Read the invoice again and show it."""
        raise NotImplementedError

    @property
    def _last(self) -> Delivery | None:
        return self._deliveries[-1] if self._deliveries else None

    @property
    def _is_estimate(self) -> bool:
        return self._invoice is not None and self._invoice.is_estimate

    @property
    def _all_deliveries(self) -> list[Delivery]:
        return sorted((*self._deliveries, *self._notices), key=lambda delivery: delivery.id)

    def _latest(self, *states: State) -> Delivery | None:
        """Return the latest delivery in one of these states, of the invoice itself or of a notice."""
        return next((one for one in reversed(self._all_deliveries) if one.state in states), None)

    @property
    def _last_reminder(self) -> Delivery | None:
        sent = [one for one in self._notices if one.kind is DeliveryKind.REMINDER and one.state is not State.CANCELLED]
        return sent[-1] if sent else None

    @property
    def _line(self) -> DoneLine:
        return self.query_one(DoneLine)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        state = self._last.state if self._last else None
        issued = self._invoice is not None and self._invoice.book_status is BookStatus.ISSUED
        match action:
            case "undo":
                return self._latest(State.QUEUED) is not None or any(line.can_undo for line in self.query(DoneLine))
            case "doubt":
                return self._latest(State.IN_DOUBT) is not None
            case "dismiss_alert":
                return bool(self._alerts) and self._latest(State.IN_DOUBT) is None
            case "send_to_refused":
                return issued and state is State.PARTLY_SENT
            case "remind_again":
                last = self._last_reminder
                return issued and last is not None and last.state in (State.FAILED, State.BOUNCED)
            case "silence":
                return issued and self._invoice is not None and not self._invoice.is_credit
            case "mark_sent":
                return self._invoice is not None and not refusal(self._invoice)
            case "send":
                return issued and state not in OPEN
            case "answer" | "turn_into_invoice":
                return issued and self._is_estimate
            case "pay":
                return issued and not self._is_estimate
            case "correct":
                return issued and self._invoice is not None and not self._invoice.is_credit
            case "credit":
                return issued and self._invoice is not None and self._invoice.kind is InvoiceKind.INVOICE
            case "apply_credit":
                open_ = self._invoice is not None and bool(self._invoice.balance.minor)
                return issued and open_ and not self._is_estimate
            case "write_off":
                return (
                    issued
                    and self._invoice is not None
                    and self._invoice.kind is InvoiceKind.INVOICE
                    and self._invoice.balance.minor > 0
                )
            case "remove_payment":
                return issued and bool(self._payments)
            case "void" | "void_estimate":
                return (
                    issued
                    and self._is_estimate == (action == "void_estimate")
                    and state not in OPEN
                    and self._invoice is not None
                    and not self._invoice.paid
                    and (self._is_estimate or not was_received(self._invoice))
                )
            case "message" | "save_eml":
                return state is not None
            case "bounce":
                return self._latest(*LEFT) is not None
        return True

    @work
    async def action_send(self) -> None:
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
        from facturier.tui.screens.preview.open_preview import send_invoice

        if (before := last_sent(self._deliveries)) is not None:
            detail = _(
                "It was sent on {moment} to {people}. This is a new delivery: they will get it a second time."
            ).format(moment=moment(before.changed), people=", ".join(before.envelope.recipients))
            if not await self.app.push_screen_wait(ConfirmScreen(_("Send it again?"), detail)):
                return
        self._queued(await send_invoice(self, self._ws, self._invoice_id))

    @work
    async def action_send_to_refused(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_to_refused

        if (delivery := self._last) is not None:
            self._queued(await send_to_refused(self, self._ws, delivery.id))

    @work
    @once
    async def action_remind_again(self) -> None:
        from facturier.tui.screens.dialogs.remind_again import remind_again

        delivery = await remind_again(self, self._ws, self._invoice_id)
        self._renew()
        if delivery is not None:
            words = _("Reminder for invoice {number} is in the outbox.").format(number=delivery.number)
            say_queued(self, self._ws, self._say, words, [delivery])

    @work
    async def action_silence(self) -> None:
        from facturier.tui.screens.dialogs.silence import ask_silence

        await ask_silence(self, self._ws, self._invoice_id, self._say)
        self._renew()

    def _queued(self, queued: bool) -> None:
        self._renew()
        if queued and self._invoice is not None and self._last is not None and self._last.state is State.QUEUED:
            words = _("{document} is in the outbox.").format(document=self._invoice.called_first)
            queued_now = self._last
            self._say(words, lambda: self._cancel(queued_now), lambda: self._latest(State.QUEUED) is not None)

    def _say(self, words: str, undo: Undo | None = None, possible: Possible | None = None) -> None:
        """Show what was just done. `undo` reverses it, as long as `possible` is true."""
        self._line.say(words, undo, possible)
        self.refresh_bindings()

    @work
    @once
    async def action_undo(self) -> None:
        """Undo what the line says, or else cancel the waiting delivery."""
        if self._line.booking is not None:
            from facturier.tui.screens.invoice.payments.paying import undo_booking

            self._booked(await undo_booking(self, self._line))
        elif self._line.undo is not None:
            await self._line.undo_once()
            if not self.answered:
                self._renew()
        elif (delivery := self._latest(State.QUEUED)) is not None:
            await self._cancel(delivery)

    async def _cancel(self, delivery: Delivery) -> None:
        from facturier.mail.sending.queue import cancel

        with problems_shown(self):
            draft_again = await asyncio.to_thread(cancel, self._ws, delivery.id)
            self._say(undone_words(delivery, draft_again=draft_again))
            if draft_again:
                await self._edit_again()
                return
        self._renew()

    async def _edit_again(self) -> None:
        """Open the invoice, which is a draft again after undoing the send, in the editor, and close this screen."""
        from facturier.tui.screens.editor.screen import EditorScreen

        await self.app.push_screen_wait(EditorScreen(self._ws, self._invoice_id))
        self.dismiss()

    @work
    async def action_doubt(self) -> None:
        from facturier.tui.screens.invoice.delivery.in_doubt import DoubtScreen

        if (delivery := self._latest(State.IN_DOUBT)) is not None:
            await self.app.push_screen_wait(DoubtScreen(self._ws, delivery.id))
            self._renew()

    @work
    async def action_dismiss_alert(self) -> None:
        from facturier.tui.screens.dialogs.dismiss_alerts import dismiss_alerts

        before = self._alerts
        await dismiss_alerts(self, self._ws, self._alerts)
        self._renew()
        if before and not self._alerts:
            self._say(_("Alert dismissed."))

    @work
    @once
    async def action_mark_sent(self) -> None:
        from facturier.tui.screens.invoice.issuing import issue_without_sending

        await issue_without_sending(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    async def action_pay(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import take_payment

        self._booked(await take_payment(self, self._ws, self._invoice_id))

    @work
    async def action_write_off(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import write_off_rest

        self._booked(await write_off_rest(self, self._ws, self._invoice_id))

    @work
    async def action_remove_payment(self) -> None:
        from facturier.tui.screens.invoice.payments.paying import choose_payment_to_remove

        self._booked(await choose_payment_to_remove(self, self._ws, self._invoice_id))

    def _booked(self, booking: Booking | None) -> None:
        if booking is not None:
            self._line.tell(booking)
        self._renew()

    @work
    async def action_copy(self) -> None:
        from facturier.tui.screens.editor.copy_to_draft import copy_to_draft

        await copy_to_draft(self, self._ws, self._invoice_id)
        self._renew()

    @work
    @once
    async def action_answer(self, answer: str) -> None:
        from facturier.tui.screens.invoice.estimate.answering import answer_estimate

        await answer_estimate(self, self._ws, self._invoice_id, Answer(answer), self._say)
        self._renew()

    @work
    async def action_turn_into_invoice(self) -> None:
        from facturier.tui.screens.invoice.estimate.turning import turn_into_invoice

        await turn_into_invoice(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    async def action_make_recurring(self) -> None:
        from facturier.tui.screens.schedule.make_recurring import make_recurring

        await make_recurring(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    async def action_correct(self) -> None:
        from facturier.tui.screens.invoice.correct import correct

        assert self._invoice is not None
        await correct(self, self._ws, self._invoice, self._say)
        self._renew()

    @work
    async def action_credit(self) -> None:
        from facturier.tui.screens.invoice.credit import credit

        assert self._invoice is not None
        await credit(self, self._ws, self._invoice, self._say)
        self._renew()

    @work
    async def action_apply_credit(self) -> None:
        from facturier.tui.screens.invoice.payments.apply_credit import choose_and_apply

        assert self._invoice is not None
        self._booked(await choose_and_apply(self, self._ws, self._invoice))

    @work
    async def action_void(self) -> None:
        from facturier.tui.screens.invoice.voiding import void

        assert self._invoice is not None
        await void(self, self._ws, self._invoice, self._say)
        self._renew()

    action_void_estimate = action_void

    @work
    async def action_bounce(self) -> None:
        from facturier.tui.screens.dialogs.bounce import BounceScreen

        number = (self._invoice.number or "") if self._invoice is not None else ""
        delivery = await self.app.push_screen_wait(BounceScreen(self._ws, number))
        self._renew()
        if delivery is not None:
            from facturier.tui.words.notices import bounce_words

            self._say(bounce_words(delivery))

    @property
    def _frozen(self) -> Delivery:
        """The delivery whose message is shown and saved: the last one that was sent, or else the last one."""
        return last_sent(self._deliveries) or self._deliveries[-1]

    def action_message(self) -> None:
        from facturier.tui.screens.invoice.delivery.sent_message import SentScreen

        deliveries = self._all_deliveries
        self.app.push_screen(SentScreen(self._ws, deliveries, deliveries.index(self._frozen)))

    @work
    async def action_save_eml(self) -> None:
        from facturier.tui.screens.dialogs.save_as import save_as

        delivery = self._frozen
        title = _("Save the email of {moment}").format(moment=moment(delivery.queued))
        await save_as(self, self._ws, title, f"{delivery.number}.eml", lambda: message_of(self._ws.store, delivery.id))

    @work
    async def action_save_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import save_pdf

        assert self._invoice is not None
        await save_pdf(self, self._ws, self._invoice)

    @work
    @once
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import open_pdf

        assert self._invoice is not None
        await open_pdf(self, self._ws, self._invoice)

    @work
    async def action_clipboard(self) -> None:
        from facturier.tui.screens.dialogs.copy_text import copy_of_invoice

        assert self._invoice is not None
        await copy_of_invoice(self, self._invoice)

"""Actions that send an invoice, and that deal with its deliveries. Screens are imported when they open."""

import asyncio
from functools import partial

from textual import work

from facturier.models.books.sent import last_sent
from facturier.models.books.status import State
from facturier.models.outbox.deliveries import any_waiting, message_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.cancelling import say_queued, undone_words
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.state import InvoiceState
from facturier.tui.words.formatting import moment


class SendingActions(InvoiceState):
    """Send, remind, and what concerns deliveries."""

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
    async def action_mark_sent(self) -> None:
        from facturier.tui.screens.invoice.issuing import issue_without_sending

        await issue_without_sending(self, self._ws, self._invoice_id, self._say)
        self._renew()

    @work
    @once
    async def action_remind_again(self) -> None:
        from facturier.tui.screens.invoice.delivery.remind_again import remind_again

        delivery = await remind_again(self, self._ws, self._invoice_id)
        self._renew()
        if delivery is not None:
            words = _("Reminder for invoice {number} is in the outbox.").format(number=delivery.number)
            say_queued(self, self._ws, self._say, words, [delivery])

    @work
    async def action_silence(self) -> None:
        from facturier.tui.screens.invoice.silence import ask_silence

        await ask_silence(self, self._ws, self._invoice_id, self._say)
        self._renew()

    def _queued(self, queued: bool) -> None:
        self._renew()
        if queued and self._invoice is not None and self._last is not None and self._last.state is State.QUEUED:
            words = _("{document} is in the outbox.").format(document=self._invoice.called_first)
            queued_now = self._last
            waits = partial(any_waiting, self._ws.store, [queued_now.id])
            self._say(words, lambda: self._cancel(queued_now), waits)

    async def _cancel(self, delivery: Delivery) -> None:
        """Cancel a delivery that was not handed over yet. An invoice that is a draft again opens in the editor."""
        from facturier.mail.sending.queue import cancel

        with problems_shown(self):
            draft_again = await asyncio.to_thread(cancel, self._ws, delivery)
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
    async def action_bounce(self) -> None:
        from facturier.tui.screens.invoice.delivery.bounce import BounceScreen

        number = (self._invoice.number or "") if self._invoice is not None else ""
        delivery = await self.app.push_screen_wait(BounceScreen(self._ws, number))
        self._renew()
        if delivery is not None:
            from facturier.tui.words.notices import bounce_words

            self._say(bounce_words(delivery))

    @work
    async def action_dismiss_alert(self) -> None:
        from facturier.tui.screens.invoice.delivery.dismiss_alerts import dismiss_alerts

        before = self._alerts
        await dismiss_alerts(self, self._ws, self._alerts)
        self._renew()
        if before and not self._alerts:
            self._say(_("Alert dismissed."))

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

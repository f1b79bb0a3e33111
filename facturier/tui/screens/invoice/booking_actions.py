"""Actions that change what is owed: payment, write-off, credit, voiding. Screens are imported when they open."""

from textual import work

from facturier.tui.screens.invoice.sending_actions import SendingActions


class BookingActions(SendingActions):
    """Pay, credit, correct, enter the exchange rate, void."""

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

    @work
    async def action_apply_credit(self) -> None:
        from facturier.tui.screens.invoice.payments.apply_credit import choose_and_apply

        assert self._invoice is not None
        self._booked(await choose_and_apply(self, self._ws, self._invoice))

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
    async def action_exchange_rate(self) -> None:
        from facturier.tui.screens.invoice.exchange_rate import ask_rate

        assert self._invoice is not None
        await ask_rate(self, self._ws, self._invoice, self._say)
        self._renew()

    @work
    async def action_void(self) -> None:
        from facturier.tui.screens.invoice.voiding import void

        assert self._invoice is not None
        await void(self, self._ws, self._invoice, self._say)
        self._renew()

    action_void_estimate = action_void

"""The customer of the draft: what follows from choosing one, and its form."""

from textual import on, work
from textual.widgets import Input

from facturier.models.books.invoice import Customer
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.editor.parts.head import InvoiceHead
from facturier.tui.screens.editor.telling import DraftWords


class CustomerActions(DraftWords):
    """The part of the editor that works with the customer."""

    @on(InvoiceHead.CustomerChosen)
    def _customer_chosen(self, event: InvoiceHead.CustomerChosen) -> None:
        before = self._stored(event.before)
        self._grid.retax(before.tax, event.customer.tax)
        if self._details["ship_to"] == before.ship_to:  # not edited
            self._details["ship_to"] = event.customer.ship_to
        if self._message.text == self._company.message_for(event.before.language):  # the default text, not edited
            self._message.text = self._company.message_for(event.customer.language)
        if event.key == "enter" and event.customer.email:
            self._grid.go_last()  # everything above was filled in from the customer
        elif event.key:
            self.query_one("#email Input", Input).focus()

    @on(InvoiceHead.CurrencyChanged)
    def _currency_changed(self, event: InvoiceHead.CurrencyChanged) -> None:
        if self._grid.price_in(event.currency):
            words = _("The invoice is in {currency} now. The rates were not converted: check each line.")
            self.notify(words.format(currency=event.currency), severity="warning", markup=False)
        self._tell()

    @on(InvoiceHead.CustomerWanted)
    def _customer_wanted(self, event: InvoiceHead.CustomerWanted) -> None:
        self._open_customer(self._new_customer(event.name))

    def action_customer(self) -> None:
        if self._head.settle_customer():
            self._open_customer(self._stored(self._head.customer))
        else:
            self._open_customer(self._new_customer(self._head.customer.name))

    def _new_customer(self, name: str) -> Customer:
        return Customer(name=name, email=self._head.customer.email, currency=self._head.currency)

    @work
    async def _open_customer(self, customer: Customer) -> None:
        from facturier.tui.screens.customer.screen import CustomerScreen

        kept = await self.app.push_screen_wait(CustomerScreen(self._ws, customer))
        if kept is not None and customer.id is None:
            self.notify(_("Customer “{name}” was created.").format(name=clean(kept.name)), markup=False)
            self._head.choose(kept, "enter")
        elif kept is not None:
            if self._details["ship_to"] == customer.ship_to:
                self._details["ship_to"] = kept.ship_to
            self._head.choose(kept, known_as=customer)

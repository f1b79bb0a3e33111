"""Record a payment or a refund of one invoice."""

import asyncio
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.customers.figures import Balance, read_balance
from facturier.models.errors import FacturierError, InputError
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.credit import pay_with_credit
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money, parse_amount
from facturier.tui import keys
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice.payments.bookings import recorded, with_credit
from facturier.tui.screens.invoice.payments.details import PaymentDialog
from facturier.tui.widgets.done_line import Booking
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import long_day, with_currency


class PaymentScreen(PaymentDialog):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.RECORD.on("payment.record"),
        keys.CANCEL.on("payment.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice) -> None:
        super().__init__(ws)
        self._invoice = invoice
        self._customer = self._read_customer()

    def _read_customer(self) -> Balance:
        """Return what the customer owes in all."""
        invoice = self._invoice
        if invoice.customer.id is None:
            return Balance(invoice.currency, invoice.balance.minor)
        return read_balance(self._ws.store, invoice.customer.id, invoice.currency)

    @property
    def _credit(self) -> int:
        """How much of the customer's credit this invoice can take."""
        if self._invoice.is_credit:
            return 0
        return max(min(self._customer.credit, self._invoice.balance.minor), 0)

    def compose(self) -> ComposeResult:
        invoice = self._invoice
        title = _("Refund of credit note {number}") if invoice.is_credit else _("Payment for invoice {number}")
        with Vertical(classes="dialog-box"):
            yield Label(title.format(number=invoice.number), markup=False, classes="dialog-title")
            left = -invoice.balance if invoice.is_credit else invoice.balance
            owed = left.text(spoken()) if left.minor > 0 else ""
            yield Label(self._owed(owed, ""), markup=False, id="owed")
            yield Field(_("Amount"), owed, check=self._amount, whole=True, id="amount")
            if self._credit:
                most = with_currency(Money(self._credit, invoice.currency))
                hint = _("at most {most}").format(most=most)
                yield Field(_("From credit"), placeholder=hint, check=self._from_credit, whole=True, id="credit")
            receipt = not invoice.is_credit and bool(invoice.customer.email)
            yield from self.details(receipt=receipt, refund=invoice.is_credit)
            yield KeyBar()

    def _owed(self, typed: str, credit: str) -> Text:
        """Return the customer, the balance, and the balance after what is entered."""
        invoice, balance = self._invoice, self._invoice.balance
        if invoice.is_credit:
            words = _("Credit: {more}")
        elif balance.minor > 0:
            words = _("Balance: {balance}")
        elif balance.minor < 0:
            words = _("Paid, and overpaid by {more}")
        else:
            words = _("Paid: {total}")
        more = with_currency(Money(-balance.minor, invoice.currency))
        now = words.format(balance=with_currency(balance), total=with_currency(invoice.total), more=more)
        try:
            minor = balance.minor - self._amount(typed) - self._from_credit(credit)
            kept = 0 if invoice.is_credit else max(-minor, 0) if balance.minor >= 0 else 0
            minor += kept
            after = with_currency(Money(-minor if invoice.is_credit else minor, invoice.currency))
        except InputError:
            after, kept = "–", 0
        then = (_("After this refund: {balance}") if invoice.is_credit else _("After this payment: {balance}")).format(
            balance=after
        )
        if kept:
            words = _("credit: {rest}")
            then = f"{then} · {words.format(rest=with_currency(Money(kept, invoice.currency)))}"
        return Text("\n").join([self._whose(), Text.assemble((now, "bold"), self._discount()), Text(then)])

    def _discount(self) -> str:
        """Return what the customer may take off today for early payment, as words after the balance."""
        invoice = self._invoice
        off, until = invoice.early_discount, invoice.payment_terms.discount_until(invoice.date)
        if off is None or until is None or self._ws.today() > until or invoice.balance.minor <= off.minor:
            return ""
        words = _("{amount} off until {day}")
        return "  " + words.format(amount=with_currency(off), day=long_day(until))

    def _whose(self) -> Text:
        """Return the customer with what they owe in all, if that is not the balance."""
        name, owes = Text(clean(self._invoice.customer.name)), self._customer
        if owes.owed == self._invoice.balance.minor:
            return name
        words = _("owes {amount} in total") if owes.owed >= 0 else _("has a total credit of {amount}")
        said = words.format(amount=with_currency(Money(abs(owes.owed), owes.currency)))
        return Text.assemble(name, "  ", (said, "dim"))

    @on(Field.Changed, "#amount, #credit")
    def _show_owed(self) -> None:
        # As many lines as before: no other widget moves, so nothing is laid out at a key.
        credit = self._credit_text()
        self.query_one("#owed", Label).update(self._owed(self.query_one("#amount", Field).text, credit), layout=False)

    @on(Field.Changed, "#credit")
    def _pay_the_rest(self, event: Field.Changed) -> None:
        """Propose the rest as the amount, unless another amount was entered."""
        amount, balance = self.query_one("#amount", Field), self._invoice.balance.minor
        try:
            credit = self._from_credit(event.text)
            before = self._amount(amount.text)
        except InputError:
            return
        if before in (balance, balance - self._proposed_credit):
            self._proposed_credit = credit
            amount.text = Money(balance - credit, self._invoice.currency).text(spoken())

    _proposed_credit = 0

    def _credit_text(self) -> str:
        return next((field.text for field in self.query("#credit").results(Field)), "")

    @work(group="record")
    @once
    async def action_record(self) -> None:
        amount = self.query_one("#amount", Field)
        if self.show_wrong(*self.query(Field)):
            return
        money, credit = self._amount(amount.text), self._from_credit(self._credit_text())
        if not money and not credit:
            amount.show_problem(_("A payment cannot be zero."))
            amount.input.focus()
            return
        if (question := self._question(money, credit)) and not await self.app.push_screen_wait(question):
            amount.input.focus()
            return
        try:
            booking = await self._book(money, credit)
        except FacturierError as error:
            show_problem(self, error)
            self._look_again()
            return
        self.dismiss(booking)

    async def _book(self, money: int, credit: int) -> Booking:
        store, invoice = self._ws.store, self._invoice
        invoice_id, seen = invoice.id or 0, invoice.balance.minor
        payment = self.entered(invoice.customer.id, invoice.currency, money) if money else None
        if credit:
            booked, parts = await asyncio.to_thread(pay_with_credit, store, payment, invoice_id, credit, seen=seen)
            more = await self.send_receipt(booked) if booked is not None else ""
            booking = with_credit(store, booked, parts)
            return replace(booking, words=f"{booking.words} {more}") if more else booking
        assert payment is not None
        allocation = None if money > 0 else {} if self._refunds_credit(money) else {invoice_id: money}
        whole = await asyncio.to_thread(
            receive_payment, store, payment, allocation, among=[invoice_id], seen={invoice_id: seen}
        )
        return recorded(store, whole, await self.send_receipt(whole))

    def _refunds_credit(self, money: int) -> bool:
        """Return whether a refund pays back credit, and the invoice stays paid."""
        return not self._invoice.is_credit and self._invoice.balance.minor <= 0 and self._customer.credit >= -money > 0

    def _look_again(self) -> None:
        """Read the balance again: someone else may have recorded the payment."""
        self._invoice = get_invoice(self._ws.store, self._invoice.id or 0)
        self._customer = self._read_customer()
        self._show_owed()

    def _question(self, minor: int, credit: int) -> ConfirmScreen | None:
        """Return a question for an amount above the balance or for a refund, or None."""
        invoice, balance = self._invoice, self._invoice.balance.minor - credit
        if invoice.is_credit:  # only its remaining amount can be paid back
            return None
        if minor > max(balance, 0):
            question = _("Record a payment of {amount}?")
            detail = (
                _("This is more than the balance of {balance}. {more} will be added to the customer’s credit.")
                if balance > 0
                else _("The invoice is already paid. {more} will be added to the customer’s credit.")
            )
        elif minor < 0:
            question = _("Record a refund of {amount}?")
            if self._refunds_credit(minor):
                detail = _("You are paying back {amount} of the customer’s credit. The balance will be {balance}.")
            elif -minor > max(invoice.paid, 0):
                detail = _("This is more than the {paid} that was paid. The balance will be {after}.")
            else:
                detail = _("You pay {amount} back to the customer. The balance will be {after}.")
        else:
            return None
        figures = {
            "amount": abs(minor),
            "balance": balance,
            "more": minor - max(balance, 0),
            "paid": max(invoice.paid, 0),
            "after": balance - minor,
        }
        said = {name: with_currency(Money(figure, invoice.currency)) for name, figure in figures.items()}
        return ConfirmScreen(question.format(**said), detail.format(**said), grave=True)

    def _amount(self, text: str) -> int:
        minor = parse_amount(text, self._invoice.currency)
        if minor == 0 and not self._credit:
            raise InputError(_("A payment cannot be zero."))
        return -minor if self._invoice.is_credit else minor

    def _from_credit(self, text: str) -> int:
        if not text.strip():
            return 0
        minor = parse_amount(text, self._invoice.currency)
        if not 0 <= minor <= self._credit:
            most = with_currency(Money(self._credit, self._invoice.currency))
            raise InputError(_("Enter at most {most}.").format(most=most))
        return minor

"""Record or change one payment of several invoices of a customer, or of none."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.customers.figures import read_balance
from facturier.models.errors import FacturierError, InputError
from facturier.models.payments.changing import change_payment
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.receiving import receive_payment, spread
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, spoken
from facturier.models.text.money import Money, parse_amount
from facturier.tui import keys
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice.payments.bookings import changed, recorded
from facturier.tui.screens.invoice.payments.details import PaymentDialog, total
from facturier.tui.widgets.done_line import Booking
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import short_day, with_currency

MOST = 40  # invoices with a field of their own; of more, the oldest are paid first


class SeveralScreen(PaymentDialog):
    """`invoices` are those that can be paid, the oldest first. With `propose`, the amount is the sum of their balances.
    `before` is the payment that is changed. An amount that is typed for one invoice stays; the others follow the whole
    amount, the oldest first. A change follows only on the invoices that the payment was for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.RECORD.on("several.record"),
        keys.CANCEL.on("several.cancel"),
    ]

    def __init__(
        self,
        ws: Workspace,
        customer: Customer,
        currency: str,
        invoices: Sequence[Invoice],
        *,
        propose: bool = True,
        before: CustomerPayment | None = None,
    ) -> None:
        super().__init__(ws)
        self._customer = customer
        self._currency = currency
        self._before = before
        self._invoices = invoices
        self._shown = invoices if len(invoices) <= MOST else ()
        kept = before.allocation if before is not None else {}
        # What each invoice can take of this payment.
        self._most = {one.id or 0: one.balance.minor + kept.get(one.id or 0, 0) for one in invoices}
        self._start = before.amount if before is not None else sum(self._most.values()) if propose else 0
        self._proposed = dict(kept) if before is not None else spread(self._start, list(self._most.items()))
        self._owes = read_balance(ws.store, customer.id or 0, currency)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            title = _("Payment from {customer}") if self._before is None else _("Change a payment from {customer}")
            yield Label(title.format(customer=clean(self._customer.name)), markup=False, classes="dialog-title")
            yield Label(self._figures(), markup=False, id="owed")
            start = Money(self._start, self._currency).text(spoken()) if self._start else ""
            yield Field(_("Amount"), start, check=self._amount, whole=True, id="amount")
            yield from self.details(self._before, receipt=self._before is None and bool(self._customer.email))
            if self._shown:
                with VerticalScroll(classes="allocation", can_focus=False):
                    for one in self._shown:
                        yield Field(
                            self._label(one),
                            self._text(self._proposed.get(one.id or 0, 0)),
                            check=lambda text, found=one.id or 0: self._part(found, text),  # type: ignore[misc]
                            placeholder=Money(0, self._currency).text(spoken()),
                            whole=True,
                            id=f"part-{one.id}",
                            classes="field part",
                        )
            yield KeyBar()

    def _label(self, one: Invoice) -> str:
        """Return the number, the date and the balance, as columns."""
        most = Money(self._most[one.id or 0], self._currency).text(spoken())
        return f"{(one.number or '')[:10]:<10} {short_day(one.date, self._ws.today()):<10} {most:>12}"

    def _text(self, minor: int) -> str:
        return Money(minor, self._currency).text(spoken()) if minor else ""

    # The figures

    def _figures(self) -> Text:
        """Return what the customer owes in this currency, and what is allocated of the amount."""
        owes = self._owes.owed
        words = _("Owes {amount} in total") if owes >= 0 else _("Has a credit of {amount}")
        first = Text(words.format(amount=with_currency(Money(abs(owes), self._currency))), "bold")
        try:
            amount, parts = self._entered_amount(), self._parts()
        except InputError:
            return Text("\n").join([first, Text("–")])
        rest = amount - total(parts)
        said = [_("To invoices: {amount}").format(amount=self._money(total(parts)))]
        if rest < 0 < amount:
            said.append(_("{amount} too much").format(amount=self._money(-rest)))
        elif rest > 0:
            said.append(_("credit: {rest}").format(rest=self._money(rest)))
        elif amount < 0 and not parts:
            said = [_("Refund of credit: {amount}").format(amount=self._money(-rest))]
        return Text("\n").join([first, Text(" · ".join(said))])

    def _money(self, minor: int) -> str:
        return with_currency(Money(minor, self._currency))

    def _entered_amount(self) -> int:
        return self._amount(self.text_of("amount")) if self.is_mounted else self._start

    def _parts(self) -> dict[int, int]:
        """Return what is allocated to each invoice. Raises InputError."""
        if not self.is_mounted or not self._shown:
            return {one: part for one, part in self._proposed.items() if part}
        typed = {one.id or 0: self._part(one.id or 0, self._field(one).text) for one in self._shown}
        return {one: part for one, part in typed.items() if part}

    def _field(self, one: Invoice) -> Field:
        return self.query_one(f"#part-{one.id}", Field)

    @on(Field.Changed, "#amount")
    def _spread(self) -> None:
        """Allocate the amount to the oldest invoices first, except where a person typed another amount."""
        try:
            left = self._amount(self.text_of("amount"))
        except InputError:
            self._show_figures()
            return
        if self._before is not None and self._before.amount < 0:
            if len(self._shown) == 1:  # a refund of one invoice
                self._field(self._shown[0]).text = self._text(left)
            self._show_figures()
            return
        left = max(left, 0)
        kept = {}
        for one in self._shown:
            if self._field(one).text != self._text(self._proposed.get(one.id or 0, 0)):
                try:
                    kept[one.id or 0] = self._part(one.id or 0, self._field(one).text)
                except InputError:
                    kept[one.id or 0] = 0
        before = self._before.allocation if self._before is not None else self._most
        free = [(one, most) for one, most in self._most.items() if one not in kept and one in before]
        proposed = spread(max(left - sum(kept.values()), 0), free)
        for one in self._shown:
            if (one.id or 0) not in kept:
                self._field(one).text = self._text(proposed.get(one.id or 0, 0))
        self._proposed = {**{one: self._proposed.get(one, 0) for one in kept}, **proposed}
        self._show_figures()

    @on(Field.Changed, ".part")
    def _show_figures(self) -> None:
        self.query_one("#owed", Label).update(self._figures(), layout=False)

    # Recording

    @work(group="record")
    @once
    async def action_record(self) -> None:
        if self.show_wrong(*self.query(Field)):
            return
        amount, parts = self._entered_amount(), self._parts()
        field = self.query_one("#amount", Field)
        if abs(total(parts)) > abs(amount):
            field.show_problem(_("The amounts for the invoices exceed this amount."))
            field.input.focus()
            return
        if (question := self._question(amount, parts)) and not await self.app.push_screen_wait(question):
            field.input.focus()
            return
        try:
            booking = await self._book(amount, parts)
        except FacturierError as error:
            show_problem(self, error)
            return
        self.dismiss(booking)

    async def _book(self, amount: int, parts: dict[int, int]) -> Booking:
        store, before = self._ws.store, self._before
        payment = self.entered(self._customer.id, self._currency, amount)
        if before is not None:
            details = {name: getattr(payment, name) for name in ("date", "amount", "method", "reference", "account")}
            after = await asyncio.to_thread(change_payment, store, before, replace(before, **details), parts)
            return changed(store, before, after)
        seen = {one.id or 0: one.balance.minor for one in self._invoices}
        booked = await asyncio.to_thread(receive_payment, store, payment, parts, seen=seen)
        return recorded(store, booked, await self.send_receipt(booked))

    def _question(self, amount: int, parts: dict[int, int]) -> ConfirmScreen | None:
        """Return a question if credit is paid back, or if an invoice is left open while credit remains."""
        rest = amount - total(parts)
        left_open = any(most > parts.get(one, 0) for one, most in self._most.items())
        if amount < 0 and self._before is None:
            question = _("Record a refund of {amount}?").format(amount=self._money(-amount))
            detail = _("You are paying back {amount} of the customer’s credit.").format(amount=self._money(-amount))
            return ConfirmScreen(question, detail, grave=True)
        if rest > 0 and left_open and self._shown and self._before is None:
            question = _("Keep {amount} as credit?").format(amount=self._money(rest))
            detail = _("Not all invoices above would be paid.")
            return ConfirmScreen(question, detail)
        return None

    def _amount(self, text: str) -> int:
        minor = parse_amount(text, self._currency)
        if minor == 0:
            raise InputError(_("A payment cannot be zero."))
        return minor

    def _part(self, invoice_id: int, text: str) -> int:
        """Raises InputError if this is not an amount, or more than the invoice can take."""
        if not text.strip():
            return 0
        minor, most = parse_amount(text, self._currency), self._most[invoice_id]
        if self._before is not None and self._before.amount < 0:
            return minor
        if not 0 <= minor <= most:
            raise InputError(_("Enter at most {most}.").format(most=self._money(most)))
        return minor

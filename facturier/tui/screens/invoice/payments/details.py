"""What both payment dialogs ask: the day, the method, the reference, the account, and whether to send a receipt."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from textual.containers import Vertical
from textual.widget import Widget

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.receivables.customer_payments import last_used, used_before
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.i18n import _
from facturier.tui.screen import Dialog
from facturier.tui.widgets.done_line import Booking
from facturier.tui.widgets.inputs.fields import Choice, Field, typed_in
from facturier.tui.words.formatting import long_day


class PaymentDialog(Dialog[Booking | None]):
    """The dialog's result is what was booked, or None if nothing was."""

    enter_acts = True

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self.whole = self._whole = asyncio.Event()  # all fields are there
        self._more: list[Widget] = []  # what follows the first picture

    def half_typed(self) -> str:
        return typed_in(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Enter chooses from an open list of answers."""
        return action != "record" or not any(choice.is_open for choice in self.query(Choice))

    def details(
        self, before: CustomerPayment | None = None, *, receipt: bool = False, refund: bool = False
    ) -> Iterator[Widget]:
        """Yield the fields. `receipt` says whether a receipt can be sent, and `refund` that the money is paid back."""
        day = before.date if before is not None else self._ws.today()
        method, account = (before.method, before.account) if before is not None else last_used(self._ws.store)
        yield Field(_("Date"), long_day(day), check=self.read_day, whole=True, id="date")
        yield Field(
            _("Method"),
            method,
            placeholder=_("transfer, cheque, card…"),
            whole=True,
            suggested=self._methods(),
            id="method",
        )
        reference = Field(
            _("Reference"),
            before.reference if before is not None else "",
            placeholder=_("number of the cheque or transfer"),
            whole=True,
            id="reference",
        )
        deposited = Field(
            _("Paid from") if refund else _("Deposited in"),
            account,
            placeholder=_("the bank account"),
            whole=True,
            suggested=used_before(self._ws.store, "account"),
            id="account",
        )
        self._more = [reference, deposited]
        if receipt:
            self._more.append(Choice(_("Send a receipt"), {"": _("No"), "yes": _("Yes")}, "", id="receipt"))
        room = Vertical(id="payment-more")
        room.styles.height = len(self._more)  # so that nothing moves when they come
        yield room

    def on_mount(self) -> None:
        self.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        """Add the other fields: what is on the screen first does not wait for them, but keys do."""
        if self.is_attached:
            room = self.query_one("#payment-more")
            await self.mount_rest(room, *self._more)
            room.styles.height = "auto"  # for their problems
            self._whole.set()

    def _methods(self) -> Sequence[str]:
        usual = [_("cheque"), _("card"), _("cash"), _("transfer")]
        return list(dict.fromkeys([*used_before(self._ws.store, "method"), *usual]))

    def read_day(self, text: str) -> date:
        return parse_day(text, self._ws.today())

    def text_of(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).text.strip()

    @property
    def wants_receipt(self) -> bool:
        return any(choice.text for choice in self.query(Choice))

    def show_wrong(self, *fields: Field) -> bool:
        """Show the problem of the first field that has one. Return whether there is any."""
        for field in fields:
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return True
        return False

    async def send_receipt(self, payment: CustomerPayment) -> str:
        """Queue the receipt of a payment if it is wanted. Return a sentence about it, or why it was not queued."""
        if not self.wants_receipt or payment.amount < 0:
            return ""
        from facturier.mail.notices.receipt import send_receipt

        try:
            await asyncio.to_thread(send_receipt, self._ws, payment)
        except FacturierError as error:
            return _("The receipt was not sent: {reason}").format(reason=error)
        return _("The receipt is in the outbox.")

    def entered(self, customer_id: int | None, currency: str, amount: int) -> CustomerPayment:
        """Return the payment that the fields describe. Raises InputError."""
        return CustomerPayment(
            customer_id=customer_id,
            date=self.read_day(self.text_of("date")),
            currency=currency,
            amount=amount,
            method=self.text_of("method"),
            reference=self.text_of("reference"),
            account=self.text_of("account"),
        )


def total(amounts: Mapping[int, int]) -> int:
    return sum(amounts.values())

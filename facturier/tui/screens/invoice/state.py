"""What the invoice screen shows, which actions are possible, and the line that says what was done."""

from facturier.mail.workspace import Workspace
from facturier.models.books.exchange_rates import lacks_rate
from facturier.models.books.invoice import Alert, Invoice, Payment
from facturier.models.books.status import OPEN, BookStatus, DeliveryKind, InvoiceKind, State
from facturier.models.chasing.silence import Silenced
from facturier.models.issuing.by_hand import refusal
from facturier.models.outbox.deliveries import LEFT
from facturier.models.outbox.delivery import Delivery
from facturier.models.payments.voiding import was_received
from facturier.tui.done_screen import DoneScreen
from facturier.tui.widgets.done_line import Booking, DoneLine


class InvoiceState(DoneScreen):
    """The state of the invoice screen. InvoiceScreen reads it and shows it."""

    def __init__(self, ws: Workspace, invoice_id: int) -> None:
        super().__init__(classes="invoice")
        self._ws = ws
        self._invoice_id = invoice_id
        self._invoice: Invoice | None = None
        self._home = ""  # the company's currency
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
                return self._latest(State.QUEUED) is not None or self._can_undo
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
            case "exchange_rate":
                return self._invoice is not None and lacks_rate(self._invoice, self._home)
            case "void" | "void_estimate":
                return (
                    issued
                    and self._is_estimate == (action == "void_estimate")
                    and state not in OPEN
                    and self._invoice is not None
                    and (self._invoice.is_credit or not self._invoice.paid)
                    and (self._is_estimate or not was_received(self._invoice))
                )
            case "message" | "save_eml":
                return state is not None
            case "bounce":
                return self._latest(*LEFT) is not None
        return True

    def _booked(self, booking: Booking | None) -> None:
        if booking is not None:
            self._line.tell(booking)
        self._renew()

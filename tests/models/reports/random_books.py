"""Books of many random documents and payments of every kind, always the same for a seed."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import InvoiceKind
from facturier.models.drafts.credit_notes import Part, credit_invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import FacturierError
from facturier.models.estimates.billing import bill_estimate
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes.draft_again import undo_last_issue
from facturier.models.payments.applying import apply_credit, open_documents
from facturier.models.payments.changing import change_payment, remove_customer_payment
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.payments import record_payment
from facturier.models.payments.receiving import receive_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.receivables.credit import apply_paid
from facturier.models.receivables.customer_payments import all_payments
from facturier.models.receivables.write_off import write_off
from facturier.models.settings.line import Line, LineKind
from facturier.models.store.store import Store

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
_TAXES = ("GST+QST", "GST+QST", "GST+QST", "GST+PST", "GST+OLD", "", "VAT", "VAT reduced", "Reverse charge")
_CURRENCIES = (*[("CAD", "")] * 3, ("EUR", "1.4703"), ("EUR", ""), ("JPY", "0.00915"), ("KWD", "4.4411"))


class RandomBooks:
    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.random = Random(seed)
        self.customers: dict[str, int] = {}
        self.issued: list[int] = []
        self.done: set[str] = set()

    def fill(self, steps: int) -> None:
        """Do this many things. What the books refuse changes nothing."""
        later = (
            *(self.credit, self.pay, self.receive, self.apply, self.use_credit, self.credit, self.pay, self.receive),
            *(self.write_off, self.refund, self.void, self.undo, self.change, self.remove, self.bill),
        )
        with self.store.writing():  # one transaction takes a tenth of the time
            for _step in range(steps):
                new = len(self.issued) < 6 or self.random.random() < 0.4
                what = self.invoice if new else self.random.choice(later)
                with suppress(FacturierError), self.store.database.atomic():
                    what()
                    self.done.add(what.__name__)

    def day(self, since: date = FIRST) -> date:
        return since + timedelta(self.random.randint(0, max((LAST - since).days, 0)))

    def any_of(self, *, credit: bool | None = None) -> Invoice:
        """Return one of the latest documents, so that several things are done with each."""
        found = [get_invoice(self.store, one) for one in self.issued[-12:]]
        return self.random.choice([one for one in found if credit in (None, one.is_credit)] or found)

    def line(self) -> Line:
        choice = self.random.choice
        if self.random.random() < 0.1:
            return Line("Part", kind=choice((LineKind.HEADING, LineKind.SUBTOTAL)))
        cents = self.random.randint(-2_000 if self.random.random() < 0.1 else 1, 90_000)
        return Line(
            "Work",
            quantity=choice(("1", "2", "0.333", "7.5", "1.123456789")),
            rate=choice((f"{cents / 100:.2f}", f"{cents * 8 / 100:.2f}", f"{cents / 1000:.4f}")),
            tax=choice(_TAXES),
            discount=choice(("", "", "", "10%", "33.333%", "1")),
        )

    def invoice(self, kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice:
        choice = self.random.choice
        name, day = choice(("Acme", "Zeta", "Lyon")), self.day()
        currency, rate = choice(_CURRENCIES)
        days = choice((0, 15, 30, 60))
        draft = new_draft(self.store, day, Customer(self.customers.get(name), name), kind)
        saved = save_draft(
            self.store,
            replace(
                draft,
                lines=tuple(self.line() for _line in range(self.random.randint(1, 5))),
                currency=currency,
                exchange_rate=rate,
                terms=days,
                due=day + timedelta(days),
                per_line=choice((False, False, False, True)),
                inclusive=choice((False, False, True)),
                discount=choice(("", "", "5%", "12.5%", "3")),
                shipping=choice(("", "", "9")),
                shipping_tax=choice(_TAXES),
                deposit=choice(("", "", "", "30%")),
            ),
        )
        self.customers[name] = saved.customer.id or 0
        invoice = issue_invoice(self.store, saved)
        if kind is InvoiceKind.INVOICE:
            self.issued.append(invoice.id or 0)
        return invoice

    def bill(self) -> None:
        estimate = self.invoice(InvoiceKind.ESTIMATE)
        for percent in ("33.3333", "10", None):
            share = None if percent is None else Decimal(percent)
            draft = bill_estimate(self.store, estimate.id or 0, self.day(estimate.date), percent=share)
            self.issued.append(issue_invoice(self.store, draft).id or 0)

    def credit(self) -> None:
        invoice = self.any_of(credit=False)
        part = self.random.choice((Part(), Part("0.5"), Part(amount=777), None))
        day, id_ = self.day(invoice.date), invoice.id or 0
        if part is None:
            amount = self.random.randint(1, max(invoice.total.minor, 1))
            note = credit_invoice(self.store, id_, day, amount=self.random.choice((None, amount)))
        else:
            place = self.random.randrange(len(invoice.lines))
            note = credit_invoice(self.store, id_, day, {place: part}, shipping=self.random.random() < 0.5)
        self.issued.append(issue_invoice(self.store, note).id or 0)

    def pay(self) -> None:
        """Pay all, a part or too much, at any time: also before the date of the invoice. Refund a credit note."""
        invoice = self.any_of()
        balance = invoice.balance.minor
        amount = self.random.choice((balance, balance // 2, balance + (0 if invoice.is_credit else 555)))
        record_payment(self.store, invoice.id or 0, self.day(), amount)

    def receive(self) -> CustomerPayment:
        invoice = self.any_of()
        amount = self.random.choice((5_000, 70_000, 300_000, -2_000))
        payment = CustomerPayment(
            customer_id=invoice.customer.id, date=self.day(), currency=invoice.currency, amount=amount
        )
        return receive_payment(self.store, payment)

    def refund(self) -> None:
        invoice = self.any_of(credit=False)
        record_payment(self.store, invoice.id or 0, self.day(), -max(invoice.paid // 3, 1))

    def apply(self) -> None:
        """Apply the remaining amounts of the credit notes to invoices of the same customer."""
        for note in (get_invoice(self.store, one) for one in self.issued):
            if note.is_credit and note.balance.minor < 0 and (invoices := open_documents(self.store, note)):
                apply_credit(self.store, note.id or 0, invoices[-1].id, self.day())

    def use_credit(self) -> None:
        apply_paid(self.store, self.any_of(credit=False).id or 0, self.day())

    def write_off(self) -> None:
        write_off(self.store, self.any_of().id or 0, self.day(), "lost", self.random.choice((None, 300)))

    def void(self) -> None:
        void_invoice(self.store, self.any_of().id or 0, "wrong")

    def undo(self) -> None:
        undo_last_issue(self.store, self.issued[-1])

    def change(self) -> None:
        payment = self.random.choice(all_payments(self.store) or [self.receive()])
        changed = replace(payment, amount=payment.amount + 1_000, date=self.day())
        change_payment(self.store, payment, changed, payment.allocation)

    def remove(self) -> None:
        remove_customer_payment(self.store, self.random.choice(all_payments(self.store) or [self.receive()]).id)

"""Statements of account: what is listed, what it adds up to, and who has a balance."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, InvoiceKind, PaymentKind, State
from facturier.models.customers.figures import read_figures
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import InputError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.delivery import SenderKind
from facturier.models.payments.applying import apply_credit
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.receivables.accounts import open_accounts
from facturier.models.receivables.statements import Aging, EntryKind, Statement, currencies, make_statement
from facturier.models.settings.line import Line
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import DEFAULT, TODAY, a_store

LATER = date(2999, 1, 1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def a_customer(store: Store, name: str = "Zénith") -> Customer:
    return save_customer(store, Customer(name=name, email="zoe@zenith.example"))


def issued(
    store: Store,
    customer: Customer,
    rate: str = "100",
    *,
    ago: int = 0,
    terms: int = 30,
    currency: str = "CAD",
    sent: bool = True,
    deposit: str = "",
) -> Invoice:
    """Issue an invoice that is dated `ago` days before today."""
    day = TODAY - timedelta(ago)
    made = new_draft(store, day, customer)
    draft = replace(made, lines=(Line("x", rate=rate),), currency=currency, deposit=deposit)
    draft = replace(draft, terms=terms, due=day + timedelta(terms))
    invoice = issue_invoice(store, save_draft(store, draft))
    if sent:
        with store.writing():
            store.run(tables.Invoice.update(reached=1).where(tables.Invoice.id == invoice.id))
    return get_invoice(store, invoice.id or 0)


def receive(store: Store, customer: Customer, amount: int, *parts: Invoice, ago: int = 0, currency: str = "CAD") -> int:
    """Book a payment of a customer and its parts: each invoice gets what is still open of it."""
    day, text = TODAY - timedelta(ago), {"method": "cheque", "reference": "77", "account": "", "note": ""}
    with store.writing():
        made = tables.CustomerPayment.insert(
            customer_id=customer.id, date=day, currency=currency, amount=amount, created=store.clock(), **text
        )
        found = store.run(made)
        for invoice in parts:
            paid = min(invoice.balance.minor, amount)
            part = {"invoice_id": invoice.id, "date": day, "amount": paid, "method": ""}
            store.run(tables.Payment.insert(**part, customer_payment_id=found))
            amount -= paid
    return found


def of(store: Store, customer: Customer, currency: str = "CAD", *period: date) -> Statement:
    assert customer.id is not None
    days = (period[0], period[1]) if period else None
    return make_statement(store, customer.id, currency, TODAY, days)


def owed(store: Store, customer: Customer, currency: str = "CAD") -> int:
    """What the raw tables say is owed, by another way than the program's."""
    [(billed,)] = store.rows(
        "SELECT coalesce(sum(total), 0) FROM invoice WHERE standing = 'issued' AND kind IN ('invoice', 'credit_note')"
        f" AND customer_id = {customer.id} AND currency = '{currency}'"
    )
    [(paid,)] = store.rows(
        "SELECT coalesce(sum(amount), 0) FROM payment JOIN invoice ON invoice.id = invoice_id"
        f" WHERE customer_id = {customer.id} AND currency = '{currency}' AND customer_payment_id IS NULL"
    )
    [(received,)] = store.rows(
        "SELECT coalesce(sum(amount), 0) FROM customer_payment"
        f" WHERE customer_id = {customer.id} AND currency = '{currency}'"
    )
    return int(billed) - int(paid) - int(received)


def test_open_items_have_what_is_left_of_each_and_its_age(store: Store) -> None:
    zenith, other = a_customer(store), a_customer(store, "Other")
    issued(store, other)
    for ago, rate in ((10, "1"), (31, "2"), (60, "4"), (61, "8"), (91, "16"), (121, "32"), (90, "64")):
        issued(store, zenith, rate, ago=ago)
    unsent = issued(store, zenith, "128", ago=61, sent=False)
    partly = issued(store, zenith, "300", ago=5, deposit="50")
    paid = issued(store, zenith, "400", ago=40)
    receive(store, zenith, 45_000, paid, ago=3)  # 50.00 too much: credit
    record_payment(store, partly.id or 0, TODAY, 10_000)
    void_invoice(store, issued(store, zenith, "1000", sent=False).id or 0, "x")
    save_draft(store, replace(new_draft(store, TODAY, zenith), lines=(Line("x", rate="1000"),)))
    estimate = issued(store, zenith, "1000")
    with store.writing():
        store.run(tables.Invoice.update(kind=InvoiceKind.ESTIMATE).where(tables.Invoice.id == estimate.id))
    statement = of(store, zenith)
    # Due today or later: 1 + (300 − 50 − 100). Up to a month after the due date: 2 + 4.
    assert statement.aging == Aging(1_00 + 150_00, 2_00 + 4_00, 8_00 + 64_00 + 128_00, 16_00, 32_00, -50_00)
    assert [entry.number for entry in statement.entries if entry.unsent] == [unsent.number]
    assert statement.closing == sum(statement.aging) == owed(store, zenith)
    assert [entry.late for entry in statement.entries if entry.total == 32_00] == [91]
    assert [entry.date for entry in statement.entries] == sorted(entry.date for entry in statement.entries)
    [credit] = [entry for entry in statement.entries if entry.kind is EntryKind.PAYMENT]
    assert (credit.total, credit.balance, credit.note) == (-450_00, -50_00, "cheque 77")
    [open_] = [entry for entry in statement.entries if entry.number == partly.number]
    assert (open_.total, open_.balance, open_.due) == (300_00, 150_00, partly.due)
    assert (statement.filed, statement.key) == (partly.id, f"statement:{zenith.id}:CAD:open:2026-11-24")
    # In the lists of the program, what was not sent is not overdue.
    balance = read_figures(store, TODAY, zenith.id)[zenith.id or 0].of("CAD")
    assert statement.aging.overdue == balance.overdue + 128_00


def test_a_period_has_what_was_owed_before_and_every_step_from_there(store: Store) -> None:
    zenith = a_customer(store)
    first, second = issued(store, zenith, "100", ago=80), issued(store, zenith, "200", ago=20)
    issued(store, zenith, "7", currency="EUR")
    receive(store, zenith, 250_00, first, second, ago=10)
    note = issue_invoice(store, credit_invoice(store, second.id or 0, TODAY, amount=40_00))
    remove_payment(store, payments_of(store, note.id or 0)[0].id)
    apply_credit(store, note.id or 0, second.id or 0, TODAY, 30_00)  # moves a credit, and changes no sum
    third = issued(store, zenith, "50", ago=5, deposit="20")
    with store.writing():
        store.run(
            tables.Payment.insert(
                invoice_id=third.id, date=TODAY, amount=5, method="small rest", kind=PaymentKind.WRITE_OFF
            )
        )
    record_payment(store, note.id or 0, TODAY, -10_00)  # the rest of the credit note is paid out
    statement = of(store, zenith, "CAD", TODAY - timedelta(30), TODAY)
    found = [(entry.kind, entry.number, entry.total, entry.balance) for entry in statement.entries]
    assert statement.opening == 100_00
    assert found == [
        (EntryKind.INVOICE, second.number, 200_00, 300_00),
        (EntryKind.PAYMENT, f"{first.number}, {second.number}", -250_00, 50_00),
        (EntryKind.INVOICE, third.number, 50_00, 100_00),
        (EntryKind.DEPOSIT, third.number, -20_00, 80_00),
        (EntryKind.CREDIT_NOTE, note.number, -40_00, 40_00),
        (EntryKind.WRITE_OFF, third.number, -5, 39_95),
        (EntryKind.REFUND, note.number, 10_00, 49_95),
    ]
    assert statement.closing == of(store, zenith).closing == owed(store, zenith) == 49_95
    assert statement.filed == note.id
    assert statement.key == f"statement:{zenith.id}:CAD:2026-10-25..2026-11-24:2026-11-24"
    before = of(store, zenith, "CAD", TODAY - timedelta(60), TODAY - timedelta(31))
    assert (before.opening, before.entries, before.closing) == (100_00, (), 100_00)
    assert before.filed == note.id  # it lists no invoice: the customer's newest
    assert currencies(store, zenith.id or 0) == ["CAD", "EUR"]
    assert of(store, zenith, "EUR").closing == 7_00
    with pytest.raises(InputError, match="ends before it begins"):
        of(store, zenith, "CAD", TODAY, TODAY - timedelta(1))


STEP = st.tuples(
    st.sampled_from(["invoice", "not sent", "deposit", "payment", "credit", "apply", "received", "refund", "void"]),
    st.integers(1, 500_00),
    st.integers(-5, 130),
)


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(STEP, max_size=9), days=st.lists(st.integers(-10, 140), min_size=2, max_size=2))
def test_the_lines_add_up_to_what_is_owed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]], days: list[int]
) -> None:
    store = a_store(tmp_path_factory.mktemp("statement"))
    zenith = a_customer(store)
    invoices: list[Invoice] = []
    notes: list[Invoice] = []
    for step, amount, ago in steps:
        day = TODAY - timedelta(ago)
        last = get_invoice(store, invoices[amount % len(invoices)].id or 0) if invoices else None
        if step in ("invoice", "not sent", "deposit"):
            deposit = f"{amount / 200:.2f}" if step == "deposit" else ""
            rate = f"{amount / 100:.2f}"
            invoices.append(issued(store, zenith, rate, ago=ago, sent=step != "not sent", deposit=deposit))
        elif step == "received":
            receive(store, zenith, amount, *([last] if last is not None and last.balance.minor > 0 else []), ago=ago)
        elif step == "refund":
            [(credit,)] = store.rows("SELECT coalesce(sum(amount - allocated), 0) FROM customer_payment")
            if credit > 0:
                receive(store, zenith, -min(amount, credit), ago=ago)
        elif last is None or last.balance.minor <= 0:
            continue
        elif step == "payment":
            record_payment(store, last.id or 0, day, amount)
        elif step == "credit":
            some = min(amount, last.balance.minor)
            notes.append(issue_invoice(store, credit_invoice(store, last.id or 0, day, amount=some)))
        elif step == "apply" and notes:
            apply_credit(store, notes.pop().id or 0, last.id or 0, day)
        elif step == "void" and not last.paid and not last.deposit and not notes:
            with store.writing():
                store.run(tables.Invoice.update(reached=0).where(tables.Invoice.id == last.id))
            void_invoice(store, last.id or 0, "x")
            invoices.remove(next(one for one in invoices if one.id == last.id))
    open_, whole = of(store, zenith), of(store, zenith, "CAD", date.min, LATER)
    assert open_.closing == sum(open_.aging) == whole.closing == owed(store, zenith)
    figures = read_figures(store, TODAY, zenith.id).get(zenith.id or 0)
    assert (figures.of("CAD").owed if figures is not None else 0) == open_.closing
    assert whole.opening == 0
    late, early = sorted(TODAY - timedelta(ago) for ago in days)[::-1]
    period, before = of(store, zenith, "CAD", early, late), of(store, zenith, "CAD", date.min, early - timedelta(1))
    assert period.opening == before.closing
    assert period.closing == period.opening + sum(entry.total for entry in period.entries)
    # The same lines, whether they are in one period or in two.
    assert [*before.entries, *period.entries] == [entry for entry in whole.entries if entry.date <= late]


def test_the_customers_with_a_balance_are_listed_by_name(store: Store) -> None:
    zenith, abel, paid = a_customer(store), a_customer(store, "Abel"), a_customer(store, "Paid")
    issued(store, zenith, "100", ago=40)
    issued(store, zenith, "3", currency="EUR")
    issued(store, abel, "50", sent=False)
    done = issued(store, paid, "5")
    record_payment(store, done.id or 0, TODAY, 5_00)
    assert [account[1:6] for account in open_accounts(store, TODAY)] == [
        ("Abel", "zoe@zenith.example", "CAD", 50_00, 0),
        ("Zénith", "zoe@zenith.example", "CAD", 100_00, 100_00),
        ("Zénith", "zoe@zenith.example", "EUR", 3_00, 0),
    ]


@pytest.mark.parametrize("key", ["", "x", "x:CAD:open", f"{'9' * 5000}:CAD:open"], ids=["none", "short", "x", "long"])
def test_a_damaged_key_of_a_statement_hides_no_account(store: Store, key: str) -> None:
    customer = a_customer(store)
    invoice = issued(store, customer)
    with store.writing():
        store.run(
            tables.Delivery.insert(
                invoice_id=invoice.id,
                kind=DeliveryKind.STATEMENT,
                key=f"statement:{key}",
                way=SenderKind.DEFAULT,
                sender=DEFAULT,
                recipients={"to": ["z@zenith.example"], "cc": [], "bcc": []},
                subject="Statement",
                state=State.SENT,
                not_before=store.clock(),
                queued=store.clock(),
                changed=store.clock(),
            )
        )
    [account] = open_accounts(store, TODAY)
    assert (account.owed, account.sent) == (10_000, None)

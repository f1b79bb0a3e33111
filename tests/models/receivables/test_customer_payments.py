"""Payments of customers: allocation, credit, refunds, changes and write-offs."""

import multiprocessing
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_customer_journal, read_journal
from facturier.models.books.status import PaymentKind
from facturier.models.customers.figures import Balance, read_balance, read_figures
from facturier.models.customers.merge import merge_customers
from facturier.models.customers.saving import save_customer
from facturier.models.customers.upkeep import delete_customer
from facturier.models.drafts.credit_notes import credit_invoice
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, FacturierError, InputError, StoreError
from facturier.models.exports.company_file import company_lines
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.payments.applying import apply_credit
from facturier.models.payments.changing import change_payment, remove_customer_payment
from facturier.models.payments.customer_payment import CustomerPayment, get_payment
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.receiving import credit_left, receive_again, receive_payment
from facturier.models.payments.removed_keys import PaymentRemoved
from facturier.models.payments.voiding import void_invoice
from facturier.models.receivables.credit import apply_paid, take_off
from facturier.models.receivables.customer_payments import all_payments, payments_of_customer, used_before
from facturier.models.receivables.write_off import write_off
from facturier.models.settings.line import Line
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.exports.test_company_file import exported, imported
from tests.models.making import TODAY, a_draft, a_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path)


def a_customer(store: Store, name: str = "Tremblay") -> int:
    return save_customer(store, Customer(name=name, email="t@client.example")).id or 0


def an_invoice(store: Store, customer_id: int, rate: str, days: int = 0, currency: str = "CAD") -> Invoice:
    draft = new_draft(store, TODAY - timedelta(days), Customer(customer_id, "Tremblay", email="t@client.example"))
    draft = save_draft(store, replace(draft, currency=currency, lines=(Line("Work", rate=rate),)))
    return issue_invoice(store, draft)


def paid(customer_id: int | None, amount: int, **more: str) -> CustomerPayment:
    return CustomerPayment(customer_id=customer_id, date=TODAY, currency="CAD", amount=amount, **more)  # type: ignore[arg-type]


def balances(store: Store, *invoices: Invoice) -> list[int]:
    return [get_invoice(store, one.id or 0).balance.minor for one in invoices]


def test_a_payment_pays_the_oldest_invoices_first_and_the_rest_is_credit(store: Store) -> None:
    mine = a_customer(store)
    new, old, euro = (
        an_invoice(store, mine, "30"),
        an_invoice(store, mine, "50", 40),
        an_invoice(store, mine, "9", 50, "EUR"),
    )
    payment = receive_payment(store, paid(mine, 7000, method="transfer", reference="4411", account="Main"))
    assert payment.allocation == {old.id: 5000, new.id: 2000}
    assert balances(store, old, new, euro) == [0, 1000, 900]
    [part] = payments_of(store, new.id or 0)
    assert (part.method, part.reference, part.account, part.customer_payment_id) == (
        "transfer",
        "4411",
        "Main",
        payment.id,
    )
    more = receive_payment(store, paid(mine, 1500, method="cheque"))
    assert (more.allocation, more.rest) == ({new.id: 1000}, 500)
    assert read_figures(store, TODAY)[mine].balances == (
        Balance("CAD", -500, credit=500),
        Balance("EUR", 900, not_sent=900),
    )
    assert read_balance(store, mine, "CAD") == Balance("CAD", -500, credit=500)
    kinds = [entry.kind for entry in read_customer_journal(store, mine)]
    assert kinds == ["customer_created", "paid", "paid", "paid", "credit_received"]
    assert used_before(store, "method") == ["transfer", "cheque"]
    rows = payments_of_customer(store, mine)
    assert [(row.numbers, row.amount, row.rest) for row in rows] == [("1001", 1500, 500), ("1002, 1001", 7000, 0)]
    # The credit is applied to the next invoice, and the rest is paid back.
    later = an_invoice(store, mine, "2")
    [applied] = apply_paid(store, later.id or 0, TODAY)
    assert (applied.amount, credit_left(store, mine, "CAD")) == (200, 300)
    with pytest.raises(InputError, match=r"credit is only 3\.00"):
        receive_payment(store, paid(mine, -301), {})
    receive_payment(store, paid(mine, -300), {})
    assert (credit_left(store, mine, "CAD"), read_balance(store, mine, "CAD").owed) == (0, 0)
    with pytest.raises(StoreError, match="no credit"):
        apply_paid(store, an_invoice(store, mine, "2").id or 0, TODAY)
    with pytest.raises(StoreError, match="already paid back"):
        remove_customer_payment(store, more.id)


def test_a_refund_is_at_most_what_was_paid_for_the_invoice(store: Store) -> None:
    mine = a_customer(store)
    invoice = an_invoice(store, mine, "100")
    receive_payment(store, paid(mine, 3000))
    write_off(store, invoice.id or 0, TODAY, "lost")
    with pytest.raises(InputError, match=r"at most what was paid for the invoice: 30\.00"):
        receive_payment(store, paid(mine, -3001), {invoice.id or 0: -3001})
    receive_payment(store, paid(mine, -1000), {invoice.id or 0: -1000})
    with pytest.raises(InputError, match=r"20\.00"):
        receive_payment(store, paid(mine, -10000), {invoice.id or 0: -10000})


def test_what_was_refunded_stays_paid(store: Store) -> None:
    """Otherwise the customer would owe more than the invoice comes to."""
    mine = a_customer(store)
    invoice = an_invoice(store, mine, "100")
    booked = receive_payment(store, paid(mine, 8000), {invoice.id or 0: 5000})
    [applied] = apply_paid(store, invoice.id or 0, TODAY, 3000)
    refund = receive_payment(store, paid(mine, -6000), {invoice.id or 0: -6000})
    before = get_payment(store, booked.id)
    for change in (
        lambda: remove_customer_payment(store, booked.id),
        lambda: take_off(store, [applied]),
        lambda: change_payment(store, before, before, {invoice.id or 0: 5999}),
    ):
        with pytest.raises(StoreError, match=r"more than what was paid for invoice 1001.*Remove the refund first"):
            change()
    assert get_payment(store, booked.id) == before
    change_payment(store, before, replace(before, method="cheque"), {invoice.id or 0: 6000})
    remove_customer_payment(store, refund.id)
    remove_customer_payment(store, booked.id)
    assert balances(store, invoice) == [10000]
    # A deposit, too.
    draft = new_draft(store, TODAY, Customer(mine, "Tremblay"))
    draft = save_draft(store, replace(draft, deposit="30", lines=(Line("Work", rate="100"),)))
    second = issue_invoice(store, draft)
    receive_payment(store, paid(mine, -1000), {second.id or 0: -1000})
    with pytest.raises(StoreError, match="Remove the refund first"):
        remove_payment(store, payments_of(store, second.id or 0)[0].id)


def test_an_invoice_is_not_voided_while_a_write_off_hides_what_was_paid(store: Store) -> None:
    mine = a_customer(store)
    invoice = an_invoice(store, mine, "100")
    with store.writing():  # as earlier versions allowed
        refund = store.run(
            tables.CustomerPayment.insert(
                customer_id=mine,
                date=TODAY,
                currency="CAD",
                amount=-10000,
                **dict.fromkeys(("method", "reference", "account", "note"), ""),
                created=store.clock(),
            )
        )
        row = {"invoice_id": invoice.id, "date": TODAY, "amount": -10000, "method": "", "customer_payment_id": refund}
        store.run(tables.Payment.insert(row))
    write_off(store, invoice.id or 0, TODAY, "lost", 10000)
    assert get_invoice(store, invoice.id or 0).paid == 0
    with pytest.raises(StoreError, match="Part of it was written off"):
        void_invoice(store, invoice.id or 0, "wrong")
    assert read_balance(store, mine, "CAD").owed == 10000


def test_an_allocation_is_what_the_person_entered(store: Store) -> None:
    mine, other = a_customer(store), a_customer(store, "Other")
    first, second, theirs = an_invoice(store, mine, "30"), an_invoice(store, mine, "50"), an_invoice(store, other, "5")
    euro = an_invoice(store, mine, "30", currency="EUR")
    for wrong, said in (
        ({first.id: 3001}, "balance of invoice 1001 is only 30.00"),
        ({first.id: 3000, second.id: 4001}, "exceed the payment"),
        ({first.id: 0}, "above zero"),
        ({theirs.id: 1}, "different customer"),
        ({euro.id: 1}, "in EUR"),
    ):
        with pytest.raises(InputError, match=said):
            receive_payment(store, paid(mine, 7000), wrong)  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="balance of invoice 1001 has changed"):
        receive_payment(store, paid(mine, 1), {first.id or 0: 1}, seen={first.id or 0: 9})
    assert all_payments(store) == []
    payment = receive_payment(store, paid(mine, 7000), {first.id or 0: 1000, second.id or 0: 5000})
    assert (balances(store, first, second), payment.rest) == ([2000, 0], 1000)
    assert receive_payment(store, paid(mine, 10), among=[second.id or 0]).rest == 10


def test_a_change_keeps_the_history_and_is_refused_after_another_one(store: Store) -> None:
    mine = a_customer(store)
    first, second = an_invoice(store, mine, "30"), an_invoice(store, mine, "50")
    before = receive_payment(store, paid(mine, 3000), {first.id or 0: 3000})
    after = replace(before, amount=4500, method="cheque", date=TODAY - timedelta(3))
    changed = change_payment(store, before, after, {first.id or 0: 500, second.id or 0: 3500})
    assert (balances(store, first, second), changed.rest) == ([2500, 1500], 500)
    assert {part.date for part in changed.parts} == {TODAY - timedelta(3)}
    assert [entry.kind for entry in read_journal(store, first.id)][-2:] == ["paid", "payment_changed"]
    assert read_journal(store, second.id)[-1].kind == "paid"
    with pytest.raises(ChangedElsewhere):
        change_payment(store, before, after, {})
    entries = len(read_customer_journal(store, mine))
    assert change_payment(store, changed, changed, changed.allocation) == changed
    assert len(read_customer_journal(store, mine)) == entries
    with pytest.raises(InputError, match="refund"):
        change_payment(store, changed, replace(changed, amount=-5), {})
    # Removing it from one invoice removes it from both.
    remove_payment(store, changed.parts[0].id)
    assert (balances(store, first, second), all_payments(store)) == ([3000, 5000], [])
    assert read_journal(store, second.id)[-1].kind == "payment_removed"


def test_a_key_books_once(store: Store) -> None:
    mine = a_customer(store)
    first, second = an_invoice(store, mine, "30"), an_invoice(store, mine, "50")
    once = receive_payment(store, paid(mine, 3000, key="bank-7"), among=[first.id or 0])
    assert receive_payment(store, paid(mine, 3000, key="bank-7"), among=[first.id or 0]) == once
    for other, among in ((paid(mine, 2999, key="bank-7"), first), (paid(mine, 3000, key="bank-7"), second)):
        with pytest.raises(InputError, match="already used for a different payment"):
            receive_payment(store, other, among=[among.id or 0])
    assert all_payments(store) == [once]


def _pay(path: Path, mine: int, invoice_id: int, start: str) -> None:
    deadline = Path(start)
    while not deadline.exists():
        pass
    for number in range(3):
        receive_payment(open_company(path), paid(mine, 100, key=f"row-{number}"), {invoice_id: 100})


def test_the_key_of_a_removed_payment_stays_used(store: Store) -> None:
    mine = a_customer(store)
    first = an_invoice(store, mine, "30")
    booked = receive_payment(store, paid(mine, 3000, key="bank-7"), among=[first.id or 0])
    remove_customer_payment(store, booked.id)
    with pytest.raises(PaymentRemoved, match=r"“bank-7” was removed on 24 Nov 2026: 30\.00"):
        receive_payment(store, paid(mine, 3000, key="bank-7"), among=[first.id or 0])
    with pytest.raises(PaymentRemoved):
        receive_payment(store, paid(mine, 1, key="bank-7"), {})
    assert all_payments(store) == []
    # A person who undoes the removal gets the payment back with its key, and may remove it again.
    again = receive_again(store, booked)
    assert again.id == booked.id
    assert receive_payment(store, paid(mine, 3000, key="bank-7"), among=[first.id or 0]) == again
    with pytest.raises(StoreError, match="already recorded again"):
        receive_again(store, booked)
    remove_customer_payment(store, again.id)
    copy = imported(exported(store), store.path.with_name("copy.facturier"))
    for each in (store, copy):
        with pytest.raises(PaymentRemoved):
            receive_payment(each, paid(mine, 3000, key="bank-7"), among=[first.id or 0])


def test_the_parts_of_a_payment_that_is_recorded_again_keep_their_days(store: Store) -> None:
    mine = a_customer(store)
    booked = receive_payment(store, paid(mine, 5000))
    first = an_invoice(store, mine, "30")
    apply_paid(store, first.id or 0, TODAY + timedelta(40))
    before = remove_customer_payment(store, booked.id)
    again = receive_again(store, before)
    assert [(part.date, part.amount) for part in again.parts] == [(TODAY + timedelta(40), 3000)]


def test_two_processes_with_the_same_keys_book_each_once(store: Store, tmp_path: Path) -> None:
    mine = a_customer(store)
    invoice = an_invoice(store, mine, "30")
    spawn = multiprocessing.get_context("fork")
    arguments = (store.path, mine, invoice.id, str(tmp_path / "go"))
    both = [spawn.Process(target=_pay, args=arguments) for _one in range(2)]
    for process in both:
        process.start()
    (tmp_path / "go").touch()
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert sorted(payment.key or "" for payment in all_payments(store)) == ["row-0", "row-1", "row-2"]
    assert balances(store, invoice) == [2700]


def test_more_than_the_balance_is_refused_without_a_saved_customer(store: Store) -> None:
    draft = a_draft(store)
    invoice = issue_invoice(store, draft)
    assert invoice.customer.id is None
    with pytest.raises(InputError, match="no saved customer"):
        record_payment(store, invoice.id or 0, TODAY, 10001)
    record_payment(store, invoice.id or 0, TODAY, 10000)
    with pytest.raises(InputError, match="no saved customer"):
        record_payment(store, invoice.id or 0, TODAY, 1)
    assert balances(store, invoice) == [0]


def test_a_small_rest_is_written_off_with_a_reason(store: Store) -> None:
    invoice = an_invoice(store, a_customer(store), "30")
    record_payment(store, invoice.id or 0, TODAY, 2990)
    with pytest.raises(InputError, match="reason"):
        write_off(store, invoice.id or 0, TODAY, " ")
    with pytest.raises(InputError, match=r"at most 0\.10"):
        write_off(store, invoice.id or 0, TODAY, "bank fee", 11)
    with pytest.raises(StoreError, match="has changed"):
        write_off(store, invoice.id or 0, TODAY, "bank fee", seen=3000)
    written = write_off(store, invoice.id or 0, TODAY, "bank fee", seen=10)
    assert (written.kind, balances(store, invoice)) == (PaymentKind.WRITE_OFF, [0])
    assert read_journal(store, invoice.id)[-1].detail == {"amount": "0.10", "reason": "bank fee"}
    with pytest.raises(StoreError):
        write_off(store, invoice.id or 0, TODAY, "again")
    remove_payment(store, written.id)
    assert balances(store, invoice) == [10]
    assert read_journal(store, invoice.id)[-1].kind == "write_off_removed"


def test_the_payments_of_a_customer_follow_a_merge_and_keep_a_customer(store: Store) -> None:
    kept, other = a_customer(store), a_customer(store, "Other")
    receive_payment(store, paid(other, 700))
    with pytest.raises(StoreError, match="payments"):
        delete_customer(store, other)
    merge_customers(store, kept, other)
    assert read_balance(store, kept, "CAD").owed == -700
    assert [entry for entry in read_journal(store) if entry.kind.startswith("credit")] == []


def test_an_export_has_the_payments_with_their_parts_and_credit(store: Store, tmp_path: Path) -> None:
    mine = a_customer(store)
    first, second = an_invoice(store, mine, "30"), an_invoice(store, mine, "50")
    details = {"method": "cheque", "reference": "12", "account": "Main", "note": "at the desk", "key": "k"}
    receive_payment(store, paid(mine, 9900, **details))
    receive_payment(store, paid(mine, -400), {})
    write_off(store, an_invoice(store, mine, "1").id or 0, TODAY, "too small")
    text = exported(store)
    after = imported(text, tmp_path / "new.facturier")
    assert "".join(company_lines(after)) == text
    assert all_payments(after) == all_payments(store)
    assert (balances(after, first, second), read_balance(after, mine, "CAD").owed) == ([0, 0], -1500)


_amounts = st.integers(-4000, 6000)
_steps = st.sampled_from(
    [
        "invoice",
        "note",
        "pay",
        "pay one",
        "refund",
        "apply",
        "apply note",
        "take off",
        "change",
        "remove",
        "write off",
        "void",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(_steps, _amounts, st.integers(0, 9)), max_size=14))
def test_allocations_never_exceed_and_the_total_of_the_customer_is_kept(steps: list[tuple[str, int, int]]) -> None:
    """What a customer owes is what was billed, less credit notes, write-offs and money. Nothing else changes it."""
    with tempfile.TemporaryDirectory() as folder:
        store = a_store(Path(folder))
        mine = a_customer(store)
        invoices = [an_invoice(store, mine, "30"), an_invoice(store, mine, "20")]
        notes: list[Invoice] = []
        for step, amount, at in steps:
            some = invoices[at % len(invoices)]
            before = read_balance(store, mine, "CAD").owed
            change = 0
            with suppress(FacturierError):
                change = _do(store, mine, step, amount, at, some, invoices, notes)
            assert read_balance(store, mine, "CAD").owed == before + change
            _check(store, mine, invoices)
        payments, money = all_payments(store), sum(payment.amount for payment in all_payments(store))
        off = sum(
            one.amount
            for each in invoices
            for one in payments_of(store, each.id or 0)
            if one.kind is PaymentKind.WRITE_OFF
        )
        billed = sum(get_invoice(store, one.id or 0).total.minor for one in (*invoices, *notes) if _stands(store, one))
        assert read_balance(store, mine, "CAD").owed == billed - off - money
        assert read_figures(store, TODAY, mine)[mine].of("CAD").owed == billed - off - money
        for payment in payments:
            with suppress(StoreError):
                remove_customer_payment(store, payment.id)
        _check(store, mine, invoices)


def _stands(store: Store, one: Invoice) -> bool:
    return get_invoice(store, one.id or 0).book_status == "issued"


def _do(
    store: Store,
    mine: int,
    step: str,
    amount: int,
    at: int,
    some: Invoice,
    invoices: list[Invoice],
    notes: list[Invoice],
) -> int:
    """Do a step. Return by how much the customer owes more."""
    payments = all_payments(store)
    payment = payments[at % len(payments)] if payments else None
    do: dict[str, Callable[[], int]] = {
        "pay": lambda: -receive_payment(store, paid(mine, amount)).amount,
        "pay one": lambda: -_whole(store, record_payment(store, some.id or 0, TODAY, amount).customer_payment_id),
        "refund": lambda: -receive_payment(store, paid(mine, -abs(amount)), {}).amount,
        "apply": lambda: 0 * len(apply_paid(store, some.id or 0, TODAY, amount if amount > 0 else None)),
        "write off": lambda: -write_off(store, some.id or 0, TODAY, "small", abs(amount) % 500 + 1).amount,
    }
    if step in do:
        return do[step]()
    if step == "invoice":
        invoices.append(an_invoice(store, mine, str(abs(amount) + 1)))
        return invoices[-1].total.minor
    if step == "note":
        notes.append(issue_invoice(store, credit_invoice(store, some.id or 0, TODAY)))
        return notes[-1].total.minor
    if step == "apply note" and notes:
        apply_credit(store, notes[at % len(notes)].id or 0, some.id or 0, TODAY)
    elif step == "take off" and payment is not None:
        take_off(store, payment.parts[:1])
    elif step == "remove" and payment is not None:
        return remove_customer_payment(store, payment.id).amount
    elif step == "change" and payment is not None:
        half = {invoice_id: part // 2 or part for invoice_id, part in payment.allocation.items()}
        changed = change_payment(store, payment, replace(payment, amount=payment.amount + amount), half)
        return payment.amount - changed.amount
    elif step == "void":
        void_invoice(store, some.id or 0, "wrong")
        return -some.total.minor
    return 0


def _whole(store: Store, payment_id: int | None) -> int:
    return get_payment(store, payment_id or 0).amount


def _check(store: Store, mine: int, invoices: list[Invoice]) -> None:
    for payment in all_payments(store):
        assert abs(payment.allocated) <= abs(payment.amount)
        assert store.rows("SELECT allocated FROM customer_payment WHERE id = ?", payment.id) == [(payment.allocated,)]
    assert credit_left(store, mine, "CAD") >= 0
    for one in invoices:
        assert get_invoice(store, one.id or 0).balance.minor >= 0


def test_a_payment_of_a_customer_who_was_merged_meanwhile_is_refused(store: Store) -> None:
    kept, gone = a_customer(store), a_customer(store, "Gone")
    merge_customers(store, kept, gone)
    with pytest.raises(InputError, match="deleted or merged"):
        receive_payment(store, paid(gone, 100))
    assert all_payments(store) == []

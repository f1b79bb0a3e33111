"""Estimates: their own numbers, answers, and invoices that never come to more than the estimate."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import Answer, BookStatus, InvoiceKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.customers.figures import read_figures
from facturier.models.customers.history import invoice_ids
from facturier.models.drafts.credit_notes import Part, credit_and_copy, credit_invoice
from facturier.models.drafts.drafts import VALID, copy_invoice, correct_invoice, new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, NotConfirmed, StoreError
from facturier.models.estimates.answers import record_answer, restore_answer
from facturier.models.estimates.billing import bill_estimate, billed_percent, progress_of
from facturier.models.estimates.estimate_list import EstimateList, Progressing, progressing
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.number_check import check_numbers
from facturier.models.issuing.numbering import any_issued, issue_invoice
from facturier.models.listing.listing import Listing
from facturier.models.listing.totals import currencies, sums
from facturier.models.listing.view import View
from facturier.models.outbox.changes.draft_again import undo_issue
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.payments.payments import payments_of, record_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import Line, LineKind
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store, in_state, new_company, queue

GST, QST = TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975"))
ECO = TaxRate("ECO", Decimal(3), compound=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=(GST, QST)))
    return store


def drafted(store: Store, *lines: Line, **terms: object) -> Invoice:
    draft = new_draft(store, TODAY, Customer(name="Acme", email="a@acme.example"), InvoiceKind.ESTIMATE)
    lines = lines or (Line("Work", quantity="2", rate="100", tax="GST+QST"), Line("Travel", rate="50", tax="GST"))
    return save_draft(store, replace(draft, lines=lines, **terms))  # type: ignore[arg-type]


def issued(store: Store, *lines: Line, **terms: object) -> Invoice:
    return issue_invoice(store, drafted(store, *lines, **terms))


def kinds(store: Store, invoice: Invoice) -> list[str]:
    return [entry.kind for entry in read_journal(store, invoice.id)]


def test_an_estimate_is_no_invoice(store: Store) -> None:
    draft = drafted(store, deposit="40", currency="USD")
    assert (draft.kind, draft.due, draft.message) == (InvoiceKind.ESTIMATE, TODAY + timedelta(VALID), "")
    estimate = issue_invoice(store, draft)
    assert estimate.number == "E-1"
    assert read_company(store).next_number(TODAY) == "1001"
    id_ = estimate.id or 0
    assert not payments_of(store, id_)  # the deposit was not received for an invoice
    with pytest.raises(StoreError, match="cannot be paid"):
        record_payment(store, id_, TODAY, 100)
    with pytest.raises(StoreError):
        credit_invoice(store, id_, TODAY)
    assert not any_issued(store)
    assert Listing(store, View(), TODAY).ids() == []
    figures = sums(store, TODAY, "USD")
    assert all(not found.count for found in figures.values())
    assert currencies(store) == []
    assert read_figures(store, TODAY)[estimate.customer.id or 0] == ((), None)
    assert invoice_ids(store, estimate.customer.id or 0) == []
    assert not store.rows("SELECT * FROM unreported")
    issued(store)
    assert check_numbers(store).sound
    queue(store, invoice=estimate)
    assert get_invoice(store, id_).delivery is State.QUEUED


def test_an_answer_is_recorded_and_undone(store: Store) -> None:
    draft = drafted(store)
    with pytest.raises(StoreError, match="still a draft"):
        record_answer(store, draft.id or 0, Answer.ACCEPTED, TODAY)
    estimate = issue_invoice(store, draft)
    id_ = estimate.id or 0
    before = record_answer(store, id_, Answer.ACCEPTED, TODAY)
    accepted = get_invoice(store, id_)
    assert (accepted.answer, accepted.answered) == (Answer.ACCEPTED, TODAY)
    record_answer(store, id_, Answer.ACCEPTED, TODAY)  # the same again changes nothing
    restore_answer(store, before)
    assert (get_invoice(store, id_).answer, get_invoice(store, id_).answered) == (Answer.NONE, None)
    record_answer(store, id_, Answer.DECLINED, TODAY)
    assert kinds(store, estimate)[2:] == ["estimate_accepted", "estimate_unanswered", "estimate_declined"]
    with pytest.raises(NotConfirmed, match="declined"):
        bill_estimate(store, id_, TODAY)
    assert bill_estimate(store, id_, TODAY, anyway=True).total == estimate.total
    # An estimate with an answer does not become a draft again: the customer has it.
    answered = drafted(store)
    delivery = queue(store, invoice=answered)
    record_answer(store, answered.id or 0, Answer.ACCEPTED, TODAY)
    assert not cancel_delivery(store, delivery.id)
    by_hand = issue_invoice(store, drafted(store))
    record_answer(store, by_hand.id or 0, Answer.ACCEPTED, TODAY)
    with pytest.raises(ChangedElsewhere):
        undo_issue(store, by_hand)
    invoice = issue_invoice(store, save_draft(store, replace(new_draft(store, TODAY), lines=(Line("x", rate="1"),))))
    with pytest.raises(StoreError, match="not an estimate"):
        record_answer(store, invoice.id or 0, Answer.ACCEPTED, TODAY)


def test_an_estimate_becomes_an_invoice_with_the_taxes_of_its_date(store: Store) -> None:
    lines = (Line("Phase 1", kind=LineKind.HEADING), Line("Work", quantity="3", rate="33.33", tax="GST+QST"))
    estimate = issued(store, *lines, discount="10", shipping="5", shipping_tax="GST", reference="PO 7", terms=30)
    id_, later = estimate.id or 0, TODAY + timedelta(40)
    save_company(store, replace(read_company(store), rates=(replace_percent(GST, 7), QST), terms=15))
    invoice = bill_estimate(store, id_, later)
    assert (invoice.kind, invoice.book_status, invoice.source_id) == (InvoiceKind.INVOICE, BookStatus.DRAFT, id_)
    assert (invoice.date, invoice.due, invoice.reference) == (later, later + timedelta(15), "PO 7")
    assert (invoice.lines, invoice.totals.subtotal) == (estimate.lines, estimate.totals.subtotal)
    assert invoice.rates[0].percent == 7
    assert invoice.total.minor > estimate.total.minor
    progress = progress_of(store, estimate)
    assert (progress.percent, progress.rest.total, progress.billed) == (100, 0, invoice.total.minor)
    with pytest.raises(NotConfirmed, match="more than estimate E-1"):
        bill_estimate(store, id_, later)
    assert bill_estimate(store, id_, later, anyway=True).total == invoice.total
    invoice = issue_invoice(store, invoice)
    assert get_invoice(store, invoice.id or 0).source == ("E-1", estimate.date)
    assert kinds(store, estimate)[2:] == ["estimate_invoiced", "estimate_invoiced", "estimate_billed"]
    with pytest.raises(StoreError, match="Invoices were created"):
        void_invoice(store, id_, "a mistake")


def replace_percent(rate: TaxRate, percent: int) -> TaxRate:
    return rate._replace(percent=Decimal(percent))


def test_a_deposit_progress_and_the_rest_come_to_the_estimate(store: Store) -> None:
    heading, subtotal = Line("Phase 1", kind=LineKind.HEADING), Line(kind=LineKind.SUBTOTAL)
    lines = (heading, Line("Work", quantity="7", rate="33.33", tax="GST+QST"), subtotal)
    more = Line("Travel", rate="19.99", tax="GST"), Line("Rebate", rate="-10", tax="GST")
    estimate = issued(store, *lines, *more, discount="20", shipping="7.77", shipping_tax="GST")
    id_ = estimate.id or 0
    deposit = bill_estimate(store, id_, TODAY, percent=Decimal(30))
    assert deposit.lines[0] == Line("30% of estimate E-1", kind=LineKind.HEADING)
    assert [line.quantity for line in deposit.lines if line.kind is LineKind.ITEM] == ["1", "1", "1"]
    assert deposit.totals.subtotal + deposit.totals.shipping == round(0.3 * (23331 + 1999 - 1000 + 777))
    assert progress_of(store, estimate).percent == 30
    chosen = bill_estimate(store, id_, TODAY, lines=[3])
    assert [line.description for line in chosen.lines] == ["Travel"]
    with pytest.raises(NotConfirmed):
        bill_estimate(store, id_, TODAY, lines=[3])
    with pytest.raises(NotConfirmed):
        bill_estimate(store, id_, TODAY, percent=Decimal(90))
    rest = bill_estimate(store, id_, TODAY)
    assert [line.description for line in rest.lines] == ["Phase 1", "Work", "", "Rebate"]
    parts = (deposit, chosen, rest)
    assert 0 <= estimate.totals.subtotal - sum(part.totals.subtotal for part in parts) <= 1  # fitted to the cent
    assert sum(part.totals.discount for part in parts) == estimate.totals.discount
    assert sum(part.totals.shipping for part in parts) == estimate.totals.shipping
    assert 0 <= estimate.total.minor - sum(part.total.minor for part in parts) <= 2
    assert progress_of(store, estimate).percent == 100
    corrected = correct_invoice(store, issue_invoice(store, chosen).id or 0, "a typo", TODAY)
    assert (corrected.source_id, progress_of(store, estimate).percent) == (id_, 100)
    delete_draft(store, rest.id or 0)
    assert progress_of(store, estimate).percent < 100
    for percent in ("0", "-3", "101"):
        with pytest.raises(InputError, match="percentage above 0"):
            bill_estimate(store, id_, TODAY, percent=Decimal(percent))
    for places in ([], [0], [9]):
        with pytest.raises(InputError):
            bill_estimate(store, id_, TODAY, lines=places)


def test_what_is_credited_can_be_billed_again(store: Store) -> None:
    lines = Line("Work", quantity="4", rate="100", tax="GST"), Line("Travel", rate="60", tax="GST")
    estimate = issued(store, *lines, discount="20")
    id_ = estimate.id or 0

    def listed() -> int:
        [row] = EstimateList(store, View(), TODAY).first(5)
        assert row.billed == progress_of(store, estimate).billed
        return progress_of(store, estimate).percent

    invoice = issue_invoice(store, bill_estimate(store, id_, TODAY))
    assert listed() == 100
    note = credit_invoice(store, invoice.id or 0, TODAY, {0: Part("1")})
    assert listed() == 100  # a draft changes nothing
    issue_invoice(store, note)
    assert listed() == 78
    again = bill_estimate(store, id_, TODAY)
    assert [(line.description, line.rate) for line in again.lines] == [("Work", "100.00")]
    assert (again.total, listed()) == (-note.total, 100)
    # An amount that belongs to no line is shared out over all lines.
    amount = issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY, amount=10500))
    assert (listed(), progress_of(store, estimate).rest.total) == (77, 10500)
    shared = bill_estimate(store, id_, TODAY)
    assert [line.description for line in shared.lines] == ["Work", "Travel"]
    assert 0 <= -amount.total.minor - shared.total.minor < 20
    assert listed() == 100
    # A correction credits the invoice, and its draft bills the same estimate.
    credit, draft = credit_and_copy(store, issue_invoice(store, shared).id or 0, TODAY)
    issue_invoice(store, credit)
    assert (draft.source_id, listed()) == (id_, 100)


def test_an_undone_send_a_copy_and_a_correction_remain_estimates(store: Store) -> None:
    draft = drafted(store)
    delivery = queue(store, invoice=draft)
    assert cancel_delivery(store, delivery.id)
    again = get_invoice(store, draft.id or 0)
    assert (again.book_status, again.reserved, again.kind) == (BookStatus.DRAFT, "E-1", InvoiceKind.ESTIMATE)
    sent, _claim = in_state(store, State.SENT, invoice=again)
    copy = copy_invoice(store, sent.invoice_id, TODAY)
    assert (copy.kind, copy.lines) == (InvoiceKind.ESTIMATE, again.lines)
    corrected = correct_invoice(store, sent.invoice_id, "a new price", TODAY)  # even if the customer has it
    assert corrected.kind is InvoiceKind.ESTIMATE
    with pytest.raises(StoreError, match="is void"):
        bill_estimate(store, sent.invoice_id, TODAY)


def test_the_list_says_how_far_each_is(store: Store) -> None:
    today = TODAY
    rows = [issued(store) for _n in range(5)]
    accepted, declined, billed, void, expired = (row.id or 0 for row in rows)
    draft = drafted(store)
    record_answer(store, accepted, Answer.ACCEPTED, today)
    record_answer(store, declined, Answer.DECLINED, today)
    bill_estimate(store, billed, today, percent=Decimal(25))
    void_invoice(store, void, "a mistake")
    with store.writing():
        store.run(tables.Invoice.update(due=today - timedelta(1)).where(tables.Invoice.id == expired))
    listed = EstimateList(store, View(descending=False), today)
    found = {row.id: progressing(row, today) for row in listed.first(10)}
    assert [*found] == [accepted, declined, billed, void, expired, draft.id]
    assert [*found.values()] == [
        (Progressing.ACCEPTED, 0),
        (Progressing.DECLINED, 0),
        (Progressing.BILLED, 25),
        (Progressing.VOID, 0),
        (Progressing.EXPIRED, 0),
        (Progressing.DRAFT, 0),
    ]
    assert listed.find("E-3") == billed
    assert [row.id for row in EstimateList(store, View(text="acme"), today).first(2)] == [draft.id, expired]


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = new_company(Path(folder) / "acme.facturier")
        save_company(store, replace(read_company(store), rates=(GST, QST, ECO)))
        yield store


_amounts = st.decimals("-50", "999.99", places=2).filter(bool).map(str)
_lines = st.lists(
    st.builds(
        Line,
        description=st.sampled_from(["Work", "Travel", "Parts"]),
        quantity=st.sampled_from(["", "2", "0.5", "3.75"]),
        rate=_amounts,
        tax=st.sampled_from(["", "GST", "GST+QST", "GST+QST+ECO"]),
        discount=st.sampled_from(["", "", "12.5%"]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    lines=_lines,
    inclusive=st.booleans(),
    discount=st.sampled_from(["", "10%", "1.23"]),
    shipping=st.sampled_from(["", "12.34"]),
)
def test_invoices_never_come_to_more_than_their_estimate(
    shared: Store, data: st.DataObject, lines: list[Line], inclusive: bool, discount: str, shipping: str
) -> None:
    terms = {"inclusive": inclusive, "discount": discount, "shipping": shipping, "shipping_tax": "GST"}
    draft = new_draft(shared, date(2026, 11, 24), Customer(name="Acme"), InvoiceKind.ESTIMATE)
    draft = replace(draft, lines=tuple(lines), **terms)  # type: ignore[arg-type]
    assume(draft.totals.subtotal > 500)
    estimate = issue_invoice(shared, save_draft(shared, draft))
    id_, net = estimate.id or 0, 0
    made: list[Invoice] = []
    for _try in range(data.draw(st.integers(1, 5))):
        how: dict[str, object] = {}
        if data.draw(st.booleans()):
            how["percent"] = data.draw(st.decimals("0.01", "100", places=2))
        elif data.draw(st.booleans()):
            how["lines"] = data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1))
        try:
            made.append(bill_estimate(shared, id_, TODAY, **how))  # type: ignore[arg-type]
        except (NotConfirmed, InputError):
            continue
        progress = progress_of(shared, estimate)
        assert progress.billed == sum(invoice.total.minor for invoice in made)
        assert progress.rest.total == estimate.total.minor - progress.billed
        assert progress.billed <= estimate.total.minor
        if "percent" in how:
            base = estimate.totals.subtotal + estimate.totals.shipping
            got = made[-1].totals.subtotal + made[-1].totals.shipping
            net = round(Decimal(str(how["percent"])) * base / 100)
            assert abs(got - net) <= 20  # cents of rounding
    if made and not how:  # what remained was billed last
        assert abs(sum(invoice.totals.subtotal for invoice in made) - estimate.totals.subtotal) <= 20


@given(total=st.integers(1, 10**9), part=st.integers(0, 10**9))
def test_the_billed_percentage_is_between_nothing_and_all(total: int, part: int) -> None:
    billed = min(part, total)
    percent = billed_percent(total, billed)
    assert 0 <= percent <= 100
    assert percent > 0 or not billed
    assert percent < 100 or total - billed <= 20

"""Credit notes: made from an invoice, never for more than was billed, applied and refunded."""

import contextlib
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
from facturier.models.books.opposite import opposite
from facturier.models.books.status import BookStatus, ByHand, InvoiceKind, PaymentKind, Settlement, State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.credit_notes import Part, credit_and_copy, credit_invoice
from facturier.models.drafts.creditable import credit_notes_of, rest_of
from facturier.models.drafts.drafts import copy_invoice, new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.listing import listing
from facturier.models.listing.conditions import conditions
from facturier.models.listing.listing import Listing
from facturier.models.listing.totals import sums
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.outbox.changes.draft_again import undo_issue, undo_last_issue
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.payments.applying import apply_again, apply_credit, open_documents
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line, LineKind, line_amount
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.store import Store
from tests.models.making import TODAY, a_store, in_state, new_company, queue

GST, QST = TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975"))
ECO = TaxRate("ECO", Decimal(3), compound=True)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=(GST, QST)))
    return store


def issued(store: Store, *lines: Line, name: str = "Acme", **terms: object) -> Invoice:
    draft = new_draft(store, TODAY, Customer(name=name, email="a@acme.example"))
    if terms.get("customer") is None:
        terms.pop("customer", None)
    lines = lines or (Line("Work", quantity="2", rate="100", tax="GST+QST"), Line("Travel", rate="50", tax="GST"))
    return issue_invoice(store, save_draft(store, replace(draft, lines=lines, **terms)))  # type: ignore[arg-type]


def test_a_credit_note_has_the_terms_of_its_invoice_and_its_own_number(store: Store) -> None:
    heading = Line("Phase 1", kind=LineKind.HEADING)
    lines = (heading, Line("Work", quantity="2", rate="100", tax="GST+QST", discount="10%"), Line("Bolt", rate="5"))
    invoice = issued(store, *lines, discount="10", shipping="20", shipping_tax="GST", reference="PO 7")
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(7)),)))
    note = credit_invoice(store, invoice.id or 0, TODAY + timedelta(1))
    assert (note.kind, note.book_status, note.source_id) == (InvoiceKind.CREDIT_NOTE, BookStatus.DRAFT, invoice.id)
    assert note.source == (invoice.number, invoice.date)
    assert (note.customer, note.currency, note.rates) == (invoice.customer, invoice.currency, (GST, QST))
    assert (note.date, note.due, note.reference) == (TODAY + timedelta(1), TODAY + timedelta(1), "PO 7")
    assert [line.quantity for line in note.lines] == ["", "-2", "-1"]
    assert note.total == -invoice.total
    save_company(store, replace(read_company(store), rates=()))  # drafts take on new rates; this one does not
    note = get_invoice(store, note.id or 0)
    assert (note.rates, note.total) == ((GST, QST), -invoice.total)
    note = issue_invoice(store, note)
    assert note.number == "CN-1"
    assert issued(store).number == "1002"  # the invoices have no gap
    french = replace(Company(), language="fr")
    assert french.next_number(TODAY, InvoiceKind.CREDIT_NOTE) == "NC-1"
    assert [entry.kind for entry in read_journal(store, invoice.id)] == ["created", "issued", "credited", "credit"]
    assert get_invoice(store, note.id or 0) == note
    # A duplicate of it is an invoice that bills the same.
    copy = copy_invoice(store, note.id or 0, TODAY)
    assert (copy.kind, copy.source_id, copy.lines[1].quantity) == (InvoiceKind.INVOICE, None, "2")


def test_parts_of_an_invoice_can_be_credited_until_nothing_is_left(store: Store) -> None:
    invoice = issued(store)
    id_ = invoice.id or 0
    first = credit_invoice(store, id_, TODAY, {0: Part("0.5")})
    assert [(line.description, line.quantity, line.rate) for line in first.lines] == [("Work", "-0.5", "100")]
    second = credit_invoice(store, id_, TODAY, {1: Part(amount=1999)})
    assert (second.lines[0].quantity, second.lines[0].rate, second.total.minor) == ("-1", "19.99", -2099)
    assert rest_of(store, invoice).lines == (15000, 3001)
    for parts, problem in (
        ({0: Part("2.5")}, "at most 2"),
        ({0: Part("2")}, "at most 150.00 CAD"),
        ({1: Part(amount=3002)}, "at most 30.01 CAD"),
        ({1: Part(amount=0)}, "above zero"),
        ({7: Part()}, "no line 8"),
        ({}, "Choose what to credit"),
    ):
        with pytest.raises(InputError, match=problem):
            credit_invoice(store, id_, TODAY, parts)
    third = credit_invoice(store, id_, TODAY)
    assert [(line.quantity, line.rate) for line in third.lines] == [("-1.5", "100"), ("-1", "30.01")]
    assert invoice.total.minor + sum(note.total.minor for note in credit_notes_of(store, id_)) in (0, 1)
    for note in credit_notes_of(store, id_):
        issue_invoice(store, note)
    with pytest.raises((StoreError, InputError), match="credited"):
        credit_invoice(store, id_, TODAY)


def test_an_amount_with_taxes_is_credited_exactly(store: Store) -> None:
    invoice = issued(store)
    note = credit_invoice(store, invoice.id or 0, TODAY, amount=10001)
    assert note.total.minor == -10001
    assert [line.tax for line in note.lines] == ["GST+QST", "GST"]
    assert sum(tax.amount for tax in note.totals.taxes) < 0
    with pytest.raises(InputError, match="at most"):
        credit_invoice(store, invoice.id or 0, TODAY, amount=invoice.total.minor)
    rest = credit_invoice(store, invoice.id or 0, TODAY)  # by amount too: what was credited belongs to no line
    assert note.total.minor + rest.total.minor == -invoice.total.minor


def test_a_credit_note_is_not_older_than_its_invoice(store: Store) -> None:
    """Otherwise its tax could count in a period before that of the invoice."""
    invoice = issued(store, date=TODAY + timedelta(5), due=TODAY + timedelta(35))
    note = issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY))
    assert (note.date, note.due) == (invoice.date, invoice.date)


def test_no_tax_is_credited_that_was_not_charged(store: Store) -> None:
    """Of the two lines, 114.98 has GST and QST, and 100.00 has no taxes. Both can be credited whole, in any order."""
    lines = Line("Work", rate="100", tax="GST+QST"), Line("Book", rate="100")
    first, second = issued(store, *lines), issued(store, *lines)
    issue_invoice(store, credit_invoice(store, first.id or 0, TODAY, {0: Part()}))
    rest = issue_invoice(store, credit_invoice(store, first.id or 0, TODAY, amount=6000))
    assert (rest.total.minor, rest.totals.taxes) == (-6000, ())
    # 100.00 of 214.98 are 53.48 with taxes and 46.52 without: 61.50 with taxes are left.
    issue_invoice(store, credit_invoice(store, second.id or 0, TODAY, amount=10000))
    with pytest.raises(InputError, match=r"At most 61\.50 CAD.*GST\+QST"):
        credit_invoice(store, second.id or 0, TODAY, {0: Part()})
    note = credit_invoice(store, second.id or 0, TODAY, {0: Part(amount=5000)})
    more = save_draft(store, replace(note, lines=(replace(note.lines[0], rate="60.00"),)))
    with pytest.raises(StoreError, match=r"GST\+QST"):
        issue_invoice(store, more)
    delete_draft(store, more.id or 0)
    note = issue_invoice(store, credit_invoice(store, second.id or 0, TODAY))
    # The order in which a person types the taxes does not matter.
    third = issued(store, *lines)
    whole = credit_invoice(store, third.id or 0, TODAY)
    swapped = tuple(replace(line, tax="+".join(reversed(line.codes))) for line in whole.lines)
    assert issue_invoice(store, save_draft(store, replace(whole, lines=swapped))).total == whole.total
    taxes = [tax.amount for each in credit_notes_of(store, second.id or 0, issued=True) for tax in each.totals.taxes]
    assert sum(taxes) == -(500 + 998)
    assert -note.total.minor == 21498 - 10000


def test_what_was_changed_in_the_draft_is_checked_when_it_is_issued(store: Store) -> None:
    invoice = issued(store)
    note = credit_invoice(store, invoice.id or 0, TODAY)
    work, travel = note.lines
    for changes, problem in (
        ({"lines": (replace(work, quantity="-3"), travel)}, "more than can be credited"),
        ({"lines": (replace(work, quantity="-1"), replace(travel, quantity="-2"))}, "Line 2 of invoice 1001"),
        ({"lines": (replace(work, quantity="2"),)}, "quantities are negative"),
        ({"currency": "USD"}, "must be those of invoice 1001"),
        ({"date": TODAY - timedelta(1)}, "cannot be dated before invoice 1001"),
        ({"customer": Customer(name="Another")}, "must be those of invoice 1001"),
    ):
        draft = save_draft(store, replace(note, id=None, version=0, **changes))
        with pytest.raises(StoreError, match=problem):
            issue_invoice(store, draft)
    issue_invoice(store, note)
    again = save_draft(store, replace(note, id=None, version=0))
    with pytest.raises(StoreError, match="at most 0"):
        issue_invoice(store, again)
    for other in (draft.id or 0, note.id or 0):
        with pytest.raises(StoreError, match="cannot be credited"):
            credit_invoice(store, other, TODAY)


def test_a_credit_is_applied_in_pairs_and_removed_in_pairs(store: Store) -> None:
    invoice = issued(store, Line("Work", rate="100"))
    mine = invoice.customer
    other = issued(store, Line("More", rate="30"), customer=mine)
    stranger = issued(store, Line("Work", rate="100"), name="Stranger")
    record_payment(store, invoice.id or 0, TODAY, 10000)
    note = issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY))
    note_id, other_id = note.id or 0, other.id or 0
    assert (note.balance.minor, note.owed(TODAY + timedelta(90)).settlement) == (-10000, Settlement.CREDIT)
    assert [one.id for one in open_documents(store, note)] == [other_id]
    assert [(one.number, one.balance) for one in open_documents(store, other)] == [("CN-1", -10000)]
    on_invoice, on_note = apply_credit(store, note_id, other_id, TODAY)
    assert (on_invoice.amount, on_invoice.other_id, on_note.amount, on_note.other_id) == (
        3000,
        note_id,
        -3000,
        other_id,
    )
    assert [payment.kind for payment in payments_of(store, other_id)] == [PaymentKind.CREDIT]
    assert get_invoice(store, other_id).owed(TODAY).settlement is Settlement.PAID
    assert get_invoice(store, note_id).balance.minor == -7000
    for wrong in (other_id, stranger.id or 0, note_id):
        with pytest.raises(StoreError):
            apply_credit(store, note_id, wrong, TODAY)
    remove_payment(store, on_note.id)  # from either side
    assert payments_of(store, other_id) == payments_of(store, note_id) == []
    assert [entry.kind for entry in read_journal(store, note_id)][-2:] == ["applied", "credit_removed"]
    again = apply_again(store, on_note)
    assert (again.invoice_id, again.amount, get_invoice(store, other_id).balance.minor) == (note_id, -3000, 0)
    # The rest is paid back; never more than that.
    for amount in (-7001, 100):
        with pytest.raises(InputError, match="more than the remaining credit"):
            record_payment(store, note_id, TODAY, amount)
    refund = record_payment(store, note_id, TODAY, -7000, "cheque")

    def settlements() -> list[Settlement]:
        [row] = Listing(store, View(), TODAY).rows((note_id,))
        return [one.owed(TODAY).settlement for one in (get_invoice(store, note_id), row)]

    assert settlements() == [Settlement.SETTLED] * 2  # partly applied, partly refunded
    remove_payment(store, again.id)
    assert settlements() == [Settlement.CREDIT] * 2
    rest = record_payment(store, note_id, TODAY, -3000)
    assert settlements() == [Settlement.REFUNDED] * 2
    remove_payment(store, rest.id)
    apply_again(store, on_note)
    assert settlements() == [Settlement.SETTLED] * 2
    assert get_invoice(store, note_id).refunded == -refund.amount
    with pytest.raises(StoreError, match="used in full"):
        apply_credit(store, note_id, issued(store, customer=mine).id or 0, TODAY)


def test_a_credit_is_applied_when_both_documents_exist(store: Store) -> None:
    """A credit note and an invoice may be dated later than today: what was owed on an earlier day stays right."""
    invoice, later = issued(store), TODAY + timedelta(7)
    note = issue_invoice(store, credit_invoice(store, invoice.id or 0, later))
    remove_payment(store, payments_of(store, note.id or 0)[0].id)
    applied = apply_credit(store, note.id or 0, invoice.id or 0, TODAY)
    assert [payment.date for payment in applied] == [later, later]


@pytest.mark.parametrize("few", [0, 4000])  # by walking an index, or by fetching and sorting
def test_a_credit_is_neither_overdue_nor_unsent_money(store: Store, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "conditions", lambda *asked: (found._replace(few=few) for found in conditions(*asked)))
    invoice = issued(store, Line("Work", rate="100"))
    before = sums(store, TODAY, "CAD")
    draft = credit_invoice(store, invoice.id or 0, TODAY)
    with_draft = sums(store, TODAY, "CAD")[InvoiceFilter.NOT_SENT]
    assert (with_draft.count, with_draft.amount) == (2, 10000)  # it can be sent, but is no money
    note = issue_invoice(store, draft)
    remove_payment(store, payments_of(store, note.id or 0)[0].id)  # it is not applied any more
    after = sums(store, TODAY + timedelta(400), "CAD")
    unsent = after[InvoiceFilter.NOT_SENT]
    assert (unsent.count, unsent.amount) == (2, 10000)
    listed = Listing(store, View(InvoiceFilter.NOT_SENT), TODAY)
    assert {row.number for row in listed.first(5)} == {"1001", "CN-1"}
    assert (listed.count(), listed.find("CN")) == (2, note.id)
    for show in (InvoiceFilter.OVERDUE, InvoiceFilter.DUE, InvoiceFilter.PAID_LATELY):
        assert (after[show].count, after[show].amount) == (before[show].count, before[show].amount), show
    for show in (InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY):
        assert (after[show].count, Listing(store, View(show), TODAY).first(5)) == (0, [])
    assert after[InvoiceFilter.ALL].count == 2
    rows = Listing(store, View(), TODAY).first(5)
    assert {row.number: row.kind for row in rows}["CN-1"] is InvoiceKind.CREDIT_NOTE
    assert sum(row.balance for row in rows) == 0  # what the customer owes
    apply_credit(store, note.id or 0, invoice.id or 0, TODAY)
    for show in (InvoiceFilter.ALL, InvoiceFilter.PAID, InvoiceFilter.PAID_LATELY):
        assert [row.balance for row in Listing(store, View(show), TODAY).first(5)] == [0, 0]
        assert sums(store, TODAY, "CAD")[show].count == 2


def test_a_sent_invoice_is_corrected_and_not_voided(store: Store) -> None:
    sent, _claim = in_state(store, State.SENT)
    with pytest.raises(StoreError, match=r"^Invoice 1001 cannot be voided.*The customer has it\. Correct it with"):
        void_invoice(store, sent.invoice_id, "wrong")
    note, draft = credit_and_copy(store, sent.invoice_id, TODAY)
    assert (note.kind, draft.kind, draft.total) == (InvoiceKind.CREDIT_NOTE, InvoiceKind.INVOICE, -note.total)
    with pytest.raises(StoreError, match="credited in full"):
        credit_and_copy(store, sent.invoice_id, TODAY)
    unsent = issued(store)
    credit = issue_invoice(store, credit_invoice(store, unsent.id or 0, TODAY))
    with pytest.raises(StoreError, match="A credit note was issued for it"):  # the customer does not have it
        void_invoice(store, unsent.id or 0, "credited")
    void_invoice(store, credit.id or 0, "by mistake")
    void_invoice(store, unsent.id or 0, "by mistake, too")
    with pytest.raises(StoreError, match="It is already void"):
        void_invoice(store, unsent.id or 0, "again")


def test_a_credit_note_is_applied_to_its_invoice_when_it_is_issued(store: Store) -> None:
    unpaid, part_paid, paid = (issued(store, Line("Work", rate="100")) for _each in range(3))
    record_payment(store, part_paid.id or 0, TODAY, 3000)
    record_payment(store, paid.id or 0, TODAY, 10000)
    half = issue_by_hand(store, credit_invoice(store, unpaid.id or 0, TODAY, amount=5000), ByHand.PAPER)
    assert (half.balance.minor, get_invoice(store, unpaid.id or 0).balance.minor) == (0, 5000)
    # What is paid remains the customer's credit.
    for invoice, left in ((part_paid, -3000), (paid, -10000)):
        note = issue_invoice(store, credit_and_copy(store, invoice.id or 0, TODAY)[0])
        assert (note.balance.minor, get_invoice(store, invoice.id or 0).balance.minor) == (left, 0)
        told = [entry.kind for entry in read_journal(store, note.id)]
        assert told == ["created", "issued", *([] if invoice is paid else ["applied"])]
    # It can be removed and applied again, and it is undone with the issue.
    [applied] = payments_of(store, half.id or 0)
    remove_payment(store, applied.id)
    assert get_invoice(store, unpaid.id or 0).balance.minor == 10000
    apply_again(store, applied)
    draft = undo_issue(store, half)
    assert (draft.book_status, draft.reserved, draft.paid) == (BookStatus.DRAFT, half.number, 0)
    assert (get_invoice(store, unpaid.id or 0).balance.minor, payments_of(store, unpaid.id or 0)) == (10000, [])
    issue_by_hand(store, draft, ByHand.PAPER)
    assert undo_last_issue(store, half.id or 0) == get_invoice(store, half.id or 0)
    assert get_invoice(store, unpaid.id or 0).balance.minor == 10000
    again = issue_invoice(store, get_invoice(store, half.id or 0))
    void_invoice(store, again.id or 0, "wrong")
    assert (get_invoice(store, again.id or 0).book_status, payments_of(store, unpaid.id or 0)) == (BookStatus.VOID, [])
    # What a person applied later is a step of its own, which is not undone with the issue.
    payment = record_payment(store, unpaid.id or 0, TODAY, 10000)
    late = issue_invoice(store, credit_invoice(store, unpaid.id or 0, TODAY))
    assert payments_of(store, late.id or 0) == []
    remove_payment(store, payment.id)
    apply_credit(store, late.id or 0, unpaid.id or 0, TODAY)
    assert undo_last_issue(store, late.id or 0) is None
    assert get_invoice(store, late.id or 0).book_status is BookStatus.ISSUED
    remove_payment(store, payments_of(store, late.id or 0)[0].id)
    void_invoice(store, late.id or 0, "wrong")
    # One that was used for something else cannot be undone.
    other = issue_invoice(store, credit_invoice(store, unpaid.id or 0, TODAY))
    remove_payment(store, payments_of(store, other.id or 0)[0].id)
    record_payment(store, other.id or 0, TODAY, -10000)
    with pytest.raises(ChangedElsewhere):
        undo_issue(store, other)


def test_an_invoice_whose_customer_was_never_saved_is_credited(store: Store) -> None:
    """Such as one that was typed when the program was killed, and that was sent from the list later."""
    draft = new_draft(store, TODAY, Customer(name="Acme", email="a@acme.example"))
    draft = save_draft(store, replace(draft, lines=(Line("Work", rate="100"),)), keep_customer=False)
    invoice = issue_invoice(store, draft)
    assert invoice.customer.id is None
    issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY))
    assert get_invoice(store, invoice.id or 0).balance.minor == 0


def test_a_send_of_a_credit_note_is_undone(store: Store) -> None:
    invoice = issued(store)
    note = credit_invoice(store, invoice.id or 0, TODAY)
    delivery = queue(store, invoice=note)
    assert get_invoice(store, note.id or 0).number == "CN-1"
    assert get_invoice(store, invoice.id or 0).balance.minor == 0
    assert cancel_delivery(store, delivery.id)
    assert get_invoice(store, invoice.id or 0).balance == invoice.total
    again = get_invoice(store, note.id or 0)
    assert (again.book_status, again.reserved, again.rates, again.total) == (
        BookStatus.DRAFT,
        "CN-1",
        invoice.rates,
        -invoice.total,
    )
    delete_draft(store, note.id or 0)
    assert issue_invoice(store, credit_invoice(store, invoice.id or 0, TODAY)).number == "CN-1"


_quantity = st.decimals("0.01", 9, places=2).map(str)
_rate = st.decimals("-50", 500, places=3).map(str)
_discount = st.sampled_from(["", "", "10%", "33.3%", "1.25"])
_lines = st.lists(
    st.builds(
        Line,
        description=st.sampled_from(["Work", "Travel", "Bolt"]),
        quantity=_quantity,
        rate=_rate,
        tax=st.sampled_from(["", "GST", "GST+QST", "GST+ECO"]),
        discount=_discount,
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = new_company(Path(folder) / "acme.facturier")
        save_company(store, replace(read_company(store), name="Acme", rates=(GST, QST, ECO)))
        yield store


@settings(max_examples=40)
@given(data=st.data(), lines=_lines, inclusive=st.booleans(), per_line=st.booleans(), discount=_discount)
def test_credit_notes_never_credit_more_than_was_billed(
    shared: Store, data: st.DataObject, lines: list[Line], inclusive: bool, per_line: bool, discount: str
) -> None:
    shipping = data.draw(st.sampled_from(["", "12.34"]))
    draft = replace(
        new_draft(shared, date(2026, 11, 24), Customer(name="Acme")),
        lines=tuple(lines),
        inclusive=inclusive,
        per_line=per_line,
        discount=discount,
        shipping=shipping,
        shipping_tax="GST",
    )
    totals = draft.totals
    without = [line_amount(replace(line, discount=""), "CAD") for line in lines]
    assume(totals.subtotal and all(without))  # a discount on nothing has no sign
    mirrored = opposite(draft).totals
    assert mirrored.total == -totals.total
    assert [tax.amount for tax in mirrored.taxes] == [-tax.amount for tax in totals.taxes]
    assume(totals.total > 0)
    invoice = issue_invoice(shared, save_draft(shared, draft))
    id_, totals = invoice.id or 0, invoice.totals  # rounded as the company does
    assume(totals.total > 0)
    made = []
    for _try in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        part = data.draw(st.sampled_from([Part(), Part("0.5"), Part(amount=333), None]))
        with contextlib.suppress(InputError, StoreError):  # more than is left
            if part is None:
                note = credit_invoice(shared, id_, TODAY, amount=data.draw(st.integers(1, totals.total)))
            else:
                note = credit_invoice(shared, id_, TODAY, {place: part})
            made.append(note)
    if rest_of(shared, invoice).total:
        made.append(credit_invoice(shared, id_, TODAY))
    for note in made:
        issue_invoice(shared, note)  # what was made from the invoice can be issued
    notes = credit_notes_of(shared, id_, issued=True)
    assert len(notes) == len(made)
    assert 0 < -sum(note.total.minor for note in notes) <= totals.total
    for billed, left in zip(totals.amounts, rest_of(shared, invoice).lines, strict=True):
        assert billed is not None
        assert min(billed, 0) <= left <= max(billed, 0)
    if min(amount or 0 for amount in totals.amounts) >= 0:
        for tax in totals.taxes:
            credited = sum(one.amount for note in notes for one in note.totals.taxes if one.code == tax.code)
            assert -credited <= tax.amount + 20  # rounding

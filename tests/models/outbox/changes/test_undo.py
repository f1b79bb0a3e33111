"""Undoing a send: an invoice that was never handed to a sender is a draft again, with its number reserved."""

import multiprocessing
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import peewee
import pytest

from facturier.models.books.invoices import find_invoice, get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, PaymentKind, State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import InputError, LostClaim, NumberReserved, NumberTaken, StoreError
from facturier.models.issuing.deleting import delete_draft
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.changes.draft_again import undo_issue
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, message_of
from facturier.models.outbox.delivery import Delivery, SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.payments.payments import payments_of, record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import Line
from facturier.models.settings.settings import read_company
from facturier.models.settings.tax import TaxRate
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import (
    MESSAGE,
    TODAY,
    Clock,
    a_draft,
    a_store,
    claim,
    envelope_from,
    in_state,
    next_is,
    next_number,
    queue,
)


def undone(store: Store) -> Delivery:
    delivery = queue(store)
    assert resolving.cancel_delivery(store, delivery.id)
    return get_delivery(store, delivery.id)


def kinds(store: Store, invoice_id: int) -> list[str]:
    return [entry.kind for entry in read_journal(store, invoice_id)]


def test_the_draft_is_edited_and_sent_with_the_same_number(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = undone(store)
    draft = get_invoice(store, first.invoice_id)
    assert (draft.number, draft.reserved, draft.book_status) == (None, "1001", BookStatus.DRAFT)
    assert (first.state, first.number) == (State.CANCELLED, "1001")
    assert find_invoice(store, "1001") == draft
    assert queue(store).number == "1002"  # nobody else gets it
    changed = save_draft(store, replace(draft, lines=(Line("Work", rate="200.00"),)))
    with pytest.raises(NumberTaken):
        queue_delivery(
            store, changed, "1003", SenderKind.GMAIL, envelope_from("a@b.example"), "", MESSAGE, store.clock()
        )
    again = queue(store, invoice=changed, message=b"changed")
    issued = get_invoice(store, first.invoice_id)
    assert (issued.number, issued.reserved, issued.book_status) == ("1001", None, BookStatus.ISSUED)
    assert issued.date == draft.date
    assert issued.total.plain() == "200.00"
    assert [one.state for one in deliveries_of(store, first.invoice_id)] == [State.CANCELLED, State.QUEUED]
    assert (message_of(store, first.id), message_of(store, again.id)) == (MESSAGE, b"changed")
    assert resolving.cancel_delivery(store, again.id)  # as often as somebody likes
    assert queue(store, invoice=get_invoice(store, first.invoice_id)).number == "1001"
    assert queue(store).number == "1003"
    assert kinds(store, first.invoice_id) == [
        *("created", "issued", "queued", "cancelled", "draft_again"),
        *("issued", "queued", "cancelled", "draft_again", "issued", "queued"),
    ]
    store.check()


def test_the_list_counts_it_as_a_draft(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = undone(store)
    listing = Listing(store, View(InvoiceFilter.DRAFT, text="1001"), TODAY)
    [row] = listing.first(10)
    assert (row.id, row.number, row.reserved, row.book_status) == (first.invoice_id, None, "1001", BookStatus.DRAFT)
    assert store.rows("SELECT stage, invoices FROM tally") == [("draft", 1)]
    assert listing.find("10") == first.invoice_id


@pytest.mark.parametrize("state", [State.FAILED, State.SENT, State.PARTLY_SENT, State.BOUNCED], ids=str)
def test_after_an_earlier_attempt_it_stays_issued(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    first, _held = in_state(store, state)
    again = queue(store, invoice=get_invoice(store, first.invoice_id))
    assert not resolving.cancel_delivery(store, again.id)
    issued = get_invoice(store, first.invoice_id)
    assert (issued.number, issued.reserved, issued.book_status) == ("1001", None, BookStatus.ISSUED)
    assert "draft_again" not in kinds(store, first.invoice_id)


def test_it_is_a_draft_again_after_an_attempt_that_ended_before_the_hand_over_only(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    offline, deferred = queue(store), queue(store)
    outcomes.put_back(store, claim(store), "No network", clock())
    assert resolving.cancel_delivery(store, offline.id)
    held = claim(store)
    outcomes.hand_over(store, held, "session")
    outcomes.put_back(store, held, "421 busy", clock())
    assert not resolving.cancel_delivery(store, deferred.id)
    assert get_invoice(store, deferred.invoice_id).number == "1002"
    with pytest.raises(LostClaim):
        outcomes.hand_over(store, replace(held, delivery_id=offline.id), "late")


def test_what_was_issued_paid_or_withdrawn_stays_issued(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issued = queue(store, invoice=issue_invoice(store, a_draft(store)))
    paid, refunded, withdrawn = queue(store), queue(store), queue(store)
    record_payment(store, paid.invoice_id, TODAY, 100)
    remove_payment(store, record_payment(store, refunded.invoice_id, TODAY, 100).id)
    with store.writing():
        resolving.withdraw(store, withdrawn.id, "It may have been sent before the backup was restored.")
    again = queue(store, invoice=get_invoice(store, withdrawn.invoice_id))
    drafts = [resolving.cancel_delivery(store, one.id) for one in (issued, paid, refunded, again)]
    assert drafts == [False, False, True, False]
    with pytest.raises(StoreError, match="Only an issued invoice"):
        record_payment(store, refunded.invoice_id, TODAY, 100)


def test_the_tax_rates_are_those_of_now(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(5)),)))
    delivery = queue(
        store, invoice=save_draft(store, replace(a_draft(store), lines=(Line("x", rate="10", tax="GST"),)))
    )
    save_company(store, replace(read_company(store), rates=(TaxRate("GST", Decimal(6)),)))
    assert get_invoice(store, delivery.invoice_id).total.plain() == "10.50"
    resolving.cancel_delivery(store, delivery.id)
    draft = get_invoice(store, delivery.invoice_id)
    assert draft.total.plain() == "10.60"
    assert store.row("SELECT total FROM invoice") == (1060,)
    save_draft(store, draft)


def test_deleting_returns_the_last_number_and_asks_to_void_any_other(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first, last = undone(store), undone(store)
    with pytest.raises(NumberReserved, match="1001"):
        delete_draft(store, first.invoice_id)
    assert get_invoice(store, first.invoice_id).reserved == "1001"
    with pytest.raises(InputError):
        save_company(store, next_is(read_company(store), 1001))
    delete_draft(store, last.invoice_id)
    assert next_number(store) == "1002"
    assert read_journal(store, last.invoice_id)[-1].detail["number"] == "1002"
    assert queue(store).number == "1002"
    void_invoice(store, first.invoice_id, "Not needed")
    void = get_invoice(store, first.invoice_id)
    assert (void.number, void.reserved, void.book_status) == ("1001", None, BookStatus.VOID)
    assert message_of(store, first.id) == MESSAGE  # a record of it
    with pytest.raises(StoreError):
        void_invoice(store, a_draft(store).id or 0, "A plain draft has no number")
    store.check()


REFUSED = {
    "a number is given once": (
        "UPDATE invoice SET number = NULL, reserved = number, standing = 'draft' WHERE number = '1002'",  # was sent
        "UPDATE invoice SET number = NULL, standing = 'draft' WHERE number = '1003'",
    ),
    "a reserved number stays with its invoice": (
        "UPDATE invoice SET reserved = '1009' WHERE reserved = '1001'",
        "UPDATE invoice SET reserved = NULL WHERE reserved = '1001'",
        "UPDATE invoice SET reserved = '1009' WHERE reserved IS NULL AND number IS NULL",
        "UPDATE invoice SET number = '1004', standing = 'issued', reserved = NULL WHERE reserved = '1001'",
        "UPDATE invoice SET number = '1001', standing = 'issued' WHERE reserved = '1001'",
    ),
    "this number is reserved for another invoice": (
        "UPDATE invoice SET number = '1001', standing = 'issued' WHERE reserved IS NULL AND number IS NULL",
    ),
    "a message is frozen": ("DELETE FROM message WHERE delivery_id = 2", "DELETE FROM message WHERE delivery_id = 3"),
}


def test_the_file_refuses_what_breaks_a_reservation(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    undone(store)
    in_state(store, State.SENT)
    queue(store)
    a_draft(store)
    before = store.rows("SELECT id, number, reserved, standing FROM invoice")
    for reason, statements in REFUSED.items():
        for statement in statements:
            with pytest.raises(peewee.IntegrityError, match=reason), store.writing():
                store.write(statement)
    assert store.rows("SELECT id, number, reserved, standing FROM invoice") == before


def _undo_all(path: Path) -> list[int]:
    store = open_company(path, clock=Clock())
    won = []
    for delivery_id in range(1, 21):
        try:
            assert resolving.cancel_delivery(store, delivery_id)
        except LostClaim:
            continue
        won.append(delivery_id)
    return won


def _claim_all(path: Path) -> list[int]:
    store = open_company(path, clock=Clock())
    won = []
    while (delivery := claims.claim_next(store, "postman")) is not None:
        won.append(delivery.id)
    return won


def test_each_invoice_is_undone_or_claimed_by_another_process_but_never_both(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for _number in range(20):
        queue(store, SenderKind.DEFAULT)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        undoing, claiming = pool.apply_async(_undo_all, [store.path]), pool.apply_async(_claim_all, [store.path])
        drafts, claimed = undoing.get(60), claiming.get(60)
    assert sorted(drafts + claimed) == list(range(1, 21))
    for delivery_id in range(1, 21):
        invoice = get_invoice(store, get_delivery(store, delivery_id).invoice_id)
        number = str(1000 + delivery_id)
        assert (invoice.number, invoice.reserved) == ((None, number) if delivery_id in drafts else (number, None))


_KILLED = """
import os, signal, sys
from pathlib import Path
from facturier.models.outbox.changes import draft_again, resolving
from facturier.models.store.opening import open_company
def killed(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(draft_again, sys.argv[2], killed)
resolving.cancel_delivery(open_company(Path(sys.argv[1])), 1)
"""


@pytest.mark.parametrize("step", ["get_invoice", "read_company"])
def test_killed_in_the_middle_nothing_was_undone(tmp_path: Path, step: str) -> None:
    store = a_store(tmp_path)
    delivery = queue(store)
    ended = subprocess.run([sys.executable, "-c", _KILLED, store.path, step], capture_output=True)
    assert ended.returncode == -9
    assert get_delivery(store, delivery.id) == delivery
    assert get_invoice(store, delivery.invoice_id).number == "1001"
    assert "cancelled" not in kinds(store, delivery.invoice_id)
    assert resolving.cancel_delivery(store, delivery.id)


def test_a_deposit_is_a_payment_once_the_invoice_is_issued_and_undo_takes_it_out_again(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = save_draft(store, replace(a_draft(store), deposit="12.50"))
    assert draft.balance.minor == draft.total.minor - 1250
    issued = issue_invoice(store, draft)
    [payment] = payments_of(store, issued.id or 0)
    assert (payment.amount, payment.kind, payment.date) == (1250, PaymentKind.DEPOSIT, draft.date)
    assert (issued.paid, issued.balance) == (1250, draft.balance)
    again = undo_issue(store, issued)
    assert (again.book_status, again.paid, again.balance) == (BookStatus.DRAFT, 0, draft.balance)
    assert payments_of(store, issued.id or 0) == []
    assert issue_invoice(store, again).paid == 1250
    store.check()

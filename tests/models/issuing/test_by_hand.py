"""Invoices that are issued without sending them, or marked as sent: they are owed, never Sent by email, and undone."""

from dataclasses import replace
from pathlib import Path

import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.sent import was_sent, when_sent
from facturier.models.books.status import BookStatus, ByHand, State
from facturier.models.drafts.drafts import new_draft, save_draft
from facturier.models.errors import ChangedElsewhere, InputError, StoreError
from facturier.models.issuing.by_hand import issue_by_hand, mark_sent
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.outbox.changes import bounces, outcomes
from facturier.models.outbox.changes.draft_again import undo_issue, undo_last_issue, unmark_sent
from facturier.models.payments.payments import record_payment, remove_payment
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.line import Line
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import TODAY, Clock, a_draft, a_store, claim, in_state, next_number, queue
from tests.models.released import released_company


def without_address(store: Store) -> Invoice:
    draft = new_draft(store, TODAY, Customer(name="Chez Léa"))
    return save_draft(store, replace(draft, lines=(Line("Work", rate="100.00"),)))


def stages(store: Store) -> list[tuple[object, ...]]:
    return sorted(store.rows("SELECT stage, invoices, balance FROM tally"))


def shown(store: Store, show: InvoiceFilter) -> list[str | None]:
    return [row.number for row in Listing(store, View(show), TODAY).first(10)]


def test_an_invoice_on_paper_is_owed_and_paid_like_one_that_was_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issued = issue_by_hand(store, without_address(store), ByHand.PAPER)
    assert issued.id is not None
    assert (issued.number, issued.handed_over, issued.delivery) == ("1001", "paper", None)
    assert stages(store) == [("owed", 1, 10000)]
    assert (shown(store, InvoiceFilter.DUE), shown(store, InvoiceFilter.NOT_SENT)) == (["1001"], [])
    assert not was_sent(store, issued.id)
    assert when_sent(store, [issued.id]) == {}
    assert [(entry.kind, entry.detail) for entry in read_journal(store, issued.id)][1:] == [
        ("issued", {"number": "1001"}),
        ("marked_sent", {"how": "paper"}),
    ]
    payment = record_payment(store, issued.id, TODAY, 10000)
    assert stages(store) == [("paid", 1, 0)]
    with pytest.raises(ChangedElsewhere):
        undo_issue(store, issued)
    remove_payment(store, payment.id)
    with pytest.raises(StoreError, match="cannot be voided"):  # the customer has it
        void_invoice(store, issued.id, "Not needed")
    assert stages(store) == [("owed", 1, 10000)]
    store.check()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"customer": Customer()}, "no customer"),
        ({"lines": ()}, "no lines"),
        ({"lines": (Line("Work", rate="ten"),)}, "not a number"),
        ({"lines": (Line("Work", rate="10", tax="VAT"),)}, "Unknown tax"),
    ],
)
def test_a_draft_that_is_not_complete_is_not_issued(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    store = a_store(tmp_path)
    draft = save_draft(store, replace(without_address(store), **change))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=problem):
        issue_by_hand(store, draft, ByHand.PAPER)
    for nothing in (" ", "\x00\r"):
        with pytest.raises(InputError, match="Enter a reason"):
            issue_by_hand(store, draft, ByHand.OTHER, nothing)
    assert get_invoice(store, draft.id or 0).book_status is BookStatus.DRAFT
    assert next_number(store) == "1001"


def test_issuing_is_undone_until_something_else_is_done(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    first = issue_by_hand(store, without_address(store), ByHand.PORTAL)
    draft = undo_issue(store, first)
    assert (draft.number, draft.reserved, draft.handed_over) == (None, "1001", "")
    assert draft.book_status is BookStatus.DRAFT
    assert stages(store) == [("draft", 1, 10000)]
    second = issue_by_hand(store, draft, ByHand.PAPER)
    assert second.number == "1001"
    with pytest.raises(ChangedElsewhere):
        undo_issue(store, first)
    assert undo_last_issue(store, second.id or 0) == get_invoice(store, second.id or 0)
    assert get_invoice(store, second.id or 0).reserved == "1001"
    third = issue_by_hand(store, get_invoice(store, second.id or 0), ByHand.PAPER)
    queue(store, invoice=third)
    assert undo_last_issue(store, third.id or 0) is None
    store.check()


def test_an_issued_invoice_is_marked_as_sent_with_a_reason(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issued = issue_invoice(store, a_draft(store))
    assert issued.id is not None
    assert stages(store) == [("unsent", 1, 10000)]
    with pytest.raises(InputError):
        mark_sent(store, issued.id, ByHand.PAPER, "")
    marked = mark_sent(store, issued.id, ByHand.PAPER, "Given to Marie", seen=issued)
    assert (marked.handed_over, stages(store)) == ("paper", [("owed", 1, 10000)])
    with pytest.raises(StoreError, match="has been sent already"):
        mark_sent(store, issued.id, ByHand.PAPER, "again")
    again = unmark_sent(store, marked)
    assert (again.number, again.handed_over, stages(store)) == ("1001", "", [("unsent", 1, 10000)])
    with pytest.raises(ChangedElsewhere):
        unmark_sent(store, marked)
    with pytest.raises(ChangedElsewhere):
        mark_sent(store, issued.id, ByHand.PAPER, "late", seen=issued)


def test_marking_settles_the_alert_of_a_failed_send_and_email_still_works(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    failed, _claim = in_state(store, State.FAILED)
    assert open_alerts(store, failed.invoice_id)
    marked = mark_sent(store, failed.invoice_id, ByHand.OTHER, "Read out on the phone")
    assert open_alerts(store, failed.invoice_id) == []
    assert stages(store) == [("owed", 1, 10000)]
    queue(store, invoice=marked)
    with pytest.raises(StoreError, match="in the outbox"):
        mark_sent(store, failed.invoice_id, ByHand.OTHER, "again")
    held = claim(store)
    outcomes.hand_over(store, held, "session")
    outcomes.accepted(store, held, "id")
    bounces.report_bounce(store, held.delivery_id, {"marie@tremblay.example": "550"})
    assert stages(store) == [("owed", 1, 10000)]  # the paper has not come back
    for state in (State.SENT, State.IN_DOUBT):
        other, _held = in_state(store, state)
        with pytest.raises(StoreError):
            mark_sent(store, other.invoice_id, ByHand.OTHER, "no")
    store.check()


def test_in_a_file_of_the_first_release_too(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path), clock=Clock())
    before = stages(store)
    issued = issue_by_hand(store, without_address(store), ByHand.PAPER)
    assert issued.number in shown(store, InvoiceFilter.SENT)
    undo_issue(store, issued)
    [draft] = [row for row in Listing(store, View(InvoiceFilter.DRAFT), TODAY).first(50) if row.reserved]
    assert draft.id == issued.id
    assert sum(int(str(row[1])) for row in stages(store)) == sum(int(str(row[1])) for row in before) + 1
    store.check()

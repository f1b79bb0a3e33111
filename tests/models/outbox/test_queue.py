"""Queueing an invoice: all or nothing, one at a time, and without gaps in the numbers under concurrency."""

import hashlib
import multiprocessing
import threading
from dataclasses import replace
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import OPEN, BookStatus, State
from facturier.models.company.save_settings import save_company
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import AlreadyOpen, BrokenCompany, ChangedElsewhere, NumberTaken, StoreError
from facturier.models.issuing.numbering import issue_invoice
from facturier.models.outbox.changes import resolving
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.models.outbox.delivery import SenderKind
from facturier.models.outbox.queue import queue_delivery
from facturier.models.payments.voiding import void_invoice
from facturier.models.settings.settings import read_company
from facturier.models.store.fields import instant
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from tests.models.making import (
    MESSAGE,
    NOON,
    Clock,
    a_draft,
    a_store,
    envelope_from,
    in_state,
    next_is,
    next_number,
    queue,
)


def numbers(store: Store) -> list[str]:
    return [row[0] for row in store.rows("SELECT number FROM invoice WHERE number IS NOT NULL ORDER BY number")]


def test_it_gets_a_number_a_message_a_delivery_and_journal_entries(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    draft, other = a_draft(store), a_draft(store)
    assert draft.id is not None
    assert other.id is not None
    clock.go(hours=1)
    delivery = queue(store, invoice=draft)
    issued = get_invoice(store, draft.id)
    assert (issued.number, issued.book_status, issued.delivery) == ("1001", BookStatus.ISSUED, State.QUEUED)
    assert next_number(store) == "1002"
    assert message_of(store, delivery.id) == MESSAGE
    assert delivery.envelope == envelope_from("billing@acme.example")
    assert issued.version == draft.version + 2
    assert get_invoice(store, other.id).version == other.version
    found = store.row("SELECT instr(folded, '1001') > 0, created, changed FROM invoice WHERE id = ?", draft.id)
    assert found == (1, instant(NOON), instant(clock.now))
    journal = read_journal(store, draft.id)
    assert [(entry.kind, entry.detail) for entry in journal][1:] == [
        ("issued", {"number": "1001"}),
        ("queued", {"sender": "billing@acme.example", "to": "marie@tremblay.example", "delivery": str(delivery.id)}),
    ]


@pytest.mark.parametrize("trouble", ["message", "journal"])
def test_all_or_nothing(tmp_path: Path, trouble: str) -> None:
    """The database refuses the last steps, so nothing of the first steps may remain."""
    store = a_store(tmp_path)
    draft = a_draft(store)
    assert draft.id is not None
    with store.writing():
        when = "WHEN new.kind = 'queued'" if trouble == "journal" else ""
        store.write(
            f"CREATE TRIGGER no BEFORE INSERT ON {trouble} {when} BEGIN SELECT raise(ABORT, 'no room today'); END"
        )
    before = store.rows("SELECT * FROM invoice"), store.rows("SELECT * FROM journal"), read_company(store)
    with pytest.raises(Exception, match="no room today"):
        queue(store, invoice=draft)
    assert (store.rows("SELECT * FROM invoice"), store.rows("SELECT * FROM journal"), read_company(store)) == before
    assert deliveries_of(store, draft.id) == []
    assert store.rows("SELECT * FROM message") == []


@pytest.mark.parametrize("state", OPEN, ids=str)
def test_one_open_delivery_per_invoice(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, state)
    with pytest.raises(AlreadyOpen):
        queue(store, invoice=get_invoice(store, delivery.invoice_id))
    assert len(deliveries_of(store, delivery.invoice_id)) == 1
    assert store.row("SELECT count(*) FROM message") == (1,)


@pytest.mark.parametrize("state", [state for state in State if state not in OPEN], ids=str)
def test_a_finished_delivery_allows_another(tmp_path: Path, state: State) -> None:
    store = a_store(tmp_path)
    delivery, _held = in_state(store, state)
    again = queue(store, invoice=get_invoice(store, delivery.invoice_id))
    assert again.id != delivery.id
    assert again.number == delivery.number
    assert get_invoice(store, delivery.invoice_id).delivery is State.QUEUED


def test_a_draft_saved_in_between_is_not_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    save_draft(store, replace(draft, reference="PO 7"))
    with pytest.raises(ChangedElsewhere):
        queue(store, invoice=draft)
    assert numbers(store) == []


@pytest.mark.parametrize("state", [state for state in State if state not in OPEN], ids=str)
def test_an_invoice_queued_in_between_is_not_sent_again(tmp_path: Path, state: State) -> None:
    """Two windows prepared the invoice before either queued it. Each queueing is a separate decision to send, whatever
    the state of the first delivery."""
    store = a_store(tmp_path)
    issued = issue_invoice(store, a_draft(store))
    delivery, _held = in_state(store, state, invoice=issued)
    with pytest.raises(ChangedElsewhere, match="or sent"):
        queue(store, invoice=issued)
    seen = get_invoice(store, delivery.invoice_id)
    queue(store, invoice=seen)  # again, on purpose
    resolving.cancel_delivery(store, deliveries_of(store, delivery.invoice_id)[-1].id)
    with pytest.raises(ChangedElsewhere):
        queue(store, invoice=seen)
    assert len(deliveries_of(store, delivery.invoice_id)) == 2


def test_a_draft_saved_or_issued_in_between_is_not_issued(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    draft = a_draft(store)
    newer = save_draft(store, replace(draft, reference="PO 7"))
    with pytest.raises(ChangedElsewhere):
        issue_invoice(store, draft)
    assert numbers(store) == []
    issued = issue_invoice(store, newer)
    with pytest.raises(ChangedElsewhere):
        issue_invoice(store, issued)
    assert numbers(store) == ["1001"]


def test_a_message_made_for_another_number_is_not_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    mine, theirs = a_draft(store), a_draft(store)
    issue_invoice(store, theirs)
    with pytest.raises(NumberTaken):
        queue_delivery(store, mine, "1001", SenderKind.GMAIL, envelope_from("a@b.example"), "S", MESSAGE, NOON)
    issued = issue_invoice(store, mine)
    with pytest.raises(NumberTaken):
        queue_delivery(store, issued, "1001", SenderKind.GMAIL, envelope_from("a@b.example"), "S", MESSAGE, NOON)
    assert numbers(store) == ["1001", "1002"]


def test_a_void_invoice_is_not_sent(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issued = issue_invoice(store, a_draft(store))
    assert issued.id is not None
    void_invoice(store, issued.id, "by mistake")
    with pytest.raises(StoreError, match="void"):
        queue(store, invoice=get_invoice(store, issued.id))


def test_numbers_continue_after_those_of_an_older_prefix(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    issue_invoice(store, a_draft(store))  # 1001
    save_company(store, next_is(read_company(store), 7, "A{n}"))
    issue_invoice(store, a_draft(store))
    save_company(store, next_is(read_company(store), 1000))
    issue_invoice(store, a_draft(store))
    assert next_number(store) == "1002"
    issue_invoice(store, a_draft(store))
    assert numbers(store) == ["1000", "1001", "1002", "A7"]


def test_threads_issuing_at_once_leave_no_gap(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    drafts = [a_draft(store) for _ in range(24)]
    threads = [threading.Thread(target=_issue_all, args=(store.path, drafts[part::4])) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(store) == [str(1001 + count) for count in range(24)]


def test_processes_queueing_at_once_leave_no_gap(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    drafts = [a_draft(store) for _ in range(24)]
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_queue_all, args=(store.path, drafts[part::3])) for part in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert numbers(store) == [str(1001 + count) for count in range(24)]
    assert store.row("SELECT count(*), count(DISTINCT invoice_id) FROM delivery") == (24, 24)


def _issue_all(path: Path, drafts: list[Invoice]) -> None:
    store = open_company(path)
    for draft in drafts:
        issue_invoice(store, draft)


def _queue_all(path: Path, drafts: list[Invoice]) -> None:
    """Queue as a workspace does: prepare the message again for the next number if another process took the number."""
    store = open_company(path)
    for draft in drafts:
        while True:
            try:
                queue(store, invoice=draft)
                break
            except NumberTaken:
                continue


def test_the_message_is_frozen_and_checked(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    delivery = queue(store)
    digest = store.row("SELECT sha256 FROM message WHERE delivery_id = ?", delivery.id)
    assert digest == (hashlib.sha256(MESSAGE).hexdigest(),)
    for change in (
        "UPDATE message SET bytes = x'00'",
        "DELETE FROM message",
        "REPLACE INTO message SELECT * FROM message",
    ):
        with pytest.raises(Exception, match="frozen"), store.writing():
            store.write(change)
    # Someone with another tool removes the guard first:
    with sqlite3.connect(store.path) as database:
        database.execute("DROP TRIGGER message_stays")
        database.execute("UPDATE message SET bytes = x'20'")
    database.close()
    with pytest.raises(BrokenCompany):
        message_of(store, delivery.id)


def test_the_journal_is_append_only(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    before = store.rows("SELECT * FROM journal")
    for change in (
        "UPDATE journal SET user = 'x'",
        "DELETE FROM journal",
        "REPLACE INTO journal SELECT * FROM journal",
    ):
        with pytest.raises(Exception, match="only appended"), store.writing():
            store.write(change)
    assert store.rows("SELECT * FROM journal") == before


def test_a_number_is_used_once_and_an_issued_invoice_kept(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    queue(store)
    for change, why in (
        ("UPDATE invoice SET number = '7'", "given once"),
        ("UPDATE invoice SET number = NULL, standing = 'draft'", "given once"),
        ("DELETE FROM invoice", "is kept"),
    ):
        with pytest.raises(Exception, match=why), store.writing():
            store.write(change)
    assert numbers(store) == ["1001"]

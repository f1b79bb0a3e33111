"""Who gets a reminder today: each level once, never a lower one after a higher one, and the oldest money first."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import DeliveryKind, Silence, State
from facturier.models.chasing.due_levels import level_due, reminders_of, to_chase
from facturier.models.chasing.silence import (
    Silenced,
    end_silence,
    parse_promise,
    restore_silence,
    set_dispute,
    set_promise,
    silenced,
    turn_customer,
    turn_reminders,
)
from facturier.models.errors import AlreadySent, InputError, StoreError, Unwanted
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.notices import queue_notice
from facturier.models.outbox.reminder_keys import ReminderKey, highest, read_key
from facturier.models.payments.payments import record_payment
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import DEFAULT, MESSAGE, OWNER, TODAY, Clock, a_draft, a_store, envelope_from, in_state

LEVELS = (-3, 0, 7, 21, 45)


def sent_invoice(store: Store, late: int = 0) -> Invoice:
    """An invoice that was sent and became due `late` days ago."""
    draft = a_draft(store)
    due = TODAY - timedelta(late)
    with store.writing():
        store.run(tables.Invoice.update(due=due).where(tables.Invoice.id == draft.id))
    assert draft.id is not None
    delivery, _claim = in_state(store, State.SENT, invoice=get_invoice(store, draft.id))
    return get_invoice(store, delivery.invoice_id)


def remind(store: Store, invoice: Invoice, days: int, again: int = 0) -> Delivery:
    key = str(ReminderKey(invoice.id or 0, days, invoice.due, again))
    to = envelope_from(DEFAULT)
    return queue_notice(
        *(store, DeliveryKind.REMINDER, key, invoice, SenderKind.DEFAULT, to, "Reminder", MESSAGE, store.clock()),
        stated=invoice.balance.minor,
    )


def finished(store: Store, end: Callable[[Store, Claim], object]) -> None:
    delivery = claims.claim_next(store, OWNER)
    assert delivery is not None
    held = Claim(delivery.id, delivery.owner, delivery.epoch)
    outcomes.hand_over(store, held, "")
    end(store, held)


def accept(store: Store, claim: Claim) -> None:
    outcomes.accepted(store, claim, "250 ok")


@given(
    st.lists(st.tuples(st.integers(-10, 90), st.sets(st.integers(-10, 60), max_size=5)), max_size=30),
    st.sets(st.sampled_from([TODAY, TODAY + timedelta(3)]), min_size=1),
)
def test_no_level_is_sent_twice_or_after_a_higher_one(days: list[tuple[int, set[int]]], dues: set[date]) -> None:
    """Whatever the settings, and in whatever order the days come: the clock may jump back."""
    sent: list[ReminderKey] = []
    for at, (offset, levels) in enumerate(days):
        due = sorted(dues)[at % len(dues)]
        used = [key.days for key in sent if key.due == due]
        found = level_due(sorted(levels), due, TODAY + timedelta(offset), used)
        if found is not None:
            assert found in levels
            assert due + timedelta(found) <= TODAY + timedelta(offset)
            assert all(found > one for one in used)
            assert highest(map(str, sent), due) == max(used, default=None)
            sent.append(ReminderKey(1, found, due))
    assert len(set(sent)) == len(sent)
    assert [read_key(str(key)) for key in sent] == sent


@pytest.mark.parametrize(
    "wrong", [None, "", "reminder:1:1", "reminder:1:7:2026-02-30", "receipt:4", "reminder:0:7:2026-01-01"]
)
def test_what_is_no_key_of_a_reminder_is_not_read(wrong: str | None) -> None:
    assert read_key(wrong) is None


def test_each_invoice_is_listed_with_its_level_the_oldest_money_first(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    late = {days: sent_invoice(store, days) for days in (8, 100, -2, -10, 30)}
    a_draft(store)
    found = to_chase(store, LEVELS, TODAY, page=2)
    assert [(one.late(TODAY), one.days, one.balance.minor) for one in found] == [
        (100, 45, 10_000),
        (30, 21, 10_000),
        (8, 7, 10_000),
        (-2, -3, 10_000),
    ]
    assert to_chase(store, LEVELS, TODAY, limit=1) == found[:1]
    assert to_chase(store, (), TODAY) == []
    remind(store, late[30], 21)
    record_payment(store, late[100].id or 0, TODAY, 10_000)
    assert [one.id for one in to_chase(store, LEVELS, TODAY)] == [late[8].id, late[-2].id]
    # Another level in the settings is due, and says what was sent last.
    (again,) = to_chase(store, (25,), TODAY)
    assert (again.id, again.days) == (late[30].id, 25)
    assert again.last is not None
    assert (again.last.days, again.last.state) == (21, State.QUEUED)
    later = {one.id: one.days for one in to_chase(store, LEVELS, TODAY + timedelta(15))}
    assert later[late[30].id or 0] == 45


def test_a_level_is_used_up_unless_its_send_was_undone(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store, 8)
    undone = remind(store, invoice, 7)
    assert to_chase(store, LEVELS, TODAY) == []
    resolving.cancel_delivery(store, undone.id)
    assert [one.days for one in to_chase(store, LEVELS, TODAY)] == [7]
    remind(store, invoice, 7)
    finished(store, lambda store, claim: outcomes.refused(store, claim, "550 no such user"))
    assert to_chase(store, LEVELS, TODAY) == []
    with pytest.raises(AlreadySent):
        remind(store, invoice, 7)
    # A person may try again; the server may still say that it took the first one.
    remind(store, invoice, 7, again=1)
    finished(store, accept)
    assert [one.state for one in reminders_of(store, [invoice.id or 0])[invoice.id or 0]] == [State.FAILED, State.SENT]
    with pytest.raises(Unwanted, match="higher level"):
        remind(store, invoice, 0)
    remind(store, invoice, 21)


def test_a_changed_due_date_begins_again_and_stops_what_waits(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store, 8)
    remind(store, invoice, 7)
    with store.writing():
        store.run(tables.Invoice.update(due=TODAY - timedelta(1)).where(tables.Invoice.id == invoice.id))
    assert claims.claim_next(store, OWNER) is None
    assert "due date has changed" in read_journal(store, invoice.id)[-1].detail["reason"]
    assert [one.days for one in to_chase(store, LEVELS, TODAY)] == [0]


def test_promises_disputes_and_switches_silence_reminders_and_can_be_undone(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    invoice = sent_invoice(store, 8)
    assert invoice.id is not None

    def listed(today: date = TODAY) -> bool:
        return bool(to_chase(store, LEVELS, today))

    before = set_promise(store, invoice.id, TODAY + timedelta(2))
    assert not listed(TODAY + timedelta(2))
    assert listed(TODAY + timedelta(3))
    promised = set_dispute(store, invoice.id)
    assert not listed(date(2999, 1, 1))
    restore_silence(store, invoice.id, promised)
    assert silenced(store, invoice.id) == Silenced(Silence.PROMISE, TODAY + timedelta(2))
    restore_silence(store, invoice.id, before)
    assert listed()
    set_dispute(store, invoice.id, TODAY, "hours ")
    assert not listed()
    disputed = turn_reminders(store, invoice.id, off=False)
    assert disputed == Silenced(Silence.DISPUTE, TODAY, reason="hours")
    end_silence(store, invoice.id)
    turned = turn_reminders(store, invoice.id, off=True)
    assert not listed()
    restore_silence(store, invoice.id, turned)
    assert listed()
    with store.writing():
        store.write("INSERT INTO customer (id, name, contact, email, cc, bcc, address, language, tax, folded,"
                    " currency) VALUES (77, 'Luc', '', '', '', '', '', '', '', '', '')")  # fmt: skip
        store.run(tables.Invoice.update(customer_id=77).where(tables.Invoice.id == invoice.id))
    assert turn_customer(store, 77, off=True) is False
    assert not listed()
    assert silenced(store, invoice.id).customer_off
    assert turn_customer(store, 77, off=False) is True
    assert listed()
    told = [entry.kind for entry in read_journal(store, invoice.id)]
    assert [
        kind for kind in told if kind in ("promised", "disputed", "silence_ended", "reminders_off", "reminders_on")
    ] == [
        *("promised", "disputed", "promised", "silence_ended", "disputed", "silence_ended"),
        *("reminders_off", "reminders_on"),
    ]
    draft = a_draft(store)
    with pytest.raises(StoreError, match="Only an issued invoice"):
        set_dispute(store, draft.id or 0)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("5 Dec", date(2026, 12, 5)), ("5 Jan", date(2027, 1, 5)), ("today", TODAY), ("Friday", date(2026, 11, 27))],
)
def test_a_promise_is_never_in_the_past(typed: str, day: date) -> None:
    assert parse_promise(typed, TODAY) == day
    for past in ("yesterday", "5 Jan 2026", "1/11"):
        with pytest.raises(InputError):
            parse_promise(past, TODAY)

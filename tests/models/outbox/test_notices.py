"""Reminders, receipts and statements in the outbox: once, never for what is paid, and without touching the invoice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.sent import when_sent
from facturier.models.books.status import BookStatus, DeliveryKind, State
from facturier.models.errors import AlreadyOpen, AlreadySent, ChangedElsewhere, LostClaim, Unwanted
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.deliveries import deliveries_of, get_delivery, notices_of
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.notices import keys_used, queue_notice
from facturier.models.payments.payments import record_payment
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.models.making import DEFAULT, MESSAGE, OWNER, TODAY, Clock, a_store, envelope_from, in_state, queue


def sent_invoice(store: Store) -> Invoice:
    return get_invoice(store, in_state(store, State.SENT)[0].invoice_id)


def remind(store: Store, invoice: Invoice, level: int = 1, *, stated: int | None = None) -> Delivery:
    return queue_notice(
        store,
        DeliveryKind.REMINDER,
        f"reminder:{invoice.id}:{level}",
        invoice,
        SenderKind.DEFAULT,
        envelope_from(DEFAULT),
        "Reminder",
        MESSAGE,
        store.clock() + timedelta(seconds=1),
        stated=invoice.balance.minor if stated is None else stated,
        detail={"level": str(level)},
    )


def claimed(store: Store, clock: Clock) -> Delivery | None:
    clock.go(seconds=2)
    return claims.claim_next(store, OWNER)


def claim_of(delivery: Delivery) -> Claim:
    return Claim(delivery.id, delivery.owner, delivery.epoch)


def test_a_key_is_queued_once_and_again_only_after_an_undo(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)
    first = remind(store, invoice)
    assert (first.kind, first.key, first.stated) == (DeliveryKind.REMINDER, f"reminder:{invoice.id}:1", 10_000)
    with pytest.raises(AlreadySent, match="already queued or sent"):
        remind(store, invoice)
    with pytest.raises(AlreadyOpen, match="in the outbox for invoice"):
        remind(store, invoice, 2)
    assert resolving.cancel_delivery(store, first.id) is False
    assert keys_used(store, "reminder:") == []
    second = remind(store, invoice)
    found = claimed(store, clock)
    assert found is not None
    assert found.id == second.id
    outcomes.hand_over(store, claim_of(found), "")
    outcomes.accepted(store, claim_of(found), "250 ok")
    assert get_delivery(store, second.id).state is State.SENT
    with pytest.raises(AlreadySent):
        remind(store, invoice)
    assert [one.state for one in notices_of(store, invoice.id or 0)] == [State.CANCELLED, State.SENT]
    assert keys_used(store, f"reminder:{invoice.id}:") == [f"reminder:{invoice.id}:1"]


def test_a_reminder_changes_nothing_about_the_invoice(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)
    before = when_sent(store, [invoice.id or 0])
    tally = store.rows("SELECT * FROM tally")
    remind(store, invoice)
    found = claimed(store, clock)
    assert found is not None
    outcomes.hand_over(store, claim_of(found), "")
    clock.go(hours=1)
    outcomes.refused(store, claim_of(found), "550 no such user")
    assert get_invoice(store, invoice.id or 0) == invoice
    assert [one.state for one in deliveries_of(store, invoice.id or 0)] == [State.SENT]
    # A late acceptance counts, and is not taken for an acceptance of the invoice.
    outcomes.accepted(store, claim_of(found), "250 ok")
    assert when_sent(store, [invoice.id or 0]) == before
    assert store.rows("SELECT * FROM tally") == tally
    assert [entry.detail.get("notice") for entry in read_journal(store, invoice.id)][-3:] == ["reminder"] * 3


@pytest.mark.parametrize("step", ["queue", "claim", "hand over"])
@pytest.mark.parametrize(
    ("amount", "reason"), [(10_000, "The invoice is paid."), (100, "The balance has changed")], ids=["paid", "in part"]
)
def test_a_payment_stops_a_reminder_at_every_step(tmp_path: Path, step: str, amount: int, reason: str) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)

    def pay() -> None:
        record_payment(store, invoice.id or 0, TODAY, amount)

    if step == "queue":
        pay()
        with pytest.raises(Unwanted, match=reason):
            remind(store, invoice)
        assert notices_of(store, invoice.id or 0) == []
        return
    delivery = remind(store, invoice)
    if step == "claim":
        pay()
        assert claimed(store, clock) is None
    else:
        found = claimed(store, clock)
        assert found is not None
        pay()
        with pytest.raises(LostClaim, match=reason):
            outcomes.hand_over(store, claim_of(found), "")
    assert get_delivery(store, delivery.id).state is State.CANCELLED
    assert read_journal(store, invoice.id)[-1].detail["reason"].startswith(reason)
    # What is still owed can be asked for.
    if amount == 100:
        remind(store, get_invoice(store, invoice.id or 0))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chase_off": True}, "Reminders are off for this invoice"),
        ({"silent_why": "promise", "silent_until": TODAY}, "promised to pay by 24 Nov 2026"),
        ({"silent_why": "dispute"}, "disputes"),
        ({"silent_why": "promise", "silent_until": TODAY - timedelta(1)}, ""),
        ({"silent_why": "dispute", "silent_until": TODAY - timedelta(1)}, ""),
        ({"book_status": BookStatus.VOID}, "void"),
        ({"reached": 0}, "it was not sent, or it bounced"),
        ({"customer": True}, "Reminders are off for this customer"),
    ],
    ids=lambda value: str(value),
)
def test_nobody_is_reminded_of_a_silenced_void_or_bounced_invoice(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)
    remind(store, invoice)
    with store.writing():
        if "customer" in change:
            store.write("INSERT INTO customer (id, name, contact, email, cc, bcc, address, language, tax, folded,"
                        " currency, chase_off) VALUES (77, 'x', '', '', '', '', '', '', '', '', '', 1)")  # fmt: skip
            change = {"customer_id": 77}
        store.run(tables.Invoice.update(**change).where(tables.Invoice.id == invoice.id))
    found = claimed(store, clock)
    assert (found is None) == bool(reason)
    if reason:
        assert reason in read_journal(store, invoice.id)[-1].detail["reason"]


def test_a_reminder_from_an_older_version_of_the_invoice_is_not_queued(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    invoice = sent_invoice(store)
    with pytest.raises(ChangedElsewhere, match="changed in another window"):
        remind(store, replace(invoice, version=invoice.version - 1))


def test_a_receipt_is_not_sent_for_a_payment_that_was_removed(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)
    with store.writing():
        columns = {"method": "", "reference": "", "account": "", "note": "", "created": store.clock()}
        paid = tables.CustomerPayment.insert(date=TODAY, currency="CAD", amount=10_000, **columns)
        payment_id = store.run(paid)

    def receipt() -> Delivery:
        return queue_notice(
            *(store, DeliveryKind.RECEIPT, f"receipt:{payment_id}", invoice, SenderKind.DEFAULT),
            *(envelope_from(DEFAULT), "Receipt", MESSAGE, store.clock()),
            stated=10_000,
        )

    receipt()
    with store.writing():
        store.run(tables.CustomerPayment.delete())
    assert claimed(store, clock) is None
    with pytest.raises(Unwanted, match="was removed"):
        receipt()


@pytest.mark.parametrize("damage", ["receipt:99999999999999999999", "receipt:1e3", "receipt:", "silent_until"])
def test_a_damaged_notice_does_not_block_the_outbox(tmp_path: Path, damage: str) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice = sent_invoice(store)
    first = remind(store, invoice)
    with store.writing():
        if damage == "silent_until":
            store.write("UPDATE invoice SET silent_until = 'soon' WHERE id = ?", invoice.id)
        else:
            store.write("DROP TRIGGER delivery_kind_stays")
            store.write("UPDATE delivery SET kind = 'receipt', key = ? WHERE id = ?", damage, first.id)
    later = queue(store, SenderKind.DEFAULT, later=timedelta(seconds=2))
    found = claimed(store, clock)
    assert found is not None
    assert found.id == later.id
    assert get_delivery(store, first.id).state in (State.FAILED, State.CANCELLED)

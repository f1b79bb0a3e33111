"""The words of the history."""

from dataclasses import replace

import pytest

from facturier.models.books.invoice import Entry
from facturier.models.books.journal import count_entries, read_journal
from facturier.models.outbox.delivery import SenderKind
from facturier.models.payments.payments import record_payment, remove_payment
from facturier.tui.words.journal import journal_words
from tests.tui.support.sample import Shop


def test_payments_and_refunds_are_written_with_their_currency(shop: Shop) -> None:
    invoice = shop.issued()
    assert invoice.id is not None
    paid = record_payment(shop.store, invoice.id, shop.today, 7500, "cheque 4411")
    record_payment(shop.store, invoice.id, shop.today, 2500)
    record_payment(shop.store, invoice.id, shop.today, -2500)
    remove_payment(shop.store, paid.id)
    entries = read_journal(shop.store, invoice.id)
    assert [journal_words(entry, invoice) for entry in entries[-4:]] == [
        "Payment of CAD 75.00 (cheque 4411)",
        "Payment of CAD 25.00",
        "Refund of CAD 25.00",
        "Removed: payment of CAD 75.00 (cheque 4411)",
    ]
    assert count_entries(shop.store, invoice.id) == len(entries)


@pytest.mark.parametrize(
    ("kind", "server_id", "said"),
    [
        (SenderKind.GMAIL, "1a22f", "Accepted by Gmail (ID 1a22f)"),
        (SenderKind.DEFAULT, "2026-11-24-invoice-1001.eml", "Saved in the folder (2026-11-24-invoice-1001.eml)"),
        (SenderKind.DEFAULT, "2.0.0 Ok: queued as 4bX", "Accepted by the mail server (2.0.0 Ok: queued as 4bX)"),
    ],
)
def test_an_acceptance_names_the_kind_of_sender(shop: Shop, kind: SenderKind, server_id: str, said: str) -> None:
    delivery = replace(shop.sent(), sender_kind=kind)
    detail = {"delivery": str(delivery.id), "server_id": server_id}
    entry = Entry(1, delivery.invoice_id, delivery.changed, "marie", "accepted", detail)
    assert journal_words(entry, None, [delivery]) == said
    assert journal_words(entry) == f"Accepted ({server_id})"


def test_a_recurring_invoice_names_the_invoice_that_its_rate_is_from(shop: Shop) -> None:
    detail = {"schedule": "1", "period": "2026-12-24", "rate": "1.364"}
    entry = Entry(1, None, shop.store.clock(), "marie", "recurring", detail)
    assert journal_words(entry) == "Created from a schedule for 24 Dec 2026"  # the rate of its template
    entry = replace(entry, detail=detail | {"rate_day": "2026-11-24", "rate_of": "1001"})
    said = "Created from a schedule for 24 Dec 2026, at the exchange rate of 1001, 24 Nov 2026: 1.364"
    assert journal_words(entry) == said


def test_an_amount_that_another_program_wrote_is_shown_unchanged(shop: Shop) -> None:
    invoice = shop.issued()
    entry = Entry(1, invoice.id, shop.store.clock(), "marie", "paid", {"amount": "NaN"})
    assert journal_words(entry, invoice) == "Payment of NaN"

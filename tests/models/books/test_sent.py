"""Whether an invoice counts as sent. The state of the last attempt is not the state of the invoice."""

from datetime import date
from pathlib import Path

import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import last_sent, was_sent, when_sent
from facturier.models.books.status import State
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.store.store import Store
from facturier.tui.words.alerts import alert_title, alert_todo
from tests.models.making import TODAY, Clock, a_draft, a_store, in_state


def attempts(store: Store, *states: State) -> int:
    """Create an invoice with deliveries in these states, in order."""
    invoice_id = a_draft(store).id or 0
    for state in states:
        in_state(store, state, invoice=get_invoice(store, invoice_id))
    return invoice_id


def shown(store: Store, invoice_id: int) -> set[State | None]:
    """The status shown by the list and by the invoice, which must be equal."""
    rows = Listing(store, View(), date(2026, 11, 24)).rows((invoice_id,))
    return {get_invoice(store, invoice_id).delivery, *(row.delivery for row in rows)}


@pytest.mark.parametrize(
    ("states", "seen"),
    [
        ((), None),
        ((State.FAILED,), State.FAILED),
        ((State.CANCELLED,), State.CANCELLED),
        ((State.SENT, State.FAILED), State.SENT),
        ((State.SENT, State.CANCELLED), State.SENT),
        ((State.SENT, State.BOUNCED), State.SENT),
        ((State.SENT, State.PARTLY_SENT), State.SENT),
        ((State.SENT, State.FAILED, State.CANCELLED), State.SENT),
        ((State.PARTLY_SENT, State.FAILED), State.PARTLY_SENT),
        ((State.PARTLY_SENT, State.SENT), State.SENT),
        ((State.BOUNCED, State.FAILED), State.BOUNCED),
        ((State.BOUNCED, State.SENT, State.CANCELLED), State.SENT),
        ((State.FAILED, State.CANCELLED), State.CANCELLED),
        ((State.SENT, State.QUEUED), State.QUEUED),
        ((State.SENT, State.IN_DOUBT), State.IN_DOUBT),
    ],
)
def test_a_later_attempt_does_not_undo_what_was_sent(
    tmp_path: Path, states: tuple[State, ...], seen: State | None
) -> None:
    store = a_store(tmp_path)
    invoice_id = attempts(store, *states)
    assert shown(store, invoice_id) == {seen}
    went = any(state in (State.SENT, State.PARTLY_SENT, State.BOUNCED) for state in states)
    assert was_sent(store, invoice_id) is went
    assert (last_sent(deliveries_of(store, invoice_id)) is not None) is went
    assert (invoice_id in when_sent(store, [invoice_id])) is went


def test_the_sent_time_is_the_acceptance_and_not_a_later_failed_copy(tmp_path: Path) -> None:
    clock = Clock()
    store = a_store(tmp_path, clock)
    invoice_id = attempts(store, State.SENT)
    at = clock.now
    clock.go(days=3)
    in_state(store, State.FAILED, invoice=get_invoice(store, invoice_id))
    assert when_sent(store, [invoice_id]) == {invoice_id: at}
    first, _failed = deliveries_of(store, invoice_id)
    assert last_sent(deliveries_of(store, invoice_id)) == first
    [alert] = open_alerts(store)
    assert alert.sent == at
    assert alert_title(alert) == "A copy of invoice 1001 was not sent"
    assert f"was sent on 24 Nov {TODAY.year}" in alert_todo(alert)
    assert "Nothing was delivered" not in alert_todo(alert)


def test_an_alert_about_the_invoice_itself_says_so(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    attempts(store, State.FAILED)
    attempts(store, State.BOUNCED)
    assert [alert.sent for alert in open_alerts(store)] == [None, None]
    assert [alert_title(alert) for alert in open_alerts(store)] == [
        "Invoice 1001 was not sent",
        "Invoice 1002 bounced",
    ]

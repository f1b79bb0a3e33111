"""What the history and the alerts say about reminders, receipts and statements."""

from datetime import UTC, datetime

import pytest

from facturier.models.books.alert_kind import AlertKind
from facturier.models.books.invoice import Alert, Entry
from facturier.models.books.status import DeliveryKind
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.tui.words.alerts import alert_title, alert_todo
from facturier.tui.words.journal import journal_words

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOTICES = [kind for kind in DeliveryKind if kind is not DeliveryKind.INVOICE]


def entry(kind: str, **detail: str) -> str:
    return journal_words(Entry(1, 1, NOW, "marie", kind, detail))


@pytest.mark.parametrize("kind", NOTICES)
def test_the_history_names_the_notice(kind: DeliveryKind) -> None:
    word = kind.value.capitalize()
    assert entry("queued", notice=kind, sender="a@b.c", to="d@e.f") == f"{word} queued, from a@b.c to d@e.f"
    assert entry(DeliveryEvent.ACCEPTED, notice=kind, server_id="1").startswith(f"{word} sent to ")
    assert entry(DeliveryEvent.REFUSED, notice=kind, reason="550 no") == f"{word}: Refused: 550 no"
    assert entry(DeliveryEvent.CLAIMED, notice=kind) == f"{word}: Preparing to send"


def test_the_history_says_what_silences_an_invoice() -> None:
    assert entry("promised", day="2026-12-05") == "Promised to pay by 5 Dec 2026"
    assert entry("disputed", day="") == "Disputed"
    assert entry("disputed", day="2026-12-05") == "Disputed until 5 Dec 2026"
    assert entry("promised", day="soon") == "Promised to pay by soon"


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize("alert", [AlertKind.FAILED, AlertKind.PARTLY_SENT, AlertKind.BOUNCED, AlertKind.IN_DOUBT])
def test_an_alert_names_the_notice_and_not_the_invoice(kind: DeliveryKind, alert: AlertKind) -> None:
    # The invoice was sent by another delivery: that does not make the notice a copy of it.
    found = Alert(1, alert, NOW, 1, "1042", 2, {"notice": kind.value}, NOW)
    assert alert_title(found).startswith(f"{kind.value.capitalize()} for invoice 1042")
    assert "copy" not in alert_todo(found)
    assert "{" not in alert_todo(found)

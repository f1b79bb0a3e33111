"""A reminder answers the invoice's email, states the balance, and has today's document."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from facturier.mail.bounces.record import record_bounce
from facturier.mail.document.formatting import priced
from facturier.mail.errors import Refused
from facturier.mail.google.endpoints import Endpoints
from facturier.mail.letter.reminder_letter import default_reminder, interest, reminder_text
from facturier.mail.locations import Locations
from facturier.mail.message import ids_field, split_message
from facturier.mail.notices.automatic import run_reminders
from facturier.mail.notices.chase import check_reminder, due_today, send_due
from facturier.mail.notices.notice import Notice, send_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import cancel, queue
from facturier.mail.sending.rounds import postman
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import DeliveryKind, State
from facturier.models.company import adopting
from facturier.models.company.restore import restore
from facturier.models.company.save_settings import save_company
from facturier.models.errors import AlreadySent, ChangedElsewhere, Unwanted
from facturier.models.exports.company_file import company_lines, import_company
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.changes.bounces import report_bounce
from facturier.models.outbox.deliveries import get_delivery, message_of, notices_of
from facturier.models.outbox.delivery import Claim
from facturier.models.payments.payments import record_payment
from facturier.models.settings.company import AutomaticReminders
from facturier.models.settings.reminders import Level, Tone
from facturier.models.store import tables
from facturier.models.store.opening import open_company
from facturier.models.text.i18n import LANGUAGES
from facturier.models.text.money import Money
from tests.mail.samples import a_company, an_invoice, pdf_pages, squeezed
from tests.models.making import TODAY, Clock, a_draft, a_store


@pytest.fixture
def still() -> Clock:
    return Clock()


@pytest.fixture
def ws(tmp_path: Path, still: Clock) -> Iterator[Workspace]:
    store = a_store(tmp_path, still, connected=False)
    (tmp_path / "out").mkdir()
    found = open_workspace(store, Locations(tmp_path / "data", tmp_path / "log"), Endpoints())
    with store.reading():
        save_company(store, replace(found.company(), undo=0))
        yield found


def delivered(ws: Workspace) -> None:
    postman(ws).deliver()


def sent(ws: Workspace, late: int) -> Invoice:
    """An invoice that was really sent, and became due `late` days ago."""
    draft = a_draft(ws.store)
    assert draft.id is not None
    due = TODAY - timedelta(late)
    with ws.store.writing():
        store = ws.store
        store.run(tables.Invoice.update(date=due - timedelta(30), due=due).where(tables.Invoice.id == draft.id))
    queue(ws, prepare(ws, draft.id, compose(ws, draft.id)))
    delivered(ws)
    return get_invoice(ws.store, draft.id)


def message(ws: Workspace, delivery_id: int) -> EmailMessage:
    parsed = message_from_bytes(message_of(ws.store, delivery_id), EmailMessage, policy=policy.SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_reminder_is_an_answer_with_the_balance_and_todays_document(ws: Workspace, tmp_path: Path) -> None:
    invoice = sent(ws, 8)
    assert invoice.id is not None
    record_payment(ws.store, invoice.id, TODAY, 4_000)
    first = message(ws, 1)
    (chased,) = due_today(ws)
    assert check_reminder(ws, chased).may_go(overrule=False)
    delivery = send_due(ws, chased)
    delivered(ws)
    ended = get_delivery(ws.store, delivery.id)
    assert (ended.kind, ended.state, ended.stated) == (DeliveryKind.REMINDER, State.SENT, 6_000)
    assert ended.key == f"reminder:{invoice.id}:7:{invoice.due}"
    reminder = message(ws, delivery.id)
    assert reminder["Subject"] == first["Subject"]
    assert reminder["In-Reply-To"] == reminder["References"] == first["Message-ID"]
    assert reminder["Message-ID"] != first["Message-ID"]
    assert (reminder["To"], reminder["Cc"]) == (first["To"], first["Cc"])
    parts = split_message(message_of(ws.store, delivery.id))
    assert "60.00" in parts.plain
    assert "100.00" not in parts.plain
    assert "{" not in parts.plain
    page = squeezed("".join(pdf_pages(parts.document)))
    assert "60.00" in page
    assert "40.00" in page
    assert len(list((tmp_path / "out").glob("*.eml"))) == 2
    # The next level names both in References.
    ws.clock.go(days=14)  # type: ignore[attr-defined]
    (next_one,) = due_today(ws)
    assert next_one.days == 21
    again = message(ws, send_due(ws, next_one).id)
    assert again["In-Reply-To"] == first["Message-ID"]
    assert again["References"].split() == [first["Message-ID"], reminder["Message-ID"]]


def test_what_was_listed_is_sent_or_nothing(ws: Workspace) -> None:
    invoice = sent(ws, 8)
    assert invoice.id is not None
    (chased,) = due_today(ws)
    shown = make_reminder(ws, invoice.id)
    record_payment(ws.store, invoice.id, TODAY, 100)
    with pytest.raises(ChangedElsewhere):
        send_due(ws, chased)
    with pytest.raises(Unwanted, match="balance has changed"):
        send_notice(ws, shown.notice)
    (chased,) = due_today(ws)
    undone = send_due(ws, chased)
    assert due_today(ws) == []
    assert cancel(ws, undone) is False
    assert get_invoice(ws.store, invoice.id).number == invoice.number
    (chased,) = due_today(ws)
    record_payment(ws.store, invoice.id, TODAY, 9_900)
    assert [found.text for found in check_reminder(ws, chased).errors] == ["The invoice is paid."]
    with pytest.raises(ChangedElsewhere):
        send_due(ws, chased)
    assert [one.state for one in notices_of(ws.store, invoice.id)] == [State.CANCELLED]


def test_a_bounced_reminder_is_named_warned_about_and_can_be_tried_again(ws: Workspace) -> None:
    invoice = sent(ws, 8)
    assert invoice.id is not None
    with pytest.raises(Refused, match="was not refused and did not bounce"):
        make_reminder(ws, invoice.id, again=True)
    (chased,) = due_today(ws)
    delivery = send_due(ws, chased)
    with pytest.raises(AlreadySent):
        send_notice(ws, replace(make_reminder_of(ws, invoice.id, 21), key=delivery.key or "", problems=()))
    delivered(ws)
    report_bounce(ws.store, delivery.id, {"marie@tremblay.example": "550 mailbox full"})
    (alert,) = open_alerts(ws.store)
    assert alert.detail["notice"] == "reminder"
    # The customer has the invoice: the bounce is about the reminder.
    assert get_invoice(ws.store, invoice.id).delivery is State.SENT
    assert due_today(ws) == []
    with pytest.raises(Unwanted, match="No reminder is due"):
        make_reminder(ws, invoice.id)
    again = make_reminder(ws, invoice.id, again=True)
    assert again.notice.key == f"reminder:{invoice.id}:7:{invoice.due}:again:1"
    ws.clock.go(days=14)  # type: ignore[attr-defined]
    (chased,) = due_today(ws)
    checked = check_reminder(ws, chased)
    assert not checked.may_go(overrule=False)
    assert "bounced" in checked.warnings[0].text
    with pytest.raises(Refused, match="bounced"):
        send_due(ws, chased)
    ws.clock.go(days=-14)  # type: ignore[attr-defined]
    send_notice(ws, again.notice)
    delivered(ws)
    assert open_alerts(ws.store) == []
    assert make_reminder_of(ws, invoice.id, 21).key.endswith(f":21:{invoice.due}")


def test_a_reminder_in_doubt_comes_before_the_next_one(ws: Workspace) -> None:
    invoice = sent(ws, 8)
    (chased,) = due_today(ws)
    delivery = send_due(ws, chased)
    ws.clock.go(days=14)  # type: ignore[attr-defined]
    (chased,) = due_today(ws)
    assert [found.text for found in check_reminder(ws, chased).errors] == ["The last reminder is still in the outbox."]
    found = claims.claim_next(ws.store, "x")
    assert found is not None
    claim = Claim(found.id, found.owner, found.epoch)
    outcomes.hand_over(ws.store, claim, "")
    outcomes.lost(ws.store, claim, "lost")
    assert "not known yet" in check_reminder(ws, chased).errors[0].text
    with pytest.raises(Refused, match="not known yet"):
        send_due(ws, chased)
    resolving.resolve_delivery(ws.store, delivery.id, sent=True, reason="seen")
    assert check_reminder(ws, chased).may_go(overrule=False)
    assert invoice.id == chased.id


def test_a_bounce_that_a_person_enters_is_of_the_latest_email(ws: Workspace) -> None:
    invoice = sent(ws, 8)
    assert invoice.id is not None
    send_due(ws, due_today(ws)[0])
    delivered(ws)
    bounced, _recipients = record_bounce(ws.store, "1001", "marie@tremblay.example", "mailbox full")
    assert bounced.kind is DeliveryKind.REMINDER
    assert get_invoice(ws.store, invoice.id).delivery is State.SENT


def make_reminder_of(ws: Workspace, invoice_id: int, days: int) -> Notice:
    """The notice of a level, whatever the day."""
    clock = ws.clock
    invoice = get_invoice(ws.store, invoice_id)
    before = clock.now  # type: ignore[attr-defined]
    clock.now = before + (invoice.due + timedelta(days) - ws.today())  # type: ignore[attr-defined]
    try:
        return make_reminder(ws, invoice_id, document=False).notice
    finally:
        clock.now = before  # type: ignore[attr-defined]


def test_an_invoice_sent_by_hand_is_chased_at_the_customers_address(ws: Workspace) -> None:
    invoice = sent(ws, 8)
    with ws.store.writing():
        ws.store.run(tables.Delivery.update(state=State.CANCELLED))
        ws.store.run(tables.Invoice.update(reached=1, handed_over="paper"))
    assert invoice.id is not None
    notice = make_reminder(ws, invoice.id).notice
    assert notice.envelope.to == ("marie@tremblay.example",)
    assert notice.headers == ()
    assert "1001" in notice.subject
    with ws.store.writing():
        ws.store.run(tables.Invoice.update(email=""))
    assert make_reminder(ws, invoice.id).notice.problems == ("There is no email address to send the reminder to.",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_level_has_a_text_in_each_language(language: str) -> None:
    company = a_company()
    texts = set()
    for tone, days in zip(Tone, (-3, 0, 7, 21, 45), strict=True):
        level = Level(days, interest="12", fee="15")
        invoice = replace(an_invoice(number="1042"), due=TODAY - timedelta(days))
        invoice = replace(invoice, customer=replace(invoice.customer, language=language))
        text = reminder_text(invoice, company, level, TODAY)
        assert level.tone is tone
        assert "1042" in text
        assert "{" not in text
        assert (priced(Money(1_500, "CAD"), language) in text) == (days > 0)
        texts.add(default_reminder(tone, language))
    assert len(texts) == len(Tone)


def test_interest_and_a_fee_are_mentioned_only_when_late() -> None:
    invoice = an_invoice(number="1042")
    level = Level(7, {"en": "Pay {balance}, please."}, interest="12.5", fee="15")
    late = reminder_text(invoice, a_company(), level, invoice.due + timedelta(10))
    balance = invoice.balance
    assert "12.5%" in late
    assert f"{interest(balance, Decimal('12.5'), 10).plain()}" in late
    assert "15.00" in late
    assert reminder_text(invoice, a_company(), level, invoice.due).endswith("please.")
    assert interest(Money(100_000, "CAD"), Decimal(12), 30) == Money(986, "CAD")


def test_message_ids_are_never_encoded() -> None:
    long = f"<{'1' * 90}@acme.example>"
    assert ids_field("References", f"{long} <2@x>") == f"References: {long}\r\n <2@x>"
    assert ids_field("References", "x\r\nBcc: a@b <3@x>") == "References: <3@x>"


def test_a_restored_company_warns_of_reminders_that_may_have_been_sent(ws: Workspace, still: Clock) -> None:
    sent(ws, 8)
    backup = ws.store.path.with_name("backup.facturier")
    ws.store.copy_to(backup)
    (chased,) = due_today(ws)
    send_due(ws, chased)
    delivered(ws)
    restored = ws.store.path.with_name("restored.facturier")
    restore(backup, restored, clock=still)
    again = open_workspace(open_company(restored, clock=still), ws.locations, Endpoints())
    (chased,) = due_today(again)
    assert not check_reminder(again, chased).may_go(overrule=False)
    assert check_reminder(again, chased).may_go(overrule=True)
    with pytest.raises(Refused, match="may have sent this reminder"):
        send_due(again, chased)
    # Levels whose day comes later are sent as usual.
    still.go(days=14)
    (chased,) = due_today(again)
    assert chased.days == 21
    assert check_reminder(again, chased).may_go(overrule=False)


def test_an_imported_company_sends_no_level_again_and_asks_about_the_others(ws: Workspace, still: Clock) -> None:
    reminded, other = sent(ws, 8), sent(ws, 22)
    automatic = AutomaticReminders(on=True, at="00:00")
    save_company(ws.store, replace(ws.company(), automatic_reminders=automatic))
    send_due(ws, next(one for one in due_today(ws) if one.id == reminded.id))
    delivered(ws)
    text = io.StringIO("".join(company_lines(ws.store)))
    path = ws.store.path.with_name("imported.facturier")
    imported = open_workspace(import_company(text, path, clock=still), ws.locations, Endpoints())
    assert imported.company().automatic_reminders == replace(automatic, on=False)
    # The level that was sent is known, and the company that was exported may have sent the other one since.
    (chased,) = due_today(imported)
    assert (chased.id, chased.days) == (other.id, 21)
    with pytest.raises(Refused, match="may have sent this reminder"):
        send_due(imported, chased)
    save_company(imported.store, replace(imported.company(), automatic_reminders=automatic))
    still.go(days=1)
    assert run_reminders(imported).queued == []
    assert [alert.kind for alert in open_alerts(imported.store)] == ["reminders_waiting"]
    # A person can send it, and levels whose day comes later are sent automatically.
    send_due(imported, chased, overrule=True)
    still.go(days=14)
    assert [one.number for one in run_reminders(imported).queued] == [reminded.number]


@pytest.mark.parametrize("up_to_date", [True, False])
def test_only_a_copy_that_may_be_behind_warns_of_reminders(
    ws: Workspace, still: Clock, up_to_date: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adopting, "was_moved", lambda *_: True)
    sent(ws, 8)
    ws.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    moved = ws.store.path.with_name("moved.facturier")
    shutil.copyfile(ws.store.path, moved)
    ws.store.path.unlink()
    store = open_company(moved, clock=still)
    adopting.adopt(store, up_to_date=up_to_date)
    (chased,) = due_today(elsewhere := open_workspace(store, ws.locations, Endpoints()))
    assert check_reminder(elsewhere, chased).may_go(overrule=False) is up_to_date

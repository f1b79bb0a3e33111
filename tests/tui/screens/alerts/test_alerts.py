"""Alerts, and the screen of an issued invoice: what happened in words, and what a person can do."""

from email.message import EmailMessage
from pathlib import Path

from textual.widgets import TextArea

from facturier.models.books.alerts import AlertKind, open_alerts, raise_alert
from facturier.models.books.journal import read_journal
from facturier.models.books.status import BookStatus, State
from facturier.models.outbox.changes.bounces import report_bounce
from facturier.models.outbox.deliveries import deliveries_of, message_of
from facturier.tui.app import FacturierApp
from facturier.tui.screens.dialogs.dialogs import ReasonScreen
from facturier.tui.screens.invoice.screen import InvoiceScreen
from facturier.tui.widgets.inputs.fields import Field
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until
from tests.tui.support.typing import keys


async def test_each_alert_says_what_happened_and_what_to_do(shop: Shop) -> None:
    shop.failed()
    shop.doubtful()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a")
        await sees(pilot, "2 alerts")
        shown = text_of(app)
        for words in (
            "Invoice 1001 was not sent",
            "550 No such user [here]",
            "send it again",
            "Nobody can tell whether",
        ):
            assert words in shown
        assert shown.index("Nobody can tell whether") < shown.index("Invoice 1001 was not sent")  # latest first
        assert "s Send again" not in shown.split("\n")[-1]
        await pilot.press("down")
        await until(pilot, lambda: "s Send again" in text_of(app).split("\n")[-1])
        # Enter opens what must be decided, also if no single invoice is concerned.
        with shop.store.writing():
            raise_alert(shop.store, AlertKind.REMINDERS_WAITING, count="3")
        await sees(pilot, "3 reminders were not sent automatically")
        await pilot.press("home", "enter")
        await until(pilot, lambda: "Reminders due today" in text_of(app).split("\n")[0])
        await pilot.press("escape")
        await sees(pilot, "3 alerts")


async def test_a_delivery_in_doubt_is_settled_with_a_reason_that_the_journal_keeps(shop: Shop) -> None:
    delivery = shop.doubtful()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "enter")
        await sees(pilot, "Look for “1001”")
        await pilot.press("y", "enter")
        await sees(pilot, "Enter a reason")
        assert shop.invoice(delivery.invoice_id).delivery is State.IN_DOUBT
        await keys(pilot, "=seen")
        await pilot.press("enter", "y")
        await sees(pilot, "No alerts")
    assert shop.invoice(delivery.invoice_id).delivery is State.SENT
    entry = read_journal(shop.store, delivery.invoice_id)[-1]
    assert (entry.kind, entry.detail["reason"]) == ("said_sent", "seen")


async def test_an_alert_is_dismissed_after_a_confirmation(shop: Shop) -> None:
    shop.failed()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "d", "n")
        assert len(open_alerts(shop.store)) == 1
        await pilot.press("d", "y")
        await sees(pilot, "No alerts")
    assert open_alerts(shop.store) == []


async def test_an_alert_of_another_window_appears_automatically(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a")
        await sees(pilot, "No alerts")
        shop.failed()
        await sees(pilot, "1 alert")


async def test_a_pasted_bounce_marks_the_invoice_that_it_is_about(shop: Shop) -> None:
    delivery = shop.sent()
    shop.sent("Somebody else")
    bounce = EmailMessage()
    bounce["Subject"] = "Delivery Status Notification (Failure)"
    bounce["X-Failed-Recipients"] = "compta@tremblay.example"
    bounce["In-Reply-To"] = f"<{delivery.invoice_id}@acme.example>"
    bounce.set_content("The address could not be found.")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "b")
        await sees(pilot, "An invoice bounced")
        await pilot.press("f9")
        await sees(pilot, "Cannot read this bounce")
        await pilot.press("escape")
        app.screen.query_one(TextArea).text = bounce.as_string()
        await pilot.press("f9")
        await sees(pilot, f"Invoice {delivery.number} bounced")
    assert [alert.kind for alert in open_alerts(shop.store)] == [AlertKind.BOUNCED]
    assert shop.invoice(delivery.invoice_id).delivery is State.BOUNCED


async def test_for_an_unreadable_mail_the_user_chooses_the_invoice(shop: Shop) -> None:
    delivery = shop.sent()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "b")
        await sees(pilot, "An invoice bounced")
        app.screen.query_one(TextArea).text = "Votre message à compta@tremblay.example [n’a pas abouti]"
        await pilot.press("f9")
        await sees(pilot, "Which invoice bounced?")
        await sees(pilot, "Cannot read this bounce")
        assert app.screen.query_one("#bounced-invoice", Field).text == delivery.number
        assert app.screen.query_one("#bounced-address", Field).text == "compta@tremblay.example"
        await pilot.press("enter")
        await sees(pilot, "Enter a reason")
        assert open_alerts(shop.store) == []
        await keys(pilot, "=closed")
        await pilot.press("enter")
        await sees(pilot, f"Invoice {delivery.number} bounced")
    [alert] = open_alerts(shop.store)
    assert alert.detail["reason"] == "compta@tremblay.example: closed"


async def test_a_bounce_is_recorded_without_its_mail_and_twice(shop: Shop) -> None:
    delivery = shop.sent()
    report_bounce(shop.store, delivery.id, {"old@tremblay.example": "550"})
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "b")
        await sees(pilot, "An invoice bounced")
        await pilot.press("f4")
        await sees(pilot, "Which invoice bounced?")
        assert app.screen.query_one("#bounced-invoice", Field).text == delivery.number
        app.screen.query_one("#bounced-invoice", Field).text = "99"
        app.screen.query_one("#bounced-reason", Field).text = "closed"
        await pilot.press("f9")
        await sees(pilot, "Cannot find invoice 99")
        app.screen.query_one("#bounced-invoice", Field).text = delivery.number
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
    [alert] = open_alerts(shop.store)
    assert alert.detail["recipients"] == "old@tremblay.example, compta@tremblay.example"


async def test_a_damaged_mail_does_not_end_the_program(shop: Shop) -> None:
    shop.sent()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("a", "b")
        await sees(pilot, "An invoice bounced")
        app.screen.query_one(TextArea).text = (
            "From: mailer-daemon@x.example\nX-Failed-Recipients: compta@tremblay.example\n\n550 failed\n\n"
            "From: a@b.example\nTo: c@d.example\nMessage-ID: <9@x.example>\n"
            "Subject: =?utf-8?B?SW52b2ljZSAxMDAxIGZyb20gQWNtZ?=\n"
        )
        await pilot.press("f9")
        await sees(pilot, "match any invoice of this company")


async def test_a_queued_invoice_counts_down_and_can_be_cancelled(shop: Shop) -> None:
    delivery = shop.queued(seconds=90)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter")
        await sees(pilot, "will be sent in")
        before = text_of(app)
        await until(pilot, lambda: text_of(app) != before and "will be sent in" in text_of(app))
        await pilot.press("u")
        await sees(pilot, "Draft 1001 for")
    assert shop.invoice(delivery.invoice_id).delivery is State.CANCELLED


async def test_sending_again_says_that_it_is_a_second_time(shop: Shop) -> None:
    delivery = shop.sent()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "s")
        await sees(pilot, "a second time.")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
    assert len(deliveries_of(shop.store, delivery.invoice_id)) == 1


async def test_an_invoice_is_voided_with_a_reason(shop: Shop) -> None:
    invoice = shop.issued()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        # A key that was meant as an answer becomes the reason, and Enter is not a yes, so nothing is void yet.
        await pilot.press("enter", "v", "n", "enter")
        await sees(pilot, "Reason: “n”")
        await pilot.press("enter", "n")
        await until(pilot, lambda: isinstance(app.screen, ReasonScreen))
        assert shop.invoice(invoice.id).book_status is BookStatus.ISSUED
        await pilot.press("backspace")
        await keys(pilot, "=twice")
        await pilot.press("enter", "y")
        await sees(pilot, "⊘ Void")
    assert shop.invoice(invoice.id).book_status is BookStatus.VOID


async def test_the_frozen_message_is_saved_and_nothing_is_overwritten(shop: Shop, tmp_path: Path) -> None:
    delivery = shop.sent()
    target = tmp_path / "saved.eml"
    target.write_text("mine")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter", "W")
        await sees(pilot, "Save the email")
        app.screen.query_one(Field).text = str(target)
        await pilot.press("enter")
        await sees(pilot, "This file already exists")
        assert target.read_text() == "mine"
        target.unlink()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InvoiceScreen))
    assert target.read_bytes() == message_of(shop.store, delivery.id)


async def test_an_alert_is_dealt_with_on_the_screen_of_its_invoice(shop: Shop) -> None:
    delivery = shop.failed()
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "d Dismiss" in text_of(app).split("\n")[-1])
        await pilot.press("d", "y")
        await until(pilot, lambda: not open_alerts(shop.store, delivery.invoice_id))
        await until(pilot, lambda: "d Dismiss" not in text_of(app).split("\n")[-1])

"""Reminders due today: what is due with its email, one or all sent, promises, and undo."""

from dataclasses import replace
from datetime import timedelta

from textual.widgets import Input, OptionList

from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Silence, State
from facturier.models.chasing.due_levels import reminders_of
from facturier.models.chasing.silence import silenced
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.changes.bounces import report_bounce
from facturier.models.outbox.deliveries import notices_of
from facturier.models.settings.company import AutomaticReminders
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.tui.app import FacturierApp
from facturier.tui.screens.outbox.screen import OutboxScreen
from facturier.tui.widgets.inputs.fields import Area, Field
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def sent(shop: Shop, late: int, name: str = "Boulangerie Tremblay") -> Invoice:
    """An invoice that was sent and became due `late` days ago."""
    invoice_id = shop.sent(name).invoice_id
    with shop.store.writing():
        due = shop.today - timedelta(late)
        shop.store.run(tables.Invoice.update(due=due).where(tables.Invoice.id == invoice_id))
    return get_invoice(shop.store, invoice_id)


def states(shop: Shop, invoice: Invoice) -> list[State]:
    assert invoice.id is not None
    return [one.state for one in notices_of(shop.store, invoice.id)]


def slowly(shop: Shop) -> None:
    """Leave time to undo."""
    save_company(shop.store, replace(read_company(shop.store), undo=3600))


async def test_the_email_of_each_is_shown_and_one_is_sent_and_undone(shop: Shop) -> None:
    slowly(shop)
    old, new = sent(shop, 50, "Old [Co]"), sent(shop, 8, "New Co")
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("H")
        await sees(pilot, "45 days after")
        lines = text_of(app).split("\n")
        assert [name for line in lines for name in ("Old [Co]", "New Co") if name in line][:2] == ["Old [Co]", "New Co"]
        await sees(pilot, "From hello@acme.example to compta@tremblay.example")
        await sees(pilot, "We have still not received")
        await pilot.press("down")
        await sees(pilot, "was due on")
        # Enter shows all of it, and F9 sends it.
        await pilot.press("enter")
        await sees(pilot, f"Reminder for invoice {new.number}")
        await pilot.press("ctrl+t")
        await sees(pilot, "105.00")
        await until(pilot, lambda: _after_a_moment(app))
        await pilot.press("f9")
        await sees(pilot, "is in the outbox. u to undo.")
        assert states(shop, new) == [State.QUEUED]
        await sees(pilot, "1 invoice ")
        await until(pilot, lambda: _after_a_moment(app))
        await pilot.press("u")
        await sees(pilot, "Sending undone.")
        assert states(shop, new) == [State.CANCELLED]
        await sees(pilot, "2 invoices")
        await pilot.press("home", "s")
        await sees(pilot, f"Reminder for invoice {old.number} is in the outbox. u to undo.")
        assert states(shop, old) == [State.QUEUED]
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, OutboxScreen))
        await pilot.press("u")
        await until(pilot, lambda: states(shop, old) == [State.CANCELLED])
        await pilot.press("escape")  # it was undone there, so there is nothing to undo here
        await until(pilot, lambda: "is in the outbox" in text_of(app) and "u to undo" not in text_of(app))


def _after_a_moment(app: FacturierApp) -> bool:
    """Whether a key counts on this screen."""
    held = getattr(app.screen, "_held", None)
    return held is None or held.rest == 0


async def test_all_are_sent_after_a_dry_run(shop: Shop) -> None:
    invoices = [sent(shop, 8 + at, f"Customer {at}") for at in range(3)]
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("H")
        await sees(pilot, "3 invoices")
        await pilot.press("space", "space", "f9")  # two of them are marked
        await sees(pilot, "Send 2 reminders")
        assert "e Edit" not in text_of(app)
        await sees(pilot, "✓ 2 will be sent")
        assert states(shop, invoices[0]) == []
        await until(pilot, lambda: _after_a_moment(app))
        await pilot.press("f9")
        await sees(pilot, "Send 2 reminders?")
        await pilot.press("y")
        await sees(pilot, "2 reminders are in the outbox.")
        await sees(pilot, "1 invoice ")
        await until(pilot, lambda: sum(states(shop, one) == [State.SENT] for one in invoices) == 2)
        # The last row is the newest debt.
        assert reminders_of(shop.store, [invoices[0].id or 0]) == {}


async def test_a_promise_silences_until_it_is_undone(shop: Shop) -> None:
    invoice = sent(shop, 8)
    assert invoice.id is not None
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("H")
        await sees(pilot, "1 invoice")
        await pilot.press("D")
        await sees(pilot, "Reminders for invoice")
        await pilot.press("-", "3", "enter")
        await sees(pilot, "in the past")
        app.screen.query_one(Input).value = "+5"
        await pilot.press("enter")
        await sees(pilot, "promised by")
        await sees(pilot, "No reminders are due today.")
        assert silenced(shop.store, invoice.id).why is Silence.PROMISE
        await until(pilot, lambda: _after_a_moment(app))
        await pilot.press("u")
        await sees(pilot, "1 invoice")
        assert silenced(shop.store, invoice.id).why is Silence.NONE
        # On the invoice, with another reason.
        await pilot.press("o", "D")
        await sees(pilot, "Reminders for invoice")
        await pilot.press("shift+tab", "enter", "down", "enter", *"hours", "f9")
        await sees(pilot, "Disputed: hours")
        assert silenced(shop.store, invoice.id).reason == "hours"
        assert silenced(shop.store, invoice.id).why is Silence.DISPUTE


async def test_the_cursor_goes_on_to_the_next_one_after_a_promise(shop: Shop) -> None:
    first, second, third = (sent(shop, late, name) for late, name in ((60, "First"), (50, "Second"), (48, "Third")))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("H")
        await sees(pilot, "3 invoices")
        await pilot.press("down", "D")
        await sees(pilot, f"Reminders for invoice {second.number}")
        await pilot.press("enter")
        await sees(pilot, "Enter a date")
        await pilot.press("shift+tab", "down", "down", "enter")
        await until(pilot, lambda: "Enter a date" not in text_of(app))  # a dispute needs none
        await pilot.press("enter")
        await sees(pilot, "2 invoices")
        await pilot.press("D")
        await sees(pilot, f"Reminders for invoice {third.number}")
    assert silenced(shop.store, second.id or 0).why is Silence.DISPUTE
    assert silenced(shop.store, first.id or 0).why is Silence.NONE


async def test_the_levels_are_typed_as_a_person_says_them(shop: Shop) -> None:
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 44)) as pilot:
        await pilot.press("comma")
        listed = app.screen.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index("reminders")
        await sees(pilot, "45 days after")
        app.screen.query_one("#levels", Area).text = "10 days after, never"
        app.screen.query_one("#interest-7", Field).text = "12 %"
        await pilot.press("ctrl+s")
        await sees(pilot, "“never” is not a time")
        app.screen.query_one("#levels", Area).text = "1 week before, 7, 30 days after"
        await pilot.press("ctrl+s")
        await sees(pilot, "Interest %, +30")
        levels = read_company(shop.store).levels
        assert [(level.days, level.interest) for level in levels] == [(-7, ""), (7, "12"), (30, "")]
        listed = app.screen.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index("reminders-en")
        await until(pilot, lambda: app.screen.query("#reminder-en-30"))
        app.screen.query_one("#reminder-en-30", Area).text = "Pay {balance}, {nobody}."
        await pilot.press("ctrl+s")
        await sees(pilot, "Unknown placeholder")
        app.screen.query_one("#reminder-en-30", Area).text = "Pay {balance}."
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read_company(shop.store).levels[2].texts == {"en": "Pay {balance}."})


async def test_a_bounced_reminder_is_named_and_tried_again(shop: Shop) -> None:
    invoice = sent(shop, 8)
    assert invoice.id is not None
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("H", "s")
        await until(pilot, lambda: states(shop, invoice) == [State.SENT])
        await pilot.press("escape")
        report_bounce(shop.store, notices_of(shop.store, invoice.id)[-1].id, {"compta@tremblay.example": "550 full"})
        slowly(shop)
        await pilot.press("a")
        await sees(pilot, f"Reminder for invoice {invoice.number} bounced")
        await sees(pilot, "Only this email bounced")
        await pilot.press("escape", "enter")
        await sees(pilot, "Reminder (7 days after)")
        await pilot.press("h")
        await sees(pilot, "Reminder sent to compta@tremblay.example")
        await sees(pilot, "Reminder: Bounced")
        await pilot.press("r")
        await sees(pilot, "Send the reminder again?")
        await pilot.press("y")
        await until(pilot, lambda: states(shop, invoice) == [State.BOUNCED, State.QUEUED])
        assert notices_of(shop.store, invoice.id)[-1].key == f"reminder:{invoice.id}:7:{invoice.due}:again:1"
        await until(pilot, lambda: _after_a_moment(app))
        await pilot.press("u")
        await until(pilot, lambda: states(shop, invoice) == [State.BOUNCED, State.CANCELLED])
        assert get_invoice(shop.store, invoice.id) == invoice
    assert len(open_alerts(shop.store)) == 1


async def test_reminders_are_sent_automatically_undone_and_asked_about(shop: Shop) -> None:
    first, second, without = sent(shop, 50), sent(shop, 8), sent(shop, 9, "Nobody")
    with shop.store.writing():
        shop.store.run(tables.Delivery.update(changed=shop.store.clock() - timedelta(1)))  # they were sent yesterday
        shop.store.run(tables.Delivery.update(recipients={"to": [], "cc": [], "bcc": []}).where(
            tables.Delivery.invoice_id == without.id
        ))  # fmt: skip
    automatic = AutomaticReminders(on=True, at="00:00")
    save_company(shop.store, replace(read_company(shop.store), undo=100, automatic_reminders=automatic))
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: "2 reminders will be sent automatically in" in text_of(app), seconds=15)
        assert [states(shop, one) for one in (first, second, without)] == [[State.QUEUED], [State.QUEUED], []]
        await sees(pilot, "2 emails will be sent")
        await pilot.press("a")
        await sees(pilot, "1 reminder was not sent automatically")
        await sees(pilot, "There is no email address")
        await pilot.press("escape", "O")
        await until(pilot, lambda: "Outbox" in text_of(app).splitlines()[0])
        await pilot.press("U")
        await sees(pilot, "Cancel sending 2 emails?")
        await pilot.press("y")
        await until(pilot, lambda: states(shop, first) == states(shop, second) == [State.CANCELLED])
        # They are due, and a person can send them. History says what happened.
        await pilot.press("escape", "H")
        await sees(pilot, "3 invoices")
        await pilot.press("o")
        await sees(pilot, "h shows them")
        await pilot.press("h")
        await sees(pilot, "Reminder queued automatically")

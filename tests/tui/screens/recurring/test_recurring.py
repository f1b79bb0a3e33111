"""Recurring invoices on the screen: by keys, from an invoice to the invoices of later dates."""

from datetime import timedelta

from textual.widgets import Label

from facturier.mail.senders.default import save_sender
from facturier.mail.vault.schedule_approval import is_approved
from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, PeriodUnit, Prices, RecurringAction
from facturier.models.recurring.changing import change_schedule, create_schedule
from facturier.models.recurring.pausing import pause_schedule
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, all_schedules, get_schedule, runs_of
from facturier.models.store.store import Store
from facturier.tui.app import FacturierApp
from facturier.tui.screens.schedule.approving import ask_approval
from facturier.tui.words.formatting import long_day
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


def only(store: Store) -> Schedule:
    [schedule] = all_schedules(store)
    return schedule


async def test_from_an_invoice_to_a_schedule_and_back(shop: Shop) -> None:
    shop.issued(day=shop.today)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "1001")
        await pilot.press("l")
        await sees(pilot, "Make 1001 recurring")
        await pilot.press(*"sometimes", "tab")
        await sees(pilot, "is not understood")
        await pilot.press("shift+tab", *"2 weeks", "tab", "tab", "tab", *"4")
        await until(pilot, lambda: "every 2 weeks on" in text_of(app) and "Next:" in text_of(app))
        await pilot.press("f9")
        await sees(pilot, "Recurring every 2 weeks")
        second = shop.today + timedelta(14)
        schedule = only(shop.store)
        assert (schedule.rhythm, schedule.next) == (Rhythm(2, PeriodUnit.WEEK, shop.today, most=4), second)
        assert [run.number for run in runs_of(shop.store, schedule.id)] == ["1001"]
        # The same key changes the schedule of the invoice; u undoes a new one.
        await pilot.press("l")
        await sees(pilot, "Schedule for Boulangerie Tremblay")
        await pilot.press("escape")
        # The list: skip and undo, pause and resume, the template, delete.
        await pilot.press("L")
        await until(pilot, lambda: "1 schedule" in text_of(app) and "Selected schedule" in text_of(app))
        await pilot.press("Z")
        await sees(pilot, "is skipped for Boulangerie Tremblay. u to undo.")
        assert only(shop.store).next == second + timedelta(14)
        await pilot.press("u")
        await until(pilot, lambda: only(shop.store).next == second)
        await pilot.press("z")
        await sees(pilot, "Schedule for Boulangerie Tremblay paused. u to undo.")
        await sees(pilot, "Paused")
        await pilot.press("u")
        await until(pilot, lambda: "Active" in text_of(app) and "Undone." in text_of(app))
        await pilot.press("z")
        await sees(pilot, "Paused")
        await pilot.press("z")
        await sees(pilot, "Schedule for Boulangerie Tremblay resumed. u to undo.")
        await pilot.press("e")
        await sees(pilot, "Recurring invoice for Boulangerie Tremblay")
        assert "Save & send" not in text_of(app)
        await pilot.press("f9", "escape")
        await sees(pilot, "Selected schedule")
        await pilot.press("d")
        await sees(pilot, "Delete the schedule for")
        await pilot.press("y")
        await until(pilot, lambda: "No recurring invoices yet" in text_of(app) and "was deleted. u to" in text_of(app))
        assert all_schedules(shop.store) == []
        await pilot.press("u")
        await sees(pilot, "Selected schedule")
        assert only(shop.store) == schedule
        await pilot.press("d")
        await sees(pilot, "Delete the schedule for")
        await pilot.press("y")
        await sees(pilot, "No recurring invoices yet")
        # A schedule from an invoice by its number.
        await pilot.press("n")
        await sees(pilot, "Invoice to copy")
        await pilot.press(*"1001", "f9")
        await sees(pilot, "1 schedule")
        await pilot.press("escape", "l")
        await sees(pilot, "Schedule for")


async def test_the_program_creates_what_is_due_and_asks_about_what_was_missed(shop: Shop) -> None:
    shop.issued(day=shop.today - timedelta(60))
    today = shop.today
    once = Rhythm(1, PeriodUnit.MONTH, today)
    missed = Rhythm(1, PeriodUnit.DAY, today - timedelta(2))
    sent = create_schedule(shop.store, 1, once, action=RecurringAction.SEND)
    late = create_schedule(shop.store, 1, missed, prices=Prices.CURRENT)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "1002 is in the outbox" in text_of(app), seconds=15)
        [run] = runs_of(shop.store, sent.id)
        assert get_invoice(shop.store, run.invoice_id or 0).book_status is BookStatus.ISSUED
        assert runs_of(shop.store, late.id) == []
        assert [alert.detail["address"] for alert in open_alerts(shop.store)] == [f"@{late.invoice_id}"]
        await pilot.press("a")
        await until(pilot, lambda: "were not created" in text_of(app) and f"· {long_day(today)}" in text_of(app))
        await pilot.press("enter")
        await sees(pilot, "Missed:")
        await pilot.press("f9")
        await sees(pilot, "Create 3 invoices?")
        await pilot.press("y")
        await until(pilot, lambda: len(runs_of(shop.store, late.id)) == 3)
        await sees(pilot, "3 recurring invoices created as drafts")
        assert open_alerts(shop.store) == []
        # What passed during a pause is created or skipped, as the person says.
        pause_schedule(shop.store, late.id)
        with shop.store.writing():
            shop.store.write("UPDATE schedule SET next = ? WHERE id = ?", today.isoformat(), late.id)
            shop.store.write(
                "DELETE FROM schedule_run WHERE period = ? AND schedule_id = ?", today.isoformat(), late.id
            )
        await sees(pilot, "Paused")
        await pilot.press("end", "z")
        await sees(pilot, "Invoice the date that passed during the pause?")
        await pilot.press("n")
        await until(pilot, lambda: get_schedule(shop.store, late.id).status == "active")
        assert [one.skipped for one in runs_of(shop.store, late.id)] == [True, False, False]


async def test_a_member_approves_what_is_sent_automatically(shop: Shop) -> None:
    shop.issued(day=shop.today - timedelta(40))
    company = shop.ws.company()
    save_sender(shop.ws, company, before=company, shown=company, password="begins a vault")
    # Somebody who may not send has created it.
    rhythm = Rhythm(1, PeriodUnit.MONTH, shop.today + timedelta(3))
    forged = create_schedule(shop.store, 1, rhythm, action=RecurringAction.SEND)
    assert not is_approved(shop.ws, forged)
    app = FacturierApp(shop.ws)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "no member has approved" in text_of(app), seconds=15)
        await pilot.press("L")
        await sees(pilot, "Not sent: no member")
        await pilot.press("A")
        await sees(pilot, "Send these invoices automatically?")
        await sees(pilot, "compta@tremblay.example")
        await sees(pilot, "every month")
        await pilot.press("n")
        await sees(pilot, "Selected schedule")
        assert not is_approved(shop.ws, only(shop.store))
        # What is shown is what is approved, also if another window has just changed it.
        daily = Rhythm(1, PeriodUnit.DAY, rhythm.first)
        change_schedule(shop.store, forged.id, daily, action=forged.action, prices=forged.prices)
        app.screen.run_worker(ask_approval(app.screen, shop.ws, forged))
        await sees(pilot, "Send these invoices automatically?")
        assert any("every day" in str(label.content) for label in app.screen.query(Label))
        await pilot.press("n")
        change_schedule(shop.store, forged.id, rhythm, action=forged.action, prices=forged.prices)
        await sees(pilot, "Selected schedule")
        await pilot.press("A")
        await sees(pilot, "Send these invoices automatically?")
        await pilot.press("y")
        await until(pilot, lambda: "approved." in text_of(app) and "Not sent: no member" not in text_of(app))
        assert is_approved(shop.ws, only(shop.store))
        # What the member changes stays approved: the template, and the schedule.
        await pilot.press("enter")
        await sees(pilot, "Recurring invoice for Boulangerie Tremblay")
        await pilot.press("ctrl+end", *"new")
        await until(pilot, lambda: get_invoice(shop.store, forged.invoice_id).version > 1)
        await pilot.press("escape", "escape")  # the cell, then the screen
        await sees(pilot, "Selected schedule")
        assert is_approved(shop.ws, only(shop.store))
        await pilot.press("l")
        await sees(pilot, "Schedule for Boulangerie Tremblay")
        await pilot.press("home", "delete", "2", "f9")
        await until(pilot, lambda: only(shop.store).rhythm.every == 2)
        await sees(pilot, "changed. u to undo")
        assert is_approved(shop.ws, only(shop.store))
        await pilot.press("u")
        await until(pilot, lambda: only(shop.store).rhythm == rhythm)
        assert is_approved(shop.ws, only(shop.store))
        # A schedule that was deleted and restored is still what the member approved.
        await pilot.press("d")
        await sees(pilot, "Delete the schedule for")
        await pilot.press("y")
        await sees(pilot, "No recurring invoices yet")
        await pilot.press("ctrl+z")
        await sees(pilot, "Selected schedule")
        assert is_approved(shop.ws, only(shop.store))

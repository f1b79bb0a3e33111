"""`facturier chase`: what is due, who is silenced, and each level once whatever runs at the same time."""

import argparse
import io
import json
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from importlib import import_module
from pathlib import Path

import pytest

from facturier.mail.locations import Locations
from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.sending.rounds import postman
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import State
from facturier.models.company.save_settings import save_company
from facturier.models.errors import InputError
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import hand_over, lost
from facturier.models.outbox.deliveries import frozen_header, notices_of
from facturier.models.outbox.delivery import Claim, SenderKind
from facturier.models.settings.company import AutomaticReminders, DefaultSender
from facturier.models.settings.settings import read_company
from facturier.models.store import tables
from facturier.tui.cli.commands import module_name
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE, REFUSED
from tests.tui.support.sample import Shop
from tests.tui.support.stand_in import connect, google_for
from tests.whole.program import Program


def run(shop: Shop, tmp_path: Path, *arguments: str, verb: str = "chase") -> tuple[int, str]:
    """Return the exit status and what was printed on both streams."""
    said = io.StringIO()
    shell = Shell(Locations(tmp_path / "data", tmp_path / "log"), shop.store.path, stdout=said, stderr=said)
    module = import_module(module_name(verb))
    parser = argparse.ArgumentParser()
    module.add(parser)
    return module.run(parser.parse_args(arguments), shell), said.getvalue()


def sent(shop: Shop, late: int) -> Invoice:
    """An invoice that was sent and became due `late` days ago."""
    invoice_id = shop.sent().invoice_id
    with shop.store.writing():
        due = shop.today - timedelta(late)
        shop.store.run(tables.Invoice.update(due=due).where(tables.Invoice.id == invoice_id))
    return get_invoice(shop.store, invoice_id)


def test_what_is_due_is_listed_checked_and_sent(shop: Shop, tmp_path: Path) -> None:
    assert run(shop, tmp_path) == (DONE, "No reminders are due today.\n")
    assert run(shop, tmp_path, "--send", "all") == (DONE, "No reminders are due today.\n")
    late, later, _fresh = sent(shop, 8), sent(shop, 50), sent(shop, -20)
    listed = json.loads(run(shop, tmp_path, "--json")[1])
    assert [(one["number"], one["level"], one["level_days"], one["days_late"]) for one in listed] == [
        (later.number, 5, 45, 50),
        (late.number, 3, 7, 8),
    ]
    status, said = run(shop, tmp_path, "--dry-run")
    assert status == DONE
    assert f"{late.number}  {late.due.isoformat()}  CAD 105.00  7 days after" in said
    assert "→ compta@tremblay.example" in said
    assert run(shop, tmp_path, "--send", "level<3") == (DONE, "No reminders are due today.\n")
    status, said = run(shop, tmp_path, "--send", "level<=4")
    assert (status, said) == (DONE, f"{late.number}  reminder  sent  compta@tremblay.example\n")
    assert run(shop, tmp_path, "--send", "1,3") == (DONE, "No reminders are due today.\n")
    (checked,) = json.loads(run(shop, tmp_path, "--dry-run", "--json")[1])
    assert checked["to"] == ["compta@tremblay.example"]
    assert checked["errors"] == checked["warnings"] == []
    (notice,) = json.loads(run(shop, tmp_path, str(late.number), "--json", verb="show")[1])["notices"]
    assert (notice["kind"], notice["level_days"], notice["state"]) == ("reminder", 7, "sent")
    (queued,) = json.loads(run(shop, tmp_path, "--send", "all", "--queue-only", "--json")[1])
    assert (queued["state"], queued["kind"]) == ("queued", "reminder")
    assert f"{later.number}: sending of the reminder undone." in run(shop, tmp_path, str(later.number), verb="undo")[1]
    assert [one.state for one in notices_of(shop.store, later.id or 0)] == [State.CANCELLED]


def test_a_promise_a_dispute_and_the_switch_silence_an_invoice(shop: Shop, tmp_path: Path) -> None:
    number = str(sent(shop, 8).number)
    day = (shop.today + timedelta(5)).isoformat()
    said = run(shop, tmp_path, number, "--promise", "+5")[1]
    assert said == f"{number}: payment promised by {day}.\n"
    assert run(shop, tmp_path)[1] == "No reminders are due today.\n"
    assert json.loads(run(shop, tmp_path, number, "--clear", "--json")[1])["silent"] is None
    assert number in run(shop, tmp_path)[1]
    assert json.loads(run(shop, tmp_path, number, "--dispute", "--json")[1]) == {
        "id": 1,
        "number": number,
        "silent": "dispute",
        "until": None,
        "reason": "",
        "reminders": True,
    }
    assert run(shop, tmp_path, number, "--dispute", day)[1] == f"{number}: disputed until {day}.\n"
    said = run(shop, tmp_path, number, "--dispute", day, "--reason", "hours")[1]
    assert said == f"{number}: disputed until {day}: hours\n"
    run(shop, tmp_path, number, "--clear")
    assert run(shop, tmp_path, number, "--off")[1] == f"{number}: reminders are off.\n"
    assert run(shop, tmp_path)[1] == "No reminders are due today.\n"
    assert run(shop, tmp_path, number, "--on")[1] == f"{number}: reminders are on.\n"
    assert "Reminders         off" in run(shop, tmp_path, "@1", "--reminders", "off", verb="customer")[1]
    assert run(shop, tmp_path)[1] == "No reminders are due today.\n"
    assert json.loads(run(shop, tmp_path, "@1", "--reminders", "on", "--json", verb="customer")[1])["reminders"]
    assert number in run(shop, tmp_path)[1]
    with pytest.raises(InputError, match="in the past"):
        run(shop, tmp_path, number, "--promise", "-2")
    for wrong in ([number], ["--clear"], [number, "--off", "--send", "all"], ["--send", "often"]):
        with pytest.raises(SystemExit) as usage:
            run(shop, tmp_path, *wrong)
        assert usage.value.code == 2


def test_what_cannot_be_sent_is_said_and_fails(shop: Shop, tmp_path: Path) -> None:
    number = sent(shop, 8).number
    save_company(shop.store, replace(read_company(shop.store), sender=DefaultSender()))
    status, said = run(shop, tmp_path, "--dry-run")
    assert status == REFUSED
    assert "no address to send from" in said
    status, said = run(shop, tmp_path, "--send", "all")
    assert status == REFUSED
    assert f"{number}: " in said
    assert notices_of(shop.store, 1) == []


def test_a_person_and_two_automatic_programs_send_each_reminder_once(shop: Shop, tmp_path: Path) -> None:
    invoices = [sent(shop, 8 + at) for at in range(4)]
    (listed, *_others) = json.loads(run(shop, tmp_path, "--json")[1])
    assert listed["automatic"] is False
    automatic = AutomaticReminders(on=True, at="00:00", until=21)
    save_company(shop.store, replace(read_company(shop.store), automatic_reminders=automatic))
    (listed, *_others) = json.loads(run(shop, tmp_path, "--json")[1])
    assert listed["automatic"] is True
    program = Program(tmp_path / "home", company=shop.store.path)
    assert "up to the level “21 days after”; last day: never" in program.run("doctor").stdout
    running = [program.start(*command) for command in (["post"], ["chase", "--send", "all"], ["post"])]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]
    assert [code for _said, code in ended] == [DONE] * 3, ended
    assert len(list(shop.mail.glob("*.eml"))) == len(invoices)
    for invoice in invoices:
        assert [one.state for one in notices_of(shop.store, invoice.id or 0)] == [State.SENT]
    assert "last day: never" not in program.run("doctor").stdout


def test_a_reminder_in_doubt_is_resolved_by_command(shop: Shop, tmp_path: Path) -> None:
    number = str(sent(shop, 8).number)
    run(shop, tmp_path, "--send", "all", "--queue-only")
    found = claim_next(shop.store, "x")
    assert found is not None
    claim = Claim(found.id, found.owner, found.epoch)
    hand_over(shop.store, claim, "")
    lost(shop.store, claim, "lost")
    said = run(shop, tmp_path, number, "--sent", "--reason", "seen", verb="resolve")[1]
    assert said == f"{number}  reminder  sent\n"


def test_a_reminder_leaves_through_gmail_in_the_thread_of_its_invoice(shop: Shop, tmp_path: Path) -> None:
    """Gmail gives each message an id of its own, so the reminder names the one that the invoice was queued with."""
    with google_for(shop) as google:
        connect(shop, google)
        draft = shop.draft(day=shop.today - timedelta(40))
        assert draft.id is not None
        queue(shop.ws, prepare(shop.ws, draft.id, compose(shop.ws, draft.id)))
        postman(shop.ws).deliver()
        send_due(shop.ws, due_today(shop.ws)[0])
        postman(shop.ws).deliver()
        (notice,) = notices_of(shop.store, draft.id)
        assert (notice.state, notice.sender_kind) == (State.SENT, SenderKind.GMAIL)
        invoice, reminder = (message_from_bytes(one.raw) for one in google.messages)
        assert reminder["Subject"] == invoice["Subject"]
        assert reminder["In-Reply-To"] == frozen_header(shop.store, 1, "Message-ID")
        assert (reminder["From"], reminder["To"]) == (invoice["From"], invoice["To"])
        assert due_today(shop.ws) == []
        assert [one.thread for one in google.messages] == [google.messages[0].id] * 2

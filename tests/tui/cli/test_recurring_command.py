"""Recurring invoices on the command line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from facturier.mail.locations import Locations
from facturier.mail.senders.default import save_sender
from facturier.mail.vault.schedule_approval import unapproved
from facturier.models.books.status import PeriodUnit, RecurringAction
from facturier.models.errors import InputError
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import all_schedules
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from tests.tui.cli.running import run
from tests.tui.support.sample import Shop


def test_a_schedule_from_the_first_invoice_to_the_last(shop: Shop, tmp_path: Path) -> None:
    shop.issued(day=shop.today - timedelta(40))
    weeks = shop.today - timedelta(14)
    assert run(shop, tmp_path, "recurring", "create", "1001")[0] == WRONG_USAGE
    with pytest.raises(InputError, match="not understood"):
        run(shop, tmp_path, "recurring", "create", "1001", "--every", "now and then")
    arguments = ("create", "1001", "--every", "1 week", "--from", weeks.isoformat(), "--count", "4", "--send", "--json")
    status, said, _told = run(shop, tmp_path, "recurring", *arguments)
    [created] = json.loads(said)
    assert (status, created["unit"], created["count"], created["action"]) == (DONE, "week", 4, "send")
    assert created["due"] == [(weeks + timedelta(days)).isoformat() for days in (0, 7, 14)]
    # Three dates have passed: a person decides.
    status, said, told = run(shop, tmp_path, "recurring", "run")
    assert (status, said) == (REFUSED, "")
    assert "3 dates have passed" in told
    assert "facturier recurring run --all 1" in told
    assert "Recurring invoices for Boulangerie Tremblay were not created" in run(shop, tmp_path, "alerts")[1]
    assert run(shop, tmp_path, "post")[1:] == ("0 deliveries tried.\n", told)
    run(shop, tmp_path, "recurring", "skip", "1")
    status, said, _told = run(shop, tmp_path, "recurring", "pause", "@1")
    assert said == f"1  Boulangerie Tremblay  CAD 105.00  {_rhythm(said)}  send  Paused\n"
    status, _said, told = run(shop, tmp_path, "recurring", "resume", "1")
    assert status == REFUSED
    assert "Add --all to invoice them" in told
    assert run(shop, tmp_path, "recurring", "resume", "1", "--skip-missed")[0] == DONE
    assert [run["skipped"] for run in _only(shop, tmp_path)["periods"]] == [True] * 3
    assert run(shop, tmp_path, "recurring", "run")[:2] == (DONE, "")
    # `post` creates and sends what is due.
    run(shop, tmp_path, "recurring", "create", "1001", "--every", "month", "--send")
    status, said, told = run(shop, tmp_path, "post")
    assert (status, said, told) == (
        DONE, "Boulangerie Tremblay: invoice 1002 is in the outbox.\n1 delivery tried.\n", "",
    )  # fmt: skip
    assert run(shop, tmp_path, "post")[1] == "0 deliveries tried.\n"
    assert len([*shop.mail.glob("*.eml")]) == 1
    shown = run(shop, tmp_path, "recurring", "show", "2")[1]
    assert shown.splitlines()[-1].endswith("  1002")
    assert run(shop, tmp_path, "recurring", "delete", "1", "2")[0] == DONE
    assert all_schedules(shop.store) == []
    assert run(shop, tmp_path, "recurring") == (DONE, "", "There are no recurring invoices.\n")
    assert run(shop, tmp_path, "recurring", "pause", "7")[0] == REFUSED


def test_post_catches_up_if_it_is_told_to(shop: Shop, tmp_path: Path) -> None:
    draft = shop.draft(day=shop.today - timedelta(3))
    first = (shop.today - timedelta(2)).isoformat()
    run(shop, tmp_path, "recurring", "create", f"@{draft.id}", "--every", "day", "--from", first)
    status, said, told = run(shop, tmp_path, "post", "--catch-up")
    assert (status, told) == (DONE, "")
    assert said.count("created") == 3


def _only(shop: Shop, tmp_path: Path) -> dict[str, list[dict[str, object]]]:
    found: list[dict[str, list[dict[str, object]]]] = json.loads(run(shop, tmp_path, "recurring", "list", "--json")[1])
    return found[0]


def _rhythm(said: str) -> str:
    """What depends on the day of the test: the weekday and the next date."""
    return "  ".join(said.split("  ")[3:5])


def test_a_member_approves_what_somebody_else_has_created(shop: Shop, tmp_path: Path) -> None:
    shop.issued(day=shop.today - timedelta(40))
    company = shop.ws.company()
    save_sender(shop.ws, company, before=company, shown=company, password="begins a vault")
    later = (shop.today + timedelta(3)).isoformat()
    create_schedule(shop.store, 1, Rhythm(1, PeriodUnit.MONTH, shop.today), action=RecurringAction.SEND)
    [forged] = unapproved(shop.ws)
    locations = shop.ws.locations.data.parent
    # This person is no member: their folders have another key.
    status, _said, told = run(shop, tmp_path / "other", "recurring", "approve", "1")
    assert status == REFUSED
    assert "not a member" in told
    assert shop.ws.locations == Locations(locations / "data", locations / "log")
    assert run(shop, locations, "recurring", "approve", str(forged.id))[0] == DONE
    assert run(shop, locations, "recurring", "create", "1001", "--every", "month", "--from", later, "--send")[0] == DONE
    assert unapproved(shop.ws) == []

"""Recurring invoices in three processes that are killed, with a clock that jumps back and forth."""

import multiprocessing
import random
import time
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from itertools import takewhile
from pathlib import Path

import pytest

from facturier.models.books.alerts import open_alerts
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import PeriodUnit, RecurringAction, State
from facturier.models.company.save_settings import save_company
from facturier.models.outbox.deliveries import deliveries_of, unfinished
from facturier.models.recurring.making import unsent_invoices
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedules import Schedule, create_schedule, runs_of
from facturier.models.settings.settings import read_company
from facturier.models.store.store import Store, open_company
from tests.models.making import a_draft, a_store
from tests.whole.trouble.recurring_process import SharedClock, work

PROCESSES = 3


def test_killed_processes_invoice_each_period_once(tmp_path: Path) -> None:
    kill_them(tmp_path, weeks=6, kills=6, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
def test_killed_for_longer(tmp_path: Path, seed: int) -> None:
    kill_them(tmp_path, weeks=60, kills=120, seed=seed)


def kill_them(folder: Path, *, weeks: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.whole.trouble.recurring_process", "facturier.mail.document.document"])
    days = context.Value("i", 0)
    clock = SharedClock(days)
    (folder / "out").mkdir()
    store = a_store(folder, connected=False)
    save_company(store, replace(read_company(store), undo=0))
    today = clock().astimezone().date() + timedelta(1)
    every_week = Rhythm(1, PeriodUnit.WEEK, today)
    schedules = [
        create_schedule(store, a_draft(store, f"For {action}").id or 0, every_week, action=action)
        for action in RecurringAction
    ]

    def start() -> multiprocessing.process.BaseProcess:
        process = context.Process(target=work, args=(store.path, days), daemon=True)
        process.start()
        return process

    mine = open_company(store.path, clock=clock, user="marie")
    last = today + timedelta(weeks=weeks)
    wanted = list(takewhile(lambda day: day <= last, every_week.since(today)))
    processes = [start() for _ in range(PROCESSES)]
    deadline = time.monotonic() + 60 + 2 * kills
    killed = 0
    try:
        while not _done(mine, schedules, wanted):
            assert time.monotonic() < deadline, "a period was forgotten"
            time.sleep(chance.uniform(0.02, 0.4))
            if killed < kills:
                victim = chance.randrange(PROCESSES)
                processes[victim].kill()
                processes[victim].join()
                processes[victim] = start()
                killed += 1
                days.value = chance.randint(-3, weeks * 7 * killed // kills)
            else:
                days.value = weeks * 7 + 1
            assert all(process.exitcode is None for process in processes), "a process ended on its own"
    finally:
        for process in processes:
            process.kill()
            process.join()

    for schedule in schedules:
        runs = runs_of(mine, schedule.id)[::-1]
        assert [run.period for run in runs] == wanted
        dates = [get_invoice(mine, run.invoice_id or 0).date for run in runs]
        assert dates == wanted
        for run in runs:
            states = [delivery.state for delivery in deliveries_of(mine, run.invoice_id or 0)]
            assert states == ([State.SENT] if schedule.action is RecurringAction.SEND else [])
    assert open_alerts(mine) == []
    subjects: Counter[str] = Counter()
    for file in (folder / "out").rglob("*.eml"):
        subjects[str(message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"])] += 1
    assert subjects == dict.fromkeys(subjects, 1)
    assert len(subjects) == len(wanted)


def _done(store: Store, schedules: list[Schedule], wanted: list[date]) -> bool:
    made = all(len(runs_of(store, schedule.id)) == len(wanted) for schedule in schedules)
    return made and not unsent_invoices(store) and not unfinished(store)

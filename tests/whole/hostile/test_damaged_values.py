"""Damaged and planted values: a damaged row affects only itself, and every error is explained.

A quick part with a fixed seed runs with every test. `make soak` runs all values in all columns, and many damaged files.
"""

import argparse
import contextlib
import io
import random
import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.choices import choices
from facturier.mail.sending.compose import compose
from facturier.mail.sending.rounds import postman
from facturier.mail.vault.identity import load_identity
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import count_alerts, open_alerts
from facturier.models.books.customers import find_customers
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import PeriodUnit, RecurringAction
from facturier.models.chasing.due_levels import to_chase
from facturier.models.chasing.silence import silenced
from facturier.models.company.access_requests import access_requests
from facturier.models.company.recent import company_summary
from facturier.models.errors import FacturierError
from facturier.models.items.items import find_items
from facturier.models.listing.listing import Listing
from facturier.models.listing.saved_views import save_view, saved_views
from facturier.models.listing.totals import currencies, sums
from facturier.models.listing.view import InvoiceFilter, SortKey, View
from facturier.models.outbox.deliveries import deliveries_of, in_doubt, notices_of, unfinished
from facturier.models.outbox.pauses import paused_by, server_pauses
from facturier.models.outbox.schedule import next_due
from facturier.models.payments.customer_payment import CustomerPayment
from facturier.models.payments.payments import payments_of, record_payment
from facturier.models.payments.receiving import receive_payment
from facturier.models.receivables.accounts import open_accounts
from facturier.models.receivables.customer_payments import all_payments, payments_of_customer, used_before
from facturier.models.receivables.statements import currencies as currencies_of
from facturier.models.receivables.statements import make_statement
from facturier.models.recurring.changing import create_schedule
from facturier.models.recurring.making import unsent_invoices
from facturier.models.recurring.pausing import skip_period
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import all_schedules, due_schedules, runs_of
from facturier.models.reports.drill import documents_behind
from facturier.models.reports.period import ALL_DATES
from facturier.models.reports.reading import GROUPINGS, question, read_report
from facturier.models.reports.report import Basis
from facturier.models.store import opening
from facturier.models.store.opening import open_company
from facturier.models.store.store import Store
from facturier.tui.cli.shell import Shell
from facturier.tui.cli.verbs.invoices import list as listed
from facturier.tui.cli.verbs.invoices import show
from facturier.tui.cli.verbs.program import doctor
from facturier.tui.cli.verbs.sending import alerts, outbox
from facturier.tui.words.alerts import alert_title, alert_todo
from facturier.tui.words.journal import journal_words
from tests.mail.people import no_keyring
from tests.models.released import released_company, released_identity

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = date(2026, 11, 28)
NASTY: tuple[object, ...] = (
    None,
    "",
    "junk",
    b"\xff\xfe\x00",
    "\x1b[2J\u202e",
    "null",
    "[]",
    "{}",
    '{"to": 1, "cc": null, "bcc": "x"}',
    '{"to": [1], "cc": [], "bcc": []}',
    '[["GST"]]',
    '[["GST", "NaN"]]',
    "[" * 5000 + "]" * 5000,
    '"' + "x" * 10_000 + '"',
    "NaN",
    "1e999",
    "true",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31T23:59:59.999-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-11-24T12:00:00",
    -1,
    0,
    2**31,
    2**63 - 1,
    -(2**63),
    "XYZ",
)


@pytest.fixture(autouse=True)
def as_a_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every file as large. A small one is checked before it is opened, which would find most of the damage."""
    monkeypatch.setattr(opening, "CHECKED_AT_ONCE", 0)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company file of the first release, upgraded and with more data."""
    path = released_company(tmp_path_factory.mktemp("sound"))
    store = open_company(path, clock=lambda: NOW)
    [issued] = store.rows("SELECT min(id) FROM invoice WHERE standing = 'issued'")
    save_view(store, "mine", View(InvoiceFilter.DUE, "x", SortKey.TOTAL))
    record_payment(store, issued[0], TODAY, 100, "cheque")
    invoice = get_invoice(store, issued[0])
    rhythm = Rhythm(1, PeriodUnit.MONTH, date(2026, 10, 28))
    schedule = create_schedule(store, issued[0], rhythm, action=RecurringAction.SEND)
    skip_period(store, schedule.id, rhythm.first)
    payment = CustomerPayment(
        customer_id=invoice.customer.id, date=TODAY, currency=invoice.currency, amount=900, key="k"
    )
    receive_payment(store, payment, {})
    for name in GROUPINGS:
        read_report(store, question(store, name, "", TODAY), TODAY)
    with store.writing():
        for kind, key in (
            ("reminder", f"reminder:{issued[0]}:7:{invoice.due}"),
            ("receipt", "receipt:1"),
            ("statement", f"statement:{invoice.customer.id}:{invoice.currency}:open:{TODAY}"),
        ):
            store.write(
                "INSERT INTO delivery (invoice_id, way, sender, recipients, subject, state, not_before, queued,"
                " changed, kind, key, stated) SELECT ?, 'default', 'a@b.example', recipients, 's', 'queued', ?, ?, ?,"
                " ?, ?, 900 FROM delivery ORDER BY id LIMIT 1",
                *(issued[0], store.now(), store.now(), store.now(), kind, key),
            )
        store.write("INSERT OR IGNORE INTO asking VALUES (?, 'Paul', ?)", "age1" + "q" * 58, store.now())
        store.write("INSERT OR REPLACE INTO pause VALUES ('a@b.example', ?, 'busy')", store.now())
        store.write(
            "INSERT OR IGNORE INTO composition SELECT id, 'default', ?, 's', 'b' FROM invoice",
            '[["a", ""], ["", ""], ["", ""]]',
        )
    return path


def columns(path: Path) -> "tuple[tuple[str, str], ...]":
    with contextlib.closing(sqlite3.connect(path)) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            if not name.startswith(("found", "sqlite_"))
        ]
        return tuple(
            (table, row[1])
            for table in tables
            for row in database.execute(f"PRAGMA table_xinfo({table})").fetchall()
            if row[6] == 0
        )


def plant(path: Path, table: str, column: str, value: object) -> bool:
    """Write a value into every row that accepts it, bypassing the rules of the column. Return whether SQLite accepted
    it.

    The schema is restored exactly, because a file with another schema is refused as a whole.
    """
    schema = "SELECT rowid, type, name, tbl_name, rootpage, sql FROM sqlite_master"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        whole = database.execute(schema).fetchall()
        database.execute("PRAGMA writable_schema = on")
        database.execute("DELETE FROM sqlite_master WHERE type = 'trigger'")
        database.execute(
            "UPDATE sqlite_master SET sql = replace(replace(sql, ' NOT NULL', ''), 'STRICT', 'WITHOUT_STRICT')"
            " WHERE type = 'table' AND name = ? AND sql LIKE '%STRICT' AND sql NOT LIKE '%WITHOUT ROWID'",
            (table,),
        )
        database.execute("UPDATE sqlite_master SET sql = replace(sql, ' WITHOUT_STRICT', '')")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA ignore_check_constraints = on")
        try:
            shown = f"CAST(x'{value.hex()}' AS TEXT)" if isinstance(value, bytes) else "?"
            values = () if isinstance(value, bytes) else (value,)
            database.execute(f"UPDATE OR IGNORE {table} SET {column} = {shown}", values)
            taken = True
        except sqlite3.Error:
            taken = False
        database.execute("PRAGMA writable_schema = on")
        database.execute("DELETE FROM sqlite_master")
        database.executemany(
            "INSERT INTO sqlite_master (rowid, type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, ?, ?, ?)", whole
        )
    return taken


class Looking:
    """Everything that people do with a company. Each action must work or raise an error of ours."""

    def __init__(self, path: Path, data: Path) -> None:
        self.path = path
        self.data = data
        self.met: Counter[str] = Counter()

    def all(self) -> None:
        if not self.attempt("open", lambda: open_company(self.path, clock=lambda: NOW)):
            return
        store = open_company(self.path, clock=lambda: NOW)
        locations = Locations(self.data, self.data / "log")
        looks: tuple[tuple[str, Callable[[], object]], ...] = (
            ("glance", lambda: company_summary(self.path)),
            ("alerts", lambda: [(alert_title(one), alert_todo(one)) for one in open_alerts(store)]),
            ("count", lambda: count_alerts(store)),
            ("sums", lambda: sums(store, TODAY, "CAD")),
            ("currencies", lambda: currencies(store)),
            ("views", lambda: saved_views(store)),
            ("askers", lambda: access_requests(store)),
            ("pauses", lambda: (server_pauses(store), paused_by(store))),
            ("outbox", lambda: (unfinished(store), in_doubt(store), next_due(store))),
            ("customers", lambda: find_customers(store)),
            ("items", lambda: find_items(store)),
            ("journal", lambda: [journal_words(entry) for entry in read_journal(store)]),
            ("accounts", lambda: open_accounts(store, TODAY)),
            ("received", lambda: (all_payments(store), used_before(store, "method"))),
            ("schedules", lambda: [runs_of(store, one.id) for one in all_schedules(store)]),
            ("recurring", lambda: (due_schedules(store, TODAY), unsent_invoices(store))),
            ("chase", lambda: to_chase(store, [1, 7, 30], TODAY)),
            *((name, partial(self.report, store, name)) for name in GROUPINGS),
        )
        for what, do in looks:
            self.attempt(what, do)
        for order in SortKey:
            self.attempt("list", partial(Listing(store, View(sort=order), TODAY).first, 50))
        identity = load_identity(locations.identity, ask_passphrase=None, keyring_backend=no_keyring())
        made: list[Workspace] = []
        self.attempt(
            "workspace",
            lambda: made.append(open_workspace(store, locations, Endpoints(), identity=identity, looking=True)),
        )
        if not made:
            return
        ws = made[0]
        for number in range(1, 4):
            self.attempt("statement", partial(self.statement, store, number))
            self.attempt("payments of customer", partial(payments_of_customer, store, number))
        for number in range(1, 6):
            self.attempt("notices", partial(notices_of, store, number))
            self.attempt("silence", partial(silenced, store, number))
            self.attempt("reminder", partial(make_reminder, ws, number, document=False))
            self.attempt("invoice", partial(get_invoice, store, number))
            self.attempt("payments", partial(payments_of, store, number))
            self.attempt("history", partial(deliveries_of, store, number))
            self.attempt("journal", partial(read_journal, store, number))
            self.attempt("preview", partial(self.preview, ws, number))
        self.attempt("choices", partial(choices, ws))
        self.attempt("post", lambda: postman(ws).deliver())
        self.verbs(locations)

    def report(self, store: Store, name: str) -> None:
        for by in GROUPINGS[name]:
            for basis in Basis:
                asked = replace(question(store, name, by, TODAY), period=ALL_DATES, basis=basis)
                for row in read_report(store, asked, TODAY).rows:
                    if row.behind is not None:
                        documents_behind(store, row.behind, TODAY)

    def statement(self, store: Store, customer_id: int) -> None:
        for currency in currencies_of(store, customer_id):
            for period in (None, (date(2020, 1, 1), TODAY)):
                make_statement(store, customer_id, currency, TODAY, period)

    def preview(self, ws: Workspace, invoice_id: int) -> None:
        compose(ws, invoice_id)
        deliveries_of(ws.store, invoice_id, strict=True)
        assert get_invoice(ws.store, invoice_id).totals

    def verbs(self, locations: Locations) -> None:
        for what, verb, more in (
            ("list", listed, {"status": "all", "search": "", "json": True}),
            ("list text", listed, {"status": "all", "search": "", "json": False}),
            ("alerts verb", alerts, {"json": True}),
            ("outbox verb", outbox, {"json": True, "pause": False, "resume": False}),
            ("show", show, {"ref": "@2", "json": True, "pdf": None, "eml": None, "force": False}),
            ("doctor", doctor, {"repair": False}),
        ):
            shell = Shell(locations, self.path, {}, lambda: NOW, io.StringIO(), io.StringIO(), io.StringIO())
            self.attempt(what, partial(verb.run, argparse.Namespace(**more), shell))

    def attempt(self, what: str, do: Callable[[], object]) -> bool:
        """Do something, and count errors of ours. All other errors are findings."""
        try:
            do()
        except FacturierError as error:
            self.met[f"{what}: {type(error).__name__}"] += 1
            return False
        return True


def look(sound: Path, folder: Path, damage: Callable[[Path], object]) -> "Counter[str]":
    path = folder / "acme.facturier"
    shutil.copyfile(sound, path)
    damage(path)
    data = folder / "data"
    if not data.exists():
        released_identity(data)
    looking = Looking(path, data)
    looking.all()
    for tail in ("-wal", "-shm", "-journal"):
        Path(f"{path}{tail}").unlink(missing_ok=True)
    shutil.rmtree(data / "seen", ignore_errors=True)
    return looking.met


def planted(sound: Path, folder: Path, some: list[tuple[tuple[str, str], object]]) -> "Counter[str]":
    damages = {
        f"{table}.{column} = {value!r:.60}": partial(plant, table=table, column=column, value=value)
        for (table, column), value in some
    }
    return met_with(sound, folder, damages)


def met_with(sound: Path, folder: Path, damages: Mapping[str, Callable[[Path], object]]) -> "Counter[str]":
    """Return the errors that were raised. Fails at the end if one was not ours."""
    met: Counter[str] = Counter()
    wrong = []
    for name, damage in damages.items():
        try:
            met += look(sound, folder, damage)
        except Exception as error:  # noqa: BLE001 - all errors are collected
            frames = traceback.extract_tb(error.__traceback__)
            where = next((frame for frame in reversed(frames) if "/facturier/" in frame.filename), frames[-1])
            wrong.append(f"{name}: {error!r:.100} at {Path(where.filename).name}:{where.lineno}")
    assert not wrong, "\n".join(wrong)
    return met


def every(sound: Path) -> list[tuple[tuple[str, str], object]]:
    return [(column, value) for column in columns(sound) for value in NASTY]


def spoil(path: Path, chance: random.Random) -> None:
    """Flip bits, or cut off the end."""
    content = bytearray(path.read_bytes())
    if chance.random() < 0.2:
        del content[chance.randrange(len(content)) :]
    for _time in range(chance.choice((1, 5, 50))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def spoilt(sound: Path, folder: Path, seeds: range) -> "Counter[str]":
    return met_with(sound, folder, {f"seed {seed}": partial(spoil, chance=random.Random(seed)) for seed in seeds})


def test_a_planted_value_affects_only_its_row(sound: Path, tmp_path: Path) -> None:
    planted(sound, tmp_path, random.Random(11).sample(every(sound), 6))


def test_a_waiting_delivery_without_a_time_or_a_readable_sender(sound: Path, tmp_path: Path) -> None:
    """Every query of the outbox begins with these two columns."""
    planted(sound, tmp_path, [(("delivery", "not_before"), None), (("delivery", "sender"), b"\xff\xfe\x00")])


@pytest.mark.parametrize(
    ("table", "column"), [("schedule", "first"), ("schedule_run", "period"), ("customer_payment", "date")]
)
def test_doctor_names_a_damaged_row_of_the_receivables(sound: Path, tmp_path: Path, table: str, column: str) -> None:
    path = tmp_path / "acme.facturier"
    shutil.copyfile(sound, path)
    assert plant(path, table, column, "2026-13-45")
    said = io.StringIO()
    shell = Shell(Locations(tmp_path, tmp_path / "log"), path, {}, lambda: NOW, io.StringIO(), said, io.StringIO())
    with contextlib.suppress(FacturierError):
        doctor.run(argparse.Namespace(repair=False), shell)
    assert f"of “{table}” in the company file is damaged" in said.getvalue()


def test_flipped_bits_are_reported_in_a_sentence(sound: Path, tmp_path: Path) -> None:
    spoilt(sound, tmp_path, range(8))


@pytest.mark.soak
def test_every_value_in_every_column(sound: Path, tmp_path: Path) -> None:
    met = planted(sound, tmp_path, every(sound))
    print(f"{len(every(sound))} values planted: {met}")  # noqa: T201 - a soak run should print its result


@pytest.mark.soak
def test_many_spoilt_files(sound: Path, tmp_path: Path) -> None:
    print(f"2000 files spoilt: {spoilt(sound, tmp_path, range(2000))}")  # noqa: T201 - a soak run should print its result

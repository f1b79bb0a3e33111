"""Opening the company file of an older version: everything is kept, after a backup, or the file stays unchanged."""

import multiprocessing
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysqlite3 as sqlite3
import pytest
from playhouse.migrations import Runner

from facturier.models.books.alerts import open_alerts
from facturier.models.books.customers import all_customers, get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus, State
from facturier.models.company.restore import restore
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import BrokenCompany, ChangedElsewhere
from facturier.models.outbox.changes.claims import claim_next
from facturier.models.outbox.changes.outcomes import accepted, hand_over
from facturier.models.outbox.changes.resolving import cancel_delivery
from facturier.models.outbox.deliveries import get_delivery, unfinished
from facturier.models.outbox.delivery import Claim, SenderKind
from facturier.models.store import sqlite
from facturier.models.store.opening import create_company, open_company
from facturier.models.store.schema import schema
from tests.models.making import Clock, queue
from tests.models.released import released_company

Rows = dict[str, list[tuple[Any, ...]]]
_ADDED = {"schema_migration", "customer", "invoice", "item", "line", "payment", "delivery", "seal", "journal"}


def rows_of(path: Path) -> Rows:
    """All rows of all our tables."""
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'found%'")
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables.fetchall()}


def schema_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"))


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("acme before update *"))


_A_CUSTOMER = (
    "INSERT INTO customer (id, name, contact, email, cc, bcc, address, language, terms, tax, folded, vat_id)"
    " VALUES (:id, 'C' || :id, '', '', '', '', '', '', NULL, '', 'c', :vat_id)"
)
_AN_INVOICE = (
    "INSERT INTO invoice (id, number, standing, customer_id, customer, contact, email, cc, bcc, address, language,"
    " date, terms, due, currency, reference, message, rates, per_line, total, folded, sorted, created, changed)"
    " VALUES (:id, 'N' || :id, 'issued', :customer_id, 'C', '', '', '', '', '', '',"
    " '2026-11-01', 0, '2026-11-01', 'EUR', '', '', '[]', 0, 0, '', '', '2026-11-01T00:00:00+00:00',"
    " '2026-11-01T00:00:00+00:00')"
)


def test_the_migrations_are_numbered_without_gaps_up_to_the_version() -> None:
    found = sorted(path.name for path in Path(schema.__file__).parent.joinpath("migrations").glob("[0-9]*.py"))
    assert [int(name[:4]) for name in found] == list(range(1, sqlite.SCHEMA + 1))


def test_a_company_of_the_first_release_keeps_everything(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    before, whole = rows_of(path), path.read_bytes()
    store = open_company(path, clock=Clock())
    after = rows_of(path)
    assert schema.version_of(path) == sqlite.SCHEMA
    assert {name: after[name] for name in before if name not in _ADDED} == {
        name: rows for name, rows in before.items() if name not in _ADDED
    }
    for name in _ADDED & before.keys():
        assert before[name] or name == "seal"
        assert [row[: len(before[name][0])] for row in after[name]] == before[name]
    store.check()
    assert len(open_alerts(store)) == 3
    [backup] = backups(tmp_path)
    kept = rows_of(backup)
    assert [row[0] for row in kept["setting"] if row not in before["setting"]] == ["home"]
    assert {**kept, "setting": [row for row in kept["setting"] if row[0] != "home"]} == before
    assert schema.version_of(backup) == 1
    assert backup.stat().st_mode == path.stat().st_mode
    assert path.read_bytes() != whole


def test_an_upgraded_file_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    open_company(path)
    assert schema_of(path) == schema_of(create_company(tmp_path / "new.facturier").path)


def test_a_customer_gets_the_currency_of_their_last_invoice(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        issued = "SELECT max(id) FROM invoice WHERE customer = 'Müller Optik' AND number IS NOT NULL"
        database.execute(f"UPDATE invoice SET currency = 'JPY' WHERE id = ({issued})")
        database.commit()
    found = dict(open_company(path).rows("SELECT name, currency FROM customer"))
    assert found == {"Boulangerie Tremblay": "", "Northwind Ltd.": "", "Müller Optik": "JPY"}


def test_invoices_of_the_first_release_have_no_project_and_drafts_can_get_one(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path))
    invoices = [get_invoice(store, invoice_id) for (invoice_id,) in store.rows("SELECT id FROM invoice ORDER BY id")]
    assert {invoice.project for invoice in invoices} == {""}
    draft = next(invoice for invoice in invoices if invoice.book_status is BookStatus.DRAFT)
    issued = next(invoice for invoice in invoices if invoice.book_status is BookStatus.ISSUED)
    saved = save_draft(store, replace(draft, project="North wing"))
    assert get_invoice(store, draft.id or 0) == saved
    with pytest.raises(ChangedElsewhere):
        save_draft(store, replace(issued, project="North wing"))
    assert get_invoice(store, issued.id or 0) == issued
    store.check()


def test_a_send_of_the_first_release_is_undone_as_then_and_a_new_one_makes_a_draft_again(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path), clock=Clock())
    old = next(delivery for delivery in unfinished(store) if delivery.state is State.QUEUED)
    new = queue(store, SenderKind.DEFAULT)
    assert [cancel_delivery(store, delivery.id) for delivery in (old, new)] == [False, True]
    issued, draft = get_invoice(store, old.invoice_id), get_invoice(store, new.invoice_id)
    assert (issued.number, issued.reserved, draft.number, draft.reserved) == (old.number, None, None, new.number)
    assert queue(store, SenderKind.DEFAULT, invoice=draft).number == new.number
    store.check()


def test_documents_of_the_first_release_are_invoices_of_items(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path))
    assert store.rows("SELECT DISTINCT kind, source_id, inclusive, discount, custom FROM invoice") == [
        ("invoice", None, 0, "", "{}")
    ]
    assert store.rows("SELECT DISTINCT kind, unit, discount FROM line") == [("item", "", "")]
    assert store.rows("SELECT DISTINCT kind, reference, other_id FROM payment") == [("payment", "", None)]
    assert store.rows("SELECT DISTINCT contacts, country, archived FROM customer") == [("[]", "", 0)]
    store.check()


def test_invoices_keep_the_vat_id_that_they_showed_before_they_had_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = Runner.up
    with monkeypatch.context() as earlier:
        earlier.setattr(Runner, "up", lambda runner: up(runner, "0008_report_figures"))
        earlier.setattr(sqlite, "SCHEMA", 8)
        path = create_company(tmp_path / "acme.facturier").path
    with closing(sqlite3.connect(path)) as database:
        columns = database.execute("SELECT count(*) FROM pragma_table_info('invoice') WHERE name = 'vat_id'").fetchone()
        assert columns == (0,)
        for id_, vat_id in ((1, "FR40303265045"), (2, "")):
            database.execute(_A_CUSTOMER, {"id": id_, "vat_id": vat_id})
        for id_, customer_id in ((1, 1), (2, 2), (3, None)):
            database.execute(_AN_INVOICE, {"id": id_, "customer_id": customer_id})
        database.commit()
    store = open_company(path)
    assert [get_invoice(store, id_).customer.vat_id for id_ in (1, 2, 3)] == ["FR40303265045", "", ""]
    with store.writing():
        for id_ in (1, 2):
            save_customer(store, replace(get_customer(store, id_) or Customer(), vat_id="DE136695976"))
    assert [get_invoice(store, id_).customer.vat_id for id_ in (1, 2, 3)] == ["FR40303265045", "", ""]
    store.check()


def test_invoices_of_the_first_release_have_no_vat_id_and_drafts_follow_their_customer(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path))
    assert store.rows("SELECT DISTINCT vat_id FROM invoice") == [("",)]
    for customer in all_customers(store):
        save_customer(store, replace(customer, vat_id="DE136695976"))
    found = dict(store.rows("SELECT standing, group_concat(DISTINCT vat_id) FROM invoice GROUP BY standing"))
    assert (found["draft"], found["issued"]) == ("DE136695976", "")
    store.check()


def test_deliveries_of_the_first_release_are_in_no_conversation_and_no_key_is_used(tmp_path: Path) -> None:
    store = open_company(released_company(tmp_path), clock=Clock())
    assert store.rows("SELECT DISTINCT thread FROM delivery") == [("",)]
    assert store.rows("SELECT * FROM removed_payment") == []
    # Gmail names the conversation of what is sent from now on.
    (sent,) = store.row("SELECT max(id) FROM delivery WHERE state = 'sent'") or (0,)
    assert get_delivery(store, sent).state is State.SENT
    queue(store, SenderKind.DEFAULT)
    claimed = claim_next(store, "me")
    assert claimed is not None
    claim = Claim(claimed.id, claimed.owner, claimed.epoch)
    hand_over(store, claim, "")
    accepted(store, claim, "18c2f", thread="18c2f")
    assert store.row("SELECT thread FROM delivery WHERE id = ?", claimed.id) == ("18c2f",)
    store.check()


def test_an_up_to_date_file_is_opened_without_a_backup(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    open_company(path)
    open_company(path)
    assert len(backups(tmp_path)) == 1


def test_reading_an_older_file_changes_nothing(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    before = path.read_bytes()
    open_company(path, check=False)
    assert path.read_bytes() == before
    assert backups(tmp_path) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from typing import Any
from playhouse.migrations import Runner
from facturier.models.store.opening import open_company
run = Runner._run
def killed(self, name, *arguments, **named):
    run(self, name, *arguments, **named)
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
Runner._run = killed
open_company(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "script",
    [
        *("0001_initial", "0002_customer_currency", "0003_seal_time", "0004_project", "0005_books"),
        *("0006_reserved_number", "0008_report_figures", "0009_own_vat_id"),
    ],
)
def test_killed_during_the_upgrade_the_file_is_unchanged(tmp_path: Path, script: str) -> None:
    path = released_company(tmp_path)
    before = rows_of(path)
    ended = subprocess.run([sys.executable, "-c", _KILLED, path, script], capture_output=True)
    assert ended.returncode == -9
    assert schema.version_of(path) == 1
    assert rows_of(path) == before
    open_company(path)
    assert schema.version_of(path) == sqlite.SCHEMA


def test_tries_that_are_killed_leave_one_backup(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    for _try in range(2):
        ended = subprocess.run([sys.executable, "-c", _KILLED, path, "0005_books"], capture_output=True)
        assert ended.returncode == -9
    [first] = backups(tmp_path)
    assert schema.version_of(first) == 1
    # A file that has changed since gets another one.
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE customer SET contact = 'Zoé' WHERE id = 1")
        database.commit()
    open_company(path)
    assert len(backups(tmp_path)) == 2


def test_an_error_during_the_upgrade_leaves_the_file_unchanged(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO line VALUES (999, 1, '', '', '', '', '')")  # a line without an invoice
        database.commit()
    before = rows_of(path)
    with pytest.raises(BrokenCompany, match="foreign keys"):
        open_company(path)
    assert rows_of(path) == before


def test_a_damaged_file_is_not_upgraded(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    spoilt = bytearray(path.read_bytes())
    for at in range(8192, len(spoilt), 4096):
        spoilt[at : at + 8] = b"\xff" * 8  # the header of each page
    path.write_bytes(spoilt)
    with pytest.raises(BrokenCompany):
        open_company(path)
    assert schema.version_of(path) == 1
    assert list(tmp_path.glob("*before update*")) == []
    assert list(tmp_path.glob(".*")) == []


def _open(path: Path) -> int:
    return len(open_company(path).rows("SELECT 1 FROM customer WHERE currency = ''"))


def test_several_windows_opening_it_at_once_upgrade_it_once(tmp_path: Path) -> None:
    path = released_company(tmp_path)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_open, [path] * 3) == [3, 3, 3]
    assert len(backups(tmp_path)) == 1


def test_a_restored_older_copy_is_upgraded(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copy = released_company(tmp_path / "copies")
    before = copy.read_bytes()
    path = tmp_path / "acme.facturier"
    restored = restore(copy, path, clock=lambda: datetime(2026, 11, 28, tzinfo=UTC))
    assert restored.company.name == "Acme"
    assert schema.version_of(path) == sqlite.SCHEMA
    assert copy.read_bytes() == before
    assert sorted(found.name for found in tmp_path.iterdir()) == ["acme.facturier", "copies"]

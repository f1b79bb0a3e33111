"""In a company with members, a recurring invoice is sent automatically only as a member approved it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from facturier.mail.errors import VaultChanged
from facturier.mail.senders.default import save_sender
from facturier.mail.sending.recurring import run_recurring
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.members import dismiss
from facturier.mail.vault.schedule_approval import (
    approve_schedule,
    is_approved,
    keep_approval,
    keeping_approval,
    unapproved,
    what_is_approved,
)
from facturier.mail.vault.vault import Member
from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import open_alerts
from facturier.models.books.attachments import attach_file
from facturier.models.books.customers import get_customer
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import write_journal
from facturier.models.books.status import BookStatus, ByHand, PeriodUnit, Prices, RecurringAction
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import ChangedElsewhere
from facturier.models.issuing.by_hand import issue_by_hand
from facturier.models.outbox.composition import Composition, keep_composition
from facturier.models.outbox.delivery import SenderKind
from facturier.models.recurring.changing import change_schedule, create_schedule
from facturier.models.recurring.deleting import DeletedSchedule, delete_schedule, restore_schedule
from facturier.models.recurring.filling import invoice_of
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.pausing import pause_schedule, resume_schedule, skip_period, undo_skip
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, get_schedule
from tests.mail.people import no_keyring
from tests.models.making import TODAY, Clock, a_draft

MONTHLY = Rhythm(1, PeriodUnit.MONTH, TODAY)
UNAPPROVED = "No member has approved this schedule as it is now."
OTHER = "It is not what its schedule creates."
SENT = "This schedule has already sent an invoice for this date or a later one."


def begin_members(ws: Workspace) -> None:
    company = ws.company()
    save_sender(ws, company, before=company, shown=company, password="begins a vault")


def scheduled(ws: Workspace) -> Schedule:
    earlier = save_draft(ws.store, replace(a_draft(ws.store), date=TODAY.replace(month=8)))
    return create_schedule(ws.store, earlier.id or 0, MONTHLY, action=RecurringAction.SEND)


@pytest.fixture
def schedule(ws: Workspace) -> Schedule:
    """A schedule that a member approved, whose first invoice is due."""
    begin_members(ws)
    found = scheduled(ws)
    approve_schedule(ws, found.id)
    return found


def forge(ws: Workspace, sql: str, *values: object) -> None:
    with ws.store.writing():
        ws.store.write(sql, *values)


def refused(ws: Workspace, reason: str) -> None:
    """Nothing is queued, the draft is kept, and an alert says why."""
    ran = run_recurring(ws)
    assert (ran.queued, [*ran.unsent.values()], ran.problems) == ([], [reason], [])
    [invoice_id] = ran.unsent
    assert get_invoice(ws.store, invoice_id).book_status is BookStatus.DRAFT
    assert [(alert.kind, alert.detail["reason"]) for alert in open_alerts(ws.store)] == [("recurring_unsent", reason)]
    again = run_recurring(ws)
    assert (again.queued, again.unsent) == ([], {})


def test_an_approved_schedule_is_sent_month_after_month(ws: Workspace, schedule: Schedule, clock: Clock) -> None:
    assert unapproved(ws) == []
    assert len(run_recurring(ws).queued) == 1
    clock.go(days=31)
    assert len(run_recurring(ws).queued) == 1
    assert open_alerts(ws.store) == []


def test_what_existed_when_the_first_member_was_created_counts_as_theirs(ws: Workspace) -> None:
    scheduled(ws)
    begin_members(ws)
    assert unapproved(ws) == []
    assert len(run_recurring(ws).queued) == 1


def test_a_schedule_that_no_member_approved_makes_drafts(ws: Workspace) -> None:
    begin_members(ws)
    found = scheduled(ws)
    assert [one.id for one in unapproved(ws)] == [found.id]
    refused(ws, UNAPPROVED)
    # A member looks at it and approves it: once.
    seen = what_is_approved(ws, found.id)
    approve_schedule(ws, found.id, seen)
    assert unapproved(ws) == []


FORGED: dict[str, Callable[[Workspace, Schedule], None]] = {
    "the rhythm": lambda ws, one: forge(ws, "UPDATE schedule SET unit = 'day' WHERE id = ?", one.id),
    "the rates": lambda ws, one: forge(ws, "UPDATE schedule SET prices = 'current' WHERE id = ?", one.id),
    "a line": lambda ws, one: forge(ws, "UPDATE line SET rate = '9999' WHERE invoice_id = ?", one.invoice_id),
    "the recipient": lambda ws, one: forge(
        ws, "UPDATE invoice SET email = 'thief@example.org' WHERE id = ?", one.invoice_id
    ),
    "a copy": lambda ws, one: forge(ws, "UPDATE invoice SET bcc = 'thief@example.org' WHERE id = ?", one.invoice_id),
    "the message": lambda ws, one: forge(ws, "UPDATE invoice SET message = 'Pay me' WHERE id = ?", one.invoice_id),
    "the payment details": lambda ws, _one: save_company(
        ws.store, replace(ws.company(), iban="DE89370400440532013000")
    ),
    "the email": lambda ws, _one: save_company(ws.store, replace(ws.company(), letters={"invoice.en": "Pay me"})),
    "a file": lambda ws, one: forge(
        ws,
        "INSERT INTO attachment (invoice_id, name, type, bytes) VALUES (?, 'a.txt', 'text/plain', x'41')",
        one.invoice_id,
    ),
    "the customer's address": lambda ws, one: _save_customer(ws, one, "thief@example.org"),
}


def _save_customer(ws: Workspace, schedule: Schedule, email: str) -> None:
    customer = get_customer(ws.store, get_invoice(ws.store, schedule.invoice_id).customer.id or 0)
    assert customer is not None
    save_customer(ws.store, replace(customer, email=email, contacts=()))
    assert get_invoice(ws.store, schedule.invoice_id).customer.email == email


@pytest.mark.parametrize("name", FORGED)
def test_what_was_changed_without_a_member_is_not_sent(ws: Workspace, schedule: Schedule, name: str) -> None:
    FORGED[name](ws, schedule)
    refused(ws, UNAPPROVED)


def test_a_schedule_that_makes_drafts_cannot_be_made_to_send(ws: Workspace, schedule: Schedule) -> None:
    change_schedule(ws.store, schedule.id, MONTHLY, action=RecurringAction.DRAFT, prices=Prices.FIXED)
    approve_schedule(ws, schedule.id)
    forge(ws, "UPDATE schedule SET action = 'send' WHERE id = ?", schedule.id)
    refused(ws, UNAPPROVED)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE line SET rate = '9999' WHERE invoice_id = ?",
        "UPDATE invoice SET email = 'thief@example.org' WHERE id = ?",
        "UPDATE invoice SET date = '2026-11-20' WHERE id = ?",
        "UPDATE invoice SET own_number = 'A' WHERE id = ?",
        "INSERT INTO attachment (invoice_id, name, type, bytes) VALUES (?, 'a.txt', 'text/plain', x'41')",
        "UPDATE schedule_run SET period = '2026-11-20' WHERE invoice_id = ?",
    ],
)
def test_a_draft_must_be_what_the_schedule_creates(ws: Workspace, schedule: Schedule, sql: str) -> None:
    draft = make_invoice(ws.store, schedule.id, TODAY, TODAY)
    assert draft is not None
    forge(ws, sql, draft.id)
    refused(ws, OTHER)


def test_stored_recipients_of_the_draft_are_not_used(ws: Workspace, schedule: Schedule) -> None:
    draft = make_invoice(ws.store, schedule.id, TODAY, TODAY)
    assert draft is not None
    assert draft.id is not None
    keep_composition(ws.store, draft.id, Composition(SenderKind.DEFAULT, "thief@example.org", "", "", "Pay", "Pay me"))
    refused(ws, OTHER)


def test_what_a_member_changes_stays_approved(ws: Workspace, schedule: Schedule, tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_text("Terms")
    with keeping_approval(ws):
        template = get_invoice(ws.store, schedule.invoice_id)
        save_draft(ws.store, replace(template, message="For {month}"))
        save_company(ws.store, replace(ws.company(), telephone="+1 514 555 0100"))
        attach_file(ws.store, schedule.invoice_id, tmp_path / "terms.txt", private=ws.locations.data)
        change_schedule(ws.store, schedule.id, MONTHLY, action=RecurringAction.SEND, prices=Prices.CURRENT)
    assert is_approved(ws, get_schedule(ws.store, schedule.id))
    # What was not approved before does not become so.
    _save_customer(ws, schedule, "thief@example.org")
    with keeping_approval(ws):
        save_company(ws.store, replace(ws.company(), telephone="+1 514 555 0101"))
    assert not is_approved(ws, get_schedule(ws.store, schedule.id))
    # And what was changed after it was shown is not approved.
    seen = what_is_approved(ws, schedule.id)
    _save_customer(ws, schedule, "another@example.org")
    with pytest.raises(ChangedElsewhere):
        approve_schedule(ws, schedule.id, seen)
    approve_schedule(ws, schedule.id, what_is_approved(ws, schedule.id))
    assert len(run_recurring(ws).queued) == 1


def _draft_again(ws: Workspace, one: Schedule) -> None:
    forge(
        ws,
        "UPDATE invoice SET standing = 'draft', reserved = number, number = NULL, delivery = NULL, version = 1"
        " WHERE id = (SELECT invoice_id FROM schedule_run WHERE schedule_id = ?)",
        one.id,
    )


def _another_draft(ws: Workspace, one: Schedule) -> None:
    template = get_invoice(ws.store, one.invoice_id)
    draft = save_draft(ws.store, invoice_of(ws.store, template, one, TODAY))
    forge(ws, "UPDATE schedule_run SET invoice_id = ? WHERE schedule_id = ?", draft.id, one.id)
    with ws.store.writing():
        write_journal(ws.store, "recurring", draft.id, schedule=str(one.id), period=TODAY.isoformat(), action="send")


def _skipped(ws: Workspace, one: Schedule) -> None:
    forge(ws, "UPDATE schedule_run SET skipped = 1, invoice_id = NULL WHERE schedule_id = ?", one.id)
    undo_skip(ws.store, one.id, TODAY)


def _new_schedule(ws: Workspace, one: Schedule) -> None:
    row = ws.store.rows("SELECT * FROM schedule WHERE id = ?", one.id)[0]
    forge(ws, "DELETE FROM schedule WHERE id = ?", one.id)
    forge(ws, f"INSERT INTO schedule VALUES ({', '.join('?' * len(row))})", *row)
    forge(ws, "UPDATE schedule SET next = ? WHERE id = ?", TODAY.isoformat(), one.id)


def _sent_before(ws: Workspace, one: Schedule, sql: str) -> None:
    forge(ws, sql, one.id)
    forge(ws, "UPDATE schedule SET next = ? WHERE id = ?", TODAY.isoformat(), one.id)


AGAIN: dict[str, Callable[[Workspace, Schedule], None]] = {
    "the run deleted": lambda ws, one: _sent_before(ws, one, "DELETE FROM schedule_run WHERE schedule_id = ?"),
    "the run moved": lambda ws, one: _sent_before(
        ws, one, "UPDATE schedule_run SET period = '2026-10-24' WHERE schedule_id = ?"
    ),
    "the invoice a draft again": _draft_again,
    "another draft in its place": _another_draft,
    "the run skipped, and the skip undone": _skipped,
    "the schedule deleted and written again": _new_schedule,
}


@pytest.mark.parametrize("name", AGAIN)
def test_no_date_is_sent_twice_whatever_somebody_wrote_into_the_file(
    ws: Workspace, schedule: Schedule, clock: Clock, name: str
) -> None:
    assert len(run_recurring(ws).queued) == 1
    forge(ws, "UPDATE delivery SET state = 'cancelled'")
    AGAIN[name](ws, schedule)
    refused(ws, SENT)
    # The next date is sent as usual.
    clock.go(days=31)
    assert len(run_recurring(ws).queued) == 1


def test_what_a_member_paused_skipped_or_deleted_is_not_sent(ws: Workspace, schedule: Schedule, clock: Clock) -> None:
    keep_approval(ws, partial(skip_period, ws.store, schedule.id, TODAY))
    forge(ws, "DELETE FROM schedule_run")
    forge(ws, "UPDATE schedule SET next = ?", TODAY.isoformat())
    refused(ws, UNAPPROVED)
    approve_schedule(ws, schedule.id)
    clock.go(days=31)
    keep_approval(ws, partial(pause_schedule, ws.store, schedule.id))
    forge(ws, "UPDATE schedule SET paused = 0")
    assert [*run_recurring(ws).unsent.values()] == [UNAPPROVED]
    forge(ws, "UPDATE schedule SET paused = 1")
    keep_approval(ws, partial(resume_schedule, ws.store, schedule.id))
    assert is_approved(ws, get_schedule(ws.store, schedule.id))
    deleted: list[DeletedSchedule] = []
    keep_approval(ws, lambda: deleted.append(delete_schedule(ws.store, schedule.id)))
    restore_schedule(ws.store, deleted[0])
    clock.go(days=31)
    assert [*run_recurring(ws).unsent.values()] == [UNAPPROVED]


def test_an_earlier_vault_with_the_earlier_dates_is_refused(ws: Workspace, schedule: Schedule) -> None:
    [[blob]] = ws.store.rows("SELECT blob FROM vault")
    assert len(run_recurring(ws).queued) == 1
    AGAIN["the run deleted"](ws, schedule)
    forge(ws, "UPDATE delivery SET state = 'cancelled'")
    forge(ws, "UPDATE vault SET blob = ?", blob)
    ran = run_recurring(ws)
    assert (len(ran.created), ran.queued) == (1, [])
    with pytest.raises(VaultChanged):
        ws.keys.vault.read()


def test_a_program_that_is_killed_while_it_queues_leaves_a_vault_that_opens(
    ws: Workspace, schedule: Schedule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What this person saw last of the vault is in a file, which is not part of the transaction."""
    seen, as_killed = ws.locations.data / "seen", tmp_path / "as killed"

    def killed(*_whatever: object) -> None:
        shutil.copytree(seen, as_killed)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("facturier.mail.sending.queue.write_seal", killed)
        with pytest.raises(KeyboardInterrupt):
            run_recurring(ws)
    shutil.rmtree(seen)
    as_killed.rename(seen)
    assert len(run_recurring(ws).queued) == 1
    assert is_approved(ws, schedule)


def test_an_earlier_approval_cannot_be_put_back(ws: Workspace, schedule: Schedule, clock: Clock) -> None:
    """Such as the one of a schedule that sent more often."""
    tables = ("schedule", "setting")
    before = {table: ws.store.rows(f"SELECT * FROM {table}") for table in tables}
    rarely = replace(MONTHLY, every=3)
    with keeping_approval(ws):
        change_schedule(ws.store, schedule.id, rarely, action=RecurringAction.SEND, prices=Prices.FIXED)
    assert len(run_recurring(ws).queued) == 1
    with ws.store.writing():
        for table, rows in before.items():
            for row in rows:
                ws.store.write(f"REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    forge(ws, "UPDATE schedule SET next = '2026-12-24'")
    clock.go(days=31)
    refused(ws, UNAPPROVED)


def test_a_date_that_was_invoiced_before_the_approval_is_not_sent(ws: Workspace) -> None:
    begin_members(ws)
    found = scheduled(ws)
    draft = make_invoice(ws.store, found.id, TODAY, TODAY)
    assert draft is not None
    issue_by_hand(ws.store, draft, ByHand.PAPER)
    approve_schedule(ws, found.id)
    AGAIN["the run deleted"](ws, found)
    refused(ws, SENT)


def test_approvals_survive_the_new_key_when_a_member_is_removed(
    ws: Workspace, schedule: Schedule, tmp_path: Path
) -> None:
    other = load_identity(tmp_path / "paul", ask_passphrase=None, keyring_backend=no_keyring())
    ws.keys.vault.admit(Member("paul", other.recipient))
    forged = scheduled(ws)
    key = ws.keys.vault.read().seal_key
    dismiss(ws, other.fingerprint)
    assert ws.keys.vault.read().seal_key != key
    assert [one.id for one in unapproved(ws)] == [forged.id]
    assert is_approved(ws, schedule)


def test_a_company_without_members_sends_as_before(ws: Workspace) -> None:
    found = scheduled(ws)
    FORGED["a line"](ws, found)
    approve_schedule(ws, found.id)
    assert unapproved(ws) == []
    assert len(run_recurring(ws).queued) == 1

"""In a company with members, a recurring invoice is sent automatically only as a member approved it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.senders.default import save_sender
from facturier.mail.sending.recurring import run_recurring
from facturier.mail.vault.identity import load_identity
from facturier.mail.vault.members import dismiss
from facturier.mail.vault.schedule_approval import (
    approve_schedule,
    is_approved,
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
from facturier.models.books.status import BookStatus, PeriodUnit, Prices, RecurringAction
from facturier.models.company.save_settings import save_company
from facturier.models.customers.saving import save_customer
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import ChangedElsewhere
from facturier.models.outbox.composition import Composition, keep_composition
from facturier.models.outbox.delivery import SenderKind
from facturier.models.recurring.changing import change_schedule, create_schedule
from facturier.models.recurring.making import make_invoice
from facturier.models.recurring.periods import Rhythm
from facturier.models.recurring.schedule import Schedule, get_schedule
from facturier.models.store.opening import open_company
from facturier.models.store.setting import write_setting
from tests.mail.people import no_keyring
from tests.models.making import TODAY, Clock, a_draft, a_store

MONTHLY = Rhythm(1, PeriodUnit.MONTH, TODAY)
UNAPPROVED = "No member has approved this schedule as it is now."
OTHER = "It is not what its schedule creates."


@pytest.fixture
def still() -> Clock:
    return Clock(datetime(2026, 11, 24, 17, tzinfo=UTC))


@pytest.fixture
def ws(tmp_path: Path, still: Clock) -> Iterator[Workspace]:
    (tmp_path / "out").mkdir()
    path = a_store(tmp_path, still, connected=False).path
    opened = open_workspace(
        open_company(path, clock=still, user="marie"), Locations(tmp_path / "data", tmp_path / "log"), Endpoints()
    )
    with opened.store.reading():
        yield opened


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


def test_an_approved_schedule_is_sent_month_after_month(ws: Workspace, schedule: Schedule, still: Clock) -> None:
    assert unapproved(ws) == []
    assert len(run_recurring(ws).queued) == 1
    still.go(days=31)
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
    with ws.store.writing():  # a mark that somebody made up
        write_setting(ws.store, "schedules_approved", f'{{"{found.id}": "{"0" * 64}"}}')
    assert not is_approved(ws, found)
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


def test_a_mark_serves_only_its_own_schedule(ws: Workspace, schedule: Schedule) -> None:
    other = scheduled(ws)
    with ws.store.writing():
        mark = ws.store.rows("SELECT json_extract(value, '$.' || ?) FROM setting WHERE key = 'schedules_approved'",
                             f'"{schedule.id}"')[0][0]  # fmt: skip
        write_setting(ws.store, "schedules_approved", f'{{"{schedule.id}": "{mark}", "{other.id}": "{mark}"}}')
    assert [one.id for one in unapproved(ws)] == [other.id]


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

"""The approval of recurring invoices: a member's program sends them automatically only as a member saved them.

Nobody looks at such an invoice before it is sealed. Everybody who can write the company file could create a schedule or
change its template. So the vault, which only members can change, has a digest of everything that decides what an
approved schedule sends and to whom, and the latest date that it has sent. What the company file says about dates that
were invoiced does not matter then.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from typing import Any

from facturier.mail.errors import Refused, VaultError
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.vault import Approved, Secrets
from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of, content_of
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import RecurringAction
from facturier.models.errors import ChangedElsewhere, DamagedRow
from facturier.models.recurring.schedule import (
    Schedule,
    all_schedules,
    get_schedule,
    last_invoiced,
    skipped_periods,
    some_send,
)
from facturier.models.settings.company import Company
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# What an invoice does not take from its template, or what follows from the rest of it and from the settings.
_NOT_APPROVED = {
    *("id", "number", "reserved", "book_status", "date", "due", "rates", "per_line", "kind", "source_id", "source"),
    *("answer", "answered", "handed_over", "paid", "delivery", "version", "own_number"),
}
# What recurring invoices do not take from the settings. The vault has the destination of the default sender.
_NOT_SAID = {
    *("sender", "undo", "practice", "reminders", "automatic_reminders", "messages", "series", "terms", "terms_rule"),
    *("inclusive", "removed_copies"),
}


def is_approved(ws: Workspace, schedule: Schedule) -> bool:
    """Return whether invoices of this schedule may be sent automatically. True in a company without members.

    Raises VaultError if this person cannot know, StoreError, DamagedRow.
    """
    if not has_members(ws):
        return True
    with ws.store.reading():
        template = get_invoice(ws.store, schedule.invoice_id)
        return has_mark(ws.store, ws.keys.vault.read(), schedule, template, ws.company())


def unapproved(ws: Workspace) -> list[Schedule]:
    """Return the active schedules that send and that no member approved, for a member to look at.

    Nobody else gets any. Raises StoreError.
    """
    found = [one for one in all_schedules(ws.store) if one.action is RecurringAction.SEND and one.status == "active"]
    waiting = []
    with suppress(VaultError):  # this person may not send
        for schedule in found:
            with suppress(DamagedRow):
                if not is_approved(ws, schedule):
                    waiting.append(schedule)
    return waiting


def what_is_approved(ws: Workspace, schedule_id: int) -> str:
    """Return what `approve_schedule` approves, as it is now. Raises ChangedElsewhere, StoreError, DamagedRow."""
    with ws.store.reading():
        schedule = get_schedule(ws.store, schedule_id)
        return _content(ws.store, schedule, get_invoice(ws.store, schedule.invoice_id), ws.company())


def approve_schedule(ws: Workspace, schedule_id: int, seen: str | None = None) -> None:
    """Record that a member approved a schedule. Nothing happens in a company without members.

    `seen` is what `what_is_approved` returned when it was shown. Raises ChangedElsewhere if it is something else now,
    VaultError if this person may not send.
    """
    if not has_members(ws):
        return
    ws.keys.vault.read()  # asks for a passphrase before the company is locked
    with ws.keys.vault.whole(), ws.store.writing():
        if seen is not None and seen != what_is_approved(ws, schedule_id):
            raise ChangedElsewhere(
                _("This schedule was changed in the meantime."), kept=_("It was not approved."), todo=_("Look again.")
            )
        _approve(ws, [get_schedule(ws.store, schedule_id)])


def approve_all_schedules(ws: Workspace) -> None:
    """Approve every schedule, when the first member is created: until then, everybody could send."""
    if schedules := all_schedules(ws.store):
        with ws.keys.vault.whole(), ws.store.writing():
            _approve(ws, schedules)


def create_approved(ws: Workspace, create: Callable[[], Schedule]) -> Schedule:
    """Create a schedule. If a member does it, it is approved, in the same transaction. Raises what `create` raises."""
    member = False
    with suppress(VaultError):
        if has_members(ws):
            ws.keys.vault.read()  # asks for a passphrase before the company is locked
            member = True
    with ws.keys.vault.whole() if member else nullcontext(), ws.store.writing():
        schedule = create()
        if member:
            approve_schedule(ws, schedule.id)
        return schedule


@contextmanager
def keeping_approval(ws: Workspace) -> Iterator[None]:
    """What a member changes inside stays approved, if it was approved before. What they delete is no longer approved.
    It is one transaction.

    For everybody else nothing happens: what they change must be approved again.
    """
    member = False
    if some_send(ws.store) and has_members(ws):
        with suppress(VaultError):
            member = bool(ws.keys.vault.read().schedules)  # asks for a passphrase before the company is locked
    if not member:
        yield
        return
    with ws.keys.vault.whole(), ws.store.writing():
        approved = {one.id for one in all_schedules(ws.store) if _is_approved_now(ws, one)}
        yield
        after = all_schedules(ws.store)
        changed = [one for one in after if one.id in approved and not _is_approved_now(ws, one)]
        _approve(ws, changed, ended=approved - {one.id for one in after})


def keep_approval(ws: Workspace, act: Callable[[], object]) -> None:
    """Call `act` inside `keeping_approval`. Raises what `act` raises."""
    with keeping_approval(ws):
        act()


def has_mark(store: Store, secrets: Secrets, schedule: Schedule, template: Invoice, company: Company) -> bool:
    """Return whether a member approved exactly this schedule, template and company. Raises StoreError, DamagedRow."""
    found = secrets.schedules.get(str(schedule.id))
    if found is None:  # the files of the template are not read for nothing
        return False
    return found.content == _digest(_content(store, schedule, template, company))


def is_sent(secrets: Secrets, schedule_id: int, period: date) -> bool:
    """Return whether an approved schedule has sent this period or a later one, whatever the company file says."""
    found = secrets.schedules.get(str(schedule_id))
    return found is None or period.isoformat() <= found.sent


def record_sent(ws: Workspace, schedule_id: int, period: date) -> None:
    """Record in the vault that a period is sent, inside the transaction that queues its invoice. Raises Refused if it
    was recorded before, VaultError."""

    def used(secrets: Secrets) -> Secrets:
        if is_sent(secrets, schedule_id, period):
            raise already_sent()
        sent = secrets.schedules[str(schedule_id)]._replace(sent=period.isoformat())
        return replace(secrets, schedules={**secrets.schedules, str(schedule_id): sent})

    ws.keys.vault.change(used)


def already_sent() -> Refused:
    return Refused(_("This schedule has already sent an invoice for this date or a later one."))


def digest_of_files(store: Store, invoice_id: int) -> tuple[tuple[str, str, str], ...]:
    """Return the name, type and SHA-256 of each file of an invoice. Raises StoreError, DamagedRow."""
    return tuple(
        (one.name, one.type, hashlib.sha256(content_of(store, one)).hexdigest())
        for one in attachments_of(store, invoice_id)
    )


def content_of_invoice(invoice: Invoice) -> str:
    """Return what is approved of a template, or the same of an invoice, as text that can be compared."""
    alike = replace(invoice, customer=replace(invoice.customer.on_invoice(), id=None))  # customers can be merged
    return json.dumps(_plain(alike, _NOT_APPROVED), sort_keys=True)


def _content(store: Store, schedule: Schedule, template: Invoice, company: Company) -> str:
    said = replace(company, subjects=_of_invoices(company.subjects), letters=_of_invoices(company.letters))
    approved = [
        [schedule.id, schedule.invoice_id, _plain(schedule.rhythm), schedule.action, schedule.prices],
        [schedule.paused, _plain(skipped_periods(store, schedule.id))],
        content_of_invoice(template),
        digest_of_files(store, schedule.invoice_id),
        _plain(said, _NOT_SAID),
        _plain(company.series_of("invoice")._replace(next={})),
    ]
    return json.dumps(approved, sort_keys=True)


def _of_invoices(texts: Mapping[str, str]) -> dict[str, str]:
    return {kind: text for kind, text in texts.items() if kind.startswith("invoice.")}


def _plain(value: Any, without: Collection[str] = ()) -> Any:
    """Return a value as JSON. Fields with their default value are left out, so that a field that a later version adds
    does not end approvals."""
    if is_dataclass(value):
        found = {one.name: getattr(value, one.name) for one in fields(value)}
        usual = {one.name: _default(one) for one in fields(value)}
        return {name: _plain(kept) for name, kept in found.items() if name not in without and kept != usual[name]}
    if isinstance(value, Mapping):
        return {str(key): _plain(kept) for key, kept in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(kept) for kept in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)


def _default(one: "Field[Any]") -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _is_approved_now(ws: Workspace, schedule: Schedule) -> bool:
    with suppress(DamagedRow):
        return is_approved(ws, schedule)
    return False


def _approve(ws: Workspace, schedules: Sequence[Schedule], *, ended: Collection[int] = ()) -> None:
    """Write the approval of these schedules into the vault, inside the caller's transaction, and end that of others.

    What they have invoiced counts as sent. Raises VaultError.
    """
    company, today = ws.company(), ws.today()
    new = {str(schedule_id): Approved("") for schedule_id in ended}
    for schedule in schedules:
        with suppress(DamagedRow):
            content = _content(ws.store, schedule, get_invoice(ws.store, schedule.invoice_id), company)
            invoiced = last_invoiced(ws.store, schedule.id, today)
            new[str(schedule.id)] = Approved(_digest(content), invoiced.isoformat() if invoiced else "")

    def approve(secrets: Secrets) -> Secrets:
        approved = dict(secrets.schedules)
        for key, one in new.items():
            known = approved[key].sent if key in approved else ""
            approved[key] = one._replace(sent=max(one.sent, known))
        return replace(secrets, schedules=approved)

    if new:
        ws.keys.vault.change(approve)

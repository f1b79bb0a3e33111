"""The approval of recurring invoices: a member's program sends them automatically only as a member saved them.

Nobody looks at such an invoice before it is sealed. Everybody who can write the company file could create a schedule or
change its template. So a schedule that sends has a mark, which only members can make, over everything that decides what
is sent and to whom.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from typing import Any

from facturier.mail.errors import VaultError
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.vault import Secrets
from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of, content_of
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import RecurringAction
from facturier.models.errors import ChangedElsewhere, DamagedRow, FacturierError
from facturier.models.recurring.schedule import Schedule, all_schedules, get_schedule
from facturier.models.settings.company import Company
from facturier.models.settings.settings import read_company
from facturier.models.store.setting import read_setting, write_setting
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

_MARKS = "schedules_approved"  # the setting with the mark of each schedule, by its id
_PURPOSE = "facturier schedules 1"
# What an invoice does not take from its template, or what follows from the rest of it and from the settings.
_NOT_APPROVED = {
    *("id", "number", "reserved", "book_status", "date", "due", "rates", "per_line", "kind", "source_id", "source"),
    *("answer", "answered", "handed_over", "paid", "delivery", "version", "own_number"),
}
# What recurring invoices do not take from the settings. The vault has the destination of the default sender.
_NOT_SAID = {
    *("sender", "undo", "practice", "reminders", "automatic_reminders", "messages", "series", "terms", "terms_rule"),
    "inclusive",
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
    secrets = ws.keys.vault.read()
    with ws.store.writing():
        content = what_is_approved(ws, schedule_id)
        if seen is not None and seen != content:
            raise ChangedElsewhere(
                _("This schedule was changed in the meantime."), kept=_("It was not approved."), todo=_("Look again.")
            )
        _write_marks(ws.store, {schedule_id: _mark(secrets, content)})


def approve_all_schedules(ws: Workspace) -> None:
    """Approve every schedule, when the first member is created: until then, everybody could send."""
    for schedule in all_schedules(ws.store):
        with suppress(DamagedRow):
            approve_schedule(ws, schedule.id)


def create_approved(ws: Workspace, create: Callable[[], Schedule]) -> Schedule:
    """Create a schedule. If a member does it, it is approved, in the same transaction. Raises what `create` raises."""
    member = False
    with suppress(VaultError):
        if has_members(ws):
            ws.keys.vault.read()  # asks for a passphrase before the company is locked
            member = True
    with ws.store.writing():
        schedule = create()
        if member:
            approve_schedule(ws, schedule.id)
        return schedule


@contextmanager
def keeping_approval(ws: Workspace) -> Iterator[None]:
    """What a member changes inside stays approved, if it was approved before. It is one transaction.

    For everybody else nothing happens: what they change must be approved again.
    """
    approved: list[int] | None = None
    if _marks(ws.store) and has_members(ws):
        with suppress(VaultError):
            ws.keys.vault.read()  # asks for a passphrase before the company is locked
            approved = []
    if approved is None:
        yield
        return
    with ws.keys.vault.whole(), ws.store.writing():
        secrets = ws.keys.vault.read()
        approved = _approved(ws.store, secrets)
        yield
        _approve_these(ws.store, ws.keys.vault.read(), approved)


def approve_schedules_again(store: Store, before: Secrets, after: Secrets) -> None:
    """Renew the valid marks for the new key of the members, inside the caller's transaction."""
    _approve_these(store, after, _approved(store, before))


def has_mark(store: Store, secrets: Secrets, schedule: Schedule, template: Invoice, company: Company) -> bool:
    """Return whether a member approved exactly this schedule, template and company. Raises StoreError, DamagedRow."""
    found = _marks(store).get(str(schedule.id), "")
    if not found:  # the files of the template are not read for nothing
        return False
    return hmac.compare_digest(found.encode(), _mark(secrets, _content(store, schedule, template, company)).encode())


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


def _mark(secrets: Secrets, content: str) -> str:
    return hmac.new(secrets.seal_key.encode(), json.dumps([_PURPOSE, content]).encode(), "sha256").hexdigest()


def _marks(store: Store) -> dict[str, str]:
    with suppress(DamagedRow, ValueError):
        found = json.loads(read_setting(store, _MARKS) or "{}")
        if isinstance(found, dict):
            return {schedule_id: mark for schedule_id, mark in found.items() if isinstance(mark, str)}
    return {}


def _write_marks(store: Store, new: Mapping[int, str]) -> None:
    """Add marks, and remove those of schedules that were deleted."""
    known = {str(schedule.id) for schedule in all_schedules(store)}
    marks = _marks(store) | {str(schedule_id): mark for schedule_id, mark in new.items()}
    write_setting(store, _MARKS, json.dumps({one: mark for one, mark in marks.items() if one in known}))


def _approved(store: Store, secrets: Secrets) -> list[int]:
    """Return the ids of the approved schedules."""
    company, approved = read_company(store), []
    for schedule in all_schedules(store) if _marks(store) else ():
        with suppress(FacturierError):
            template = get_invoice(store, schedule.invoice_id)
            if has_mark(store, secrets, schedule, template, company):
                approved.append(schedule.id)
    return approved


def _approve_these(store: Store, secrets: Secrets, ids: list[int]) -> None:
    if not ids:
        return
    company, new = read_company(store), {}
    for schedule_id in ids:
        with suppress(FacturierError):  # it was deleted
            schedule = get_schedule(store, schedule_id)
            template = get_invoice(store, schedule.invoice_id)
            new[schedule_id] = _mark(secrets, _content(store, schedule, template, company))
    _write_marks(store, new)

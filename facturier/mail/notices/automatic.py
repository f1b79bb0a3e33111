"""Queue the reminders that are due, once a day, if the company has automatic reminders.

Any number of processes may do this at once, and be killed at any point: each reminder has a unique key, and the day
counts as done only at the end. A reminder that needs a person's decision is not sent: an alert is raised for it.
"""

import logging
from dataclasses import dataclass, field

from facturier.mail.notices.chase import due_today, send_due
from facturier.mail.senders.access import blocker, check_sender
from facturier.mail.senders.choices import choices
from facturier.mail.vault.approval import are_approved
from facturier.mail.workspace import Workspace
from facturier.models.chasing.automatic import finish_day, is_time, sent_on
from facturier.models.chasing.due_levels import Chased
from facturier.models.errors import (
    AlreadyOpen,
    AlreadySent,
    ChangedElsewhere,
    DamagedRow,
    FacturierError,
    StoreError,
    Unwanted,
)
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.reminder_keys import ReminderKey
from facturier.models.outbox.undone import undone
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _, labelled

_log = logging.getLogger(__name__)
# Another process was faster, or a payment was: nothing is wrong.
_OVERTAKEN = (AlreadySent, AlreadyOpen, ChangedElsewhere, Unwanted)


@dataclass(slots=True)
class ReminderRun:
    """What was done: the reminders that were queued, and how many wait for a person. `reason` says why none was
    queued."""

    queued: list[Delivery] = field(default_factory=list)
    waiting: int = 0
    reason: str = ""


def is_sent_automatically(company: Company, days: int) -> bool:
    """Return whether reminders of the level `days` are sent automatically."""
    automatic = company.automatic_reminders
    return automatic.on and (automatic.until is None or days <= automatic.until)


def run_reminders(ws: Workspace, *, at_once: bool = False) -> ReminderRun:
    """Queue the reminders of today, if it is time and this person may send. `at_once` sends without the time to undo.

    Of each invoice, only the latest level that is due is sent, but not on the day on which the customer got it.
    If there are too many reminders, none is sent, and an alert asks a person to review them. In a company with members,
    nothing is sent with settings that no member saved.
    Raises StoreError if the company file cannot be used: a later call goes on.
    """
    ran = ReminderRun()
    company = ws.company()
    if not is_time(ws.store, company.automatic_reminders, ws.clock().astimezone()) or not _may_send(ws, company):
        return ran
    if not are_approved(ws, company):
        ran.reason = _(
            "Reminders are not sent automatically: someone without permission to send changed the reminder settings. "
            "A member can review and save them."
        )
        return ran
    with ws.store.reading():  # one connection for all of it
        today = ws.today()
        levels = tuple(level.days for level in company.levels if is_sent_automatically(company, level.days))
        found = {_key(one): one for one in due_today(ws, levels)}
        for key in undone(ws.store, found):
            del found[key]
        today_sent = sent_on(ws.store, {one.id for one in found.values()}, today)
        found = {key: one for key, one in found.items() if one.id not in today_sent}
        waiting: dict[str, str] = {}
        most = company.automatic_reminders.most
        if len(found) > most:
            ran.reason = _("More than {most} are due at once.").format(most=most)
            waiting = dict.fromkeys(found, "")
            found = {}
        for key, chased in found.items():
            if ws.stop.is_set() or not ws.company().automatic_reminders.on:
                return ran
            try:
                ran.queued.append(send_due(ws, chased, not_before=ws.clock() if at_once else None, automatic=True))
            except _OVERTAKEN:
                continue
            except StoreError as error:
                if not isinstance(error, DamagedRow):
                    raise
                waiting[key] = labelled(chased.number, error)
            except FacturierError as error:
                waiting[key] = labelled(chased.number, error)
            except Exception as error:  # noqa: BLE001 - an unexpected error must not stop the other reminders
                _log.exception("reminder of invoice %s", chased.id)
                words = _("An unexpected error occurred ({kind}).").format(kind=type(error).__name__)
                waiting[key] = labelled(chased.number, words)
        ran.waiting = len(waiting)
        finish_day(ws.store, today, waiting, ran.reason)
    return ran


def _key(chased: Chased) -> str:
    return str(ReminderKey(chased.id, chased.days, chased.due))


def _may_send(ws: Workspace, company: Company) -> bool:
    """Return whether a reminder that is queued by this person now would be sent now."""
    found = choices(ws)
    if not found or blocker(ws, found[0].sender_kind, company) is not None:
        return False
    try:
        return not check_sender(ws, found[0].sender_kind, company)
    except FacturierError:
        return False

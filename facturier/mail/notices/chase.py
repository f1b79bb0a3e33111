"""Send the reminders that are due today: check them all first, then queue one after the other."""

from dataclasses import replace
from datetime import datetime

from facturier.mail.errors import Refused
from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import make_reminder
from facturier.mail.sending.batch import MOST, Checked
from facturier.mail.sending.checks.checks import Finding
from facturier.mail.workspace import Workspace
from facturier.models.chasing.due_levels import Chased, to_chase
from facturier.models.errors import ChangedElsewhere, FacturierError
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.text.i18n import _


def due_today(ws: Workspace, levels: tuple[int, ...] | None = None) -> list[Chased]:
    """Return the invoices that should get a reminder today, oldest first, at most as many as Gmail sends in a day.

    With `levels`, only those whose level is one of these days.
    """
    with ws.store.reading():  # one connection for all of it
        all_levels = [level.days for level in ws.company().levels]
        found = to_chase(ws.store, all_levels, ws.today(), limit=MOST if levels is None else None)
        return found if levels is None else [one for one in found if one.days in levels][:MOST]


def check_reminder(ws: Workspace, chased: Chased) -> Checked:
    """Check the reminder of an invoice without making its PDF."""
    try:
        reminder = make_reminder(ws, chased.id, document=False)
    except FacturierError as error:
        nothing = Composition(SenderKind.DEFAULT, "", "", "", "", "")
        return Checked(chased.id, 0, nothing, Envelope("", ()), "", (Finding("error", "", str(error)),))
    notice = reminder.notice
    errors = [
        *notice.problems,
        *([] if reminder.days == chased.days else [_("A different reminder level is due now.")]),
    ]
    findings = (
        *(Finding("error", "", text) for text in errors),
        *(Finding("warning", "", text) for text in reminder.warnings),
    )
    to, cc, bcc = (", ".join(some) for some in (notice.envelope.to, notice.envelope.cc, notice.envelope.bcc))
    composition = Composition(notice.sender_kind, to, cc, bcc, notice.subject, notice.letter.plain)
    return Checked(chased.id, notice.invoice.version, composition, notice.envelope, notice.subject, findings)


def send_due(
    ws: Workspace,
    chased: Chased,
    *,
    overrule: bool = False,
    not_before: datetime | None = None,
    automatic: bool = False,
) -> Delivery:
    """Put the reminder of an invoice in the outbox, as it was listed. Warnings prevent that unless `overrule` is set.

    The history says if it was queued automatically.

    Raises Refused, ChangedElsewhere if the level or the balance has changed, and what `send_notice` raises.
    """
    reminder = make_reminder(ws, chased.id)
    if (reminder.days, reminder.notice.stated) != (chased.days, chased.balance.minor):
        raise ChangedElsewhere(
            _("The invoice has changed since it was listed."),
            kept=_("No reminder was sent."),
            todo=_("Review the reminder, then send it."),
        )
    if reminder.warnings and not overrule and reminder.ready:
        raise Refused(" ".join(reminder.warnings), kept=_("No reminder was sent."), todo=_("Fix it, or send anyway."))
    notice = reminder.notice
    if automatic:
        notice = replace(notice, automatic=True)
    return send_notice(ws, notice, not_before=not_before)

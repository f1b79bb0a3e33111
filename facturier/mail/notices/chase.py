"""Send the reminders that are due today: check them all first, then queue one after the other."""

from dataclasses import dataclass
from datetime import datetime

from facturier.mail.errors import Refused
from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import Reminder, make_reminder
from facturier.mail.sending.batch import MOST
from facturier.mail.workspace import Workspace
from facturier.models.chasing.due_levels import Chased, to_chase
from facturier.models.errors import ChangedElsewhere, FacturierError
from facturier.models.outbox.delivery import Delivery, Envelope
from facturier.models.text.i18n import _


@dataclass(frozen=True, slots=True)
class Checked:
    """An invoice to chase with the result of checking its reminder. `reminder` is None if it could not be made."""

    chased: Chased
    reminder: Reminder | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def envelope(self) -> Envelope:
        return self.reminder.notice.envelope if self.reminder is not None else Envelope("", ())

    @property
    def subject(self) -> str:
        return self.reminder.notice.subject if self.reminder is not None else ""

    def may_go(self, *, overrule: bool) -> bool:
        """Return whether it can be sent. Errors always prevent that; warnings do unless `overrule` is set."""
        return not self.errors and (overrule or not self.warnings)


def due_today(ws: Workspace, levels: "tuple[int, ...] | None" = None) -> list[Chased]:
    """Return the invoices that should get a reminder today, oldest first, at most as many as Gmail sends in a day.

    With `levels`, only those whose level is one of these days.
    """
    all_levels = [level.days for level in ws.company().levels]
    found = to_chase(ws.store, all_levels, ws.today(), limit=MOST if levels is None else None)
    return found if levels is None else [one for one in found if one.days in levels][:MOST]


def check_reminder(ws: Workspace, chased: Chased) -> Checked:
    """Check the reminder of an invoice without making its PDF."""
    try:
        reminder = make_reminder(ws, chased.id, document=False)
    except FacturierError as error:
        return Checked(chased, None, (str(error),), ())
    errors = reminder.notice.problems
    if reminder.days != chased.days:
        errors = (*errors, _("Another level is due by now."))
    return Checked(chased, reminder, errors, reminder.warnings)


def send_due(ws: Workspace, chased: Chased, *, overrule: bool = False, not_before: datetime | None = None) -> Delivery:
    """Put the reminder of an invoice in the outbox, as it was listed. Warnings prevent that unless `overrule` is set.

    Raises Refused, ChangedElsewhere if the level or the balance is another one by now, and what `send_notice` raises.
    """
    reminder = make_reminder(ws, chased.id)
    if (reminder.days, reminder.notice.stated) != (chased.days, chased.balance.minor):
        raise ChangedElsewhere(
            _("The invoice has changed since it was listed."), kept=_("No reminder was sent."), todo=_("Look again.")
        )
    if reminder.warnings and not overrule and reminder.ready:
        raise Refused(" ".join(reminder.warnings), kept=_("No reminder was sent."), todo=_("Fix it, or send anyway."))
    return send_notice(ws, reminder.notice, not_before=not_before)

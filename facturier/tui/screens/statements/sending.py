"""Send several statements: check each first, then queue those that can be sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from facturier.mail.notices.statement import StatementEmail, send_as_seen, statement_email
from facturier.mail.senders.registry import sender_type
from facturier.mail.sending.checks.checks import daily_limit
from facturier.mail.workspace import Workspace
from facturier.models.errors import AlreadySent
from facturier.models.outbox.delivery import Delivery
from facturier.models.receivables.accounts import Account
from facturier.models.reports.period import Period
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, labelled, ngettext
from facturier.tui.errors.faults import as_problem

_SHOWN = 5  # reasons that a dialog shows

Tell = Callable[[int], None]  # is told how many are done
Enough = Callable[[], bool]  # whether to stop


@dataclass
class Batch:
    """What can be sent and what cannot. `reasons` says why, one line for each account. Nothing is queued yet."""

    ready: list[StatementEmail] = field(default_factory=list)
    sent_today: int = 0
    reasons: list[str] = field(default_factory=list)

    def details(self, ws: Workspace) -> str:
        """Return what a person should know before sending, in lines."""
        lines = []
        if self.ready:
            lines.append(_("The sender is {address}.").format(address=self.ready[0].envelope.sender))
            if undo := ws.company().undo:
                words = _("You can undo each send for {seconds} seconds, and for as long as it is waiting.")
                lines.append(words.format(seconds=undo))
            sender = sender_type(self.ready[0].sender_kind, ws.company())
            lines.append(daily_limit([email.envelope for email in self.ready], sender))
        if self.sent_today:
            words = ngettext("{count} was already sent today.", "{count} were already sent today.", self.sent_today)
            lines.append(words.format(count=self.sent_today))
        if self.reasons:
            words = ngettext("{count} is not included:", "{count} are not included:", len(self.reasons))
            lines += [words.format(count=len(self.reasons)), *self.reasons]
        return "\n".join(line for line in lines if line)


def shortened(reasons: Sequence[str]) -> list[str]:
    """Return the first reasons, and how many more there are."""
    more = len(reasons) - _SHOWN
    rest = [_("… and {count} more").format(count=more)] if more > 0 else []
    return [*reasons[:_SHOWN], *rest]


def check_all(
    ws: Workspace, accounts: Sequence[Account], period: Period | None, told: Tell, enough: Enough = lambda: False
) -> Batch:
    """Check the statement of each account. One with a warning is not included: it can be sent on its own."""
    batch = Batch()
    with ws.store.reading():
        for done, account in enumerate(accounts):
            if enough():
                break
            told(done)
            try:
                email = statement_email(ws, account.customer_id, account.currency, period)
            except Exception as error:  # noqa: BLE001 - logged there; the others can still be checked
                batch.reasons.append(_reason(account, str(as_problem(error))))
                continue
            if email.sent_today:
                batch.sent_today += 1
            elif email.findings:
                batch.reasons.append(_reason(account, email.findings[0].text))
            else:
                batch.ready.append(email)
    return batch


def queue_all(
    ws: Workspace, emails: Sequence[StatementEmail], told: Tell, enough: Enough
) -> tuple[list[Delivery], list[str]]:
    """Queue one statement after the other. Return the deliveries, and why others were not queued."""
    queued: list[Delivery] = []
    reasons: list[str] = []
    for done, email in enumerate(emails):
        if enough():
            break
        told(done)
        try:
            queued.append(send_as_seen(ws, email))
        except AlreadySent:  # another window was faster
            continue
        except Exception as error:  # noqa: BLE001 - logged there; the others can still be queued
            reasons.append(labelled(clean(email.customer.name), as_problem(error)))
    return queued, reasons


def _reason(account: Account, text: str) -> str:
    return labelled(clean(account.name), text)

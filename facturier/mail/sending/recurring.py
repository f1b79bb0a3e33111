"""Create the recurring invoices that are due, and queue those that their schedules send.

Any number of processes may do this at once, and be killed at any point. `make_invoice` creates the draft of a period
once, and the journal entry of the draft says that it must be sent. The next process queues the drafts that were not
queued, and the outbox accepts each period of a schedule only once.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import timedelta

from facturier.mail.errors import Refused
from facturier.mail.senders.access import blocker
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import Period, queue
from facturier.mail.sending.recurring_approval import not_approved
from facturier.mail.vault.permission import refusal
from facturier.mail.vault.schedule_approval import already_sent
from facturier.mail.workspace import Workspace
from facturier.models.books.exchange_rates import RECENT
from facturier.models.books.invoice import Invoice
from facturier.models.errors import AlreadyOpen, AlreadySent, ChangedElsewhere, FacturierError, NoSuchInvoice
from facturier.models.outbox.delivery import Delivery
from facturier.models.recurring.making import FRESH, Unsent, give_up_sending, make_invoice, unsent_invoices
from facturier.models.recurring.schedule import Schedule, due_schedules, get_schedule
from facturier.models.settings.company import Company
from facturier.models.text.i18n import _

# How long an invoice waits for somebody who may send it, before an alert says that it was not sent.
PATIENCE = timedelta(days=1)


@dataclass(slots=True)
class Ran:
    """What was done. `waiting` has the schedules of which several periods are due, so that a person must decide.

    `unsent` has the reason why an invoice remained a draft, by its id.
    """

    created: list[Invoice] = field(default_factory=list)
    queued: list[Delivery] = field(default_factory=list)
    waiting: list[Schedule] = field(default_factory=list)
    unsent: dict[int, str] = field(default_factory=dict)
    problems: list[FacturierError] = field(default_factory=list)


def run_recurring(
    ws: Workspace,
    *,
    catch_up: Collection[int] | None = (),
    only: Collection[int] | None = None,
    at_once: bool = False,
) -> Ran:
    """Create the invoice of each schedule that is due, and queue what is to be sent.

    If several periods of a schedule are due, a person decides: they are created only for the schedules in `catch_up`,
    or for all if that is None. For the others an alert is raised. `only` limits it to some schedules. `at_once` sends
    without the time to undo. In a company with members, what no member approved remains a draft. In a copy of the
    company nothing is done. Raises StoreError if the company file cannot be used.
    """
    ran = Ran()
    if refusal(ws) is not None:
        return ran
    with ws.store.reading():
        today = ws.today()
        for schedule_id in due_schedules(ws.store, today):
            if only is None or schedule_id in only:
                try:
                    _create(ws, ran, schedule_id, today, all_due=catch_up is None or schedule_id in catch_up)
                except FacturierError as error:
                    ran.problems.append(error)
        for unsent in unsent_invoices(ws.store):
            try:
                _send(ws, ran, unsent, at_once=at_once)
            except FacturierError as error:  # it is tried again
                ran.problems.append(error)
    return ran


def _create(ws: Workspace, ran: Ran, schedule_id: int, today: Day, *, all_due: bool) -> None:
    for period in get_schedule(ws.store, schedule_id).due(today):
        if (draft := make_invoice(ws.store, schedule_id, period, today, alone=not all_due)) is None:
            break
        ran.created.append(draft)
    schedule = get_schedule(ws.store, schedule_id)
    if not schedule.paused and schedule.due(today):
        ran.waiting.append(schedule)


def _send(ws: Workspace, ran: Ran, unsent: Unsent, *, at_once: bool) -> None:
    def give_up(reason: str) -> None:
        if give_up_sending(ws.store, unsent.invoice_id, reason):
            ran.unsent[unsent.invoice_id] = reason

    if unsent.changed:
        give_up(_("It was changed before it could be sent."))
        return
    try:
        composition = compose(ws, unsent.invoice_id)
        if (barred := blocker(ws, composition.sender_kind)) is not None:
            if ws.clock() - unsent.made >= PATIENCE:
                give_up(str(barred))
            return
        prepared = prepare(ws, unsent.invoice_id, composition)
        if prepared.invoice.version != FRESH:
            return
        if reason := not_approved(ws, unsent, prepared):
            give_up(reason)
            return
        if _lacks_rate(prepared.invoice, prepared.company):
            words = _("No exchange rate for {currency} was entered in the last {days} days. Enter the rate of the day.")
            give_up(words.format(currency=prepared.invoice.currency, days=RECENT.days))
            return
        if not prepared.ready:
            give_up(" ".join(finding.text for finding in prepared.findings if finding.level == "error"))
            return
        period = Period(unsent.schedule_id, unsent.period)
        ran.queued.append(queue(ws, prepared, not_before=ws.clock() if at_once else None, period=period))
    except AlreadySent:
        give_up(str(already_sent()))
    except (AlreadyOpen, ChangedElsewhere, NoSuchInvoice):
        return  # another process has queued it, or somebody has changed or deleted it
    except Refused as refused:
        give_up(str(refused))


def _lacks_rate(invoice: Invoice, company: Company) -> bool:
    """Whether taxes in another currency cannot be reported in the company's own."""
    taxed = any(tax.amount for tax in invoice.totals.taxes)
    return taxed and invoice.currency != company.currency and not invoice.exchange_rate

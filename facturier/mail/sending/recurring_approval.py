"""Whether a recurring invoice is what a member approved: nobody looks at it before it is sealed and sent."""

from dataclasses import replace

from facturier.mail.sending.compose import first_composition, is_unchanged
from facturier.mail.sending.prepare import Prepared
from facturier.mail.vault.permission import has_members
from facturier.mail.vault.schedule_approval import (
    already_sent,
    content_of_invoice,
    digest_of_files,
    has_mark,
    is_sent,
)
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import RecurringAction
from facturier.models.drafts.drafts import with_rates
from facturier.models.recurring.filling import invoice_of
from facturier.models.recurring.making import Unsent
from facturier.models.recurring.schedule import get_schedule
from facturier.models.settings.line import as_kept
from facturier.models.text.i18n import _


def not_approved(ws: Workspace, unsent: Unsent, prepared: Prepared) -> str:
    """Return why this message must not be sent without a look, or an empty text. Always empty in a company without
    members.

    The schedule, its template and the settings must be as a member approved them, and the message must be what they
    make of the period. Everybody can write drafts into the company file. Raises VaultError if this person may not send,
    StoreError, DamagedRow.
    """
    if not has_members(ws):
        return ""
    secrets = ws.keys.vault.read()
    with ws.store.reading():
        schedule = get_schedule(ws.store, unsent.schedule_id)
        template = get_invoice(ws.store, schedule.invoice_id)
        approved = schedule.action is RecurringAction.SEND and has_mark(
            ws.store, secrets, schedule, template, prepared.company
        )
        if not approved:
            return _("No member has approved this schedule as it is now.")
        if is_sent(secrets, schedule.id, unsent.period):
            return str(already_sent())
        wanted = invoice_of(ws.store, template, schedule, unsent.period)
        wanted = with_rates(ws.store, wanted, prepared.company)
        files = digest_of_files(ws.store, schedule.invoice_id)
    first = first_composition(prepared.invoice, prepared.company, prepared.composition.sender_kind)
    alike = (
        next(schedule.rhythm.since(unsent.period), None) == unsent.period
        and unsent.period <= ws.today()
        and _whole(wanted) == _whole(prepared.invoice)
        and files == prepared.digests
        and is_unchanged(prepared.composition, first)
    )
    return "" if alike else _("It is not what its schedule creates.")


def _whole(invoice: Invoice) -> tuple[object, ...]:
    """Return everything that the customer can see."""
    lines = tuple(as_kept(line, invoice.currency) for line in invoice.lines)
    numbered = invoice.own_number, invoice.reserved
    beside = invoice.kind, invoice.date, invoice.due, invoice.rates, invoice.per_line, invoice.source, numbered
    return content_of_invoice(replace(invoice, lines=lines)), beside

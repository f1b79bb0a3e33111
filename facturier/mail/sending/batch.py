"""Send several invoices: check them all first, then queue one after the other."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from facturier.mail.errors import Refused
from facturier.mail.sending.checks.addresses import DomainChecker
from facturier.mail.sending.checks.checks import Finding
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import prepare
from facturier.mail.sending.queue import queue
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import InvoiceRow
from facturier.models.books.status import OPEN, BookStatus
from facturier.models.errors import ChangedElsewhere, InputError
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import SortKey, View
from facturier.models.outbox.composition import Composition
from facturier.models.outbox.delivery import Delivery, Envelope, SenderKind
from facturier.models.store.store import Store
from facturier.models.text.i18n import _

# The number of messages that a user can send per day ("Gmail sending limits", Google Workspace).
MOST = 2000
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking one invoice. Nothing was queued, and no number was assigned."""

    id: int
    version: int
    composition: Composition
    envelope: Envelope
    subject: str
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == "warning")

    def may_go(self, *, overrule: bool) -> bool:
        """Return whether it can be sent. Errors always prevent that; warnings do unless `overrule` is set."""
        return not self.errors and (overrule or not self.warnings)


def blockers(findings: Collection[Finding], *, overrule: bool, again: bool) -> tuple[Finding, ...]:
    """Return the findings that prevent a message from being sent.

    Errors always do. `overrule` ignores warnings, except the warning that the invoice was already sent to an address,
    which `again` ignores.
    """
    return tuple(
        finding for finding in findings if finding.level == "error" or not (again if finding.again else overrule)
    )


def to_send(store: Store, view: View, today: date) -> list[InvoiceRow]:
    """Return the invoices of a view that can be sent, oldest first. Void and unfinished ones are not included.

    Raises InputError if there are more than Gmail sends per day.
    """
    listing = Listing(store, replace(view, sort=SortKey.DATE, descending=False), today)
    rows: list[InvoiceRow] = []
    page = listing.first(_PAGE)
    while page:
        rows += [row for row in page if row.book_status is not BookStatus.VOID and row.delivery not in OPEN]
        _not_too_many(len(rows))
        page = listing.after(page[-1].id, _PAGE)
    return rows


def these(store: Store, ids: Collection[int], today: date) -> list[InvoiceRow]:
    """Return the invoices with these ids, oldest first. Raises InputError if they are more than Gmail sends per day."""
    _not_too_many(len(ids))
    return Listing(store, View(sort=SortKey.DATE, descending=False), today).rows(tuple(ids))


def _not_too_many(count: int) -> None:
    if count > MOST:
        words = _("Gmail can send at most {most} invoices a day. Choose fewer.")
        raise InputError(words.format(most=MOST))


def check(
    ws: Workspace, invoice_id: int, sender_kind: SenderKind | None = None, *, sent: datetime | None = None
) -> Checked:
    """Prepare the message for an invoice and return the findings, without keeping the message. Raises
    NoSuchInvoice."""
    composition = compose(ws, invoice_id)
    if sender_kind is not None:
        composition = replace(composition, sender_kind=sender_kind)
    prepared = prepare(ws, invoice_id, composition, sent=sent)
    return Checked(
        invoice_id, prepared.invoice.version, composition, prepared.envelope, prepared.subject, prepared.findings
    )


def with_domains(checked: Checked, domains: DomainChecker) -> Checked:
    """Return the result with warnings from DNS about the recipients' domains added."""
    domains.ask(checked.envelope.recipients)
    return replace(checked, findings=(*checked.findings, *domains.warnings(checked.envelope.recipients)))


def queue_checked(
    ws: Workspace, checked: Checked, *, overrule: bool = False, not_before: datetime | None = None
) -> Delivery:
    """Put the invoice in the outbox as it was checked. Warnings prevent that unless `overrule` is set.

    Raises ChangedElsewhere if the message is no longer what was checked, Refused if a finding prevents it, and the
    errors of `queue`.
    """
    prepared = prepare(ws, checked.id, checked.composition, sent=not_before)
    errors = [finding.text for finding in prepared.findings if finding.level == "error"]
    if errors:
        raise Refused(" ".join(errors), kept=_("Nothing was sent."))
    known = set(checked.findings)
    new = any(finding not in known for finding in prepared.findings)
    if new or (prepared.invoice.version, prepared.envelope) != (checked.version, checked.envelope):
        raise ChangedElsewhere(
            _("The invoice or its sender has changed since it was checked."),
            kept=_("Nothing was sent."),
            todo=_("Review it, then send it."),
        )
    if not checked.may_go(overrule=overrule):
        raise Refused(
            " ".join(finding.text for finding in checked.warnings),
            kept=_("Nothing was sent."),
            todo=_("Fix it, or send anyway."),
        )
    return queue(ws, prepared, not_before=not_before)

"""Several invoices at once: first a look at what each would do, then one after the other into the outbox."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from facturier.mail.errors import Refused
from facturier.mail.sending.addresses import DomainChecker
from facturier.mail.sending.checks import Finding
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

# Google Workspace, "Gmail sending limits": messages a user may send in a day.
MOST = 2000
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """One invoice as it would leave now. Nothing was put in the outbox, and no number given."""

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
        """Errors keep it; warnings do too unless they are overruled."""
        return not self.errors and (overrule or not self.warnings)


def blockers(findings: Collection[Finding], *, overrule: bool, again: bool) -> tuple[Finding, ...]:
    """What keeps a message from leaving where `overrule` answers warnings, except that it went there already, which
    `again` answers."""
    return tuple(
        finding for finding in findings if finding.level == "error" or not (again if finding.again else overrule)
    )


def to_send(store: Store, view: View, today: date) -> list[InvoiceRow]:
    """The invoices of a view that can be sent, the oldest first: not void, none of their deliveries unfinished.
    Raises InputError where there are more than Gmail sends in a day."""
    listing = Listing(store, replace(view, sort=SortKey.DATE, descending=False), today)
    rows: list[InvoiceRow] = []
    page = listing.first(_PAGE)
    while page:
        rows += [row for row in page if row.book_status is not BookStatus.VOID and row.delivery not in OPEN]
        _not_too_many(len(rows))
        page = listing.after(page[-1].id, _PAGE)
    return rows


def these(store: Store, ids: Collection[int], today: date) -> list[InvoiceRow]:
    """The invoices with these ids, the oldest first. Raises InputError where they are more than Gmail sends a day."""
    _not_too_many(len(ids))
    return Listing(store, View(sort=SortKey.DATE, descending=False), today).rows(tuple(ids))


def _not_too_many(count: int) -> None:
    if count > MOST:
        words = _("Gmail can send at most {most} invoices a day. Choose fewer.")
        raise InputError(words.format(most=MOST))


def check(
    ws: Workspace, invoice_id: int, sender_kind: SenderKind | None = None, *, sent: datetime | None = None
) -> Checked:
    """Make everything that would leave, say what speaks against it, and let it go again. Raises NoSuchInvoice."""
    composition = compose(ws, invoice_id)
    if sender_kind is not None:
        composition = replace(composition, sender_kind=sender_kind)
    prepared = prepare(ws, invoice_id, composition, sent=sent)
    return Checked(
        invoice_id, prepared.invoice.version, composition, prepared.envelope, prepared.subject, prepared.findings
    )


def with_domains(checked: Checked, domains: DomainChecker) -> Checked:
    """With what DNS says about the recipients' domains."""
    domains.ask(checked.envelope.recipients)
    return replace(checked, findings=(*checked.findings, *domains.warnings(checked.envelope.recipients)))


def queue_checked(
    ws: Workspace, checked: Checked, *, overrule: bool = False, not_before: datetime | None = None
) -> Delivery:
    """Put it in the outbox as it was checked, with its warnings only if they are overruled.

    Raises ChangedElsewhere where it is not what was checked any more, Refused where something speaks against it, and
    what `queue` raises.
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

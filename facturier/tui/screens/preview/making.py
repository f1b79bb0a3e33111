"""The message of the preview: created from what was entered, and shown with its findings."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rich.text import Text
from textual import work
from textual.timer import Timer
from textual.worker import get_current_worker

from facturier.mail.document.texts.content import document_language
from facturier.mail.errors import LetterError, NotAMember
from facturier.mail.letter.letter import Letter, make_letter
from facturier.mail.senders.access import blocker
from facturier.mail.sending.checks.addresses import DomainChecker
from facturier.mail.sending.checks.checks import Finding
from facturier.mail.sending.compose import compose
from facturier.mail.sending.prepare import Prepared, prepare
from facturier.mail.vault.members import membership_of
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import was_sent
from facturier.models.errors import FacturierError
from facturier.models.outbox.composition import Composition
from facturier.models.settings.company import Company
from facturier.models.text.i18n import N_, _
from facturier.tui.screen import KeyRepeatGuard
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.preview.outside_actions import OutsideActions
from facturier.tui.screens.preview.parts.body import PreviewBody
from facturier.tui.screens.preview.parts.findings import FindingsView
from facturier.tui.screens.preview.parts.head import PreviewHead
from facturier.tui.screens.preview.seen import Seen
from facturier.tui.widgets.document_view import DocumentSource
from facturier.tui.widgets.title import Title
from facturier.tui.words.formatting import with_currency

_LOOK_UP = 0.8  # seconds from the first message until DNS is asked about its recipients
_FIELDS = {
    "from": N_("From"),
    "to": N_("To"),
    "cc": N_("Cc"),
    "bcc": N_("Bcc"),
    "subject": N_("Subject"),
    "letter": N_("Message"),
}


class MessageMaking(OutsideActions):
    """The part of the preview that creates the message and shows it."""

    def __init__(
        self,
        ws: Workspace,
        invoice_id: int,
        first: Composition | None = None,
        *,
        check_domain: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__(classes="preview -letter")
        self._ws = ws
        self._domains = DomainChecker(ws, check_domain)
        self._invoice_id = invoice_id
        self._first = first or compose(ws, invoice_id)
        self._written = self._first  # has the sources of the texts, by which they follow the invoice
        self._again = was_sent(ws.store, invoice_id)
        self._kept = self._first
        self._prepared: Prepared | None = None
        self._seen: Seen | None = None  # what the screen shows
        self._held: KeyRepeatGuard | None = None  # set when the message is first shown
        self._early = False  # whether the screen says that F9 was pressed too early
        self._overruled: tuple[Finding, ...] = ()
        self._waiting: Timer | None = None
        self._keeping: Timer | None = None
        self._sending = False
        self._making = False
        self._stale = False
        self._may_ask = False

    def _wait_for_key(self) -> None:
        """Show F9 among the keys as soon as it works."""
        raise NotImplementedError

    def _composition(self) -> Composition:
        typed = self.query_one(PreviewHead).composition(self.query_one(PreviewBody).message)
        return replace(typed, subject_from=self._written.subject_from, body_from=self._written.body_from)

    def _prepare(self) -> None:
        """Create the message in a thread. Only one runs at a time, because a large document takes long."""
        self._stale = self._making
        if not self._making:
            self._making = True
            self._make(self._composition())

    @work(group="prepare")
    async def _make(self, composition: Composition) -> None:
        try:
            if self._prepared is None:  # show the email first, because the PDF takes longest
                drafted = await asyncio.to_thread(self._drafted)
                with self.drawn_once():
                    self.query_one(PreviewBody).show_email(composition.subject, *drafted)
            self._show(composition, *await asyncio.to_thread(self._made, composition))
        except FacturierError as error:
            show_problem(self, error)
        finally:
            self._making = False
            if self._held is None:
                self._held = KeyRepeatGuard()
                self._wait_for_key()
        if self._stale:
            self._prepare()

    def _drafted(self) -> tuple[Letter, DocumentSource]:
        """Return the first email, and the data of its PDF."""
        invoice, company = get_invoice(self._ws.store, self._invoice_id), self._ws.company()
        source = DocumentSource(invoice, company, invoice.number_with(company))
        try:
            language = document_language(invoice, company)
            return make_letter(self._first.body, company.name, language, colour=company.colour), source
        except LetterError:
            return Letter("", ""), source  # a finding reports the problem

    def _made(self, composition: Composition) -> tuple[Prepared, DocumentSource, bool]:
        prepared = prepare(self._ws, self._invoice_id, composition)
        may_ask = isinstance(blocker(self._ws, composition.sender_kind), NotAMember) and membership_of(self._ws).may_ask
        return prepared, DocumentSource(prepared.invoice, self._ws.company(), prepared.number), may_ask

    def _as_it_is(self, composition: Composition, at: datetime | None) -> tuple[Prepared, Company]:
        return prepare(self._ws, self._invoice_id, composition, sent=at), self._ws.company()

    def _follow(self, asked: Composition, now: Composition) -> None:
        """Show the subject and message with current values, because the invoice may have changed.

        Texts that were edited since `asked` stay, and follow when the message is next created.
        """
        typed = self._composition()
        if typed.subject == asked.subject:
            self._written = replace(self._written, subject_from=now.subject_from)
            self.query_one(PreviewHead).show_subject(now.subject)
        if typed.body == asked.body:
            self._written = replace(self._written, body_from=now.body_from)
            self.query_one(PreviewBody).show_message(now.body)

    # What is shown

    def _show(self, asked: Composition, prepared: Prepared, source: DocumentSource, may_ask: bool) -> None:
        if self._seen is not None and self._seen.differs(prepared, source.company):
            self._held = None  # somebody else changed it, and a key may still be meant for the previous state
        self._follow(asked, prepared.composition)
        if self._prepared is None:
            self.set_timer(_LOOK_UP, self._look_up)
        self._prepared, self._seen = prepared, Seen(prepared, source.company)
        if self._may_ask != may_ask:
            self._may_ask = may_ask
            self.refresh_bindings()
        with self.drawn_once():
            self._show_title(prepared.invoice, prepared.number)
            self.query_one(PreviewBody).show(prepared, source)
            self._show_findings(prepared)

    def _show_title(self, invoice: Invoice, number: str) -> None:
        if invoice.is_credit:
            words = _("Send credit note {number} to {customer}")
        elif invoice.is_estimate:
            words = _("Send estimate {number} to {customer}")
        else:
            again, first = _("Send invoice {number} again to {customer}"), _("Send invoice {number} to {customer}")
            words = again if self._again else first
        total = -invoice.total if invoice.is_credit else invoice.total
        title = self.query_one(Title)
        title.left = words.format(number=number, customer=invoice.customer.name)
        title.right = Text(f" {with_currency(total)} ", "bold reverse")

    def _show_findings(self, prepared: Prepared, *, stopped: bool = False) -> None:
        if not self.query(FindingsView):
            return
        found = self._findings(prepared)
        problems = {finding.field: finding.text for finding in reversed(found) if finding.level == "error"}
        self.query_one(PreviewHead).show_problems(problems)
        self.query_one(PreviewBody).show_problem(problems.get("letter", ""))
        verdict = self.query_one(FindingsView)
        verdict.early = self._early
        if found:
            beside = [_(_FIELDS[name]) for name in _FIELDS if name in problems]
            rest = [finding for finding in found if finding.level != "error" or finding.field not in _FIELDS]
            verdict.show_findings(rest, beside, asked=bool(self._overruled), stopped=stopped)
        else:
            verdict.show_ready(prepared, practice=bool(self._ws.company().practice))

    @work(thread=True, group="domains", exclusive=True)
    def _look_up(self) -> None:
        """Ask DNS about the domains of the recipients."""
        prepared = self._prepared
        if prepared is None:
            return
        for address in prepared.envelope.recipients:
            if self._domains.ask((address,)) and not get_current_worker().is_cancelled:
                self.app.call_from_thread(self._show_findings, prepared)

    def _findings(self, prepared: Prepared) -> tuple[Finding, ...]:
        """Return the findings of the message, and those of DNS about the recipients' domains."""
        return (*prepared.findings, *self._domains.warnings(prepared.envelope.recipients))

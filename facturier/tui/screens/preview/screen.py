"""The preview: sender, recipients and message of an invoice, and everything as the customer will see it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer
from textual.widgets import TextArea
from textual.worker import get_current_worker

from facturier.mail.document.content import document_language
from facturier.mail.errors import LetterError, NotAMember
from facturier.mail.letter.letter import Letter, make_letter
from facturier.mail.senders.access import blocker
from facturier.mail.senders.choices import choices
from facturier.mail.sending.addresses import DomainChecker
from facturier.mail.sending.checks import Finding
from facturier.mail.sending.compose import compose, keep
from facturier.mail.sending.prepare import Prepared, prepare
from facturier.mail.sending.queue import queue
from facturier.mail.vault.members import membership_of
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.sent import was_sent
from facturier.models.errors import ChangedElsewhere, FacturierError
from facturier.models.outbox.composition import Composition
from facturier.models.settings.company import Company
from facturier.models.text.i18n import N_, _
from facturier.tui.formatting import with_currency
from facturier.tui.messages import CompanyChanged
from facturier.tui.screen import KeyRepeatGuard
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.preview.body import PreviewBody
from facturier.tui.screens.preview.findings import FindingsView
from facturier.tui.screens.preview.head import PreviewHead
from facturier.tui.screens.preview.keys import KEYS
from facturier.tui.screens.preview.outside_actions import OutsideActions
from facturier.tui.screens.preview.seen import Seen
from facturier.tui.screens.preview.sender.sender_select import SenderSelect
from facturier.tui.widgets.document_view import DocumentSource, DocumentView
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

# Seconds without a change until the message is created again, and until it is saved.
_PAUSE = 0.12
_KEEP = 0.8
_READ = 3.0  # seconds for which the screen says why F9 did nothing, once it works
_FIELDS = {
    "from": N_("From"),
    "to": N_("To"),
    "cc": N_("Cc"),
    "bcc": N_("Bcc"),
    "subject": N_("Subject"),
    "letter": N_("Message"),
}


class PreviewScreen(OutsideActions):
    """The screen's result is the id of the new delivery, or None when the person went back.

    What was entered is saved with the invoice in both cases.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (72, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        ws: Workspace,
        invoice_id: int,
        first: Composition | None = None,
        *,
        check_domain: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__(id="preview", classes="-letter")
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

    def compose(self) -> ComposeResult:
        # These classes are set now because otherwise all widgets would be styled again when the screen gets its size.
        for points, size in (
            (self.HORIZONTAL_BREAKPOINTS, self.app.size.width),
            (self.VERTICAL_BREAKPOINTS, self.app.size.height),
        ):
            self.add_class([name for least, name in points if least <= size][-1])
        yield Title(id="preview-title")
        yield Banner(self._ws)
        yield PreviewHead(choices(self._ws), self._first)
        yield PreviewBody(self._first.body)
        yield FindingsView()
        yield KeyBar()

    def on_mount(self) -> None:
        invoice, company = get_invoice(self._ws.store, self._invoice_id), self._ws.company()
        self._show_title(invoice, invoice.number_with(company))
        self.query_one(FindingsView).show_making()
        self._go_to("from" if self._first.to else "to")
        self.call_after_refresh(self._prepare)  # so that the screen is drawn first
        self.set_timer(_KEEP, self._look_for_offers)

    async def on_language_changed(self) -> None:
        """Compose the screen again with what was entered."""
        self._first = self._written = self._composition()
        await self.recompose()
        self.on_mount()

    # Views

    def action_turn(self) -> None:
        self.query_one(PreviewBody).turn()

    def on_resize(self) -> None:
        self.call_after_refresh(self._arrange)

    def on_descendant_focus(self) -> None:
        self._arrange()

    @on(DocumentView.Drawn)
    def _arrange(self) -> None:
        self.query_one(PreviewBody).show_view()

    def _go_to(self, name: str) -> None:
        """Focus the field or view that a finding is about."""
        if name in ("letter", "document"):
            self.query_one(PreviewBody).go_to(name)
        else:
            self.query_one(PreviewHead).go_to(name)

    # Composition

    def _composition(self) -> Composition:
        typed = self.query_one(PreviewHead).composition(self.query_one(PreviewBody).message)
        return replace(typed, subject_from=self._written.subject_from, body_from=self._written.body_from)

    @on(Field.Changed)
    @on(TextArea.Changed)
    @on(SenderSelect.Chosen)
    def _changed(self) -> None:
        """Create the message again after a short pause, so that typing is never delayed."""
        if self._composition() == (self._prepared.composition if self._prepared else self._first):
            return
        self._overruled = ()
        for timer in (self._waiting, self._keeping):
            if timer is not None:
                timer.stop()
        self._waiting = self.set_timer(_PAUSE, self._prepare)
        self._keeping = self.set_timer(_KEEP, self._settled)

    @on(CompanyChanged)
    def _company_changed(self) -> None:
        """Update everything, because another window may have used the number, or changed the invoice or the sender."""
        self._show_senders()
        self._prepare()

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
                self.query_one(PreviewBody).show_email(composition.subject, *await asyncio.to_thread(self._drafted))
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

    def _show(self, asked: Composition, prepared: Prepared, source: DocumentSource, may_ask: bool) -> None:
        if self._seen is not None and self._seen.differs(prepared, source.company):
            self._held = None  # somebody else changed it, and a key may still be meant for the previous state
        self._follow(asked, prepared.composition)
        if self._prepared is None:
            self.set_timer(_KEEP, self._look_up)
        self._prepared, self._seen = prepared, Seen(prepared, source.company)
        if self._may_ask != may_ask:
            self._may_ask = may_ask
            self.refresh_bindings()
        self._show_title(prepared.invoice, prepared.number)
        self.query_one(PreviewBody).show(prepared, source)
        self._show_findings(prepared)

    def _show_title(self, invoice: Invoice, number: str) -> None:
        if invoice.is_credit:
            words = _("Send credit note {number} to {customer}")
        else:
            again, first = _("Send invoice {number} again to {customer}"), _("Send invoice {number} to {customer}")
            words = again if self._again else first
        total = -invoice.total if invoice.is_credit else invoice.total
        title = self.query_one(Title)
        title.left = words.format(number=number, customer=invoice.customer.name)
        title.right = Text(f" {with_currency(total)} ", "bold reverse")

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

    # Saving

    async def save_now(self) -> bool:
        """Save what was entered, or wait for a send that is in progress.

        Return False if saving failed, which a dialog shows, or if the invoice was not sent, because the person must
        still see why.
        """
        sending = [worker for worker in self.workers if worker.node is self and worker.group == "send"]
        if sending:
            await self.workers.wait_for_complete(sending)
            return self.answered
        composition = self._composition()
        if composition == self._kept:
            return True
        try:
            await asyncio.to_thread(keep, self._ws, self._invoice_id, composition)
        except FacturierError as error:
            show_problem(self, error)
            return False
        self._kept = composition
        return True

    def typed_copy(self) -> tuple[str, str]:
        """Return the message as text if it is not saved. The reason is empty, because a dialog has shown it."""
        from facturier.tui.screens.dialogs.leaving.typed_copy import letter_copy

        composition = self._composition()
        return (letter_copy(composition) if composition != self._kept else ""), ""

    @work(group="keep")
    async def _settled(self) -> None:
        """Save after the person has paused."""
        if not self._sending:
            await self.save_now()
            self._look_up()

    async def action_back(self) -> None:
        # A send that is in progress cannot be cancelled by going back.
        if not self._sending and await self.save_now():
            self.dismiss(None)

    # Sending

    @work
    async def action_send_at(self) -> None:
        from facturier.tui.screens.preview.send_at import SendAtScreen

        at = await self.app.push_screen_wait(SendAtScreen(self._ws.clock))
        if at is not None:
            self._send(at)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("send", "too_early"):
            return self._may_send is (action == "send")
        return super().check_action(action, parameters)

    @property
    def _may_send(self) -> bool:
        """Whether F9 sends. It does not at first, because the same key opens this screen and may still be held."""
        return self._held is not None and not self._held.rest

    def _wait_for_key(self) -> None:
        """Show F9 among the keys as soon as it works."""
        if self._held is not None and self._held.rest:
            self.set_timer(self._held.rest + 0.01, self._wait_for_key)
        elif self._early:
            self.set_timer(_READ, self._forget_early)
        self.refresh_bindings()

    def _forget_early(self) -> None:
        if self._early and self._prepared is not None:
            self._early = False
            self._show_findings(self._prepared)

    def action_too_early(self) -> None:
        """Show a message, because the key may still be held from the screen before."""
        if self._held is not None and self._held.may_be():
            self._early = True
            if self._prepared is not None:
                self._show_findings(self._prepared)

    def action_send(self) -> None:
        self._send(None)

    @work(group="send")
    async def _send(self, at: datetime | None) -> None:
        if self._sending or self.answered:
            return
        self._sending = True
        self._early = False
        if self._keeping is not None:
            self._keeping.stop()
        try:
            typed = self._composition()
            prepared, company = await asyncio.to_thread(self._as_it_is, typed, at)
            now = prepared.composition
            unseen = (now.subject, now.body) != (typed.subject, typed.body) or (
                prepared.envelope.sender != self.query_one(SenderSelect).address
            )
            if prepared.ready and (unseen or self._seen is None or self._seen.differs(prepared, company)):
                raise ChangedElsewhere(
                    _("The invoice, the company or the sender was changed in another window."),
                    kept=_("Nothing was sent."),
                    todo=_("Check the message, then send it."),
                )
            if not self._may_go(prepared):
                return
            delivery = await asyncio.to_thread(queue, self._ws, prepared, not_before=at, as_seen=True)
        except FacturierError as error:
            show_problem(self, error)
            self._company_changed()
            return
        finally:
            self._sending = False
        self.dismiss(delivery.id)

    def _as_it_is(self, composition: Composition, at: datetime | None) -> tuple[Prepared, Company]:
        return prepare(self._ws, self._invoice_id, composition, sent=at), self._ws.company()

    def _may_go(self, prepared: Prepared) -> bool:
        """Return whether to send. For an error, go to its field. Warnings stop the first attempt only."""
        found = self._findings(prepared)
        errors = [finding for finding in found if finding.level == "error"]
        may = not errors and (not found or self._overruled == found)
        if not may:
            self._overruled = () if errors else found
            self._show_findings(prepared, stopped=bool(errors))
            self.app.bell()
        if errors:
            self._go_to(errors[0].field)
        return may

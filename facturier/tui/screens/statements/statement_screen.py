"""One statement of account as the customer will get it: the PDF, and the email that brings it."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Label, Static

from facturier.mail.document.texts.statement import statement_name
from facturier.mail.notices.statement import StatementEmail, send_as_seen, statement_email
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.delivery import Delivery
from facturier.models.receivables.statements import currencies
from facturier.models.reports.period import Period
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money
from facturier.tui import keys
from facturier.tui.screen import KeyRepeatGuard, ResultScreen, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.screens.statements.period import choose_period, other_period, period_words
from facturier.tui.themes.theme import ERROR, WARNING
from facturier.tui.widgets.document_view import ContentSource, DocumentView
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.letter_view import LetterView
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import with_currency

_NARROW = 60  # cells


class StatementScreen(ResultScreen[Delivery | None]):
    """The screen's result is the new delivery, or None if the person went back.

    It starts with the PDF, or with `sending` at the email. In windows of at least 120 columns, both are shown.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "send", N_("Send"), tooltip=N_("Send the statement as it is shown."), id="statement.send_now"),
        keys.SEND.on("statement.send", N_("See the email, then send it with F9."), action="email"),
        Binding(
            "f9",
            "email_first",
            N_("Send"),
            tooltip=N_("While the PDF is shown alone: see the email. F9 sends it from there."),
            id="statement.send_now",
            show=False,
        ),
        keys.NEXT_VIEW.on("statement.turn", N_("Switch between the email and the PDF.")),
        keys.PERIOD.on("statement.period"),
        keys.EARLIER.on("statement.before", show=False),
        keys.LATER.on("statement.after", show=False),
        keys.NEXT_CURRENCY.on("statement.currency", show=False),
        keys.SAVE_PDF.on("statement.pdf", N_("Save the statement as a PDF.")),
        keys.OPEN_PDF.on("statement.open"),
        keys.BACK.on("statement.back"),
    ]

    def __init__(
        self,
        ws: Workspace,
        customer_id: int,
        currency: str,
        period: Period | None = None,
        *,
        sending: bool = False,
    ) -> None:
        super().__init__(classes="statement" if sending else "statement -document")
        self._ws = ws
        self._customer_id = customer_id
        self._currency = currency
        self.period = period
        self._starts_sending = sending
        self._email: StatementEmail | None = None
        self._held: KeyRepeatGuard | None = None

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        with Horizontal():
            with Vertical(id="statement-email"):
                yield Label("", markup=False, classes="pane-title")
                yield Static(markup=False, id="statement-head")
                yield LetterView(id="statement-letter")
            with Vertical(id="statement-reading"):
                yield Label("", markup=False, classes="pane-title")
                yield DocumentView(id="statement-document")
        yield Static(markup=False, id="statement-findings")
        yield KeyBar()

    def on_mount(self) -> None:
        self._go_to(document=not self._starts_sending)
        self._read()

    def on_company_changed(self) -> None:
        self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        email = self._email
        match action:
            case "send":
                return email is not None and not email.errors and self._shows_email
            case "email" | "email_first":
                return email is not None and not email.errors and not self._shows_email
            case "save_pdf" | "open_pdf":
                return email is not None
        return True

    @property
    def _shows_email(self) -> bool:
        return self.has_class("-wide") or not self.has_class("-document")

    # What is shown

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        try:
            email = await asyncio.to_thread(statement_email, self._ws, self._customer_id, self._currency, self.period)
        except FacturierError as error:
            await self.app.push_screen_wait(ProblemScreen(error))
            self.dismiss(None)
            return
        if not self.is_mounted or self.answered:
            return
        if self._email is None or self._email.statement != email.statement:
            self._held = KeyRepeatGuard()  # a key may be meant for what was shown before
        self._email = email
        self._show_title(email)
        self.query_one("#statement-head", Static).update(_head(email))
        self.query_one(LetterView).show(email.subject, email.letter)
        name = statement_name(email.customer)
        self.query_one(DocumentView).show(ContentSource(email.content, email.company, email.statement.day, name))
        findings = self.query_one("#statement-findings", Static)
        findings.update(_findings(email))
        findings.display = bool(email.findings)
        self.refresh_bindings()

    def _show_title(self, email: StatementEmail) -> None:
        """Show the customer and the balance. In a narrow window, they have all of the line."""
        narrow, name = self.size.width < _NARROW, clean(email.customer.name)
        balance = Money(email.statement.closing, email.statement.currency)
        title = self.query_one(Title)
        title.left = name if narrow else _("Statement of {customer}").format(customer=name)
        period = "" if narrow else f"{period_words(self.period)}  "
        title.right = Text.assemble((period, "not bold"), (f" {with_currency(balance)} ", "bold reverse"))

    @on(DocumentView.Drawn)
    def _show_titles(self) -> None:
        """Name the views. In a narrow window, both names are shown, and the current one is marked."""
        wide, view = self.has_class("-wide"), self.query_one(DocumentView)
        document = view.has_focus if wide else self.has_class("-document")
        place = view.place
        for pane, own in (("#statement-email", False), ("#statement-reading", True)):
            label = self.query_one(f"{pane} > .pane-title", Label)
            views = [(_("PDF"), True)] if wide and own else [(_("Email"), False)]
            if not wide:
                views = [(_("Email"), False), (_("PDF"), True)]
            text = Text(no_wrap=True, overflow="ellipsis")
            for name, is_document in views:
                text.append(" │ " if text else "", "dim")
                text.append(name, "dim" if is_document != own else "bold reverse" if document == own else "bold")
            if own and place:
                text.append(f"   {place}", "dim")
            text.append(f" {'─' * max(label.size.width - text.cell_len - 2, 0)}", "dim")
            label.update(text)

    def _go_to(self, *, document: bool) -> None:
        self.set_class(document, "-document")
        self.query_one("#statement-document" if document else "#statement-letter").focus()
        self.call_after_refresh(self._show_titles)
        self.refresh_bindings()

    def action_turn(self) -> None:
        self._go_to(document=not self.query_one(DocumentView).has_focus)

    def action_email(self) -> None:
        self._go_to(document=False)

    def action_email_first(self) -> None:
        self._held = KeyRepeatGuard()  # the key may be held, and it sends what is shown now
        self._go_to(document=False)

    def on_resize(self) -> None:
        if self._email is not None:
            self._show_title(self._email)
        self.call_after_refresh(self._show_titles)
        self.call_after_refresh(self.refresh_bindings)

    def on_descendant_focus(self) -> None:
        self.call_after_refresh(self._show_titles)

    # Period and currency

    def _show(self, period: Period | None) -> None:
        if period != self.period:
            self.period = period
            self._read()

    @work
    async def action_period(self) -> None:
        if (chosen := await choose_period(self, self._ws, self.period)) is not None:
            self._show(chosen[0])

    def action_go(self, step: int) -> None:
        self._show(other_period(self._ws, self.period, step))

    @work
    async def action_currency(self) -> None:
        with problems_shown(self):
            found = await asyncio.to_thread(currencies, self._ws.store, self._customer_id)
            if len(found) > 1:
                at = found.index(self._currency) if self._currency in found else -1
                self._currency = found[(at + 1) % len(found)]
                self._read()

    # What is done

    @work
    @once
    async def action_send(self) -> None:
        email, held = self._email, self._held
        if email is None or held is None or held.may_be():
            return
        warnings = [finding.text for finding in email.findings if finding.level == "warning"]
        if warnings and not await self.app.push_screen_wait(ConfirmScreen(_("Send anyway?"), "\n".join(warnings))):
            return
        with problems_shown(self):
            delivery = await asyncio.to_thread(send_as_seen, self._ws, email)
            self.dismiss(delivery)
            return
        self._read()

    @work
    async def action_save_pdf(self) -> None:
        if (email := self._email) is not None:
            await save_as(self, self._ws, _("Save the PDF"), email.file_name, email.pdf)

    @work
    @once
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import show_pdf

        if (email := self._email) is not None:
            with problems_shown(self):
                await show_pdf(self, self._ws, email.file_name, await asyncio.to_thread(email.pdf))


def _head(email: StatementEmail) -> Text:
    """Return the sender, the recipients and the attachment, in lines."""
    rows = (
        (_("From"), email.envelope.sender or "–"),
        (_("To"), ", ".join(email.envelope.to) or "–"),
        (_("Cc"), ", ".join(email.envelope.cc)),
        (_("Bcc"), ", ".join(email.envelope.bcc)),
        (_("Attached"), email.file_name),
    )
    shown = [(label, text) for label, text in rows if text]
    width = max(len(label) for label, _text in shown) + 2
    lines = (Text.assemble((label.ljust(width), "dim"), clean(text)) for label, text in shown)
    return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)


def _findings(email: StatementEmail) -> Text:
    styles = {"error": ("✗", ERROR), "warning": ("!", WARNING)}
    return Text("\n").join(
        Text.assemble(f"{styles[found.level][0]} ", (found.text, styles[found.level][1])) for found in email.findings
    )

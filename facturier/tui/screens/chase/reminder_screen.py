"""A reminder before it is sent: from whom to whom, the email, and the PDF."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Static

from facturier.mail.notices.notice import send_notice
from facturier.mail.notices.reminder import Reminder
from facturier.mail.workspace import Workspace
from facturier.models.outbox.delivery import Delivery
from facturier.models.settings.reminders import level_text
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import KeyRepeatGuard, ResultScreen, once
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.themes.theme import ERROR, WARNING
from facturier.tui.widgets.document_view import DocumentSource, DocumentView
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.letter_view import LetterView
from facturier.tui.widgets.title import Banner, Title


class ReminderScreen(ResultScreen[Delivery | None]):
    """The screen's result is the queued delivery. What is sent is what is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "send", N_("Send"), tooltip=N_("Put the reminder in the outbox."), id="reminder.send"),
        keys.NEXT_VIEW.on("reminder.turn", N_("Show the email or the PDF.")),
        keys.BACK.on("reminder.back", action="dismiss(None)"),
    ]

    def __init__(self, ws: Workspace, reminder: Reminder) -> None:
        super().__init__(classes="reminder")
        self._ws = ws
        self._reminder = reminder
        self._held = KeyRepeatGuard()

    def compose(self) -> ComposeResult:
        notice = self._reminder.notice
        words = _("Reminder for invoice {number}")
        yield Title(words.format(number=notice.invoice.ref), level_text(self._reminder.days))
        yield Banner(self._ws)
        yield Static(reminder_head(self._reminder), classes="reminder-head", markup=False)
        with ContentSwitcher(initial="reminder-letter"):
            yield LetterView(id="reminder-letter")
            yield DocumentView(id="reminder-document")
        yield KeyBar()

    def on_mount(self) -> None:
        notice = self._reminder.notice
        letter = self.query_one(LetterView)
        letter.show(notice.subject, notice.letter)
        letter.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "send" or self._reminder.ready

    def action_turn(self) -> None:
        views = self.query_one(ContentSwitcher)
        notice = self._reminder.notice
        if views.current == "reminder-letter":
            views.current = "reminder-document"
            document = self.query_one(DocumentView)
            document.show(DocumentSource(notice.invoice, notice.company, notice.invoice.known_number))
            document.focus()
        else:
            views.current = "reminder-letter"
            self.query_one(LetterView).focus()

    @work
    @once
    async def action_send(self) -> None:
        if self._held.may_be():
            return
        warnings = " ".join(self._reminder.warnings)
        if warnings and not await self.app.push_screen_wait(ConfirmScreen(_("Send it anyway?"), warnings)):
            return
        with problems_shown(self):
            self.dismiss(await asyncio.to_thread(send_notice, self._ws, self._reminder.notice))


def reminder_head(reminder: Reminder) -> Text:
    """Return from whom to whom a reminder goes, and what speaks against it."""
    envelope = reminder.notice.envelope
    people = [clean(", ".join(envelope.to)) or _("nobody")]
    copies = ((_("Cc"), envelope.cc), (_("Bcc"), envelope.bcc))
    people += [f"{name} {clean(', '.join(copied))}" for name, copied in copies if copied]
    sender = clean(envelope.sender) or "–"
    lines = [Text(_("From {sender} to {people}").format(sender=sender, people="; ".join(people)))]
    lines += [Text(f"✗ {text}", ERROR) for text in reminder.notice.problems]
    lines += [Text(f"⚠ {text}", WARNING) for text in reminder.warnings]
    return Text("\n").join(lines)

"""A delivery in doubt: what is known, where to check, and the answer."""

import asyncio
from functools import cached_property
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from facturier.mail.senders.registry import sender_type
from facturier.mail.senders.sent_words import from_words
from facturier.mail.sending.in_doubt import query_session, resolve
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Entry
from facturier.models.books.journal import read_journal
from facturier.models.books.status import State
from facturier.models.company.user import full_name
from facturier.models.outbox.deliveries import get_delivery
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.errors.faults import as_problem
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.connect.link_view import LinkView
from facturier.tui.screens.dialogs.dialogs import ReasonScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.status import DELIVERIES, email_status
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.documents import document_title
from facturier.tui.words.formatting import moment
from facturier.tui.words.notices import notice_title


class DoubtScreen(ResultScreen[None]):
    """Closes automatically once the result is known, even if another window recorded it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # These have priority over the keys of the link, which has the focus.
        Binding(
            "y",
            "resolve(True)",
            N_("Was sent"),
            tooltip=N_("Record that you saw it in the Sent folder."),
            id="doubt.left",
            priority=True,
        ),
        Binding(
            "n",
            "resolve(False)",
            N_("Not sent"),
            tooltip=N_("Record that it is not in the Sent folder."),
            id="doubt.kept",
            priority=True,
        ),
        Binding("Y", "copy_link", N_("Copy the link"), tooltip=N_("Copy the link to the clipboard."), id="doubt.copy"),
        keys.BACK.on("doubt.back", N_("Go back. The delivery stays in doubt.")),
    ]

    def __init__(self, ws: Workspace, delivery_id: int) -> None:
        super().__init__(classes="doubt")
        self._ws = ws
        self._delivery = get_delivery(ws.store, delivery_id)
        self._session = _("checking…") if self._delivery.session else ""

    def compose(self) -> ComposeResult:
        delivery = self._delivery
        title = document_title(delivery.document, delivery.number, delivery.customer)
        yield Title(title, DELIVERIES[State.IN_DOUBT].text())
        yield Banner(self._ws)
        with VerticalScroll(can_focus=False):
            yield Static(classes="doubt-known", markup=False)
            yield Static(_where(self._ws, delivery), classes="doubt-where", markup=False)
            if self._link:
                yield LinkView()
        yield KeyBar()

    @cached_property
    def _link(self) -> str:
        """The link that searches the Sent folder, or empty if there is none."""
        if self._ws.endpoints.stand_in:
            return ""
        envelope = self._delivery.envelope
        known = sender_type(self._delivery.sender_kind, self._ws.company())
        return known.sent_link(envelope.sender, envelope.to[0], self._delivery.number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "copy_link" or bool(self._link)

    def on_mount(self) -> None:
        if self._link:
            link = self.query_one(LinkView)
            link.show(self._link)
            link.focus()
        self._show()
        self._ask()

    def on_company_changed(self) -> None:
        self._delivery = get_delivery(self._ws.store, self._delivery.id)
        if self._delivery.state is State.IN_DOUBT:
            self._show()
        elif self.is_active and not self.answered:  # only when active, so that the person sees why it closes
            self._settled()

    def on_screen_resume(self) -> None:
        self.on_company_changed()

    def _settled(self) -> None:
        status = email_status(self._delivery.state, self._delivery.kind).plain
        self.notify(
            _("{document}: {status}").format(document=self._delivery.called_first, status=status),
            markup=False,
        )
        self.dismiss()

    def _show(self) -> None:
        journal = read_journal(self._ws.store, self._delivery.invoice_id)
        known = _known(self._delivery, journal, self._session)
        self.query_one(".doubt-known", Static).update(known)

    @work
    async def _ask(self) -> None:
        """Ask the upload session, while the person reads the rest."""
        try:
            self._session = await asyncio.to_thread(query_session, self._ws, self._delivery)
        except Exception as error:  # noqa: BLE001 - `as_problem` logs it, and the person can still answer
            self._session = str(as_problem(error))
        self.on_company_changed()

    def action_copy_link(self) -> None:
        self.query_one(LinkView).action_copy()

    @work
    async def action_resolve(self, sent: bool) -> None:
        """Ask for the reason, then record the delivery as sent or as not sent."""
        if reason := await self.app.push_screen_wait(_reason(self._delivery, sent=sent)):
            with problems_shown(self):
                await asyncio.to_thread(resolve, self._ws, self._delivery.id, sent=sent, reason=reason)
            self.on_company_changed()


def _known(delivery: Delivery, journal: list[Entry], session: str) -> Table:
    told = {entry.kind: entry for entry in journal if entry.detail.get("delivery") == str(delivery.id)}
    facts = [
        (_("From"), from_words(delivery)),
        (_("To"), ", ".join(delivery.envelope.recipients)),
        (_("Subject"), delivery.subject),
    ]
    for kind, label in ((DeliveryEvent.HANDED_OVER, _("Sending started")), (DeliveryEvent.LOST, _("Answer lost"))):
        if (entry := told.get(kind)) is not None:
            facts.append((label, f"{moment(entry.at)}  {entry.detail.get('reason', '')}"))
    queued = told.get("queued") or told.get("queued_again")
    if queued is not None:
        facts.insert(3, (_("Queued"), f"{moment(queued.at)}  {full_name(queued.user)}"))
    lost = told.get(DeliveryEvent.LOST)
    if lost is not None and lost.detail.get("reply"):
        facts.append((_("Server"), lost.detail["reply"]))
    if session:
        facts.append((_("Session"), session))
    if delivery.session and delivery.lease is not None:
        again = _("Facturier checks again automatically on {moment}.")
        facts.append(("", again.format(moment=moment(delivery.lease))))
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for label, text in facts:
        table.add_row(Text(label), Text(clean(text).strip()))
    return table


def _where(ws: Workspace, delivery: Delivery) -> Text:
    """Return where a person can see whether it was sent."""
    company = ws.company()
    folder = company.sender.folder
    if ws.practice is not None:
        look = _("Look for “{number}” in {folder}, where all email of the demo company is saved.")
        folder = str(ws.practice.folder)
    else:
        look = _(sender_type(delivery.sender_kind, company).look_for)
    why = _("The answer was lost. Facturier never sends an invoice twice automatically.")
    what = look.format(number=delivery.number, folder=folder, address=delivery.envelope.sender)
    if title := notice_title(delivery):
        words = _("It is the email of {moment}: {what}. The email of the invoice itself has the same subject.")
        why = words.format(moment=moment(delivery.queued), what=title) + " " + why
    return Text.assemble(why, "\n\n", (what, "bold"))


def _reason(delivery: Delivery, *, sent: bool) -> ReasonScreen:
    if sent:
        question = _("Record {document} as sent?").format(document=delivery.called)
        detail = _("Do this only if you saw it in the Sent folder, or if the customer has it.")
        example = _("it is in the Sent folder")
    else:
        question = _("Record {document} as not sent?").format(document=delivery.called)
        detail = _("Do this only if it is not in the Sent folder. Then you can send it again.")
        example = _("it is not in the Sent folder")
    return ReasonScreen(question, detail, placeholder=example)

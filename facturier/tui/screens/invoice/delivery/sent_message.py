"""A message exactly as it was queued, with its headers, email and PDF, for each delivery of an invoice."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Label, Static

from facturier.mail.message import MessageParts, split_message
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.deliveries import message_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import ResultScreen, once
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.screens.dialogs.save_as import save_as
from facturier.tui.widgets.document_view import DocumentView, SentDocument
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.pages import Pages
from facturier.tui.widgets.status import email_status
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import moment, size_text
from facturier.tui.words.notices import notice_title


class SentScreen(ResultScreen[None]):
    """Starts at the delivery with the index `at`. In windows of at least 120 columns, the PDF is beside the message."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 (Textual's)
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.NEXT_VIEW.on("sent.turn", N_("Switch between the message and the PDF.")),
        Binding(
            "left_square_bracket", "go(-1)", N_("Older"), tooltip=N_("Show the previous delivery."), id="sent.older"
        ),
        Binding("right_square_bracket", "go(1)", N_("Newer"), tooltip=N_("Show the next delivery."), id="sent.newer"),
        keys.OPEN_PDF.on("sent.open"),
        keys.SAVE_PDF.on("sent.pdf"),
        keys.SAVE_EMAIL.on("sent.eml"),
        keys.BACK.on("sent.back"),
    ]

    def __init__(self, ws: Workspace, deliveries: Sequence[Delivery], at: int) -> None:
        super().__init__(id="sent")
        self._ws = ws
        self._deliveries = deliveries
        self._at = at
        self._message = b""
        self._parts: MessageParts | None = None

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        with Horizontal():
            with Pages(id="sent-message"):
                yield Static(markup=False)
            with Vertical(id="sent-reading"):
                yield Label("", markup=False, classes="pane-title")
                yield DocumentView(picture=True, id="sent-document")
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#sent-message").focus()
        self._read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "go":
            step = parameters[0]
            assert isinstance(step, int)
            return 0 <= self._at + step < len(self._deliveries)
        return self._parts is not None or not action.startswith(("save", "open"))

    @property
    def _delivery(self) -> Delivery:
        return self._deliveries[self._at]

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        delivery = self._delivery
        title = self.query_one(Title)
        title.left = _("Message of {moment}, {at} of {count}").format(
            moment=moment(delivery.queued), at=self._at + 1, count=len(self._deliveries)
        )
        state = email_status(delivery.state, delivery.kind)
        title.right = Text.assemble(f"{notice}  ", state) if (notice := notice_title(delivery)) else state
        try:
            self._message = await asyncio.to_thread(message_of, self._ws.store, delivery.id)
            self._parts = parts = await asyncio.to_thread(split_message, self._message)
        except FacturierError as error:
            await self.app.push_screen_wait(ProblemScreen(error))
            self.dismiss()
            return
        text = Text("\n").join(Text.assemble((f"{name}: ", "dim"), value) for name, value in parts.headers)
        size = _("The whole message is {size}.").format(size=size_text(len(self._message)))
        for name, length in parts.files:
            size += "\n" + _("Attached: {name}, {size}.").format(name=name, size=size_text(length))
        text = Text.assemble(text, "\n\n", parts.plain.strip(), "\n\n", (size, "dim"))
        self.query_one("#sent-message Static", Static).update(text)
        about = f"{parts.document_name}, {size_text(len(parts.document))}"
        self.query_one(DocumentView).show(SentDocument(parts.document, about))
        self.refresh_bindings()

    @on(DocumentView.Drawn)
    def _name_document(self) -> None:
        assert self._parts is not None
        place = self.query_one(DocumentView).place
        self.query_one(".pane-title", Label).update(
            Text.assemble(self._parts.document_name, (f"   {place}", "dim"), no_wrap=True, overflow="ellipsis")
        )

    def action_turn(self) -> None:
        document = not self.query_one(DocumentView).has_focus
        self.set_class(document, "-document")
        self.query_one("#sent-document" if document else "#sent-message").focus()

    def action_go(self, step: int) -> None:
        self._at += step
        self._parts = None
        self.refresh_bindings()
        self._read()

    @work
    @once
    async def action_open_pdf(self) -> None:
        from facturier.tui.screens.dialogs.open_pdf import show_pdf

        assert self._parts is not None
        await show_pdf(self, self._ws, self._parts.document_name, self._parts.document)

    @work
    async def action_save_eml(self) -> None:
        title = _("Save the email of {moment}").format(moment=moment(self._delivery.queued))
        message = self._message
        await save_as(self, self._ws, title, f"{self._delivery.number}.eml", lambda: message)

    @work
    async def action_save_pdf(self) -> None:
        assert self._parts is not None
        parts = self._parts
        await save_as(self, self._ws, _("Save the PDF"), parts.document_name, lambda: parts.document)

"""The Gmail address of the company: its state, and the actions for it."""

import asyncio
from functools import partial

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Label, OptionList

from facturier.mail.google.connection import after_removal
from facturier.mail.google.shared_address import Offer, offers, take
from facturier.mail.senders.choices import SenderChoice, choices
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.outbox.delivery import SenderKind
from facturier.models.settings.company import Connection
from facturier.models.text.i18n import _
from facturier.tui.screens.connect.remove_gmail import may_replace, remove_gmail, wants_sender
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.themes.theme import BOLD, SUCCESS, WARNING
from facturier.tui.widgets.inputs.options import Options, ValueOption


class GmailActions(Vertical):
    """A line about the connection, and a list of actions under it."""

    class SenderWanted(Message):
        """The person wants to set up a default sender."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="gmail-actions")
        self._ws = ws
        self._shown: tuple[Connection | None, list[SenderChoice]] = (None, [])

    def compose(self) -> ComposeResult:
        yield Label("", markup=False, id="gmail-state")
        yield Options(id="gmail-list", compact=True)
        yield Label("", markup=False, id="gmail-answer")

    def on_mount(self) -> None:
        self._show()

    def look(self) -> None:
        """Somebody else may have connected or removed an address."""
        if (self._ws.connection(), choices(self._ws)) != self._shown:
            self._show()

    def _show(self) -> None:
        connection = self._ws.connection()
        self._shown = connection, choices(self._ws)
        listed = self.query_one(OptionList)
        listed.clear_options()
        state = self.query_one("#gmail-state", Label)
        if connection is None:
            words = _("No Gmail address is connected.")
            if not choices(self._ws):
                words += " " + _("To send through another mail server, choose “Default sender”.")
            state.update(Text(words))
            listed.add_option(ValueOption(Text(_("+ Add Gmail address…")), self._connect))
            self._offer()
        else:
            detail = next(choice.detail for choice in choices(self._ws) if choice.sender_kind is SenderKind.GMAIL)
            mark, style = ("⚠", WARNING + BOLD) if connection.over else ("✓", SUCCESS + BOLD)
            lines = Text.assemble((f"{mark} {connection.address}", style), f"  {detail}")
            if connection.over:
                lines.append(f"\n{connection.over}")
            state.update(lines)
            listed.add_options(
                (
                    ValueOption(Text(_("Check the connection")), self._check),
                    ValueOption(Text(_("↻ Reconnect…")), self._connect),
                    ValueOption(Text(_("- Remove Gmail address…")), self._remove),
                )
            )
        listed.highlighted = 0

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        assert isinstance(event.option, ValueOption)
        event.option.value()

    @work(group="offers", exclusive=True)
    async def _offer(self) -> None:
        """Add the addresses of other companies that this person may send from."""
        for offer in await asyncio.to_thread(offers, self._ws):
            words = _("+ Use {address}, as in {company}: no new consent needed")
            line = Text(words.format(address=offer.address, company=offer.company))
            self.query_one(OptionList).add_option(ValueOption(line, partial(self._take, offer)))

    @work(group="take")
    async def _take(self, offer: Offer) -> None:
        may, before = await may_replace(self, self._ws, offer.address)
        if not may:
            return
        with problems_shown(self):
            await asyncio.to_thread(take, self._ws, offer, replacing=before)
        self._show()

    @work
    async def _connect(self) -> None:
        from facturier.tui.screens.connect.screen import ConnectScreen

        if await self.app.push_screen_wait(ConnectScreen(self._ws)):
            self._answer("")
        self._show()

    def _check(self) -> None:
        self._answer(_("Contacting Google…"))
        self._ask_google()

    @work(thread=True, group="gmail-check", exclusive=True)
    def _ask_google(self) -> None:
        from facturier.mail.google.connection import check
        from facturier.mail.google.grant import Grant

        try:
            kept = self._ws.keys.vault.read().grant
            if kept is None:
                answer = _("The permission to send is missing. Connect again.")
            else:
                check(Grant.from_json(kept), self._ws.endpoints, self._ws.clock, self._ws.stop)
                answer = _("✓ It works: Google lets this company send.")
        except FacturierError as error:
            answer = f"✗ {error}"
        self.app.call_from_thread(self._answer, answer)

    @work(group="remove-gmail")
    async def _remove(self) -> None:
        not_told = await remove_gmail(self, self._ws)
        if not_told is None:
            return
        self._answer(not_told or "✓ " + _("The Gmail address was removed.") + f" {after_removal(self._ws)}")
        self._show()
        if await wants_sender(self, self._ws):
            self.post_message(self.SenderWanted())

    def _answer(self, text: str) -> None:
        self.query_one("#gmail-answer", Label).update(Text(text))

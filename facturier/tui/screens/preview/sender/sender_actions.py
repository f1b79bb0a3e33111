"""The preview's actions on senders: request access, and connect, share, remove or set up a sender."""

import asyncio

from textual import on, work

from facturier.mail.google.shared_address import offers, take
from facturier.mail.senders.choices import choices
from facturier.mail.vault.members import request_access
from facturier.mail.workspace import Workspace
from facturier.models.outbox.delivery import SenderKind
from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.connect.remove_gmail import may_replace, remove_gmail, wants_sender
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.preview.sender.sender_select import SenderSelect


class SenderActions(ResultScreen[int | None]):
    """The part of the preview that manages senders."""

    _ws: Workspace
    _may_ask: bool  # whether the person cannot send and can request access

    def _changed(self) -> None:
        """Create the message again after a short pause."""
        raise NotImplementedError

    def _prepare(self) -> None:
        """Create the message again now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "ask" or self._may_ask

    @work(group="ask")
    async def action_ask(self) -> None:
        with problems_shown(self):
            await asyncio.to_thread(request_access, self._ws)
            self._may_ask = False
            self.refresh_bindings()
            message = _("Access requested. The member who approves you will ask for your fingerprint: {fingerprint}.")
            self.notify(message.format(fingerprint=self._ws.keys.identity.fingerprint), timeout=20, markup=False)

    @on(SenderSelect.AddAsked)
    @work
    async def _add(self) -> None:
        from facturier.tui.screens.connect.screen import ConnectScreen

        if await self.app.push_screen_wait(ConnectScreen(self._ws)) is not None:
            self._added()

    @on(SenderSelect.TakeAsked)
    @work(group="take")
    async def _take(self, event: SenderSelect.TakeAsked) -> None:
        may, before = await may_replace(self, self._ws, event.offer.address)
        if may:
            with problems_shown(self):
                await asyncio.to_thread(take, self._ws, event.offer, replacing=before)
                self._added()

    def _added(self) -> None:
        self._show_senders(SenderKind.GMAIL)
        self._changed()

    @work(group="offers", exclusive=True)
    async def _look_for_offers(self) -> None:
        found = await asyncio.to_thread(offers, self._ws)
        for select in self.query(SenderSelect):
            select.offer(found)

    @on(SenderSelect.SettingsAsked)
    @work
    async def _set_up(self) -> None:
        await self._open_settings()

    async def _open_settings(self) -> None:
        from facturier.tui.screens.settings.screen import SettingsScreen

        await self.app.push_screen_wait(SettingsScreen(self._ws, "sender"))
        self._show_senders()
        self._prepare()

    @on(SenderSelect.RemoveAsked)
    @work(group="remove-gmail")
    async def _remove(self) -> None:
        not_told = await remove_gmail(self, self._ws)
        if not_told is None:
            return
        if not_told:
            self.notify(not_told, severity="warning", timeout=20, markup=False)
        self._show_senders(SenderKind.DEFAULT)
        self._changed()
        if await wants_sender(self, self._ws):
            await self._open_settings()

    def _show_senders(self, sender_kind: SenderKind | None = None) -> None:
        select = self.query_one(SenderSelect)
        select.show(choices(self._ws), sender_kind or select.sender_kind or SenderKind.GMAIL)
        self._look_for_offers()

"""Sending from the preview: when F9 works, and what stops a send."""

import asyncio
from datetime import datetime

from textual import work

from facturier.mail.sending.prepare import Prepared
from facturier.mail.sending.queue import queue
from facturier.models.errors import ChangedElsewhere, FacturierError
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.preview.saving import TextSaving
from facturier.tui.screens.preview.sender.sender_select import SenderSelect

_READ = 3.0  # seconds for which the screen says why F9 did nothing, once it works


class Sending(TextSaving):
    """The part of the preview that sends."""

    def _go_to(self, name: str) -> None:
        """Focus the field or view that a finding is about."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("send", "too_early"):
            return self._may_send is (action == "send")
        return super().check_action(action, parameters)

    # When F9 works

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

    # Sending

    def action_send(self) -> None:
        self._send(None)

    @work
    async def action_send_at(self) -> None:
        from facturier.tui.screens.preview.send_at import SendAtScreen

        at = await self.app.push_screen_wait(SendAtScreen(self._ws.clock))
        if at is not None:
            self._send(at)

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

"""Close a company, to quit or to switch to another one: ask the person if needed, and wait for deliveries."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from facturier.mail.workspace import Workspace
from facturier.models.text.i18n import _
from facturier.tui.window.company_app import CompanyApp
from facturier.tui.window.startup import keep_copy
from facturier.tui.window.unsaved import half_typed, save_all, unsaved
from facturier.tui.workers import run_in_worker

if TYPE_CHECKING:
    from facturier.models.outbox.delivery import Delivery

_SOON = timedelta(minutes=1)  # deliveries that are due within this time are waited for


class Departure:
    """Closes the company. Only one request at a time: further requests do nothing until it ends.

    `opened` is called after the screens of another company have opened. Dialogs are imported when they open, because
    usually there is nothing to ask.
    """

    def __init__(self, app: CompanyApp, *, opened: Callable[[], None]) -> None:
        self._app = app
        self._opened = opened
        self._under_way = False

    async def quit(self) -> None:
        """Quit the program. Drafts are saved. Waits for deliveries that are being sent or due within a minute."""

        async def end() -> None:
            self._app.exit()

        await self._begin(end)

    async def interrupt(self) -> None:
        """Ask whether to quit, then quit. Another request while the question is open does nothing."""
        if any(half_typed(self._app)):
            await self.quit()  # this asks about what would be lost
        elif not self._under_way:
            self._under_way = True
            run_in_worker(self._app, self._ask_to_quit, "leave")

    async def _ask_to_quit(self) -> None:
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

        try:
            quits = await self._app.push_screen_wait(ConfirmScreen(_("Quit Facturier?"), _("Your drafts are saved.")))
        finally:
            self._under_way = False
        if quits:
            await self.quit()

    async def switch(self, ws: Workspace) -> None:
        """Close this company as for quitting, and open another one."""
        company = ws.company().name
        await self._begin(lambda: self._move(ws, company), company)

    async def _begin(self, go: Callable[[], Awaitable[None]], company: str = "") -> None:
        """Save, then close in a worker. Handlers await this, so later keys wait until everything is saved."""
        if not self._under_way:
            self._under_way = True
            saved = await save_all(self._app)
            run_in_worker(self._app, partial(self._leave, go, company, saved=saved), "leave")

    async def _leave(self, go: Callable[[], Awaitable[None]], company: str, *, saved: bool) -> None:
        try:
            if not saved and (company or not await self._abandons()):
                return
            lost = " ".join(filter(None, half_typed(self._app)))
            if lost and not await self._loses(lost):
                return
            if await self._all_sent(company):
                await go()
        finally:
            self._under_way = False

    # Unsaved changes

    async def _loses(self, lost: str) -> bool:
        """Ask whether to discard what is entered but not saved."""
        from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

        return await self._app.push_screen_wait(ConfirmScreen(_("Quit without saving?"), lost))

    async def _abandons(self) -> bool:
        """Ask whether to quit without saving, because a person must be able to quit even if the disk is full."""
        from facturier.tui.screens.dialogs.leaving.unsaved import UnsavedScreen

        copied = ""
        while found := unsaved(self._app):
            why = " ".join(dict.fromkeys(why for _text, why in found))
            answer = await self._app.push_screen_wait(UnsavedScreen(why, copied))
            if answer != "copy":
                return answer == "quit"
            copied = await self._copy_elsewhere("\n\n".join(text for text, _why in found))
        return False  # nothing is left to copy, but a screen shows something that the person must see first

    async def _copy_elsewhere(self, text: str) -> str:
        """Let the person save a copy. Return a text with its path and how to use it, or an empty text."""
        from facturier.tui.screens.dialogs.save_as import SaveAsScreen

        ws = self._app.ws
        name = f"facturier {ws.today().isoformat()}.json"
        path = await self._app.push_screen_wait(SaveAsScreen(ws, _("Save a copy elsewhere"), name, text.encode))
        copied = _("A copy is in {path}. To get a draft back: facturier draft {path}")
        return copied.format(path=path) if path else ""

    # Deliveries

    async def _all_sent(self, company: str) -> bool:
        """Wait for deliveries that are being sent or soon will be. Return False if the person decides to stay."""
        worker = self._app.outbox_worker
        until = self._app.ws.clock() + _SOON
        waiting = self._waiting(until)
        if not worker.busy and not waiting:
            return True
        if not waiting:
            worker.stop()
        leaves = await self._wait(lambda: self._still_waiting(until), company)
        while leaves and worker.busy:  # the person does not wait for queued deliveries, but one is being sent
            worker.stop()
            leaves = await self._wait(lambda: [] if worker.busy else None, company)
        if not leaves:
            worker.resume()
        return leaves

    async def _wait(self, waiting: "Callable[[], list[Delivery] | None]", company: str) -> bool:
        from facturier.tui.screens.dialogs.leaving.quit import QuitScreen

        leaves = await self._app.push_screen_wait(QuitScreen(self._app.ws, waiting, company))
        return bool(leaves)

    def _waiting(self, until: datetime) -> "list[Delivery]":
        """Return what this person's postman would send until then."""
        from facturier.mail.senders.access import blocker
        from facturier.models.outbox.deliveries import leaving_by

        ws = self._app.ws
        found = leaving_by(ws.store, until)
        sender_kinds = {delivery.sender_kind for delivery in found}
        blocked = {sender_kind for sender_kind in sender_kinds if blocker(ws, sender_kind) is not None}
        return [delivery for delivery in found if delivery.sender_kind not in blocked]

    def _still_waiting(self, until: datetime) -> "list[Delivery] | None":
        """Return what is still to be sent: nothing while the last delivery is being sent, None once that is done."""
        waiting = self._waiting(until)
        return waiting if waiting or self._app.outbox_worker.busy else None

    # Switching

    async def _move(self, ws: Workspace, company: str) -> None:
        from facturier.tui.screens.companies.screen import MovingScreen

        app, moving = self._app, MovingScreen(company)
        try:
            app.push_screen(moving)
            if await save_all(app):  # saves the last changes
                await app.outbox_worker.end()
                await keep_copy(app, again=True)
                await app.show_company(ws)
                self._opened()
        finally:
            if moving in app.screen_stack:  # switching failed
                moving.dismiss()
                app.outbox_worker.resume()

"""What happens automatically while the program runs: recurring invoices, when a company opens and soon after midnight,
and reminders, once a day."""

import asyncio
from functools import partial

from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.errors.faults import as_problem
from facturier.tui.window.company_app import CompanyApp
from facturier.tui.workers import run_in_worker

_LOOK = 60.0  # seconds between checks. Timers stop while the machine sleeps, so midnight is not waited for.


class AutomaticWatch:
    """Creates and queues the recurring invoices and the reminders of one company that are due, in a thread. It stops
    when the program opens another company."""

    def __init__(self, app: CompanyApp) -> None:
        self._app = app
        self._ws = app.ws
        self._busy = False
        self._reviewed = False
        self._told: set[str] = set()
        self._timer = app.set_interval(_LOOK, self.look)

    def look(self) -> None:
        """Start a check, unless one is under way."""
        if self._app.ws is not self._ws or self._ws.stop.is_set():
            self._timer.stop()
        elif not self._busy:
            self._busy = True
            # Not exclusive: cancelling a worker does not stop its thread.
            run_in_worker(self._app, self._run, "automatic")

    async def _run(self) -> None:
        try:
            await self._recurring()
            await self._reminders()
        except FacturierError as error:  # such as a file that another program has locked: try again later
            self._warn(str(as_problem(error)))
        finally:
            self._busy = False

    async def _recurring(self) -> None:
        from facturier.mail.sending.recurring import run_recurring
        from facturier.mail.vault.schedule_approval import unapproved
        from facturier.tui.words.recurring import created_words, unapproved_words

        ran = await asyncio.to_thread(partial(run_recurring, self._ws))
        if ran.queued:
            self._app.outbox_worker.look()
        for words in created_words(ran):
            self._app.notify(words, timeout=15, markup=False)
        for schedule in ran.waiting:
            self._warn(
                _("{customer}: several recurring invoices are due. Press L to create or skip them.").format(
                    customer=clean(schedule.customer) or _("an unnamed customer")
                )
            )
        for problem in ran.problems:
            self._warn(str(as_problem(problem)))
        if not self._reviewed:
            self._reviewed = True
            if words := unapproved_words(await asyncio.to_thread(unapproved, self._ws)):
                self._warn(words + " " + _("Press L to review them."))

    async def _reminders(self) -> None:
        if not self._ws.company().automatic_reminders.on:  # nothing is imported for companies without them
            return
        from facturier.mail.notices.automatic import run_reminders
        from facturier.tui.words.reminders import reminded_words, waiting_words

        ran = await asyncio.to_thread(partial(run_reminders, self._ws))
        if words := reminded_words(ran, self._ws.clock()):
            self._app.outbox_worker.look()
            self._app.notify(words, timeout=15, markup=False)
        if words := waiting_words(ran):
            hint = _("Press H in the invoice list to review them.")
            self._warn(f"{words} {hint}" if ran.waiting else words)

    def _warn(self, words: str) -> None:
        """Warn once of the same thing."""
        if words not in self._told:
            self._told.add(words)
            self._app.notify(words, severity="warning", timeout=15, markup=False)

"""Changes of the text in the preview: the message follows them, and they are saved."""

import asyncio

from textual import on, work
from textual.widgets import TextArea

from facturier.mail.sending.compose import keep
from facturier.models.errors import FacturierError
from facturier.tui.messages import CompanyChanged
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.preview.making import MessageMaking
from facturier.tui.screens.preview.sender.sender_select import SenderSelect
from facturier.tui.widgets.inputs.fields import Field

# Seconds without a change until the message is created again, and until it is saved.
_PAUSE = 0.12
_KEEP = 0.8


class TextSaving(MessageMaking):
    """The part of the preview that notices changes and saves what was entered."""

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

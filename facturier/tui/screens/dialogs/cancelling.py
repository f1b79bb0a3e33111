"""Say what was put in the outbox, and undo a send that is still waiting."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from facturier.mail.sending.queue import cancel, cancel_all
from facturier.mail.workspace import Workspace
from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.deliveries import any_waiting, deliveries_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.words.formatting import counted


async def cancel_sending(screen: Screen[Any], ws: Workspace, delivery: Delivery) -> None:
    """Cancel a waiting delivery, and tell the person which one it was."""
    with problems_shown(screen):
        draft_again = await asyncio.to_thread(cancel, ws, delivery)
        screen.notify(undone_words(delivery, draft_again=draft_again), markup=False)


def undone_words(delivery: Delivery, *, draft_again: bool) -> str:
    """Return what became of the document after its delivery was cancelled."""
    words = (
        _("Sending undone. {document} is a draft again and keeps its number.")
        if draft_again
        else _("Sending undone. {document} was not sent.")
        if delivery.kind is DeliveryKind.INVOICE
        else _("Sending undone.")
    )
    return words.format(document=delivery.called_first)


def say_queued(screen: Screen[Any], ws: Workspace, say: Say, words: str, deliveries: Sequence[Delivery]) -> None:
    """Say what was put in the outbox, with its undo while any of it is waiting there."""
    ids = [delivery.id for delivery in deliveries]

    async def undo() -> None:
        with problems_shown(screen):
            if len(deliveries) == 1:
                draft_again = await asyncio.to_thread(cancel, ws, *deliveries)
                say(undone_words(*deliveries, draft_again=draft_again))
            else:
                late = await asyncio.to_thread(cancel_all, ws, deliveries)
                say(_several_undone(len(deliveries) - late, late))

    say(words, undo, lambda: any_waiting(ws.store, ids))


def say_if_queued(
    screen: Screen[Any], ws: Workspace, say: Say, invoice_id: int | None, before: Sequence[Delivery] = ()
) -> None:
    """Say that a document was put in the outbox from another screen, if it is still waiting there. `before` are its
    deliveries from before that screen was opened."""
    known = {delivery.id for delivery in before}
    with problems_shown(screen):
        for delivery in deliveries_of(ws.store, invoice_id or 0)[-1:]:
            if delivery.state is State.QUEUED and delivery.id not in known:
                words = _("{document} is in the outbox.").format(document=delivery.called_first)
                say_queued(screen, ws, say, words, [delivery])


def _several_undone(undone: int, late: int) -> str:
    said = []
    if undone:
        words = ngettext("Sending of {count} email undone.", "Sending of {count} emails undone.", undone)
        said.append(words.format(count=counted(undone)))
    if late:
        words = ngettext("{count} was already being sent.", "{count} were already being sent.", late)
        said.append(words.format(count=counted(late)))
    return " ".join(said)

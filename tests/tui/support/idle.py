"""Wait until the widgets have processed their messages."""

import asyncio
from typing import Any

from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.pilot import WaitForScreenTimeout


async def processed(app: App[None], timeout: float) -> bool:
    """Wait until the program and the widgets of the top screen have processed the messages that they have now.

    Return whether they have, and raise WaitForScreenTimeout after `timeout` seconds. This is what the pilot of Textual
    does, except that a widget that waits for messages gets none: their answers take time.
    """
    await asyncio.sleep(0)
    try:
        screen = app.screen
    except ScreenStackError:  # it has ended
        return False
    waited: set[asyncio.Event] = set()
    for pump in (app, *screen.walk_children(with_self=True)):
        done = asyncio.Event()
        if not _is_idle(pump) and pump.call_later(done.set):
            waited.add(done)
    if not waited:
        return True
    all_done = asyncio.ensure_future(asyncio.gather(*(done.wait() for done in waited)))
    failed: asyncio.Future[Any] = asyncio.ensure_future(app._exception_event.wait())
    finished, pending = await asyncio.wait((all_done, failed), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    if not finished:
        raise WaitForScreenTimeout("Timed out while waiting for widgets to process pending messages.")
    return all_done in finished


def _is_idle(pump: MessagePump) -> bool:
    """Whether this widget has no message and is not processing one: it waits for the next one."""
    queue: Any = pump._message_queue
    return queue.empty() and bool(queue.ready_event._waiters)

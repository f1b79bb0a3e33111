"""Load the modules of the editor and the preview while nobody waits for them: half of the time in which each opens
first goes there."""

import asyncio
import importlib

# In this order each takes a few hundredths of a second at most, the time that a key may have to wait.
_MODULES = (
    "facturier.tui.widgets.inputs.many_lines",
    "facturier.tui.widgets.inputs.picker",
    "facturier.tui.screens.editor.head",
    "facturier.tui.screens.editor.screen",
    "email.policy",
    "facturier.mail.document.content",
    "facturier.mail.letter.letter",
    "facturier.mail.senders.gmail",
    "facturier.mail.senders.registry",
    "facturier.mail.vault.permission",
    "facturier.mail.sending.compose",
    "facturier.mail.sending.checks",
    "facturier.mail.document.document",
    "facturier.mail.sending.prepare",
    "facturier.mail.sending.queue",
    "facturier.tui.screens.preview.body",
    "facturier.tui.screens.preview.head",
    "facturier.tui.screens.preview.screen",
    "facturier.tui.screens.preview.open_preview",
)
_PAUSE = 0.05  # seconds in which keys come first


async def load_ahead() -> None:
    """Load them one by one. Not in a thread: two threads that import at once can see a module half loaded."""
    for name in _MODULES:
        importlib.import_module(name)
        await asyncio.sleep(_PAUSE)

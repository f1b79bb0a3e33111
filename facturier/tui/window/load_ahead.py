"""Import the modules of the most frequent screens in the background. They take half of the time in which each first
opens."""

import asyncio
import importlib

# In this order, each import takes at most a few hundredths of a second, which is how long a key may have to wait.
_MODULES = (
    "textual.scrollbar",
    "facturier.tui.widgets.inputs.many_lines",
    "facturier.tui.widgets.inputs.picker",
    "facturier.tui.screens.editor.parts.head",
    "facturier.tui.screens.editor.lines.line_list",
    "email.policy",
    "facturier.mail.document.texts.invoice",
    "facturier.mail.letter.letter",
    "facturier.mail.senders.gmail",
    "facturier.mail.senders.registry",
    "facturier.mail.vault.permission",
    "facturier.mail.sending.compose",
    "facturier.mail.sending.checks.checks",
    "facturier.mail.document.document",
    "facturier.mail.sending.prepare",
    "facturier.mail.sending.queue",
    "facturier.tui.screens.editor.drafts",
    "facturier.tui.screens.editor.saving",
    "facturier.tui.screens.editor.screen",
    "facturier.tui.screens.invoice.payments.payment",
    "facturier.tui.screens.invoice.payments.several",
    "facturier.tui.screens.invoice.payments.paying",
    "facturier.tui.screens.invoice.open_invoice",
    "facturier.tui.screens.invoice.screen",
    "facturier.tui.screens.dialogs.palette.palette",
    "facturier.tui.screens.companies.commands",
    "facturier.tui.screens.export.commands",
    "facturier.tui.screens.reports.commands",
    "facturier.tui.window.theme_commands",
    "facturier.tui.screens.dialogs.help",
    "facturier.tui.screens.invoice_list.filtering.filter_screen",
    "facturier.tui.screens.customer.screen",
    "facturier.tui.screens.editor.details.details_screen",
    "facturier.tui.screens.preview.parts.body",
    "facturier.tui.screens.preview.parts.head",
    "facturier.tui.screens.preview.screen",
    "facturier.tui.screens.preview.open_preview",
    "facturier.tui.screens.invoice_list.act.sending",
    "babel.dates",
    "babel.numbers",
    "markdown_it",
    "email_validator",
    "facturier.tui.screens.settings.screen",
    "facturier.tui.screens.chase.screen",
    "facturier.tui.screens.customers.screen",
    "facturier.tui.screens.items.screen",
    "facturier.tui.screens.statements.screen",
    "facturier.tui.screens.outbox.screen",
    "facturier.tui.screens.alerts.screen",
    "facturier.tui.screens.companies.screen",
)
_PAUSE = 0.05  # seconds between imports, for keys


async def load_ahead() -> None:
    """Import the modules one by one. A second importing thread could see half-loaded modules, so none is used."""
    for name in _MODULES:
        importlib.import_module(name)
        await asyncio.sleep(_PAUSE)

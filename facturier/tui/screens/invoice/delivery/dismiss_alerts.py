"""Dismiss alerts, after a question."""

import asyncio
from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Alert
from facturier.models.outbox.pauses import dismiss_alert
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.words.alerts import alert_title


async def dismiss_alerts(screen: Screen[Any], ws: Workspace, alerts: Sequence[Alert]) -> None:
    """Ask, and dismiss the alerts after a yes."""

    def dismiss() -> None:
        for alert in alerts:
            dismiss_alert(ws.store, alert.id)

    question = ConfirmScreen(_("Dismiss alert?"), "\n".join(map(alert_title, alerts)))
    if await screen.app.push_screen_wait(question):
        with problems_shown(screen):
            await asyncio.to_thread(dismiss)

"""A delivery in doubt: a person looked, and says what became of it."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail import resolving
from facturier.mail.desk import Desk
from facturier.models.language import _
from facturier.tui.opening import Then, attempt
from facturier.tui.screens.reason import ReasonScreen


def resolve(screen: Screen[Any], desk: Desk, delivery_id: int, number: str, *, sent: bool, then: Then) -> None:
    """Ask for the reason, then settle the delivery as sent or as not sent."""
    if sent:
        question = _("Invoice {number} left?").format(number=number)
        detail = _("Say yes only if you saw it in the Sent folder, or the customer has it.")
        example = _("it is in the Sent folder")
    else:
        question = _("Invoice {number} did not leave?").format(number=number)
        detail = _("Say yes only if it is not in the Sent folder. Then you can send it again.")
        example = _("it is not in the Sent folder")

    def answered(reason: str | None) -> None:
        if reason:
            attempt(screen, lambda: asyncio.to_thread(resolve_now, reason), then)

    def resolve_now(reason: str) -> None:
        resolving.resolve(desk, delivery_id, sent=sent, reason=reason)

    screen.app.push_screen(ReasonScreen(question, detail, placeholder=example), answered)

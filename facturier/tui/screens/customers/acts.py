"""What is done with a customer, from the list and from the page."""

import asyncio
from typing import Any, NamedTuple

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.chasing.silence import are_off_for
from facturier.models.customers.upkeep import (
    archive_customer,
    delete_customer,
    is_used,
    need_customer,
    restore_customer,
)
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say


async def edit_customer(screen: Screen[Any], ws: Workspace, customer_id: int | None) -> Customer | None:
    """Edit a customer, or create one. Return it as it was saved."""
    from facturier.tui.screens.customer.screen import CustomerScreen

    with problems_shown(screen):
        customer = Customer() if customer_id is None else need_customer(ws.store, customer_id)
        return await screen.app.push_screen_wait(CustomerScreen(ws, customer))
    return None


class Deleted(NamedTuple):
    """A customer who was deleted, and whether their reminders were off."""

    customer: Customer
    reminders_off: bool


async def put_away(screen: Screen[Any], ws: Workspace, customer_id: int, say: Say) -> Deleted | None:
    """Archive a customer, bring an archived one back, or delete one that no invoice is for.

    Say what was done, except after a deletion, which is returned: the page of the customer closes then, and
    `say_deleted` says it on the screen below.
    """
    with problems_shown(screen):
        customer = need_customer(ws.store, customer_id)
        name = clean(customer.name)
        if not customer.archived and not is_used(ws.store, customer_id):
            question = _("Delete “{name}”?").format(name=name)
            if await screen.app.push_screen_wait(ConfirmScreen(question, _("No invoice is for this customer."))):
                off = are_off_for(ws.store, customer_id)
                return Deleted(await asyncio.to_thread(delete_customer, ws.store, customer_id), off)
            return None
        await asyncio.to_thread(archive_customer, ws.store, customer_id, archived=not customer.archived)

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(archive_customer, ws.store, customer_id, archived=customer.archived)
                say(_archived(name, archived=customer.archived))

        say(_archived(name, archived=not customer.archived), undo)
    return None


def say_deleted(screen: Screen[Any], ws: Workspace, deleted: Deleted, say: Say) -> None:
    """Say that a customer was deleted, and offer to restore it."""
    name = clean(deleted.customer.name)

    async def restore() -> None:
        with problems_shown(screen):
            await asyncio.to_thread(restore_customer, ws.store, deleted.customer, reminders_off=deleted.reminders_off)
            say(_("“{name}” was restored.").format(name=name))

    say(_("“{name}” was deleted.").format(name=name), restore)


def _archived(name: str, *, archived: bool) -> str:
    words = _("“{name}” is archived.") if archived else _("“{name}” is no longer archived.")
    return words.format(name=name)


async def merge_into(screen: Screen[Any], ws: Workspace, customer_id: int) -> bool:
    """Choose a customer and merge it into this one. Return whether that was done."""
    from facturier.tui.screens.customers.merge_screen import MergeScreen

    with problems_shown(screen):
        kept = need_customer(ws.store, customer_id)
        merged: bool | None = await screen.app.push_screen_wait(MergeScreen(ws, kept))
        return bool(merged)
    return False

"""What is done with a customer, from the list and from the page."""

import asyncio
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer
from facturier.models.chasing.silence import are_off_for, turn_customer
from facturier.models.customers.saving import save_customer
from facturier.models.customers.upkeep import archive_customer, delete_customer, is_used, need_customer
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


async def put_away(screen: Screen[Any], ws: Workspace, customer_id: int, say: Say) -> None:
    """Archive a customer, bring an archived one back, or delete one that no invoice is for."""
    with problems_shown(screen):
        customer = need_customer(ws.store, customer_id)
        name = clean(customer.name)
        if not customer.archived and not is_used(ws.store, customer_id):
            question = _("Delete “{name}”?").format(name=name)
            if await screen.app.push_screen_wait(ConfirmScreen(question, _("No invoice is for this customer."))):
                off = are_off_for(ws.store, customer_id)
                deleted = await asyncio.to_thread(delete_customer, ws.store, customer_id)

                def save_again() -> None:
                    with ws.store.writing():
                        saved = save_customer(ws.store, replace(deleted, id=None))
                        turn_customer(ws.store, saved.id or 0, off=off)

                async def restore() -> None:
                    with problems_shown(screen):
                        await asyncio.to_thread(save_again)
                        say(_("“{name}” was restored.").format(name=name))

                say(_("“{name}” was deleted.").format(name=name), restore)
            return
        await asyncio.to_thread(archive_customer, ws.store, customer_id, archived=not customer.archived)

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(archive_customer, ws.store, customer_id, archived=customer.archived)
                say(_archived(name, archived=customer.archived))

        say(_archived(name, archived=not customer.archived), undo)


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

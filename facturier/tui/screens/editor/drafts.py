"""Duplicate invoices and delete drafts: the selected one, or all marked ones after one question."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from textual.screen import Screen

from facturier.mail.sending.batch import these
from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.drafts.drafts import copy_invoice, save_draft
from facturier.models.errors import FacturierError, NumberReserved
from facturier.models.issuing.deleting import delete_draft
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.widgets.done_line import Say
from facturier.tui.words.formatting import counted


async def duplicate(screen: Screen[Any], ws: Workspace, ids: set[int], say: Say) -> set[int]:
    """Create a draft with the same customer and lines for each invoice. Return the ids of the drafts."""
    question = ngettext("Duplicate {count} invoice as a draft?", "Duplicate {count} invoices as drafts?", len(ids))
    detail = _("Each draft has the same customer and lines, and today’s date.")
    asked = ConfirmScreen(question.format(count=counted(len(ids))), detail, grave=True)
    if not await screen.app.push_screen_wait(asked):
        return set()
    created: set[int] = set()

    def copy_all() -> None:
        for row in these(ws.store, ids, ws.today()):
            draft = copy_invoice(ws.store, row.id, ws.today())
            assert draft.id is not None
            created.add(draft.id)

    with problems_shown(screen):
        await asyncio.to_thread(copy_all)
    if created:
        words = ngettext("{count} draft created.", "{count} drafts created.", len(created))
        say(words.format(count=counted(len(created))), None)
    return created


async def delete(screen: Screen[Any], ws: Workspace, rows: list[InvoiceRow], say: Say) -> set[int]:
    """Delete drafts after a question. Refused if one of them is issued. Return the ids of the deleted drafts."""
    if issued := [row for row in rows if row.book_status is not BookStatus.DRAFT]:
        screen.notify(_issued(issued, len(rows)), severity="warning", markup=False)
        return set()
    if not await screen.app.push_screen_wait(ConfirmScreen(*_question(rows), grave=True)):
        return set()
    deleted: list[Invoice] = []

    def delete_all() -> None:
        for row in rows:
            draft = get_invoice(ws.store, row.id)
            delete_draft(ws.store, row.id)
            deleted.append(draft)

    with problems_shown(screen):
        try:
            await asyncio.to_thread(delete_all)
        except NumberReserved as error:
            from facturier.tui.screens.editor.void_instead import void_instead

            await void_instead(screen, ws, rows[len(deleted)].id, error)
    if deleted:
        say(_deleted(deleted), _restoring(screen, ws, deleted, say))
    return {draft.id for draft in deleted if draft.id is not None}


def _restoring(screen: Screen[Any], ws: Workspace, drafts: list[Invoice], say: Say) -> Callable[[], Awaitable[None]]:
    def save_all() -> None:
        while drafts:
            save_draft(ws.store, replace(drafts[0], id=None, version=1))
            drafts.pop(0)

    async def restore() -> None:
        count = len(drafts)
        try:
            await asyncio.to_thread(save_all)
        except FacturierError as error:
            # What is not saved yet stays in `drafts`, and the same key tries again.
            show_problem(screen, error)
            words = ngettext("{count} draft is not restored yet.", "{count} drafts are not restored yet.", len(drafts))
            say(words.format(count=counted(len(drafts))), restore)
            return
        say(ngettext("{count} draft restored.", "{count} drafts restored.", count).format(count=counted(count)), None)

    return restore


def _deleted(drafts: list[Invoice]) -> str:
    if len(drafts) > 1:
        return ngettext("{count} draft deleted.", "{count} drafts deleted.", len(drafts)).format(
            count=counted(len(drafts))
        )
    return _("Draft for {customer} deleted.").format(customer=_customer(drafts[0].customer.name))


def _customer(name: str) -> str:
    return clean(name) or _("an unnamed customer")


def _question(rows: list[InvoiceRow]) -> tuple[str, str]:
    detail = _("You can undo this until you do something else.")
    if len(rows) > 1:
        words = ngettext("Delete {count} draft?", "Delete {count} drafts?", len(rows))
        return words.format(count=counted(len(rows))), detail
    words = _("Delete the draft for {customer}?")
    return words.format(customer=_customer(rows[0].customer)), detail


def _issued(issued: list[InvoiceRow], of: int) -> str:
    if of == 1:
        return _("Only a draft can be deleted. Press v to void an issued invoice.")
    words = ngettext(
        "{count} of {all} marked invoices is issued. Only drafts can be deleted.",
        "{count} of {all} marked invoices are issued. Only drafts can be deleted.",
        len(issued),
    )
    return words.format(count=counted(len(issued)), all=counted(of))

"""Ask a member whether the invoices of a schedule may be sent automatically, and show what would be sent."""

import asyncio
from typing import Any

from textual.screen import Screen

from facturier.mail.errors import VaultError
from facturier.mail.vault.schedule_approval import approve_schedule, is_approved, what_is_approved
from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import RecurringAction
from facturier.models.recurring.schedule import Schedule, get_schedule
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.words.formatting import with_currency
from facturier.tui.words.recurring import end_words, rhythm_words

_LINES = 5  # how many lines of the template are shown
_WIDTH = 60


async def approve_if_needed(screen: Screen[Any], ws: Workspace, schedule: Schedule) -> None:
    """Ask after a schedule was saved, if it sends and is not approved. A person who may not send is told."""
    if schedule.action is not RecurringAction.SEND:
        return
    with problems_shown(screen):
        try:
            approved = await asyncio.to_thread(is_approved, ws, schedule)
        except VaultError:
            words = _("A member must approve this schedule before its invoices are sent automatically.")
            screen.notify(words, severity="warning", markup=False)
            return
        if not approved:
            await ask_approval(screen, ws, schedule)


async def ask_approval(screen: Screen[Any], ws: Workspace, schedule: Schedule) -> bool:
    """Show what the schedule sends, and approve it if the person agrees. Return whether it was approved."""
    with problems_shown(screen):
        seen, detail = await asyncio.to_thread(_shown, ws, schedule)
        if await screen.app.push_screen_wait(
            ConfirmScreen(_("Send these invoices automatically?"), detail, grave=True)
        ):
            await asyncio.to_thread(approve_schedule, ws, schedule.id, seen)
            return True
    return False


def _shown(ws: Workspace, schedule: Schedule) -> tuple[str, str]:
    """Return what is approved, and the same in words."""
    with ws.store.reading():
        while True:
            seen = what_is_approved(ws, schedule.id)
            schedule = get_schedule(ws.store, schedule.id)  # another window may have changed it
            template = get_invoice(ws.store, schedule.invoice_id)
            files = [one.name for one in attachments_of(ws.store, schedule.invoice_id)]
            words = _words(schedule, template, files, ws.company())
            if seen == what_is_approved(ws, schedule.id):
                return seen, words


def _words(schedule: Schedule, template: Invoice, files: list[str], company: Company) -> str:
    customer, ends = template.customer, end_words(schedule.rhythm)
    rows = [
        clean(customer.name),
        rhythm_words(schedule.rhythm) + (f", {ends}" if ends else ""),
        _row(_("To"), customer.email),
        _row(_("Cc"), customer.cc),
        _row(_("Bcc"), company.bcc_with(customer.bcc)),
        _row(_("Amount"), with_currency(template.total)),
        *(_row("·", _line(line)) for line in template.lines[:_LINES]),
        _more(len(template.lines) - _LINES),
        _row(_("Files"), ", ".join(files)),
        _row(_("IBAN"), company.iban),
        _row(_("Payment link"), company.pay_link),
    ]
    hint = _("To see all of it first, answer no, and press Enter on the schedule.")
    return "\n".join(filter(None, rows)) + f"\n\n{hint}"


def _line(line: Line) -> str:
    return f"{line.description or line.item}  {line.quantity or 1} × {line.rate or '–'}"


def _more(count: int) -> str:
    if count <= 0:
        return ""
    return ngettext("… and {count} more line", "… and {count} more lines", count).format(count=count)


def _row(name: str, value: str) -> str:
    said = " ".join(clean(value).split())
    if len(said) > _WIDTH:
        said = said[: _WIDTH - 1] + "…"
    return f"{name}  {said}" if said else ""

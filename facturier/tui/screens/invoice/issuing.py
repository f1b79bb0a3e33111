"""Issue a draft without sending it, or mark an issued invoice as sent: the question, and how it is undone."""

import asyncio
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.naming import named
from facturier.models.books.status import BookStatus, ByHand
from facturier.models.errors import InputError
from facturier.models.issuing.by_hand import check_complete, check_reason, issue_by_hand, mark_sent, refusal
from facturier.models.outbox.changes.draft_again import undo_issue, unmark_sent
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import with_currency

_WAYS = {
    ByHand.PAPER: N_("On paper, by post or by hand"),
    ByHand.PORTAL: N_("Through the customer’s portal"),
    ByHand.OTHER: N_("In another way"),
}


class ByHandScreen(Dialog[tuple[ByHand, str] | None]):
    """Answers how the customer gets the invoice, and the reason. `reasoned`: a reason is always needed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,enter", "issue", N_("Continue"), id="by_hand.issue", priority=True),
        keys.CANCEL.on("by_hand.cancel"),
    ]

    def __init__(self, question: str, detail: str, *, reasoned: bool) -> None:
        super().__init__(classes="dialog")
        self._question = question
        self._detail = detail
        self._reasoned = reasoned

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            yield Label(self._question, markup=False, classes="dialog-title")
            yield Label(self._detail, markup=False)
            yield Options(
                *(Option(Text(_(words)), id=how) for how, words in _WAYS.items()),
                markup=False,
                compact=True,
                classes="dialog-list",
            )
            placeholder = "" if self._reasoned else _("needed for another way only")
            yield Field(_("Reason"), placeholder=placeholder)
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    def half_typed(self) -> str:
        return typed_in(self)

    @on(OptionList.OptionSelected)
    def action_issue(self) -> None:
        field = self.query_one(Field)
        how = list(_WAYS)[self.query_one(OptionList).highlighted or 0]
        try:
            check_reason(ByHand.OTHER if self._reasoned else how, field.text)
        except InputError as error:
            field.show_problem(str(error))
            field.input.focus()
            return
        self.dismiss((how, field.text))


async def issue_without_sending(screen: Screen[Any], ws: Workspace, invoice_id: int, say: Say) -> None:
    """Issue a draft without sending it, or mark an issued invoice as sent. Say what was done, or why it cannot be."""
    with problems_shown(screen):
        invoice = get_invoice(ws.store, invoice_id)
        if invoice.book_status is BookStatus.DRAFT:
            await _issue(screen, ws, invoice, say)
        elif why := refusal(invoice):
            screen.notify(why, severity="warning", markup=False)
        else:
            await _mark(screen, ws, invoice, say)


async def _issue(screen: Screen[Any], ws: Workspace, draft: Invoice, say: Say) -> None:
    check_complete(draft)
    number = draft.number_with(ws.company())
    question = _("Issue {document} for {customer} without sending it?").format(
        document=named(draft.kind, number), customer=clean(draft.customer.name)
    )
    detail = _("It gets its number and can be paid. No email is sent. How does the customer get it?")
    answer = await screen.app.push_screen_wait(ByHandScreen(question, detail, reasoned=False))
    if answer is None:
        return
    issued = await asyncio.to_thread(issue_by_hand, ws.store, draft, *answer)

    async def undo() -> None:
        with problems_shown(screen):
            await asyncio.to_thread(undo_issue, ws.store, issued)
            say(
                _("{document} is a draft again and keeps its number.").format(document=issued.called_first),
                None,
            )

    words = _("{document} issued without sending it.").format(document=issued.called_first)
    say(f"{words} {credit_words(issued)}".strip(), undo)


def credit_words(issued: Invoice) -> str:
    """Return what became of the credit of a credit note, or an empty text for another document."""
    if not issued.is_credit or issued.source is None:
        return ""
    said = []
    if issued.paid:
        applied = with_currency(Money(-issued.paid, issued.currency))
        said.append(_("{amount} applied to invoice {number}.").format(amount=applied, number=issued.source.number))
    if issued.balance.minor < 0:
        said.append(_("{amount} remains: refund it, or apply it.").format(amount=with_currency(-issued.balance)))
    return " ".join(said)


async def _mark(screen: Screen[Any], ws: Workspace, invoice: Invoice, say: Say) -> None:
    assert invoice.id is not None
    question = _("Mark {document} as sent?").format(document=invoice.called)
    detail = _("It counts as sent from now on. No email is sent. How did the customer get it?")
    answer = await screen.app.push_screen_wait(ByHandScreen(question, detail, reasoned=True))
    if answer is None:
        return
    how, reason = answer
    marked = await asyncio.to_thread(mark_sent, ws.store, invoice.id, how, reason, seen=invoice)

    async def undo() -> None:
        with problems_shown(screen):
            await asyncio.to_thread(unmark_sent, ws.store, marked)
            say(
                _("{document} is no longer marked as sent.").format(document=marked.called_first),
                None,
            )

    say(_("{document} marked as sent.").format(document=marked.called_first), undo)

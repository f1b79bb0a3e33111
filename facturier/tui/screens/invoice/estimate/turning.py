"""Convert an estimate to an invoice: a percentage of it, some lines, or what remains."""

import asyncio
from decimal import Decimal
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import Answer, BookStatus, State
from facturier.models.errors import FacturierError, InputError, NoSuchInvoice, NotConfirmed
from facturier.models.estimates.answers import check_estimate
from facturier.models.estimates.billing import Progress, Share, bill_estimate, draft_bill, progress_of
from facturier.models.issuing.deleting import delete_draft
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.settings.line import LineKind
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_decimal
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.cancelling import say_queued
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.estimate_status import billed_words
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import with_currency


class TurnScreen(Dialog[Invoice | None]):
    """Answers the draft invoice, saved. At first, all that remains of the estimate is billed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9", "create", N_("Create invoice"), id="turn.create", priority=True),
        keys.MARK.on("turn.mark", N_("Include or exclude this line."), priority=True),
        keys.CANCEL.on("turn.cancel"),
    ]

    def __init__(self, ws: Workspace, estimate: Invoice, progress: Progress, *, anyway: bool = False) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._estimate = estimate
        self._progress = progress
        self._anyway = anyway
        self._by_percent = False  # whether a percentage is billed, not lines
        amounts = zip(estimate.lines, estimate.totals.amounts, strict=True)
        self._places = [place for place, (line, amount) in enumerate(amounts) if line.kind is LineKind.ITEM and amount]
        self._lines = {place for place in self._places if progress.rest.lines[place]}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            title = _("Invoice from estimate {number}").format(number=self._estimate.number)
            yield Label(title, markup=False, classes="dialog-title")
            yield Label(billed_words(self._progress, self._estimate.currency), markup=False)
            yield Field(
                _("Percentage"),
                placeholder=_("such as 30; empty for the marked lines"),
                check=self._percent,
                whole=True,
                id="percent",
            )
            yield Options(*self._options(), markup=False, compact=True, classes="dialog-list")
            yield Label(self._sum(""), markup=False, id="turn-sum")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0
        self.query_one(Field).input.focus()

    def half_typed(self) -> str:
        return typed_in(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        return action != "mark" or isinstance(self.focused, OptionList)

    # What is shown

    def _options(self) -> list[Option]:
        return [Option(self._words(place)) for place in self._places]

    def _words(self, place: int) -> Text:
        line, left = self._estimate.lines[place], self._progress.rest.lines[place]
        name = clean(line.item or line.description.partition("\n")[0])
        amount = with_currency(Money(left, self._estimate.currency)) if left else _("billed")
        chosen = place in self._lines and not self._by_percent
        return Text.assemble("◆ " if chosen else "  ", name, "  ", (amount, "bold" if left else "dim"))

    def _sum(self, percent: str) -> Text:
        try:
            total = with_currency(self._draft(self._percent(percent)).total)
        except FacturierError as error:
            return Text(error.happened, "bold")
        return Text(_("Invoice with taxes: {total}").format(total=total), "bold")

    def _share(self, percent: Decimal | None, *, anyway: bool) -> Share:
        if percent is not None:
            return {"percent": percent, "anyway": anyway}
        everything = {place for place in self._places if self._progress.rest.lines[place]}
        return {"anyway": anyway} if self._lines == everything else {"lines": self._lines, "anyway": anyway}

    def _draft(self, percent: Decimal | None) -> Invoice:
        """Return what would be created. Raises InputError, NotConfirmed, StoreError."""
        store, id_, today = self._ws.store, self._estimate.id or 0, self._ws.today()
        return draft_bill(store, id_, today, **self._share(percent, anyway=self._anyway))

    @on(Field.Changed)
    @on(OptionList.OptionHighlighted)
    def _renew(self) -> None:
        percent = self.query_one(Field).text
        if bool(percent.strip()) != self._by_percent:
            self._by_percent = not self._by_percent
            self._mark_again()
        self.query_one("#turn-sum", Label).update(self._sum(percent))
        self.refresh_bindings()

    def _mark_again(self) -> None:
        listed = self.query_one(OptionList)
        for at, place in enumerate(self._places):
            listed.replace_option_prompt_at_index(at, self._words(place))

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()

    # What is chosen

    @staticmethod
    def _percent(text: str) -> Decimal | None:
        """Return the percentage, or None if there is none. Raises InputError."""
        bare = text.strip().removesuffix("%").strip()
        if not bare:
            return None
        percent = parse_decimal(bare)
        if not 0 < percent <= 100:
            raise InputError(_("Enter a percentage above 0 and at most 100."))
        return percent

    def action_mark(self) -> None:
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return
        self._lines ^= {self._places[listed.highlighted]}
        self.query_one(Field).text = ""  # lines and a percentage exclude each other: the last choice counts
        self._mark_again()
        self._renew()

    @work
    @once
    async def action_create(self) -> None:
        field = self.query_one(Field)
        try:
            percent = self._percent(field.text)
        except InputError as error:
            field.show_problem(str(error))
            field.input.focus()
            return
        try:
            self.dismiss(await asyncio.to_thread(self._save, percent, anyway=self._anyway))
        except NotConfirmed as error:
            if await self.app.push_screen_wait(ConfirmScreen(error.happened, _("Create the invoice anyway?"))):
                with problems_shown(self):
                    self.dismiss(await asyncio.to_thread(self._save, percent, anyway=True))
        except FacturierError as error:
            show_problem(self, error)

    def _save(self, percent: Decimal | None, *, anyway: bool) -> Invoice:
        id_, today = self._estimate.id or 0, self._ws.today()
        return bill_estimate(self._ws.store, id_, today, **self._share(percent, anyway=anyway))


async def turn_into_invoice(screen: Screen[Any], ws: Workspace, estimate_id: int, say: Say) -> None:
    """Let the user choose what to bill, and open the draft invoice in the editor."""
    with problems_shown(screen):
        estimate = get_invoice(ws.store, estimate_id)
        check_estimate(estimate, kept=_("No invoice was created."))
        declined = estimate.answer is Answer.DECLINED
        if declined:
            question = _("The customer declined estimate {number}.").format(number=estimate.number)
            if not await screen.app.push_screen_wait(ConfirmScreen(question, _("Create an invoice anyway?"))):
                return
        draft = await screen.app.push_screen_wait(
            TurnScreen(ws, estimate, progress_of(ws.store, estimate), anyway=declined)
        )
        if draft is None:
            return
        await screen.app.push_screen_wait(EditorScreen(ws, draft.id))
        try:
            kept = get_invoice(ws.store, draft.id or 0)
        except NoSuchInvoice:
            return
        if kept.book_status is not BookStatus.DRAFT:
            # Also replaces what was said before: undo must not be for the estimate's answer.
            _say_sent(screen, ws, kept, estimate.number or "", say)
            return

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(delete_draft, ws.store, kept.id or 0)
                say(_("The draft invoice was deleted."), None)

        words = _("Draft invoice for {amount} created from estimate {number}.")
        say(words.format(amount=with_currency(kept.total), number=estimate.number), undo)


def _say_sent(screen: Screen[Any], ws: Workspace, invoice: Invoice, estimate: str, say: Say) -> None:
    """Say that the invoice was sent from the editor, or only issued. A send can be undone."""
    if invoice.delivery is not State.QUEUED:
        say(
            _("Invoice {number} created from estimate {estimate}.").format(number=invoice.number, estimate=estimate),
            None,
        )
        return
    words = _("{document} is in the outbox.").format(document=invoice.called_first)
    say_queued(screen, ws, say, words, deliveries_of(ws.store, invoice.id or 0)[-1:])

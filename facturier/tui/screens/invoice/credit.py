"""Choose what to credit on an invoice: lines, a part of a line, the shipping, or an amount with taxes."""

import asyncio
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.drafts.credit_notes import Part, draft_credit
from facturier.models.drafts.creditable import Rest, rest_of
from facturier.models.drafts.drafts import save_draft
from facturier.models.errors import FacturierError, InputError, NoSuchInvoice
from facturier.models.issuing.deleting import delete_draft
from facturier.models.text.clean import clean
from facturier.models.text.decimals import parse_decimal, plain
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import Money, parse_amount
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.cancelling import say_if_queued
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.editor.screen import EditorScreen
from facturier.tui.widgets.done_line import Say
from facturier.tui.widgets.inputs.fields import Field, typed_in
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.words.formatting import with_currency

_SHIPPING, _AMOUNT = -1, -2  # rows that are no lines of the invoice


class CreditScreen(Dialog[Invoice | None]):
    """Answers the draft credit note, saved. At first, all that is left of the invoice is credited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9", "create", N_("Create credit note"), id="credit.create", priority=True),
        keys.MARK.on("credit.mark", N_("Include or exclude this."), priority=True),
        keys.EDIT.on("credit.edit", N_("Credit a part: a quantity or an amount.")),
        keys.CANCEL.on("credit.cancel"),
    ]

    def __init__(self, ws: Workspace, invoice: Invoice, rest: Rest) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._invoice = invoice
        self._rest = rest
        lines = [place for place, left in enumerate(rest.lines) if left]
        self._rows = [*lines, *([_SHIPPING] if rest.shipping else []), _AMOUNT]
        self._parts = {place: Part() for place in lines}
        self._shipping = bool(rest.shipping)
        self._amount: int | None = None  # with taxes, instead of lines

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            title = _("Credit invoice {number}").format(number=self._invoice.number)
            yield Label(title, markup=False, classes="dialog-title")
            yield Options(*self._options(), markup=False, compact=True, classes="dialog-list")
            yield Label(self._sum(), markup=False, id="credit-sum")
            yield KeyBar()

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        listed.focus()
        listed.highlighted = 0

    # What is shown

    def _options(self) -> list[Option]:
        return [Option(self._words(row)) for row in self._rows]

    def _words(self, row: int) -> Text:
        if row == _AMOUNT:
            chosen, name = self._amount is not None, _("An amount with taxes")
            figure = "" if self._amount is None else self._money(self._amount)
        elif row == _SHIPPING:
            chosen, name, figure = self._shipping, _("Shipping"), self._money(self._rest.shipping)
        else:
            line, part = self._invoice.lines[row], self._parts.get(row, Part())
            chosen, name = row in self._parts, clean(line.item or line.description.partition("\n")[0])
            figure = self._money(self._rest.lines[row] if part.amount is None else part.amount)
            if part.quantity:
                figure = _("{quantity} of {all}").format(quantity=part.quantity, all=line.quantity or "1")
        return Text.assemble("◆ " if chosen else "  ", name, "  ", (figure, "bold"))

    def _money(self, minor: int) -> str:
        return with_currency(Money(minor, self._invoice.currency))

    def _sum(self) -> Text:
        try:
            total = with_currency(-self._draft().total)
        except FacturierError as error:
            return Text(str(error), "bold")
        return Text(_("Credit with taxes: {total}").format(total=total), "bold")

    def _draft(self) -> Invoice:
        """Return what would be created. Raises InputError, StoreError."""
        store, id_, today = self._ws.store, self._invoice.id or 0, self._ws.today()
        if self._amount is not None:
            return draft_credit(store, id_, today, amount=self._amount)
        everything = all(self._parts.get(row) == Part() for row in self._rows if row >= 0)
        if everything and self._shipping == bool(self._rest.shipping):
            return draft_credit(store, id_, today)
        return draft_credit(store, id_, today, self._parts, shipping=self._shipping)

    def _renew(self) -> None:
        listed = self.query_one(OptionList)
        at = listed.highlighted
        listed.clear_options()
        listed.add_options(self._options())
        listed.highlighted = at
        self.query_one("#credit-sum", Label).update(self._sum())

    # What is chosen

    @property
    def _row(self) -> int:
        return self._rows[self.query_one(OptionList).highlighted or 0]

    @work
    async def action_mark(self) -> None:
        row = self._row
        if row == _AMOUNT and self._amount is None:
            await self._edit(row)
            return
        if row == _AMOUNT:
            self._amount = None
        elif row == _SHIPPING:
            self._shipping = not self._shipping
        elif row in self._parts:
            del self._parts[row]
        else:
            self._parts[row] = Part()
        self._lines_again(row)

    @work
    async def action_edit(self) -> None:
        if self._row != _SHIPPING:
            await self._edit(self._row)

    async def _edit(self, row: int) -> None:
        part = await self.app.push_screen_wait(PartScreen(self._invoice, row, self._parts.get(row, Part())))
        if part is None:
            return
        if row == _AMOUNT:
            self._parts, self._shipping, self._amount = {}, False, part.amount
        else:
            self._parts[row] = part
        self._lines_again(row)

    def _lines_again(self, row: int) -> None:
        """Lines and an amount exclude each other: the last choice counts."""
        if row != _AMOUNT:
            self._amount = None
        self._renew()

    @work
    @once
    async def action_create(self) -> None:
        try:
            self.dismiss(await asyncio.to_thread(self._save))
        except FacturierError as error:
            show_problem(self, error)

    def _save(self) -> Invoice:
        with self._ws.store.writing():
            return save_draft(self._ws.store, self._draft())


class PartScreen(Dialog[Part | None]):
    """Answers how much of a line is credited, or the amount with taxes where `place` is no line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f9", "answer", N_("Continue"), id="credit_part.answer", priority=True),
        keys.CANCEL.on("credit_part.cancel"),
    ]

    def __init__(self, invoice: Invoice, place: int, part: Part) -> None:
        super().__init__(classes="dialog")
        self._invoice = invoice
        self._line = invoice.lines[place] if place >= 0 else None
        self._part = part

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            title = _("An amount with taxes") if self._line is None else _("How much of this line?")
            yield Label(title, markup=False, classes="dialog-title")
            if self._line is not None:
                quantity = self._part.quantity or self._line.quantity or "1"
                yield Field(_("Quantity"), quantity, check=parse_decimal, whole=True, id="quantity")
            amount = "" if self._part.amount is None else Money(self._part.amount, self._invoice.currency).plain()
            hint = "" if self._line is None else _("before tax, instead of a quantity")
            yield Field(_("Amount"), amount, check=self._amount, placeholder=hint, whole=True, id="amount")
            yield KeyBar()

    def half_typed(self) -> str:
        return typed_in(self)

    def _amount(self, text: str) -> int | None:
        if not text and self._line is not None:
            return None
        minor = parse_amount(text, self._invoice.currency)
        if minor <= 0:
            raise InputError(_("Enter an amount above zero."))
        return minor

    def action_answer(self) -> None:
        for field in self.query(Field):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        amount = self._amount(self.query_one("#amount", Field).text)
        if amount is not None or self._line is None:
            self.dismiss(Part(amount=amount))
            return
        quantity = parse_decimal(self.query_one("#quantity", Field).text)
        whole = quantity == abs(parse_decimal(self._line.quantity or "1"))
        self.dismiss(Part() if whole else Part(plain(quantity)))


async def credit(screen: Screen[Any], ws: Workspace, invoice: Invoice, say: Say) -> None:
    """Let the user choose what to credit, and open the draft credit note in the editor."""
    with problems_shown(screen):
        draft_credit(ws.store, invoice.id or 0, ws.today())  # says why it cannot be credited
        note = await screen.app.push_screen_wait(CreditScreen(ws, invoice, rest_of(ws.store, invoice)))
        if note is None:
            return
        await screen.app.push_screen_wait(EditorScreen(ws, note.id))
        try:
            kept = get_invoice(ws.store, note.id or 0)
        except NoSuchInvoice:
            return
        if kept.book_status is not BookStatus.DRAFT:
            say_if_queued(screen, ws, say, kept.id)
            return

        async def undo() -> None:
            with problems_shown(screen):
                await asyncio.to_thread(delete_draft, ws.store, kept.id or 0)
                say(_("The draft credit note was deleted."), None)

        words = _("Draft credit note for {amount} created.")
        say(words.format(amount=with_currency(-kept.total)), undo)

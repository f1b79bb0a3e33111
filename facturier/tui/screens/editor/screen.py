"""The invoice editor: customer, dates, lines, message. What is typed is in the company file within a second."""

import asyncio
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label

from facturier.mail.workspace import Workspace
from facturier.models.books.customers import get_customer
from facturier.models.books.drafts import new_draft
from facturier.models.books.invoice import Customer, Invoice
from facturier.models.books.invoices import get_invoice
from facturier.models.books.items import find_items, item_taxes, keep_new_items
from facturier.models.books.status import BookStatus
from facturier.models.errors import FacturierError, StoreError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.editor.autosave import Autosave
from facturier.tui.screens.editor.head import InvoiceHead
from facturier.tui.screens.editor.keys import KEYS, LINE_ACTIONS
from facturier.tui.screens.editor.line_grid import LineGrid
from facturier.tui.screens.editor.totals import InvoiceTotals
from facturier.tui.widgets.inputs.fields import Area
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

SAVE_AFTER = 0.5  # seconds from the first key that is not saved yet; with the save itself below one second
TRY_AGAIN_AFTER = 2.0  # seconds


class EditorScreen(ResultScreen[int | None]):
    """Edits a draft, or begins one where `invoice_id` is None. Answers with its id, None if nothing was kept."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012 - so declared by Screen

    def __init__(self, ws: Workspace, invoice_id: int | None = None) -> None:
        super().__init__()
        self._ws = ws
        self._company = ws.company()
        draft = new_draft(ws.store, ws.today()) if invoice_id is None else get_invoice(ws.store, invoice_id)
        self._issued = draft.book_status is not BookStatus.DRAFT
        self._drafts = Autosave(ws.store, draft, self._snapshot, self._followed)
        self._head = InvoiceHead(ws.store, self._company, ws.today(), draft)
        self._grid = LineGrid(lambda text: find_items(ws.store, text), lambda: item_taxes(ws.store), id="lines")
        self._message = Area(_("Message"), draft.message, lines=4, at_end=True, id="message-printed")
        self._waiting = False  # a save is due
        self._missing = ""  # what sending, or going back, waits for
        self._warned = ""  # what was said not to be saved

    def compose(self) -> ComposeResult:
        yield Title(id="title")
        yield Banner(self._ws)
        yield Label("", markup=False, id="trouble")
        yield self._head
        yield self._grid
        with Horizontal(id="foot"):
            yield self._message
            yield InvoiceTotals(self._drafts.kept)
        yield KeyBar()

    def on_mount(self) -> None:
        draft = self._drafts.kept
        if self._issued:
            error = StoreError(
                _("Invoice {number} has been issued.").format(number=draft.number),
                kept=_("An issued invoice cannot be changed."),
                todo=_("Copy it into a new draft instead."),
            )
            self._leave_over(error)
            return
        self._grid.show(draft.lines, draft.rates, draft.currency, self._stored(draft.customer).tax)
        self._tell()
        if draft.customer.name:
            self._grid.go_last()
        else:
            self._head.lookup.input.focus()

    @work
    async def _leave_over(self, error: StoreError) -> None:
        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss(self._drafts.kept.id)

    # What was typed, and keeping it

    def _snapshot(self, kept: Invoice) -> Invoice:
        return replace(self._head.apply(kept), lines=self._grid.lines, message=self._message.text)

    @on(InvoiceHead.Changed)
    @on(LineGrid.Changed)
    @on(Area.Changed)
    def _changed(self) -> None:
        self._missing = ""
        self._tell()
        if not self._waiting and self._drafts.unsaved:
            self._waiting = True
            self.set_timer(SAVE_AFTER, self._save_in_time)

    def _save_in_time(self) -> None:
        self._waiting = False
        self.run_worker(self.save_now(), group="autosave")

    async def save_now(self) -> bool:
        """Save what is not saved yet. False if that could not be; the screen says why and tries again."""
        saved = await self._drafts.save()
        if not self._has_parts:
            return saved
        self._grid.recheck(self._drafts.kept.rates)
        if not saved and not self._drafts.conflict and not self._waiting:
            self._waiting = True
            self.set_timer(TRY_AGAIN_AFTER, self._save_in_time)
        self._tell()
        return saved

    @property
    def _has_parts(self) -> bool:
        """Where the program ends, the parts go before the screen does."""
        return self.is_mounted and bool(self.query(Title))

    def _followed(self, before: Customer, after: Customer) -> None:
        if self._has_parts:
            self._head.follow(before, after)

    def typed_copy(self) -> tuple[str, str]:
        """What is typed here and not saved, as `facturier draft` reads it, and why it is not."""
        from facturier.tui.screens.dialogs.typed_copy import draft_copy

        if not self._drafts.unsaved:
            return "", ""
        return draft_copy(self._snapshot(self._drafts.kept)), str(self._drafts.problem or "")

    async def on_company_changed(self) -> None:
        """Somebody else may have taken the next number, or changed the tax rates."""
        try:
            self._company = self._ws.company()
            before = self._drafts.kept.customer
            await self._drafts.follow()
        except StoreError as error:
            self.log.error(error)  # the app says so; the next save will, too
            return
        self._head.follow(before, self._drafts.kept.customer)
        self._head.show_number(self._drafts.kept.known_number or self._company.number)
        self._grid.recheck(self._drafts.kept.rates)
        self._tell()

    def _tell(self) -> None:
        """Show what this draft is, its state and its total."""
        invoice = self._snapshot(self._drafts.kept)
        name = clean(invoice.customer.name)
        title = self.query_one(Title)
        if number := self._drafts.kept.known_number:
            title.left = _("Draft {number} for {customer}").format(
                number=number, customer=name or _("an unnamed customer")
            )
        else:
            title.left = _("Draft for {customer}").format(customer=name) if name else _("New invoice")
        problem, at = self._drafts.problem, self._drafts.at
        if problem is not None:
            title.right = Text(_("not saved"), "bold reverse")
        elif at is not None:
            title.right = _("saved {time}").format(time=f"{at.astimezone():%H:%M:%S}")
        self._say(str(problem or self._missing))
        self.query_one(InvoiceTotals).show(invoice)
        self.refresh_bindings()

    def _say(self, trouble: str) -> None:
        label = self.query_one("#trouble", Label)
        if trouble != str(label.content):
            label.update(trouble)
            label.display = bool(trouble)

    # Customer

    @on(InvoiceHead.CustomerChosen)
    def _customer_chosen(self, event: InvoiceHead.CustomerChosen) -> None:
        self._grid.retax(self._stored(event.before).tax, event.customer.tax)
        if self._message.text == self._company.message_for(event.before.language):  # nobody has typed another one
            self._message.text = self._company.message_for(event.customer.language)
        if event.key == "enter" and event.customer.email:
            self._grid.go_last()  # everything above came with the customer
        elif event.key:
            self.query_one("#email Input", Input).focus()

    @on(InvoiceHead.CurrencyChanged)
    def _currency_changed(self, event: InvoiceHead.CurrencyChanged) -> None:
        if self._grid.price_in(event.currency):
            words = _("The invoice is in {currency} now. The rates were not converted: check each line.")
            self.notify(words.format(currency=event.currency), severity="warning", markup=False)
        self._tell()

    @on(InvoiceHead.CustomerWanted)
    def _customer_wanted(self, event: InvoiceHead.CustomerWanted) -> None:
        self._open_customer(self._new_customer(event.name))

    def action_customer(self) -> None:
        if self._head.settle_customer():
            self._open_customer(self._stored(self._head.customer))
        else:
            self._open_customer(self._new_customer(self._head.customer.name))

    def _new_customer(self, name: str) -> Customer:
        return Customer(name=name, email=self._head.customer.email, currency=self._head.currency)

    @work
    async def _open_customer(self, customer: Customer) -> None:
        from facturier.tui.screens.editor.customer_screen import CustomerScreen

        kept = await self.app.push_screen_wait(CustomerScreen(self._ws, customer))
        if kept is not None and customer.id is None:
            self._head.choose(kept, "enter")
        elif kept is not None:
            self._head.choose(kept, known_as=customer)

    def _stored(self, customer: Customer) -> Customer:
        """The customer with what its copy in the invoice leaves out."""
        found = get_customer(self._ws.store, customer.id) if customer.id is not None else None
        return found or customer

    # Going from part to part

    @on(Input.Submitted)
    def _go_on(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    @on(LineGrid.Left)
    def _left_lines(self, event: LineGrid.Left) -> None:
        if event.direction > 0:
            self._message.input.focus()
        else:
            self.query_one("#currency Input", Input).focus()

    def action_next_part(self) -> None:
        if self._grid.active:
            self._message.input.focus()
        elif self._message.input.has_focus:
            self._head.lookup.input.focus()
        else:
            self._grid.go_last()

    # Lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "restore":
            return self._grid.active and self._grid.can_put_back
        if action in LINE_ACTIONS:
            return self._grid.active
        if action == "save_as_new":
            return self._drafts.conflict
        return True

    def action_duplicate(self) -> None:
        self._grid.duplicate_line()

    def action_remove(self) -> None:
        self._grid.remove_line()

    def action_restore(self) -> None:
        self._grid.put_back()

    def action_move(self, step: int) -> None:
        self._grid.move_line(step)

    # Saving, sending, leaving

    async def action_save(self) -> None:
        if await self.save_now():
            await self._keep_items()

    async def action_save_as_new(self) -> None:
        await self._drafts.save_as_new()
        self._tell()

    async def action_send(self) -> None:
        if not self._complete() or not await self.save_now():
            return
        await self._keep_items()
        self._preview()

    @work
    async def _preview(self) -> None:
        from facturier.tui.screens.preview.screen import PreviewScreen

        invoice_id = self._drafts.kept.id
        assert invoice_id is not None, "complete and saved"
        if await self.app.push_screen_wait(PreviewScreen(self._ws, invoice_id)) is not None:
            self.dismiss(self._drafts.kept.id)

    def _complete(self) -> bool:
        """Whether everything that an invoice needs is there; if not, go to what is missing and say so."""
        if not self._head.settle_customer():
            if not self._head.customer.name:
                self._head.lookup.show_problem(_("Choose a customer."))
            self._head.lookup.input.focus()
            return False
        if (field := self._head.first_problem()) is not None:
            field.show_problem(field.problem)
            field.input.focus()
            return False
        if (cell := self._grid.first_problem()) is not None:
            self._grid.go(*cell)
            self._missing = _("Not ready: line {number} has an error.").format(number=cell[0] + 1)
            self._tell()
            return False
        if not any(self._snapshot(self._drafts.kept).totals.amounts):
            self._grid.go_first()
            self._missing = _("An invoice needs at least one line with an amount.")
            self._tell()
            return False
        return True

    async def _keep_items(self) -> None:
        try:
            await asyncio.to_thread(keep_new_items, self._ws.store, self._drafts.kept.lines, self._drafts.kept.currency)
        except FacturierError as error:
            self.notify(str(error), severity="warning", markup=False)

    async def action_back(self) -> None:
        not_kept = self._head.not_kept()
        if not_kept is not None and not_kept[1] != self._warned:
            field, self._warned = not_kept
            field.input.focus()
            self._missing = self._warned
            self._tell()
            return
        if await self.save_now():
            await self._drafts.drop_if_blank()
            self.dismiss(self._drafts.kept.id)
        else:
            self._ask_to_leave()

    @work
    async def _ask_to_leave(self) -> None:
        question = ConfirmScreen(_("Go back without saving?"), str(self._drafts.problem))
        if await self.app.push_screen_wait(question):
            self.dismiss(self._drafts.kept.id)

"""The invoice editor: customer, dates, lines and message. Text is saved in the company file within a second."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Input

from facturier.mail.workspace import Workspace
from facturier.models.books.attachments import attachments_of
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer, Invoice, Item
from facturier.models.books.invoices import get_invoice
from facturier.models.books.status import BookStatus
from facturier.models.drafts.drafts import new_draft
from facturier.models.errors import FacturierError, InputError, StoreError
from facturier.models.items.items import find_items, item_taxes, keep_new_items, retax_items
from facturier.models.settings.tax import rates_on, usual_tax
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, ngettext
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen, ProblemScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.editor.autosave import Autosave, as_typed
from facturier.tui.screens.editor.body import EditorBody, EditorStatus
from facturier.tui.screens.editor.head import InvoiceHead
from facturier.tui.screens.editor.history import History
from facturier.tui.screens.editor.keys import KEYS, LINE_ACTIONS
from facturier.tui.screens.editor.lines.line_grid import LineGrid
from facturier.tui.screens.editor.totals import InvoiceTotals
from facturier.tui.widgets.inputs.fields import Area
from facturier.tui.widgets.inputs.labelled_field import LabelledField
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title

NARROW = 60  # columns; below this, everything is in one column
SAVE_AFTER = 0.5  # seconds from the first unsaved key; together with the save itself, it is less than one second
TRY_AGAIN_AFTER = 2.0  # seconds


class EditorScreen(ResultScreen[int | None]):
    """Edits a draft, or a new one for `customer` if `invoice_id` is None. The result is its id, or None if nothing was
    saved."""

    BINDINGS: ClassVar[list[BindingType]] = KEYS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012 - so declared by Screen

    def __init__(self, ws: Workspace, invoice_id: int | None = None, *, customer: Customer = Customer()) -> None:  # noqa: B008
        super().__init__()
        self._ws = ws
        self._company = ws.company()
        draft = new_draft(ws.store, ws.today(), customer) if invoice_id is None else get_invoice(ws.store, invoice_id)
        self._history = History(as_typed(draft))
        self._issued = draft.book_status is not BookStatus.DRAFT
        self._drafts = Autosave(ws.store, draft, self._snapshot, self._followed)
        self._head = InvoiceHead(ws.store, self._company, ws.today(), draft)
        self._grid = LineGrid(self._offered_items, lambda: item_taxes(ws.store), id="lines")
        self._message = Area("", draft.message, lines=4, at_end=True, id="message-printed")
        self._message.add_class("region")
        self._message.border_title = _("Message on the invoice")
        self._details = details_of(draft)
        self._totals = InvoiceTotals(draft)
        self._status = EditorStatus()
        self._title = Title(id="title")
        self._shown = False  # whether the fields exist
        self._can = (False, False, False)  # the available keys, as the key bar shows them
        self._waiting = False  # whether a save is scheduled
        self._new_items: dict[str, str] = {}  # the tax of each item that this editor has created, by its name
        self._files = 0  # files that are sent with the invoice
        self._missing = ""  # what prevents sending or going back
        self._warned = ""  # the last warning about a text that is not saved

    def compose(self) -> ComposeResult:
        yield self._title
        yield Banner(self._ws)
        yield self._status  # at the top, where notifications do not cover it
        with EditorBody():
            yield self._head
            yield self._grid
            with Container(id="foot"):
                yield self._message
                yield self._totals
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
        self._shown = True
        customer_tax, company_tax = self._stored(draft.customer).tax, self._company_tax(draft.date)
        self._grid.show(draft.lines, draft.rates, draft.currency, customer_tax, company_tax)
        self._count_files()
        self._tell()
        if draft.customer.name:
            self._grid.go_last()
        else:
            self._head.lookup.input.focus()

    def _company_tax(self, day: date) -> str:
        """Return the tax that lines of this day usually have; empty if there are several."""
        if usual := usual_tax(rates_on(self._company.rates, day)):
            return usual
        found = item_taxes(self._ws.store, limit=2)
        return found[0] if len(found) == 1 else ""

    def _offered_items(self, text: str) -> list[Item]:
        """The items that a text may mean, with their description and rate for this invoice."""
        draft, company = self._snapshot(self._drafts.kept), self._company
        language = draft.customer.language or company.language
        return [item.offered(language, draft.currency, company.currency) for item in find_items(self._ws.store, text)]

    @work
    async def _leave_over(self, error: StoreError) -> None:
        await self.app.push_screen_wait(ProblemScreen(error))
        self.dismiss(self._drafts.kept.id)

    # Saving

    def _snapshot(self, kept: Invoice) -> Invoice:
        typed = self._head.apply(kept)
        return replace(typed, lines=self._grid.lines, message=self._message.text, **self._details)

    @on(InvoiceHead.Changed)
    @on(LineGrid.Changed)
    @on(Area.Changed)
    def _changed(self) -> None:
        self._missing = ""
        self._history.note(as_typed(self._snapshot(self._drafts.kept)), self._place())
        self._tell()
        if not self._waiting and self._drafts.unsaved:
            self._waiting = True
            self.set_timer(SAVE_AFTER, self._save_in_time)

    def _save_in_time(self) -> None:
        self._waiting = False
        self.run_worker(self.save_now(), group="autosave")

    async def save_now(self) -> bool:
        """Save what is not saved yet. If that fails, return False; the screen shows the reason and tries again."""
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
        """Whether the parts of the screen exist. At the end of the program, they are removed before the screen."""
        return self.is_mounted and bool(self.query(Title))

    def _followed(self, before: Invoice, after: Invoice) -> None:
        self._history.follow(*(as_typed(one).customer for one in (before, after)))
        if self._details["ship_to"] == before.ship_to:
            self._details["ship_to"] = after.ship_to
        if self._has_parts:
            self._head.follow(before.customer, after.customer)

    def typed_copy(self) -> tuple[str, str]:
        """Return what is not saved, in the format of `facturier draft`, and the reason."""
        from facturier.tui.screens.dialogs.typed_copy import draft_copy

        if not self._drafts.unsaved:
            return "", ""
        return draft_copy(self._snapshot(self._drafts.kept)), str(self._drafts.problem or "")

    async def on_company_changed(self) -> None:
        """Update the next number and the tax rates, which somebody else may have changed."""
        try:
            self._company = self._ws.company()
            before = await self._drafts.follow()
        except StoreError as error:
            self.log.error(error)  # the app shows it, and so will the next save
            return
        if self._drafts.kept is not before:
            self._followed(before, self._drafts.kept)
        self._grid.recheck(self._drafts.kept.rates)
        self._tell()

    def _tell(self) -> None:
        """Update the title with the name and state of the draft, and the totals."""
        invoice = self._snapshot(self._drafts.kept)
        name = clean(invoice.customer.name)
        self._head.show_number(invoice.number_with(self._company))
        title = self._title
        if invoice.is_credit:
            source = clean(invoice.source.number) if invoice.source else ""
            title.left = _("Draft credit note for invoice {number}").format(number=source)
        elif number := self._drafts.kept.known_number:
            title.left = _("Draft {number} for {customer}").format(
                number=number, customer=name or _("an unnamed customer")
            )
        else:
            title.left = _("Draft for {customer}").format(customer=name) if name else _("New invoice")
        problem, at = self._drafts.problem, self._drafts.at
        if problem is not None:
            title.right = Text(_("not saved"), "bold reverse")
        else:
            saved = _("saved {time}").format(time=f"{at.astimezone():%H:%M:%S}") if at is not None else ""
            files = ngettext("{count} file", "{count} files", self._files).format(count=self._files)
            title.right = " · ".join(filter(None, (files if self._files else "", saved)))
        self._totals.show(invoice)
        self._tell_where()
        can = (self._grid.active, self._can_undo, self._drafts.conflict)
        if can != self._can:
            self._can = can
            self.refresh_bindings()

    @on(LineGrid.Moved)
    @on(LabelledField.Checked)
    def _tell_where(self) -> None:
        """Show the position of the cursor and the problem there, or else one elsewhere, in the status line."""
        active = self._grid.active
        wrong = (
            str(self._drafts.problem or self._missing) or (active and self._grid.problem) or self._head.shown_problem
        )
        self._status.show(self._grid.where if active else "", self._note(), wrong)

    def on_descendant_focus(self) -> None:
        self._tell_where()

    def _note(self) -> str:
        untaxed = [number + 1 for number in self._grid.untaxed]
        if not untaxed:
            return ""
        if len(untaxed) > 3:
            return _("{count} lines have no tax.").format(count=len(untaxed))
        words = ngettext("Line {numbers} has no tax.", "Lines {numbers} have no tax.", len(untaxed))
        return words.format(numbers=", ".join(map(str, untaxed)))

    # Undo

    def _place(self) -> object:
        """Return the place where the person is typing. All typing in one place is undone in one step."""
        if self._grid.active:
            return self._grid.at if self._grid.typing else None
        return self.focused

    @property
    def _can_undo(self) -> bool:
        return self._shown and (self._history.can_undo or self._head.not_kept() is not None)

    def action_undo(self) -> None:
        if self._head.write_kept() or not self._history.can_undo:
            return
        now, before = self._snapshot(self._drafts.kept), self._history.undo()
        self._head.bring_back(before)
        if before.currency != now.currency:
            self._grid.price_in(before.currency)
        self._grid.bring_back(before.lines, self._stored(before.customer).tax)
        self._details = details_of(before)
        if before.message != now.message:
            self._message.text = before.message
            self._message.input.move_cursor(self._message.input.document.end)
        self._changed()

    # Customer

    @on(InvoiceHead.CustomerChosen)
    def _customer_chosen(self, event: InvoiceHead.CustomerChosen) -> None:
        before = self._stored(event.before)
        self._grid.retax(before.tax, event.customer.tax)
        if self._details["ship_to"] == before.ship_to:  # not edited
            self._details["ship_to"] = event.customer.ship_to
        if self._message.text == self._company.message_for(event.before.language):  # the default text, not edited
            self._message.text = self._company.message_for(event.customer.language)
        if event.key == "enter" and event.customer.email:
            self._grid.go_last()  # everything above was filled in from the customer
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
        from facturier.tui.screens.customer.screen import CustomerScreen

        kept = await self.app.push_screen_wait(CustomerScreen(self._ws, customer))
        if kept is not None and customer.id is None:
            self.notify(_("Customer “{name}” was created.").format(name=clean(kept.name)), markup=False)
            self._head.choose(kept, "enter")
        elif kept is not None:
            if self._details["ship_to"] == customer.ship_to:
                self._details["ship_to"] = kept.ship_to
            self._head.choose(kept, known_as=customer)

    def _stored(self, customer: Customer) -> Customer:
        """Return the stored customer, with the values that the copy in the invoice does not have."""
        found = get_customer(self._ws.store, customer.id) if customer.id is not None else None
        return found or customer

    # Moving between parts

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

    # Details

    @work
    async def action_details(self) -> None:
        if self._grid.active:
            await self._edit_line()
        else:
            await self._edit_details()

    async def _edit_details(self) -> None:
        from facturier.tui.screens.editor.details_screen import DetailsScreen

        invoice = self._snapshot(self._drafts.kept)
        found = await self.app.push_screen_wait(DetailsScreen(invoice, self._ws.today()))
        if found is not None:
            self._details = details_of(found)
            self._history.leave()
            self._changed()

    @work
    async def action_files(self) -> None:
        """Show the files that are sent with the invoice. They are saved at once, so the draft must be saved before."""
        from facturier.tui.screens.attachments.screen import AttachmentsScreen

        if not await self.save_now():
            return
        invoice_id = self._drafts.kept.id
        if invoice_id is None:
            self.notify(_("Choose the customer first, then add files."), severity="warning", markup=False)
            return
        with problems_shown(self):
            await self.app.push_screen_wait(AttachmentsScreen(self._ws, invoice_id))
        self._count_files()
        await self.on_company_changed()  # for the version of the draft

    def _count_files(self) -> None:
        invoice_id = self._drafts.kept.id
        if invoice_id is not None:
            with problems_shown(self):
                self._files = len(attachments_of(self._ws.store, invoice_id))

    async def _edit_line(self) -> None:
        from facturier.tui.screens.editor.line_screen import LineScreen

        grid, (at, _cell) = self._grid, self._grid.at
        screen = LineScreen(grid.line, at + 1, self._snapshot(self._drafts.kept).currency, self._ws.today())
        line = await self.app.push_screen_wait(screen)
        if line is not None and line != grid.line:
            grid.put_line(line)
        if screen.onward:
            await self._edit_details()

    # Lines

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "undo":
            return self._can_undo
        if action in LINE_ACTIONS:
            return self._grid.active
        if action == "save_as_new":
            return self._drafts.conflict
        return True

    def action_duplicate(self) -> None:
        self._grid.duplicate_line()

    def action_remove(self) -> None:
        self._grid.remove_line()

    def action_move(self, step: int) -> None:
        self._grid.move_line(step)

    # Message

    async def action_external_editor(self) -> None:
        from facturier.tui.terminal.external_editor import edited

        self._message.input.focus()
        self._history.leave()
        try:
            text = edited(self.app, self._message.text, "message.txt")
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if text.rstrip() != self._message.text:
            self._message.text = text
            self._message.input.move_cursor(self._message.input.document.end)

    # Saving, sending, going back

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
        else:
            self._count_files()
            self._tell()

    def _complete(self) -> bool:
        """Return whether the invoice is complete. If not, go to what is missing and show that."""
        if not self._head.settle_customer():
            if not self._head.customer.name:
                self._head.lookup.show_problem(_("Choose a customer."))
            self._head.lookup.input.focus()
            return False
        if (field := self._head.first_problem()) is not None:
            field.show_problem(field.problem)
            field.input.focus()
            return False
        if problem := self._grid.go_to_problem():
            self._missing = _("Not ready: {problem}").format(problem=problem)
            self._tell()
            return False
        if not any(self._snapshot(self._drafts.kept).totals.amounts):
            self._grid.go_first()
            self._missing = _("An invoice needs at least one line with an amount.")
            self._tell()
            return False
        return True

    async def _keep_items(self) -> None:
        kept = self._drafts.kept
        try:
            names = await asyncio.to_thread(self._write_items, kept)
        except FacturierError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if names:
            words = ngettext(
                "New item saved: {names}. To change or delete it, press I in the invoice list.",
                "New items saved: {names}. To change or delete them, press I in the invoice list.",
                len(names),
            )
            self.notify(words.format(names=", ".join(map(clean, names))), markup=False)

    def _write_items(self, kept: Invoice) -> list[str]:
        """Save the new items, and the tax that the lines now have in those that this editor created. Return the names
        of the new ones."""
        store = self._ws.store
        self._new_items |= retax_items(store, kept.lines, self._new_items)
        new = keep_new_items(store, kept.lines, kept.currency, kept.customer.language)
        self._new_items |= new
        return list(new)

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


# The fields of an invoice that DetailsScreen changes.
_DETAILS = (
    *("discount", "shipping", "shipping_tax", "deposit", "inclusive", "service_from", "service_to", "exchange_rate"),
    *("own_number", "ship_to", "notes"),
)


def details_of(invoice: Invoice) -> dict[str, Any]:
    """Return the fields that DetailsScreen changes, with their values."""
    return {name: getattr(invoice, name) for name in _DETAILS}

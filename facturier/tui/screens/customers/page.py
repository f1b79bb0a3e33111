"""One customer: details, balance, invoices, payments and the history."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import count_customer_entries, read_customer_journal
from facturier.models.customers.figures import Figures, read_figures
from facturier.models.customers.history import invoice_ids
from facturier.models.errors import StoreError
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.receivables.customer_payments import PaymentOf, payments_of_customer
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import once
from facturier.tui.screens.customers.acts import Deleted, edit_customer, merge_into, put_away
from facturier.tui.screens.customers.columns import invoice_columns, payment_columns
from facturier.tui.screens.customers.details import balance_line, customer_details
from facturier.tui.screens.dialogs.cancelling import say_if_queued
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.screens.invoice.open_invoice import open_invoice
from facturier.tui.screens.invoice.parts.history import HistoryView, folded_history
from facturier.tui.screens.invoice.parts.rendered_once import RenderedOnce
from facturier.tui.screens.invoice.payments.apply_credit import choose_and_apply
from facturier.tui.screens.invoice.payments.booking_screen import BookingScreen
from facturier.tui.screens.invoice.payments.paying import (
    choose_payment_to_remove,
    edit_payment,
    pay_as_customer,
    remove_whole,
    send_receipt_of,
)
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.rows.rows_by_id import RowsById
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted


class CustomerPage(BookingScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New invoice"), tooltip=N_("Create an invoice for this customer."), id="page.new"),
        keys.OPEN.on("page.open", N_("Open the selected invoice.")),
        keys.EDIT.on("page.edit", N_("Edit this customer or, among the payments, the selected payment.")),
        keys.PAY.on(
            "page.pay",
            N_("Record a payment for the open invoices, or without an invoice. A negative amount pays credit back."),
        ),
        keys.APPLY_CREDIT.on(
            "page.apply_credit", N_("Apply a credit note, or what the customer paid before, to the selected invoice.")
        ),
        keys.SEND.on("page.send_receipt", N_("Email the receipt of the selected payment."), action="send_receipt"),
        keys.REMOVE_PAYMENT.on(
            "page.remove_payment", N_("Remove the selected payment, or choose one of the selected invoice.")
        ),
        Binding(
            "S",
            "statement",
            N_("Statement"),
            tooltip=N_("Show this customer’s statement of account, save it or send it."),
            id="page.statement",
        ),
        keys.NEXT_VIEW.on("page.next_view", N_("Show the payments or the invoices."), action="next_view"),
        keys.ARCHIVE.on("page.archive"),
        keys.HISTORY.on("page.history"),
        keys.MERGE.on("page.merge", N_("Merge a duplicate into this customer.")),
        keys.UNDO.on("page.undo", N_("Undo what you did last: a payment, a send or the archiving."), show=False),
        keys.OUTBOX.on("page.outbox", action="app.outbox", show=False),
        keys.BACK.on("page.back"),
    ]

    def __init__(self, ws: Workspace, customer_id: int) -> None:
        super().__init__(classes="customer-page")
        self._ws = ws
        self._customer_id = customer_id
        self._customer = Customer()
        self._payments: FewRows[PaymentOf] = FewRows()
        self._unfolded = False  # whether the history is shown
        self._deleting = False  # while this page deletes or archives the customer
        self.deleted: Deleted | None = None  # if the customer was deleted here, for the screen below

    def compose(self) -> ComposeResult:
        own = self._ws.company().currency
        yield Title()
        yield Banner(self._ws)
        yield Static(classes="customer-balance", markup=False)
        with VerticalScroll(classes="customer-details"):  # Tab goes there, to scroll
            yield Static(markup=False, id="customer-details")
        with Vertical(classes="region", id="customer-invoices"):
            yield RowList(
                invoice_columns(self._ws.today, own),
                RowsById((), self._read),
                empty=_("No invoices yet."),
                id="invoices",
            )
        with Vertical(classes="region", id="customer-payments"):
            yield RowList(
                payment_columns(self._ws.today, own), self._payments, empty=_("No payments yet."), id="payments-list"
            )
        with VerticalScroll(classes="customer-history"):
            yield Static(markup=False, id="customer-history")
        yield DoneLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one("#customer-payments").display = False
        self.query_one("#invoices").focus()
        self._renew()

    def on_company_changed(self) -> None:
        self._renew()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "open":
            return any(rows.chosen is not None for rows in self.query(RowList) if rows.has_focus)
        if action == "undo":
            return self._can_undo
        if action == "send_receipt":
            row = self._payment_row
            return row is not None and row.id > 0 and row.amount > 0 and row.invoice_id is not None
        if action in ("apply_credit", "remove_payment"):
            return self._invoice_row is not None or (action == "remove_payment" and self._payment_row is not None)
        return True

    # What is shown

    def _renew(self) -> None:
        store = self._ws.store
        try:
            customer = get_customer(store, self._customer_id)
            ids = invoice_ids(store, self._customer_id) if customer is not None else []
        except StoreError as error:
            show_problem(self, error)
            return
        if customer is None:  # deleted or merged
            if not self._deleting:  # else the page closes once the screen below can say so
                self.dismiss()
            return
        self._customer = customer
        title = self.query_one(Title)
        title.left = clean(customer.name)
        title.right = _("archived") if customer.archived else ""
        self.query_one("#customer-details", Static).update(customer_details(customer))
        self.query_one("#customer-invoices").border_title = _("Invoices ({count})").format(count=counted(len(ids)))
        self.query_one("#invoices", RowList).show(RowsById(ids, self._read), keep=True)
        self._show_history()
        self._read_rest()
        self.refresh_bindings()

    def _show_history(self) -> None:
        history = self.query_one(".customer-history", VerticalScroll)
        history.set_class(self._unfolded, "unfolded")
        history.can_focus = self._unfolded
        shown = self.query_one("#customer-history", Static)
        with problems_shown(self):
            if not self._unfolded:
                shown.update(folded_history(count_customer_entries(self._ws.store, self._customer_id)))
                return
            entries = read_customer_journal(self._ws.store, self._customer_id)
            named = {entry.invoice_id for entry in entries if entry.invoice_id is not None}
            invoices = {row.id: row for row in self._read(sorted(named))}
            shown.update(RenderedOnce(HistoryView(entries, invoices)))

    def _read(self, ids: Sequence[int]) -> list[InvoiceRow]:
        return Listing(self._ws.store, View(), self._ws.today()).rows(tuple(ids))

    @work(exclusive=True, group="rest")
    async def _read_rest(self) -> None:
        """What takes long for a customer with many thousands of invoices."""
        store, today = self._ws.store, self._ws.today()

        def read() -> tuple[Figures, list[PaymentOf]]:
            with store.reading():
                figures = read_figures(store, today, self._customer_id).get(self._customer_id, Figures())
                return figures, payments_of_customer(store, self._customer_id)

        with problems_shown(self):
            figures, payments = await asyncio.to_thread(read)
            if self.answered or not self.is_mounted:
                return
            self.query_one(".customer-balance", Static).update(balance_line(figures))
            self._payments.put(payments)
            self.query_one("#payments-list", RowList).reload()
            region = self.query_one("#customer-payments")
            region.border_title = _("Payments ({count})").format(count=counted(len(payments)))

    @on(RowList.Chosen)
    def _moved(self) -> None:
        self.refresh_bindings()

    def action_next_view(self) -> None:
        """Show the payments in place of the invoices, or the other way round."""
        invoices, payments = self.query_one("#customer-invoices"), self.query_one("#customer-payments")
        invoices.display, payments.display = payments.display, invoices.display
        (invoices if invoices.display else payments).query_one(RowList).focus()
        self.refresh_bindings()

    def action_history(self) -> None:
        """Show the history in place of the lists, or hide it."""
        self._unfolded = not self._unfolded
        self._show_history()
        history = self.query_one(".customer-history")
        if self._unfolded:
            history.scroll_home(animate=False)
            history.focus()
        else:
            next(rows for rows in self.query(RowList) if rows.parent is not None and rows.parent.display).focus()

    # What is done

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        shown: RowList[InvoiceRow | PaymentOf] = next(rows for rows in self.query(RowList) if rows.has_focus)
        row = shown.chosen
        if isinstance(row, PaymentOf) and row.invoice_id is None:
            self._booked(await edit_payment(self, self._ws, row.id))
        elif row is not None:
            await open_invoice(self, self._ws, (row.invoice_id or 0) if isinstance(row, PaymentOf) else row.id)
            self._renew()

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.editor.screen import EditorScreen

        invoice_id = await self.app.push_screen_wait(EditorScreen(self._ws, customer=self._customer))
        self._renew()
        say_if_queued(self, self._ws, self._say, invoice_id)

    @property
    def _invoice_row(self) -> InvoiceRow | None:
        """The selected invoice, while the invoices are shown."""
        return self.query_one("#invoices", RowList).chosen if self.query_one("#customer-invoices").display else None

    @property
    def _payment_row(self) -> PaymentOf | None:
        """The selected payment, while the payments are shown."""
        shown = self.query_one("#customer-payments").display
        return self.query_one("#payments-list", RowList).chosen if shown else None

    @work
    async def action_edit(self) -> None:
        row = self._payment_row
        if row is None:
            await edit_customer(self, self._ws, self._customer_id)
            self._renew()
        elif row.id > 0:
            self._booked(await edit_payment(self, self._ws, row.id))
        else:
            self.notify(_("This can be removed and recorded again, but not changed."), markup=False)

    @work
    async def action_pay(self) -> None:
        row = self._invoice_row
        currency = row.currency if row is not None and row.balance > 0 else ""
        self._booked(await pay_as_customer(self, self._ws, self._customer_id, currency))

    @work
    async def action_apply_credit(self) -> None:
        if (row := self._invoice_row) is not None:
            with problems_shown(self):
                self._booked(await choose_and_apply(self, self._ws, get_invoice(self._ws.store, row.id)))

    @work
    async def action_remove_payment(self) -> None:
        row, invoice = self._payment_row, self._invoice_row
        if row is not None and row.id > 0:
            self._booked(await remove_whole(self, self._ws, row.id))
        elif row is not None or invoice is not None:
            invoice_id = (row.invoice_id or 0) if row is not None else invoice.id if invoice is not None else 0
            self._booked(await choose_payment_to_remove(self, self._ws, invoice_id))

    @work
    async def action_send_receipt(self) -> None:
        if (row := self._payment_row) is not None:
            await send_receipt_of(self, self._ws, row.id, self._say)

    @work
    async def action_statement(self) -> None:
        from facturier.tui.screens.statements.open_statement import show_statement

        await show_statement(self, self._ws, self._customer_id, self._say)
        self._renew()

    @work
    @once
    async def action_put_away(self) -> None:
        self._deleting = True
        try:
            self.deleted = await put_away(self, self._ws, self._customer_id, self._say)
        finally:
            self._deleting = False
        if self.deleted is not None:
            self.dismiss()
        else:
            self._renew()

    @work
    async def action_merge(self) -> None:
        if await merge_into(self, self._ws, self._customer_id):
            self._renew()

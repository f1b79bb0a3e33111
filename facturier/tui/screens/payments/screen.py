"""All payments, the latest first: search, open, change, remove, and send receipts."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.worker import Worker, get_current_worker

from facturier.mail.workspace import Workspace
from facturier.models.receivables.payment_list import MOST, ListedPayment, listed_payments
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.list_screen import SearchedList, no_match
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.open_invoice import open_invoice
from facturier.tui.screens.invoice.payments.booking_screen import BookingScreen
from facturier.tui.screens.invoice.payments.paying import (
    choose_payment_to_remove,
    edit_payment,
    remove_whole,
    send_receipt_of,
)
from facturier.tui.themes.theme import QUIET
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.inputs.search_field import SearchField, can_search
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import amount, counted, day_width, long_day

_REST = 0.1  # seconds without a key after which it searches


def payment_columns(today: Callable[[], date], own: str) -> tuple[Column[ListedPayment], ...]:
    """Return the columns. An amount names its currency if that is not the company's `own`."""

    def how(row: ListedPayment) -> Text:
        return Text(clean(" · ".join(filter(None, (row.payment.method, row.payment.reference)))), QUIET)

    return (
        Column(_("Date"), lambda row: Text(long_day(row.payment.date)), day_width(long_day, today())),
        Column(_("Customer"), lambda row: Text(clean(row.customer)), 18, flex=True),
        Column(_("No."), lambda row: Text(clean(row.payment.numbers)), 10, rank=1),
        Column(_("Method"), how, 12, rank=2, flex=True),
        Column(_("Amount"), lambda row: Text(amount(row.payment.amount, row.payment.currency, own)), 13, right=True),
        Column(
            _("Credit"),
            lambda row: Text(amount(row.payment.rest, row.payment.currency, own) if row.payment.rest > 0 else ""),
            12,
            rank=3,
            right=True,
        ),
    )


class PaymentsScreen(BookingScreen, SearchedList[ListedPayment]):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("payments.open", N_("Open the invoice that was paid.")),
        keys.EDIT.on("payments.edit", N_("Change the payment.")),
        keys.REMOVE_PAYMENT.on("payments.remove_payment", N_("Remove the payment from all its invoices.")),
        keys.SEND.on("payments.send_receipt", N_("Email the receipt of the payment."), action="send_receipt"),
        keys.SEARCH.on("payments.search", N_("Customer, amount, invoice number, method or reference.")),
        keys.UNDO.on("payments.undo", N_("Undo what you did last here.")),
        keys.EXPORT.on("payments.export", N_("Write the list into a CSV file."), show=False),
        keys.OUTBOX.on("payments.outbox", action="app.outbox", show=False),
        keys.BACK.on("payments.back", N_("End the search, then go back."), action="back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="payments")
        self._source: FewRows[ListedPayment] = FewRows()
        self._text = ""  # the search
        self._shown: str | None = None  # the search whose matches are shown
        self._matching = asyncio.Event()  # set when the payments that match the search are shown
        self._reader: Worker[None] | None = None  # the latest one, which replaces those before it

    def compose(self) -> ComposeResult:
        yield Title(_("Payments"))
        yield Banner(self._ws)
        yield SearchField()
        yield RowList(payment_columns(self._ws.today, self._ws.company().currency), self._source, empty=_("Reading…"))
        yield DoneLine()
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        row = self._row
        match action:
            case "open" | "remove_payment":
                return row is not None
            case "edit":
                return row is not None and row.id > 0
            case "send_receipt":
                return row is not None and row.id > 0 and row.payment.amount > 0 and row.payment.invoice_id is not None
            case "undo":
                return self._can_undo
        return True

    # What is shown

    def _renew(self) -> None:
        self._reader = self._read(self._matching)

    def _searched(self, text: str) -> None:
        if not can_search(self, text):
            return
        self._text = text
        self._matching = asyncio.Event()
        self._reader = self._read(self._matching, _REST)

    @on(SearchField.Left)
    def _back_to_list(self) -> None:
        self.whole = self._matching  # the next key must not act on a payment that does not match
        self.rows.focus()

    @work(exclusive=True, group="payments")
    async def _read(self, matching: asyncio.Event, rest: float = 0) -> None:
        text = self._text
        try:
            await asyncio.sleep(rest)
            with problems_shown(self):
                found = await asyncio.to_thread(listed_payments, self._ws.store, text)
                if not self.answered and self.is_mounted and self.query(RowList):
                    self._show(found, text)
        finally:
            if self._reader is get_current_worker():  # a reading that was replaced has not shown anything
                matching.set()

    def _show(self, found: list[ListedPayment], text: str) -> None:
        self._source.put(found)
        if text == self._shown:
            self.rows.reload()
        else:
            self._shown = text
            self.rows.show(self._source, empty=no_match(text) if text else _("No payments yet."), keep=True)
        words = ngettext("{count} payment", "{count} payments", len(found))
        if len(found) == MOST:
            words = _("the latest {count}")
        self.query_one(Title).right = words.format(count=counted(len(found)))
        self.refresh_bindings()

    # What is done

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        if (row := self._row) is None:
            return
        if row.payment.invoice_id is None:
            self._booked(await edit_payment(self, self._ws, row.id))
        else:
            await open_invoice(self, self._ws, row.payment.invoice_id)
            self._renew()

    @work
    async def action_edit(self) -> None:
        if (row := self._row) is not None:
            self._booked(await edit_payment(self, self._ws, row.id))

    @work
    async def action_remove_payment(self) -> None:
        if (row := self._row) is None:
            return
        if row.id > 0:
            self._booked(await remove_whole(self, self._ws, row.id))
        else:
            self._booked(await choose_payment_to_remove(self, self._ws, row.payment.invoice_id or 0))

    @work
    async def action_send_receipt(self) -> None:
        if (row := self._row) is not None:
            await send_receipt_of(self, self._ws, row.id, self._say)

    @work
    async def action_export(self) -> None:
        from facturier.tui.screens.export.screen import export_list

        if self._text:
            shown = [row.id for row in self._source.first(MOST)]
            await export_list(self, self._ws, "payments", among=shown, note=_("All payments that the list shows."))
        else:
            await export_list(self, self._ws, "payments")

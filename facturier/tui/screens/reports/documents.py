"""The invoices and credit notes behind a figure of a report."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice_row import InvoiceRow
from facturier.models.listing.listing import Listing
from facturier.models.listing.view import View
from facturier.models.reports.drill import MOST, documents_behind
from facturier.models.reports.report import Behind
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext, spoken
from facturier.models.text.money import Money
from facturier.tui import keys
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.open_invoice import open_invoice
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.columns import Column
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.rows_by_id import RowsById
from facturier.tui.widgets.status import settlement
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted, day_width, long_day, with_currency


def _columns(today: Callable[[], date], home: str) -> tuple[Column[InvoiceRow], ...]:
    """Return the columns. An amount names its currency if that is not `home`, the one of the figure."""

    def amount(minor: int, currency: str) -> Text:
        money = Money(minor, currency)
        return Text(money.text(spoken()) if currency == home else with_currency(money))

    return (
        Column(_("No."), lambda row: Text(row.number or ""), 8),
        Column(_("Date"), lambda row: Text(long_day(row.date)), day_width(long_day, today())),
        Column(_("Customer"), lambda row: Text(clean(row.customer)), 16, flex=True),
        Column(_("Due"), lambda row: settlement(row.owed(today())), 12, rank=1),
        Column(_("Total"), lambda row: amount(row.total, row.currency), 13, right=True),
        Column(_("Balance"), lambda row: amount(row.balance, row.currency), 13, rank=2, right=True),
    )


class DocumentsScreen(ResultScreen[None]):
    """`title` says which figure it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("behind.open", N_("Open the selected invoice.")),
        keys.BACK.on("behind.back"),
    ]

    def __init__(self, ws: Workspace, behind: Behind, title: str) -> None:
        super().__init__(classes="behind")
        self._ws = ws
        self._behind = behind
        self._heading = title

    def compose(self) -> ComposeResult:
        yield Title(self._heading)
        yield Banner(self._ws)
        yield RowList(_columns(self._ws.today, self._behind.currency), RowsById((), self._rows))
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(RowList).focus()
        self._read()

    def on_company_changed(self) -> None:
        self._read()

    def _rows(self, ids: Sequence[int]) -> list[InvoiceRow]:
        return Listing(self._ws.store, View(), self._ws.today()).rows(tuple(ids))

    @work(exclusive=True, group="documents")
    async def _read(self) -> None:
        with problems_shown(self):
            ids = await asyncio.to_thread(documents_behind, self._ws.store, self._behind, self._ws.today())
            if not self.is_mounted:
                return
            self.query_one(RowList).show(
                RowsById(ids, self._rows), empty=_("This is money that is not applied to an invoice yet."), keep=True
            )
            words = ngettext("{count} document", "{count} documents", len(ids))
            if len(ids) == MOST:
                words = _("the latest {count}")
            self.query_one(Title).right = words.format(count=counted(len(ids)))
            self.refresh_bindings()

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        rows: RowList[InvoiceRow] = self.query_one(RowList)
        if (row := rows.chosen) is not None:
            await open_invoice(self, self._ws, row.id)
            self._read()

"""The list of customers, with what each of them owes."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from facturier.mail.workspace import Workspace
from facturier.models.customers.customer_list import CustomerSort, customer_ids, customer_rows, in_order
from facturier.models.customers.figures import Figures, read_figures
from facturier.models.imports.fields import Kind
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import SortedList, no_match
from facturier.tui.screens.customers.acts import Deleted, edit_customer, merge_into, put_away, say_deleted
from facturier.tui.screens.customers.columns import ListedCustomer, customer_columns
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.imports.open_import import import_command
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.rows_by_id import RowsById
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted

_NONE = Figures()


class CustomersScreen(DoneScreen, SortedList[ListedCustomer]):
    """The figures are read in a thread, so that the names never wait for them."""

    SORTS = tuple(CustomerSort)
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.NEW.on("customers.new", N_("Create a customer.")),
        keys.OPEN.on("customers.open", N_("Details, invoices, payments and balance.")),
        keys.EDIT.on("customers.edit", N_("Edit the selected customer.")),
        keys.SEARCH.on("customers.search", N_("Name, contact, email or telephone.")),
        keys.ARCHIVE.on("customers.archive"),
        keys.MERGE.on("customers.merge", N_("Merge a duplicate into the selected customer.")),
        Binding(
            "f", "show_archived", N_("Archived"), tooltip=N_("Show or hide archived ones."), id="customers.archived"
        ),
        keys.UNDO.on("customers.undo", N_("Undo what you did last here."), show=False),
        keys.EXPORT.on("customers.export", N_("Write the list into a CSV file."), show=False),
        keys.SORT.on("customers.sort", show=False),
        keys.REVERSE.on("customers.turn", show=False),
        keys.BACK_TO_LIST.on("customers.to_list", show=False),
        keys.BACK_FROM_FORM.on("customers.clear", N_("End the search, or go back."), action="clear"),
        Binding("q", "dismiss", N_("Back"), id="customers.back", show=False),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="customers")
        self._own = ws.company().currency
        self._figures: Mapping[int, Figures] | None = None
        self._archived = False
        self._put_away = 0  # the customer that the undo is about

    def compose(self) -> ComposeResult:
        yield Title(_("Customers"))
        yield Banner(self._ws)
        yield Field(_("Search"), placeholder=_("name, contact, email or telephone"), id="customers-search")
        columns = customer_columns(self._ws.today, self._own)
        yield RowList(columns, RowsById((), self._read), sorting=self._sort)
        yield DoneLine()
        yield KeyBar()

    def commands(self) -> Iterable[Command]:
        """Return the import, which has no key of its own."""
        yield import_command(self, self._ws, Kind.CUSTOMERS, self._say)

    @property
    def _text(self) -> str:
        return self.query_one("#customers-search", Field).text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action in ("open", "edit", "put_away", "merge"):
            return self._row is not None
        return action != "undo" or self._can_undo

    # What is shown

    def _renew(self) -> None:
        self._show(keep=True)
        self._read_figures()

    @work(exclusive=True, group="figures")
    async def _read_figures(self) -> None:
        with problems_shown(self):
            self._figures = await asyncio.to_thread(read_figures, self._ws.store, self._ws.today())
            if self.is_mounted and self.query(RowList):
                self._show(keep=True)

    def _show(self, *, keep: bool = False) -> None:
        text = self._text
        ids = customer_ids(self._ws.store, text, archived=self._archived)
        key, descending = self._sort
        ordered = in_order(ids, self._figures or {}, CustomerSort(key), self._own, descending=descending)
        empty = no_match(text) if text else _("No customers yet. Press n to create one.")
        source = RowsById(ordered, self._read)
        if keep and self.rows.rows:
            self.rows.show_again(source)
        else:
            self.rows.show(source, sorting=self._sort, empty=empty)
        words = ngettext("{count} customer", "{count} customers", len(ids)).format(count=counted(len(ids)))
        self.query_one(Title).right = ", ".join((words, _("with archived ones"))) if self._archived else words
        self.refresh_bindings()

    def _read(self, ids: Sequence[int]) -> list[ListedCustomer]:
        figures = self._figures
        return [
            ListedCustomer(*row, None if figures is None else figures.get(row.id, _NONE))
            for row in customer_rows(self._ws.store, ids)
        ]

    @on(Field.Changed)
    def _searched(self) -> None:
        self._show()

    @on(Input.Submitted)
    def action_to_list(self) -> None:
        self.rows.focus()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_clear(self) -> None:
        if self._text or self.query_one(Input).has_focus:
            self.query_one("#customers-search", Field).text = ""
            self.rows.focus()
        else:
            self.dismiss()

    def _show_sorted(self) -> None:
        self._show()

    def action_show_archived(self) -> None:
        self._archived = not self._archived
        self._show(keep=True)

    # What is done

    @work
    async def action_new(self) -> None:
        created = await edit_customer(self, self._ws, None)
        self._renew()
        if created is not None and created.id is not None:
            self.rows.go_to(created.id)

    @on(RowList.Opened)
    @work
    async def action_open(self) -> None:
        from facturier.tui.screens.customers.page import CustomerPage

        if (row := self.rows.chosen) is not None:
            page = CustomerPage(self._ws, row.id)
            await self.app.push_screen_wait(page)
            self._say_if_deleted(page.deleted)
            self._renew()

    @work
    async def action_edit(self) -> None:
        if (row := self.rows.chosen) is not None:
            await edit_customer(self, self._ws, row.id)
            self._renew()

    @work
    async def action_put_away(self) -> None:
        if (row := self.rows.chosen) is not None:
            self._put_away = row.id
            self._say_if_deleted(await put_away(self, self._ws, row.id, self._say))
            self._renew()

    def _say_if_deleted(self, deleted: Deleted | None) -> None:
        if deleted is not None:
            self._put_away = deleted.customer.id or 0
            say_deleted(self, self._ws, deleted, self._say)

    @work
    async def action_undo(self) -> None:
        await self.query_one(DoneLine).undo_once()
        self._renew()
        self.rows.go_to(self._put_away)

    @work
    async def action_export(self) -> None:
        from facturier.tui.screens.export.screen import export_list

        shown = customer_ids(self._ws.store, self._text, archived=self._archived)
        await export_list(self, self._ws, "customers", among=shown, note=_("All customers that the list shows."))

    @work
    async def action_merge(self) -> None:
        if (row := self.rows.chosen) is not None and await merge_into(self, self._ws, row.id):
            self._renew()

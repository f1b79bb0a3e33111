"""The items: search, sort, create, change, archive and delete."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Item
from facturier.models.imports.fields import Kind
from facturier.models.items.items import all_items, archive_item, delete_item, is_used, save_item, searchable
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.models.text.search_text import fold
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.list_screen import SearchedList, SortedList, no_match
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.palette.commands import Command
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.imports.open_import import import_command
from facturier.tui.screens.items.rows import SORTS, ItemRow, changed_words, in_order, item_columns, item_rates
from facturier.tui.widgets.done_line import DoneLine, Undo
from facturier.tui.widgets.inputs.search_field import SearchField
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.rows.row_list import RowList
from facturier.tui.widgets.rows.row_window import FewRows
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.formatting import counted


class ItemsScreen(DoneScreen, SearchedList[ItemRow], SortedList[ItemRow]):
    SORTS = SORTS
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.NEW.on("items.new", N_("Create an item.")),
        keys.OPEN_TO_EDIT.on("items.edit", N_("Change the rate, the name or the texts.")),
        keys.DELETE.on(
            "items.delete", N_("Delete the item. An item that invoices use is archived: it is no longer suggested.")
        ),
        keys.UNDO.on("items.undo", N_("Undo the last change, deletion or archiving.")),
        Binding("u", "unarchive", N_("Undo archive"), tooltip=N_("Suggest this item again."), id="items.undo"),
        keys.SEARCH.on("items.search", N_("Name, description or SKU.")),
        Binding(
            "f", "show_archived", N_("Show archived"), tooltip=N_("Show archived items, too."), id="items.archived"
        ),
        Binding("f", "hide_archived", N_("Hide archived"), tooltip=N_("Hide archived items."), id="items.archived"),
        keys.SORT.on("items.sort", show=False),
        keys.REVERSE.on("items.turn", show=False),
        keys.EXPORT.on("items.export", N_("Write the list into a CSV file."), show=False),
        keys.BACK.on("items.back", N_("End the search, then go back."), action="back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws, classes="items")
        self._currency = ws.company().currency
        self._source: FewRows[ItemRow] = FewRows()
        self._items: list[tuple[str, Item]] = []  # each with what it can be searched by
        self._ids: dict[str, int] = {}  # the number of an item in the list
        self._show_archived = False

    def compose(self) -> ComposeResult:
        yield Title(_("Items"))
        yield Banner(self._ws)
        yield SearchField()
        yield RowList(item_columns(self._currency), self._source, sorting=self._sort)
        yield Static(classes="items-detail", markup=False)
        yield DoneLine()
        yield KeyBar()

    def commands(self) -> Iterable[Command]:
        """Return the import, which has no key of its own."""
        yield import_command(self, self._ws, Kind.ITEMS, self._say)

    @property
    def _chosen(self) -> Item | None:
        return self._row.item if self._row is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        match action:
            case "edit" | "delete" | "sort" | "turn":
                return self._chosen is not None
            case "undo":
                return self._can_undo
            case "unarchive":
                return not self._can_undo and self._chosen is not None and self._chosen.archived
            case "show_archived" | "hide_archived":
                return self._show_archived == (action == "hide_archived")
        return True

    # What is shown

    def _renew(self, *, reveal: str = "") -> None:
        """Read the items again. `reveal` names the one to go to."""
        self._items = [(searchable(item), item) for item in all_items(self._ws.store)]
        for _text, item in self._items:
            self._ids.setdefault(item.name, len(self._ids) + 1)
        self._show(reveal, keep=True)

    def _show(self, reveal: str = "", *, keep: bool = False) -> None:
        """Show those of the items that are searched for. With `keep`, the list keeps its place."""
        sought = fold(self._search.text)
        found = [item for text, item in self._items if sought in text and self._shows(item)]
        self._source.put([ItemRow(self._ids[item.name], item) for item in in_order(found, *self._sort)])
        if keep and self.rows.rows:
            self.rows.reload()
        else:
            self.rows.show(self._source, sorting=self._sort, empty=self._nothing(), keep=True)
        if reveal in self._ids:
            self.rows.go_to(self._ids[reveal])
        count = len(found)
        words = ngettext("{count} item", "{count} items", count)
        self.query_one(Title).right = words.format(count=counted(count)) if count else ""
        self._moved()

    def _shows(self, item: Item) -> bool:
        return self._show_archived or not item.archived

    def _nothing(self) -> str:
        if self._search.text:
            return no_match(self._search.text)
        return _("No items yet. Press n to create one.")

    def _moved(self) -> None:
        item = self._chosen
        text = Text()
        if item is not None:
            about = [part for part in (item.description, item.description_fr) if part]
            text = Text("\n").join(
                [Text(item_rates(item, self._currency), "bold"), *(Text(clean(part)) for part in about)]
            )
        self.query_one(".items-detail", Static).update(text)
        self.refresh_bindings()

    def _searched(self, _text: str) -> None:
        self._show()

    def _show_sorted(self) -> None:
        self._show()

    def _falls(self, _key: str) -> bool:
        return False

    def action_show_archived(self) -> None:
        self._show_archived = not self._show_archived
        self._show()

    action_hide_archived = action_show_archived

    # What can be done

    @work
    async def action_new(self) -> None:
        from facturier.tui.screens.items.form import ItemScreen

        if (item := await self.app.push_screen_wait(ItemScreen(self._ws))) is not None:
            self._say(_("“{name}” was created.").format(name=clean(item.name)))
            self._renew(reveal=item.name)

    @on(RowList.Opened)
    @work
    async def action_edit(self) -> None:
        from facturier.tui.screens.items.form import ItemScreen

        if (before := self._chosen) is None:
            return
        item = await self.app.push_screen_wait(ItemScreen(self._ws, before))
        if item is None or item == before:
            return

        async def undo() -> None:
            await asyncio.to_thread(save_item, self._ws.store, before, item.name)

        self._done(changed_words(before, item, self._currency), undo, before)
        self._renew(reveal=item.name)

    @work
    async def action_export(self) -> None:
        from facturier.tui.screens.export.screen import export_list

        shown = [row.item.name for row in self._source.first(len(self._ids))]
        await export_list(self, self._ws, "items", among=shown, note=_("All items that the list shows."))

    @work(group="change")
    async def action_delete(self) -> None:
        if (item := self._chosen) is None:
            return
        name = clean(item.name)
        with problems_shown(self):
            used = await asyncio.to_thread(is_used, self._ws.store, item.name)
            if used and not item.archived:
                await asyncio.to_thread(archive_item, self._ws.store, item.name)
                deleted, said = False, _("Invoices use “{name}”, so it was archived.")
            else:
                question = ConfirmScreen(
                    _("Delete the item “{name}”?").format(name=name), _("The invoices that use it keep their lines.")
                )
                if used and not await self.app.push_screen_wait(question):
                    return
                await asyncio.to_thread(delete_item, self._ws.store, item.name)
                deleted, said = True, _("“{name}” was deleted.")

            async def undo() -> None:
                if deleted:
                    await asyncio.to_thread(save_item, self._ws.store, item)
                else:
                    await asyncio.to_thread(archive_item, self._ws.store, item.name, archived=False)

            self._done(said.format(name=name), undo, item)
        self._renew()

    def _done(self, words: str, undo: Undo, before: Item) -> None:
        """Say what was done with an item, which was like `before` until then."""

        async def undo_and_say() -> None:
            with problems_shown(self):
                await undo()
                self._say(_("“{name}” was restored.").format(name=clean(before.name)))
            self._renew(reveal=before.name)

        self._say(words, undo_and_say)

    @work(group="change")
    async def action_undo(self) -> None:
        await self.query_one(DoneLine).undo_once()

    @work(group="change")
    async def action_unarchive(self) -> None:
        if (item := self._chosen) is not None:
            with problems_shown(self):
                await asyncio.to_thread(archive_item, self._ws.store, item.name, archived=False)
            self._renew(reveal=item.name)

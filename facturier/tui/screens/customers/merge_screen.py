"""Choose the customer that is merged into another one."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList

from facturier.mail.workspace import Workspace
from facturier.models.books.customers import get_customer
from facturier.models.books.invoice import Customer
from facturier.models.customers.customer_list import customer_ids
from facturier.models.customers.history import invoice_count
from facturier.models.customers.merge import duplicates, merge_customers
from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.screen import Dialog
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.widgets.keybar import KeyBar

_MOST = 20  # customers that are proposed


class MergeScreen(Dialog[bool | None]):
    """Answers whether a customer was merged into `kept`. Proposes those that may be the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            N_("Merge…"),
            tooltip=N_("You will be asked to confirm."),
            id="merge.choose",
            priority=True,  # in the search, too
        ),
        keys.BACK_TO_LIST.on("merge.to_list", show=False),
        keys.CANCEL.on("merge.cancel"),
    ]

    def __init__(self, ws: Workspace, kept: Customer) -> None:
        super().__init__(classes="dialog")
        self._ws = ws
        self._kept = kept

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog-box"):
            title = _("Merge a customer into “{name}”").format(name=clean(self._kept.name))
            yield Label(title, markup=False, classes="dialog-title")
            yield Field(_("Search"), placeholder=_("name, contact or address"), id="merge-search")
            yield Options(markup=False, compact=True, classes="dialog-list")
            yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._propose()

    @work(exclusive=True, group="propose")
    async def _propose(self) -> None:
        """The customers that may be the same as this one. Among many thousands, they take a while to find."""
        ids = await asyncio.to_thread(self._alike)
        if not self.answered and self.query(Field) and not self.query_one(Field).text:
            self._show(ids)

    def _alike(self) -> Sequence[int]:
        return next((group for group in duplicates(self._ws.store) if self._kept.id in group), ())

    def _show(self, ids: Sequence[int]) -> None:
        found = [customer for one in ids if (customer := get_customer(self._ws.store, one)) is not None]
        listed = self.query_one(Options)
        listed.clear_options()
        listed.add_options(
            [
                ValueOption(Text.assemble((clean(customer.name), "bold"), f"  {clean(customer.email)}"), customer)
                for customer in found
                if customer.id != self._kept.id
            ]
        )
        listed.highlighted = 0 if listed.option_count else None

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        if event.text:
            self._show(customer_ids(self._ws.store, event.text, archived=True)[:_MOST])
        else:
            self._propose()

    def action_to_list(self) -> None:
        if self.query_one(Options).option_count:
            self.query_one(Options).focus()

    def action_choose(self) -> None:
        self.query_one(Options).action_select()

    @on(OptionList.OptionSelected)
    @work(exclusive=True)
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        assert isinstance(event.option, ValueOption)
        other: Customer = event.option.value
        assert other.id is not None
        assert self._kept.id is not None
        names = {"other": clean(other.name), "kept": clean(self._kept.name)}
        count = invoice_count(self._ws.store, other.id)
        moved = ngettext(
            "{count} invoice and the contacts of “{other}” will be moved to “{kept}”. Issued documents do not change.",
            "{count} invoices and the contacts of “{other}” will be moved to “{kept}”. Issued documents do not change.",
            count,
        )
        if not count:
            moved = _("“{other}” has no invoices. The contacts go to “{kept}”.")
        detail = _("{moved} “{other}” is then deleted. This cannot be undone.")
        detail = detail.format(moved=moved.format(count=count, **names), **names)
        question = _("Merge “{other}” into “{kept}”?").format(**names)
        if not await self.app.push_screen_wait(ConfirmScreen(question, detail, grave=True)):
            return
        try:
            await asyncio.to_thread(merge_customers, self._ws.store, self._kept.id, other.id)
        except FacturierError as error:
            show_problem(self, error)
            return
        self.notify(_("“{other}” was merged into “{kept}”.").format(**names), markup=False)
        self.dismiss(True)

"""What the list is narrowed to: several conditions at once, which can be saved under a name."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.listing.saved_views import save_view
from facturier.models.listing.view import InvoiceFilter, View
from facturier.models.text.dates.dates import parse_day
from facturier.models.text.i18n import N_, _
from facturier.models.text.money import parse_amount
from facturier.tui import keys
from facturier.tui.screen import Dialog, once
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.screens.invoice_list.filtering.filter_choice import FilterChoice
from facturier.tui.screens.invoice_list.filtering.filters import FILTERS, MORE_FILTERS, filter_word
from facturier.tui.widgets.inputs.fields import Field
from facturier.tui.widgets.keybar import KeyBar


class FilterScreen(Dialog[View | None]):
    """Returns the view to show. `view` is the one that the list shows now."""

    enter_acts = True
    AUTO_FOCUS = ""  # or the focus would move twice while the dialog opens
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "show", N_("Show"), id="filter.show"),
        Binding("ctrl+s", "show", N_("Show"), id="filter.show_too", show=False, priority=True),
        keys.CANCEL.on("filter.cancel"),
    ]

    def __init__(self, ws: Workspace, view: View) -> None:
        super().__init__(classes="dialog filter")
        self._ws = ws
        self._view = view
        self._currency = ws.company().currency

    def compose(self) -> ComposeResult:
        view, shows = self._view, FILTERS | MORE_FILTERS
        least = _("Minimum ({currency})").format(currency=self._currency)
        most = _("Maximum ({currency})").format(currency=self._currency)
        with Vertical(classes="dialog-box"):
            yield Label(_("Filter invoices"), markup=False, classes="dialog-title")
            yield FilterChoice(_("Status"), {str(show): filter_word(show) for show in shows}, str(view.show), id="show")
            yield Field(_("Customer"), view.customer, placeholder=_("start of the name"), whole=True, id="customer")
            yield Field(
                _("From date"), view.since, check=self._day, placeholder=_("1/10, -90, today"), whole=True, id="since"
            )
            yield Field(_("To date"), view.until, check=self._day, whole=True, id="until")
            yield Field(least, view.least, check=self._amount, whole=True, id="least")
            yield Field(most, view.most, check=self._amount, whole=True, id="most")
            yield FilterChoice(
                _("Alerts"), {"": _("with or without"), "yes": _("with an alert")}, _yes(view), id="alerts"
            )
            yield Field(_("Save filter as"), placeholder=_("a name to find under “:”"), whole=True, id="name")
            yield KeyBar()

    def on_mount(self) -> None:
        self.set_focus(self.query_one("#customer", Field).input)

    @once
    async def action_show(self) -> None:
        for field in self.query(Field):
            if field.problem:
                field.show_problem(field.problem)
                field.input.focus()
                return
        view = self._typed({field.id or "": field.text for field in self.query(Field)})
        name = self.query_one("#name", Field).text
        if name:
            try:
                await asyncio.to_thread(save_view, self._ws.store, name, view)
            except FacturierError as error:
                show_problem(self, error)
                return
        self.dismiss(view)

    def _typed(self, texts: Mapping[str, str]) -> View:
        return replace(
            self._view,
            show=InvoiceFilter(self.query_one("#show", FilterChoice).text),
            customer=texts["customer"],
            since=texts["since"],
            until=texts["until"],
            least=texts["least"],
            most=texts["most"],
            currency=self._currency if texts["least"] or texts["most"] else "",
            alerts=bool(self.query_one("#alerts", FilterChoice).text),
        )

    def _day(self, text: str) -> date | None:
        return parse_day(text, self._ws.today()) if text else None

    def _amount(self, text: str) -> int | None:
        return parse_amount(text, self._currency) if text else None


def _yes(view: View) -> str:
    return "yes" if view.alerts else ""
